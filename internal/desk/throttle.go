package desk

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// Limits that are not parameters. docs/configuration.md lists them.
const (
	// longestWait is the longest wait after failures in a row.
	longestWait = time.Hour
	// limitWindow is the time over which attempts of a network or an operator are limited.
	limitWindow = 15 * time.Minute
	// linksPerIP is how many wrong links are accepted in limitWindow.
	linksPerIP = 20
	// postsPerLink refused forms with the same reset link or invitation revoke it.
	postsPerLink = 10
	// workTime is how long a counted attempt may take, even after the client hung
	// up.
	workTime = 30 * time.Second
	// keepNames is how long failures under a name are kept after the last one.
	// Strangers can see how long, so it must not depend on whether the name exists. They
	// can make up names, so it must not be long. Failures that disable a password are
	// counted per operator, and kept longer.
	keepNames = 24 * time.Hour
)

// counted returns the context for the work after an attempt was counted. A client
// that hangs up must not end it: otherwise it would get guesses that do not count,
// and hashes without limit.
func counted(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithValue(context.WithoutCancel(ctx), clientKey{}, &client{ctx: ctx}), workTime)
}

type clientKey struct{}

// client is the client's own context, which counts until a slow hash has begun.
type client struct {
	ctx    context.Context
	hashed atomic.Bool
}

// waiting returns the context in which a caller waits for a slow hash to begin. For the
// first one of an attempt it ends when the client hangs up, so that its place in the
// queue is free at once. Afterwards it does not, as work that was done would not count.
func waiting(ctx context.Context, who password.Caller) context.Context {
	if c, ok := ctx.Value(clientKey{}).(*client); ok && !c.hashed.Swap(true) {
		ctx = c.ctx
	}
	return password.WithCaller(ctx, who)
}

// insider returns the caller for slow hashes who goes before strangers: someone with a
// session, a link, a known browser or the correct password of the account.
func insider(operatorID string) password.Caller {
	return password.Caller{Reserved: true, Groups: []string{operatorID}}
}

// caller returns the caller for the slow hashes of a sign-in. If known is zero, the browser
// is not known to the account, and the caller is a stranger.
func caller(v Visit, known store.Browser) password.Caller {
	if known.ID != "" {
		return insider(known.OperatorID)
	}
	return password.Caller{Groups: netgroup.Of(v.IP)}
}

// counterKey returns the key of a counter of what came from outside, without
// anything readable in it. Replacing the master secret resets such counters.
//
// A kind has 2^24 keys, so that strangers cannot fill the table, however many networks
// and names they use. A few share a counter by chance; nobody can tell or choose which.
func (d *Desk) counterKey(kind string, parts ...string) string {
	mac := d.Vault.MAC(vault.CounterKeys, append([]string{kind}, parts...)...)
	return kind + ":" + base64.RawURLEncoding.EncodeToString(mac[:3])
}

// operatorKey returns the key of a counter of one operator. Their id is random, so
// it need not be hidden, and replacing the master secret must not reset a hundred
// failures.
func operatorKey(kind, operatorID string) string { return kind + ":" + operatorID }

// attempt is an attempt that is counted before it is evaluated, so that many at once
// cannot slip through. One that succeeds, or is not evaluated, is taken back.
type attempt struct {
	d *Desk
	// hits are counted next, all of them or none.
	hits []store.Hit
	// seen are the counters that were read, by key.
	seen map[string]store.Counter
	// counted are the counters that include the attempt, in order.
	counted []store.HitResult
	// rows are the keys of counters of failures in a row, each with the length at which
	// the operator is told. A success clears them, so no row that strangers share may be
	// among them: strangers would see the success.
	rows map[string]int
	// right are the keys under which the attempt was right, even if it fails elsewhere.
	right []string
	// name is the key of the counter of a name, and password that of the row that
	// disables a password.
	name, password string
	// later are hits to count once the attempt has failed.
	later []store.Hit
	// failures is how many failures in a row were decided before it.
	failures int
	// browser is the known browser that the attempt came from; zero for a stranger's.
	browser store.Browser
	// refused is the key of the limit that was reached. If crowded is set, it is reached
	// only if attempts in flight fail.
	refused string
	crowded bool
	// If awaited is set, other attempts may wait until this one is decided. Until then,
	// announced are the keys under which they do.
	awaited   bool
	announced []string
	// others is how many other attempts were in flight under a key.
	others map[string]int
}

