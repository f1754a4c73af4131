package desk

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// The limits that are not parameters. They come from the security requirements
// (N-OTP-TRY, N-THR-HARD) and docs/security.md lists them.
const (
	// codesPerSignIn wrong codes end a sign-in that was begun.
	codesPerSignIn = 5
	// codesInARow wrong codes, over all sign-ins, disable an authenticator
	// until recovery or reset.
	codesInARow = 20
	// passwordsInARow wrong passwords disable a password until it is reset.
	passwordsInARow = 100
	// longestWait is the longest that a row of failures makes a person wait.
	longestWait = time.Hour
	// addressWindow is how long failures count against an address.
	addressWindow = 15 * time.Minute
	// linksPerAddress wrong links pass in addressWindow.
	linksPerAddress = 20
)

// counterKey makes a key that holds nothing readable.
func (d *Desk) counterKey(kind string, parts ...string) string {
	mac := d.Vault.MAC(vault.CounterKeys, append([]string{kind}, parts...)...)
	return kind + ":" + base64.RawURLEncoding.EncodeToString(mac[:18])
}

// addressGroup is what counts as one address: an IPv4 address, or an IPv6
// network of 64 bits, since one subscriber has all of that.
func addressGroup(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return address
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	prefix, err := ip.Prefix(64)
	if err != nil {
		return address
	}
	return prefix.String()
}

// attempt is one try that was counted before it is evaluated, so that many at
// once cannot slip through. One that turns out well is taken back.
type attempt struct {
	d        *Desk
	undo     []string
	pairKey  string
	loginKey string
	clear    []string
}

// hit counts one try, or says that it must not be evaluated.
func (a *attempt) hit(ctx context.Context, key string, l store.Limit) error {
	_, retryAt, ok, err := a.d.Store.Hit(ctx, key, l, a.d.now())
	if err != nil {
		return fmt.Errorf("count attempt: %w", err)
	}
	if !ok {
		return &LimitedError{RetryAt: retryAt}
	}
	a.undo = append(a.undo, key)
	return nil
}

// takeBack gives the try back: it was not evaluated, or came out well. The
// counters then stand too high at worst, so an error is only logged.
func (a *attempt) takeBack(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for _, key := range a.undo {
		if err := a.d.Store.Unhit(ctx, key); err != nil {
			a.d.Log.ErrorContext(ctx, "attempt not taken back", "error", err)
		}
	}
	a.undo = nil
}

// signInAttempt counts a try to sign in as somebody, from somewhere, whether
// or not that somebody exists: per address, per number of different names
// from one address, and per name (ASVS 6.3.1).
func (d *Desk) signInAttempt(ctx context.Context, v Visit, key string) (*attempt, error) {
	a := &attempt{d: d}
	if err := a.count(ctx, v, key); err != nil {
		// It is not evaluated, so it is no failure of the address either:
		// somebody kept out must not keep out their neighbours.
		a.takeBack(ctx)
		return nil, err
	}
	return a, nil
}

func (a *attempt) count(ctx context.Context, v Visit, key string) error {
	d, s, from := a.d, a.d.Settings().SignIn, addressGroup(v.Address)
	window := func(max int) store.Limit { return store.Limit{Max: max, Window: addressWindow} }
	if err := a.hit(ctx, d.counterKey("signin-address", from), window(s.PerAddress)); err != nil {
		return err
	}
	a.pairKey = d.counterKey("signin-pair", from, key)
	pair, err := d.Store.FindCounter(ctx, a.pairKey)
	if err != nil && !IsNotFound(err) {
		return fmt.Errorf("find counter: %w", err)
	}
	if err != nil || !d.now().Before(pair.ExpiresAt) {
		if err := a.hit(ctx, d.counterKey("signin-names", from), window(s.NamesPerAddress)); err != nil {
			return err
		}
	}
	a.loginKey = d.counterKey("signin-name", key)
	row := store.Limit{Max: s.Failures, Wait: s.Wait, MaxWait: longestWait, Stop: passwordsInARow}
	if err := a.hit(ctx, a.loginKey, row); err != nil {
		return err
	}
	a.clear = append(a.clear, a.loginKey)
	return nil
}

// failed remembers that this name failed from this address, so that the next
// failure of the pair does not count as a new name.
func (a *attempt) failed(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	_, _, _, err := a.d.Store.Hit(ctx, a.pairKey, store.Limit{Max: 1 << 30, Window: addressWindow}, a.d.now())
	if err != nil {
		a.d.Log.ErrorContext(ctx, "failure not remembered", "error", err)
	}
}

// succeeded is what to commit with a success: a row of failures is over for
// what was proved, and only for that. The other counters get their try back
// from takeBack after the commit.
func (a *attempt) succeeded() []store.Write {
	writes := make([]store.Write, 0, len(a.clear))
	for _, key := range a.clear {
		writes = append(writes, store.ClearCounter{Key: key})
		a.undo = slices.DeleteFunc(a.undo, func(k string) bool { return k == key })
	}
	return writes
}

