package desk

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// The limits that are not parameters. They come from the security requirements
// (N-THR-SOFT) and docs/security.md lists them.
const (
	// longestWait is the longest that a row of failures makes a person wait.
	longestWait = time.Hour
	// addressWindow is how long failures count against an address.
	addressWindow = 15 * time.Minute
	// linksPerAddress wrong links pass in addressWindow.
	linksPerAddress = 20
	// postsPerLink forms that bring the same reset link or invitation are
	// refused before it is revoked.
	postsPerLink = 10
	// workTime is how long a counted try may be worked on, whoever hung up.
	workTime = 30 * time.Second
	// keepNames is how long failures under a name are remembered after the
	// last one. It is the same for names that nobody has, which strangers make
	// up at will, and for those of operators, because it can be seen from
	// outside. What disables a password is kept per operator, and longer.
	keepNames = 24 * time.Hour
)

// counted is the context for what follows once a try was counted. Hanging up
// must not end it: whoever does so while the slow hash runs would else get
// guesses that count nothing, and hashes that no limit bounds.
func counted(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), workTime)
}

// counterKey makes a key that holds nothing readable, for what came from
// outside. Replacing the master secret forgets such counters.
func (d *Desk) counterKey(kind string, parts ...string) string {
	mac := d.Vault.MAC(vault.CounterKeys, append([]string{kind}, parts...)...)
	return kind + ":" + base64.RawURLEncoding.EncodeToString(mac[:18])
}

// operatorKey is the key of a counter of one operator. Their id is random and
// says nothing, so it stands there as it is: replacing the master secret must
// not forget a hundred failures.
func operatorKey(kind, operatorID string) string { return kind + ":" + operatorID }

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
	d       *Desk
	undo    []string
	pairKey string
	clear   []string
	// last says that a row of failures is full with this one.
	last bool
	// row is how long the row of failures is that was counted last, this try
	// included.
	row int
}

// hit counts one try, or says that it must not be evaluated.
func (a *attempt) hit(ctx context.Context, key string, l store.Limit) error {
	c, retryAt, ok, err := a.d.Store.Hit(ctx, key, l, a.d.now())
	if err != nil {
		return fmt.Errorf("count attempt: %w", err)
	}
	if l.Window == 0 {
		a.row = c.Count
	}
	a.last = a.last || l.Window == 0 && c.Count >= l.Max
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
	name := d.counterKey("signin-name", key)
	if err := a.hit(ctx, name, d.nameLimit()); err != nil {
		return err
	}
	a.clear = append(a.clear, name)
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

// unused is takeBack for a try that was right after all, and that nothing came
// of: what it would have cleared is given back, too.
func (a *attempt) unused(ctx context.Context) {
	a.undo = slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.undo, a.clear))))
	a.takeBack(ctx)
}

// bound lets max things of a kind pass for somebody in 15 minutes, and answers
// *LimitedError beyond: for what is costly, or tells much. The command line is
// not counted.
func (d *Desk) bound(ctx context.Context, kind, who string, max int) error {
	if who == ActorCommandLine {
		return nil
	}
	a := &attempt{d: d}
	return a.hit(ctx, d.counterKey(kind, who), store.Limit{Max: max, Window: addressWindow})
}

// count counts something that an operator does, of which max pass in an hour,
// and answers *LimitedError beyond. What comes to nothing is taken back. The
// command line is not counted.
func (d *Desk) count(ctx context.Context, a Actor, kind string, max int) (takeBack func(), err error) {
	try := &attempt{d: d}
	if a.ID != ActorCommandLine {
		err = try.hit(ctx, operatorKey(kind, a.ID), store.Limit{Max: max, Window: time.Hour})
	}
	return func() { try.takeBack(ctx) }, err
}