// add adds a counter to count under.
func (a *attempt) add(key string, l store.Limit) {
	a.hits = append(a.hits, store.Hit{Key: key, Limit: l})
}

// addRow adds a row of failures, which a success clears. If it reaches told, the operator
// is told.
func (a *attempt) addRow(key string, l store.Limit, told int) {
	a.add(key, l)
	if a.rows == nil {
		a.rows = make(map[string]int)
	}
	a.rows[key] = told
}

// row returns the length of the last counted row of failures, including this one, and
// whether the operator is to be told of any. Rows in which the attempt was right are
// left out.
func (a *attempt) row() (length int, tell bool) {
	for _, c := range a.counted {
		told, row := a.rows[c.Counter.Key]
		if row && !slices.Contains(a.right, c.Counter.Key) {
			length = c.Counter.Count
			tell = tell || length >= told
		}
	}
	return length, tell
}

// seeOperator remembers the counters that findSignIn read, among them those asked for by
// key.
func (a *attempt) seeOperator(view store.SignInView, asked ...string) {
	for _, kind := range operatorCounters {
		asked = append(asked, operatorKey(kind, view.Operator.ID))
	}
	a.see(view.Counters, asked...)
}

// see remembers counters that were read. Those asked for and not found are at zero.
func (a *attempt) see(counters []store.Counter, asked ...string) {
	if a.seen == nil {
		a.seen = make(map[string]store.Counter)
	}
	for _, key := range asked {
		a.seen[key] = store.Counter{Key: key}
	}
	for _, c := range counters {
		a.seen[c.Key] = c
	}
}

// announce lets other attempts wait for this one. Counters that are read afterwards
// include every attempt that is no longer in flight.
func (a *attempt) announce(keys ...string) {
	if a.others == nil {
		a.others = make(map[string]int)
	}
	for i, n := range a.d.flights.start(keys) {
		a.others[keys[i]] = n
	}
	a.announced = append(a.announced, keys...)
}

// check returns *LimitedError if one of the limits is known to be reached. It counts
// nothing.
func (a *attempt) check(ctx context.Context) error {
	now := a.d.Now()
	for _, h := range slices.Concat(a.hits, a.later) {
		if at, ok := h.Limit.Check(a.seen[h.Key], now); !ok {
			return a.limited(ctx, h.Key, at)
		}
	}
	for _, h := range a.later {
		// Attempts in flight are not counted before they fail. They are taken for failures
		// here, or any number of attempts at once could pass a limit that is almost reached.
		if a.others[h.Key] == 0 {
			continue
		}
		c := a.seen[h.Key]
		for range a.others[h.Key] {
			c, _, _ = h.Limit.Next(c, now)
		}
		if at, ok := h.Limit.Check(c, now); !ok {
			a.crowded = true
			return a.limited(ctx, h.Key, at)
		}
	}
	return nil
}

// count counts the attempt. It returns *LimitedError if it must not be evaluated,
// and then has counted nothing.
func (a *attempt) count(ctx context.Context) error {
	for i, h := range a.hits {
		a.hits[i].Seen = a.seen[h.Key]
	}
	if a.awaited {
		for _, h := range a.hits {
			a.announce(h.Key)
		}
	}
	defer a.endUncounted()
	// Whole: an attempt that was counted and reported as cancelled would not be taken back.
	results, ok, err := a.d.Store.Hit(context.WithoutCancel(ctx), a.d.Now(), a.hits...)
	if err != nil {
		return fmt.Errorf("count attempt: %w", err)
	}
	if ok {
		a.counted, a.hits = append(a.counted, results...), nil
		return nil
	}
	first := slices.IndexFunc(results, func(r store.HitResult) bool { return !r.Passed })
	return a.limited(ctx, a.hits[first].Key, results[first].RetryAt)
}

// countLater counts a failure where only failures are counted. The attempt was let
// through, so these limits no longer stop it.
func (a *attempt) countLater(ctx context.Context) {
	for i := range a.later {
		a.later[i].Limit.Max = never
		a.later[i].Seen = a.seen[a.later[i].Key]
	}
	if len(a.later) == 0 {
		return
	}
	if _, _, err := a.d.Store.Hit(ctx, a.d.Now(), a.later...); err != nil {
		a.d.Log.ErrorContext(ctx, "failure not counted", "error", err)
	}
}