// codeAttempt counts a guess at an operator's codes of one kind, over all
// sign-ins and addresses at once (RFC 4226 section 7.3).
func (d *Desk) codeAttempt(ctx context.Context, kind, operatorID string) (*attempt, error) {
	a := &attempt{d: d}
	key := d.counterKey(kind, operatorID)
	row := store.Limit{Max: codesPerSignIn, Wait: d.Settings().SignIn.Wait, MaxWait: longestWait, Stop: codesInARow}
	if err := a.hit(ctx, key, row); err != nil {
		return nil, err
	}
	a.clear = []string{key}
	return a, nil
}

// linkAttempt counts a link posted from an address.
func (d *Desk) linkAttempt(ctx context.Context, v Visit) (*attempt, error) {
	a := &attempt{d: d}
	err := a.hit(ctx, d.counterKey("link-address", addressGroup(v.Address)),
		store.Limit{Max: linksPerAddress, Window: addressWindow})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// PasswordKeys are the counters that a newly set password clears.
func (d *Desk) PasswordKeys(o store.Operator) []store.Write {
	return []store.Write{
		store.ClearCounter{Key: d.counterKey("signin-name", o.NameKey)},
		store.ClearCounter{Key: d.counterKey("signin-name", o.EmailKey)},
		store.ClearCounter{Key: d.counterKey("password", o.ID)},
	}
}

// Bound lets max things of a kind pass for somebody in 15 minutes, and answers
// *LimitedError beyond: for what is costly, or tells much.
func (d *Desk) Bound(ctx context.Context, kind, who string, max int) error {
	a := &attempt{d: d}
	return a.hit(ctx, d.counterKey(kind, who), store.Limit{Max: max, Window: addressWindow})
}

// lock is a counter that can keep an operator out.
type lock struct {
	key   string
	limit store.Limit
}

func (d *Desk) passwordLocks(o store.Operator) []lock {
	s := d.Settings().SignIn
	row := store.Limit{Max: s.Failures, Wait: s.Wait, MaxWait: longestWait, Stop: passwordsInARow}
	return []lock{
		{d.counterKey("signin-name", o.NameKey), row},
		{d.counterKey("signin-name", o.EmailKey), row},
		{d.counterKey("password", o.ID), store.Limit{Max: passwordsInARow, Stop: passwordsInARow}},
	}
}

func (d *Desk) codeLocks(o store.Operator) []lock {
	row := store.Limit{Max: codesPerSignIn, Wait: d.Settings().SignIn.Wait, MaxWait: longestWait, Stop: codesInARow}
	return []lock{
		{d.counterKey("code", o.ID), row},
		{d.counterKey("recovery", o.ID), row},
		{d.counterKey("enrol", o.ID), row},
	}
}

// ClearLocks forgets every failure that keeps an operator out.
func (d *Desk) ClearLocks(o store.Operator) []store.Write {
	return append(cleared(d.passwordLocks(o)), cleared(d.codeLocks(o))...)
}

// ClearCodeLocks forgets wrong codes.
func (d *Desk) ClearCodeLocks(o store.Operator) []store.Write { return cleared(d.codeLocks(o)) }

func cleared(locks []lock) []store.Write {
	var writes []store.Write
	for _, l := range locks {
		writes = append(writes, store.ClearCounter{Key: l.key})
	}
	return writes
}

// forGood stands for a lock that no time ends.
const forGood = 10 * 365 * 24 * time.Hour

// noteLock shows, after a failure, whether it was the one that keeps the
// operator out, and tells them so, once an hour at most. The counters decide;
// this is for lists and people, so that it fails is only logged.
func (d *Desk) noteLock(ctx context.Context, v Visit, o store.Operator, locks []lock) {
	ctx = context.WithoutCancel(ctx)
	var until time.Time
	blocked := false
	for _, l := range locks {
		c, err := d.Store.FindCounter(ctx, l.key)
		if err != nil && !IsNotFound(err) {
			d.Log.ErrorContext(ctx, "lock not noted", "error", err)
			return
		}
		at, ok := l.limit.Check(c, d.now())
		if ok {
			continue
		}
		if at.IsZero() {
			at, blocked = d.now().Add(forGood), true
		}
		if at.After(until) {
			until = at
		}
	}
	if until.IsZero() {
		return
	}
	writes := []store.Write{store.MarkLocked{OperatorID: o.ID, Until: until}}
	_, _, first, err := d.Store.Hit(ctx, d.counterKey("told-of-failures", o.ID), store.Limit{Max: 1, Window: time.Hour}, d.now())
	if err == nil && first {
		var told store.EnqueueMail
		letter := func(n mail.Notice) mail.Letter {
			return mail.ManyFailures(mail.ManyFailuresValues{Notice: n, Until: until, Blocked: blocked})
		}
		if told, err = d.Notice(v, o, letter, ""); err == nil {
			writes = append(writes, told)
		}
	}
	if err == nil {
		err = d.Commit(ctx, writes...)
	}
	if err != nil {
		d.Log.ErrorContext(ctx, "lock not noted", "error", err)
	}
}
