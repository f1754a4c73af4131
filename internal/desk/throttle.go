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

// Limits that are not parameters. They come from the security requirements
// (N-THR-SOFT), and docs/requirements.md lists them.
const (
	// longestWait is the longest wait after failures in a row.
	longestWait = time.Hour
	// limitWindow is how long attempts count against an IP address, or an
	// operator.
	limitWindow = 15 * time.Minute
	// linksPerIP is how many wrong links are accepted in limitWindow.
	linksPerIP = 20
	// postsPerLink refused forms with the same reset link or invitation revoke it.
	postsPerLink = 10
	// workTime is how long a counted attempt may take, even after the client hung
	// up.
	workTime = 30 * time.Second
	// keepNames is how long failures under a name are kept after the last one. It
	// is the same for every name, although strangers can make up names at will,
	// because it can be seen from outside. Failures that disable a password are
	// counted per operator, and kept longer.
	keepNames = 24 * time.Hour
)

// counted returns the context for the work after an attempt was counted. A client
// that hangs up must not end it: otherwise it would get guesses that do not count,
// and hashes without limit.
func counted(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), workTime)
}

// counterKey returns the key of a counter of what came from outside, without
// anything readable in it. Replacing the master secret resets such counters.
func (d *Desk) counterKey(kind string, parts ...string) string {
	mac := d.Vault.MAC(vault.CounterKeys, append([]string{kind}, parts...)...)
	return kind + ":" + base64.RawURLEncoding.EncodeToString(mac[:18])
}

// operatorKey returns the key of a counter of one operator. Their id is random, so
// it need not be hidden, and replacing the master secret must not reset a hundred
// failures.
func operatorKey(kind, operatorID string) string { return kind + ":" + operatorID }

// ipGroup returns what counts as one IP address: the address itself for IPv4, and
// its network of 64 bits, all of which one subscriber has, for IPv6.
func ipGroup(text string) string {
	ip, err := netip.ParseAddr(text)
	if err != nil {
		return text
	}
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, 64).Masked().String()
}

// attempt is counted before it is evaluated, so that many at once cannot slip
// through. One that succeeds is taken back.
type attempt struct {
	d *Desk
	// undo are the counters to take it back from, clear the counters to clear when
	// it succeeds.
	undo, clear []string
	// pairKey is the counter of a name from an IP address.
	pairKey string
	// row is the length of the last counted row of failures, with this one; last
	// reports that a row is full.
	row  int
	last bool
}

// hit counts an attempt. It returns *LimitedError if it must not be evaluated.
func (a *attempt) hit(ctx context.Context, key string, l store.Limit) error {
	c, retryAt, ok, err := a.d.Store.Hit(ctx, key, l, a.d.Now())
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

// hitRow counts an attempt in a row of failures, which a success clears.
func (a *attempt) hitRow(ctx context.Context, key string, l store.Limit) error {
	if err := a.hit(ctx, key, l); err != nil {
		return err
	}
	a.clear = append(a.clear, key)
	return nil
}

// takeBack uncounts an attempt that succeeded, or was not evaluated. If that
// fails, the counters are at worst too high, so the error is only logged.
func (a *attempt) takeBack(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	for _, key := range a.undo {
		if err := a.d.Store.Unhit(ctx, key); err != nil {
			a.d.Log.ErrorContext(ctx, "attempt not refunded", "error", err)
		}
	}
	a.undo = nil
}

// succeeded returns the writes to commit with a success: they clear the rows of
// failures of what was proved, and no others. After the commit, takeBack uncounts
// the rest.
func (a *attempt) succeeded() []store.Write {
	writes := make([]store.Write, 0, len(a.clear))
	for _, key := range a.clear {
		writes = append(writes, store.ClearCounter{Key: key})
		a.undo = slices.DeleteFunc(a.undo, func(k string) bool { return k == key })
	}
	return writes
}

// unused takes back an attempt that was correct but came to nothing, also from the
// rows that it would have cleared.
func (a *attempt) unused(ctx context.Context) {
	a.undo = slices.Compact(slices.Sorted(slices.Values(slices.Concat(a.undo, a.clear))))
	a.takeBack(ctx)
}

// count limits an act to max in a window for each actor. Beyond that it returns
// *LimitedError. An act that comes to nothing can be taken back. The command line
// is not counted.
func (d *Desk) count(ctx context.Context, a Actor, kind string, max int, window time.Duration) (takeBack func(), err error) {
	try := &attempt{d: d}
	if a.ID != ActorCommandLine {
		err = try.hit(ctx, operatorKey(kind, a.ID), store.Limit{Max: max, Window: window})
	}
	return func() { try.takeBack(ctx) }, err
}