// limited returns the error of a limit that was reached. While correct attempts still have
// to be taken back, that is not *LimitedError, because they may be what reached the limit.
// It does not matter whose they are: otherwise the answer would tell strangers who has an
// account.
func (a *attempt) limited(ctx context.Context, key string, retryAt time.Time) error {
	if len(a.d.owed.some(a.d.Now())) > 0 {
		err := a.d.payBack(context.WithoutCancel(ctx)) // this process may not do the periodic work
		return fmt.Errorf("count attempt: earlier ones were not taken back yet: %w", errors.Join(store.ErrUnavailable, err))
	}
	a.refused = key
	return &LimitedError{RetryAt: retryAt}
}

// keepCounted leaves the attempt counted under the keys: what follows does not take it back
// there.
func (a *attempt) keepCounted(keys ...string) {
	a.counted = slices.DeleteFunc(a.counted, func(c store.HitResult) bool { return slices.Contains(keys, c.Counter.Key) })
}

// succeeded returns the writes to commit with a success: they clear the rows of
// failures, and take the attempt back elsewhere. Counters with the keys to keep do not
// change.
func (a *attempt) succeeded(keep ...string) []store.Write {
	var writes []store.Write
	var others []string
	for _, key := range a.keys() {
		switch _, row := a.rows[key]; {
		case slices.Contains(keep, key):
		case row:
			writes = append(writes, store.ClearCounter{Key: key})
		default:
			others = append(others, key)
		}
	}
	if len(others) > 0 {
		writes = append(writes, store.Unhit{Keys: others})
	}
	return writes
}

// unhitName returns the write that takes a right attempt back under its name, where SignIn
// first leaves it counted. It returns none for a known browser's, which is not counted there.
func (a *attempt) unhitName() []store.Write {
	if a.name == "" {
		return nil
	}
	return []store.Write{store.Unhit{Keys: []string{a.name}}}
}

// failed returns the writes to commit with a failure: they take the attempt back where
// it was right.
func (a *attempt) failed() []store.Write {
	if len(a.right) == 0 {
		return nil
	}
	defer a.keepCounted(a.right...)
	return []store.Write{store.Unhit{Keys: a.right}}
}

// keys returns the keys of the counters that include the attempt.
func (a *attempt) keys() []string {
	var keys []string
	for _, c := range a.counted {
		keys = append(keys, c.Counter.Key)
	}
	return keys
}

// countOf returns the count under a key, including the attempt; zero if it is not
// counted there.
func (a *attempt) countOf(key string) int {
	for _, c := range a.counted {
		if c.Counter.Key == key {
			return c.Counter.Count
		}
	}
	return 0
}

// takeBack takes back an attempt that was not evaluated, or that was correct without a
// result. If the store takes no writes, Run does so later; if that never happens, the
// counters are too high.
func (a *attempt) takeBack(ctx context.Context) {
	keys := a.keys()
	if a.counted = nil; len(keys) == 0 {
		return
	}
	ctx = context.WithoutCancel(ctx)
	err := a.d.Commit(ctx, store.Unhit{Keys: keys})
	switch {
	case errors.Is(err, store.ErrUnavailable):
		a.d.owed.add(a.d.Now(), keys...)
	case err != nil:
		a.d.Log.ErrorContext(ctx, "attempt not refunded", "error", err)
	}
}

// decided ends the wait of other attempts for this one. Call it once the outcome is stored.
func (a *attempt) decided() {
	a.d.flights.end(a.announced, true)
	a.announced = nil
}

// endUncounted ends the wait of other attempts for this one if it was not counted.
func (a *attempt) endUncounted() {
	if len(a.counted) == 0 {
		a.d.flights.end(a.announced, false)
		a.announced = nil
	}
}

// done notes that a commit has settled the attempt, so that nothing takes it back again.
func (a *attempt) done() { a.counted = nil }

// limit limits an act to max in a window for each actor. Beyond that it returns
// *LimitedError. An act that fails can be taken back. The command line
// is not counted.
func (d *Desk) limit(ctx context.Context, a Actor, kind string, max int, window time.Duration) (takeBack func(), err error) {
	try := &attempt{d: d}
	if !a.program() {
		try.add(operatorKey(kind, a.realID()), store.Limit{Max: max, Window: window})
		err = try.count(ctx)
	}
	return func() { try.takeBack(ctx) }, err
}
