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
	// is cleared. Zero: none.
	Stop int
}

// streakLife is how long a row of failures is remembered after the last one.
const streakLife = 400 * 24 * time.Hour

// Next decides one attempt: the counter as it is afterwards, and whether the
// attempt passes. One that does not pass changes nothing, and retryAt says
// when the next may (zero when that needs clearing the counter). Stores call it
// inside their atomic step, so the rule is written once.
//
// The zero Limit lets nothing pass.
func (l Limit) Next(c Counter, now time.Time) (next Counter, retryAt time.Time, ok bool) {
	if c.Count > 0 && !c.ExpiresAt.IsZero() && !now.Before(c.ExpiresAt) {
		c = Counter{Key: c.Key}
	}
	retryAt, ok = l.Check(c, now)
	if !ok {
		return c, retryAt, false
	}
	if c.Count == 0 {
		c.FirstAt = now
	}
	c.Count++
	c.LastAt = now
	if l.Window > 0 {
		c.ExpiresAt = c.FirstAt.Add(l.Window)
	} else {
		c.ExpiresAt = now.Add(streakLife)
	}
	return c, time.Time{}, true
}

// Check says whether an attempt would pass, and if not, when one may; it
// counts nothing.
func (l Limit) Check(c Counter, now time.Time) (retryAt time.Time, ok bool) {
	if c.Count > 0 && !c.ExpiresAt.IsZero() && !now.Before(c.ExpiresAt) {
		c = Counter{Key: c.Key}
	}
	if l.Stop > 0 && c.Count >= l.Stop {
		return time.Time{}, false
	}
	if l.Max > 0 && c.Count < l.Max {
		return time.Time{}, true
	}
	switch {
	case l.Max <= 0:
		return time.Time{}, false
	case l.Window > 0:
		return c.FirstAt.Add(l.Window), false
	case l.Wait > 0:
		at := c.LastAt.Add(l.wait(c.Count))
		return at, !now.Before(at)
	}
	return time.Time{}, false
}

// wait is how long to wait after so many attempts.
func (l Limit) wait(count int) time.Duration {
	doublings := count - l.Max
	wait := float64(l.Wait) * math.Pow(2, float64(min(doublings, 62)))
	if l.MaxWait > 0 && wait > float64(l.MaxWait) {
		return l.MaxWait
	}
	if wait > float64(math.MaxInt64) {
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
