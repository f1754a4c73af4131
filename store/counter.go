package store

import (
	"context"
	"math"
	"time"
)

// Counter counts attempts under a key. Keys are made by the caller and hold no
// personal data: what came from outside is in them as a keyed hash.
type Counter struct {
	Key             string
	Count           int
	FirstAt, LastAt time.Time
	// ExpiresAt is when the counter means nothing any more.
	ExpiresAt time.Time
}

// Limit is a rule for a counter. Set either Window, for "so many in so long",
// or Wait, for "after so many in a row, wait longer each time".
type Limit struct {
	// Max attempts pass freely.
	Max int
	// Window starts with the first attempt; when it is over, counting starts
	// anew.
	Window time.Duration
	// Wait is asked after Max attempts, twice as long after each further one,
	// at most MaxWait. Attempts never stop counting until the counter is
	// cleared.
	Wait, MaxWait time.Duration
	// Stop is the number of attempts after which none passes until the counter
	// is cleared, or is forgotten. Zero: no stop.
	Stop int
	// Keep is how long a row of failures is remembered after the last one;
	// with a Window, which says so itself, it means nothing. Zero or less:
	// DefaultKeep. Keep longer than MaxWait, or the row is forgotten while it
	// makes somebody wait.
	Keep time.Duration
}

// DefaultKeep is how long a row of failures is remembered when its Limit does
// not say.
const DefaultKeep = 400 * 24 * time.Hour

// Next decides one attempt: the counter as it is afterwards, and whether the
// attempt passes. One that does not pass changes nothing, and retryAt says
// when the next may (zero when that needs clearing the counter). Stores call it
// inside their atomic step, so the rule is written once.
//
// The zero Limit lets nothing pass.
func (l Limit) Next(c Counter, now time.Time) (next Counter, retryAt time.Time, ok bool) {
	retryAt, ok = l.Check(c, now)
	if !ok {
		return c, retryAt, false
	}
	if c.Count <= 0 || l.over(c, now) {
		c = Counter{Key: c.Key, FirstAt: now}
	}
	c.Count++
	c.LastAt = now
	c.ExpiresAt = l.forgetAt(c)
	return c, time.Time{}, true
}

// forgetAt is when a counter just hit will mean nothing any more.
func (l Limit) forgetAt(c Counter) time.Time {
	switch {
	case l.Window > 0:
		return c.FirstAt.Add(l.Window)
	case l.Keep > 0:
		return c.LastAt.Add(l.Keep)
	}
	return c.LastAt.Add(DefaultKeep)
}

// Check says whether an attempt would pass, and if not, when one may; it
// counts nothing.
func (l Limit) Check(c Counter, now time.Time) (retryAt time.Time, ok bool) {
	if c.Count <= 0 || l.over(c, now) {
		c = Counter{Key: c.Key}
	}
	switch {
	case l.Max <= 0:
		return time.Time{}, false
	case l.Stop > 0 && c.Count >= l.Stop:
		return time.Time{}, false
	case c.Count < l.Max:
		return time.Time{}, true
	case l.Window > 0:
		return l.end(c), false
	case l.Wait > 0:
		at := c.LastAt.Add(l.wait(c.Count))
		return at, !now.Before(at)
	}
	return time.Time{}, false
}

// over says whether the counter means nothing any more.
func (l Limit) over(c Counter, now time.Time) bool {
	end := l.end(c)
	return !end.IsZero() && !now.Before(end)
}

// end is when the counter means nothing any more: when it said so itself, or,
// if the window was made shorter since, when that is over.
func (l Limit) end(c Counter) time.Time {
	if l.Window <= 0 {
		return c.ExpiresAt
	}
	end := c.FirstAt.Add(l.Window)
	if !c.ExpiresAt.IsZero() && c.ExpiresAt.Before(end) {
		return c.ExpiresAt
	}
	return end
}

// wait is how long to wait after so many attempts.
func (l Limit) wait(count int) time.Duration {
	doublings := count - l.Max
	wait := float64(l.Wait) * math.Pow(2, float64(min(doublings, 62)))
	if l.MaxWait > 0 && wait > float64(l.MaxWait) {
		return l.MaxWait
	}
	if wait >= float64(math.MaxInt64) {
		return math.MaxInt64
	}
	return time.Duration(wait)
}

// Counters counts.
type Counters interface {
	// Hit counts one attempt under the key if the limit lets it pass. It
	// returns the counter afterwards, whether the attempt passes, and if not,
	// when the next may (zero: not until the counter is cleared). Atomic over
	// all processes: of many attempts at once no more pass than the limit
	// says.
	Hit(ctx context.Context, key string, l Limit, now time.Time) (c Counter, retryAt time.Time, ok bool, err error)
	// Unhit takes one attempt back, because it turned out well. A counter that
	// is gone or at zero is left alone.
	Unhit(ctx context.Context, key string) error
	// FindCounter returns the counter, or ErrNotFound.
	FindCounter(ctx context.Context, key string) (Counter, error)
}

// ClearCounter forgets a counter. Forgetting what is not there is not an error.
type ClearCounter struct{ Key string }

func (ClearCounter) isWrite() {}
