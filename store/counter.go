package store

import (
	"context"
	"math"
	"time"
)

// Counter counts attempts under a key. The caller chooses keys, and puts no
// personal data in them: input from outside becomes a keyed hash.
type Counter struct {
	Key             string
	Count           int
	FirstAt, LastAt time.Time
	// ExpiresAt is when the counter becomes void.
	ExpiresAt time.Time
}

// Limit is a rule for a counter. Set one of Every, to limit attempts without a cliff;
// Window, to limit attempts within a time; or Wait, to make each further failure in a
// row wait longer.
type Limit struct {
	// Max attempts pass freely.
	Max int
	// Every is how often one attempt is forgotten, the oldest first, so that Max attempts
	// pass at once and then one more each Every; see [Refilling]. The counter's FirstAt
	// moves along: it is Every before the time at which the next one is forgotten.
	Every time.Duration
	// Window starts with the first attempt; when it is over, counting restarts.
	Window time.Duration
	// Wait is the wait after Max attempts; each further attempt doubles it, up to
	// MaxWait. Attempts keep counting until the counter is cleared or expires.
	Wait, MaxWait time.Duration
	// Stop is the number of attempts after which none passes until the counter
	// is cleared or expires. If zero, attempts never stop.
	Stop int
	// Keep is how long failures in a row are remembered after the last one; if
	// zero or less, DefaultKeep. It must be longer than MaxWait, or failures are
	// forgotten while someone still waits. With Every or a Window, it has no effect.
	Keep time.Duration
}

// Refilling returns the limit that lets max attempts pass at once, and as many again in
// each window, spread evenly. max must be positive.
func Refilling(max int, window time.Duration) Limit {
	return Limit{Max: max, Every: (window / time.Duration(max)).Truncate(time.Microsecond)}
}

// DefaultKeep is how long failures in a row are remembered if Limit.Keep is not
// set.
const DefaultKeep = 400 * 24 * time.Hour

// farAhead is how far in the future an attempt must be for the clock to have been
// wrong for certain. If it were less, setting a clock back would let more
// attempts pass.
const farAhead = 24 * time.Hour

// Next decides one attempt: it returns the counter afterwards, and reports
// whether the attempt passes. If it does not, the counter is unchanged and
// retryAt is when the next may pass, or zero if the counter must be cleared
// first. Stores call Next inside their atomic step, so that the rule is written
// once.
//
// If a counter has an attempt more than a day in the future, the clock was wrong
// then. The attempt opens no window and makes no one wait, but still counts in a
// row.
//
// The zero Limit lets nothing pass.
func (l Limit) Next(c Counter, now time.Time) (next Counter, retryAt time.Time, ok bool) {
	retryAt, ok = l.Check(c, now)
	if !ok {
		return c, retryAt, false
	}
	if c = l.left(c, now); c.Count == 0 {
		c.FirstAt = now
	}
	c.Count++
	c.LastAt = now
	c.ExpiresAt = l.forgetAt(c)
	return c, time.Time{}, true
}

// forgetAt returns when a counter that was just hit becomes void.
func (l Limit) forgetAt(c Counter) time.Time {
	switch {
	case l.Every > 0:
		return c.FirstAt.Add(times(l.Every, c.Count))
	case l.Window > 0:
		return c.FirstAt.Add(l.Window)
	case l.Keep > 0:
		return c.LastAt.Add(l.Keep)
	}
	return c.LastAt.Add(DefaultKeep)
}

// Check reports whether an attempt would pass, and if not, when one may; it
// does not count an attempt.
func (l Limit) Check(c Counter, now time.Time) (retryAt time.Time, ok bool) {
	c = l.left(c, now)
	switch {
	case l.Max <= 0:
		return time.Time{}, false
	case l.Stop > 0 && c.Count >= l.Stop:
		return time.Time{}, false
	case c.Count < l.Max:
		return time.Time{}, true
	case l.Every > 0:
		return c.FirstAt.Add(times(l.Every, c.Count-l.Max+1)), false
	case l.Window > 0:
		return l.end(c), false
	case l.Wait > 0:
		at := c.LastAt.Add(l.wait(c.Count))
		return at, !now.Before(at) || ahead(c.LastAt, now)
	}
	return time.Time{}, false
}

// left returns what is left of a counter by now: none of it if it is void.
func (l Limit) left(c Counter, now time.Time) Counter {
	end, timed := l.end(c), l.Every > 0 || l.Window > 0
	if c.Count <= 0 || !end.IsZero() && !now.Before(end) || timed && ahead(c.FirstAt, now) {
		return Counter{Key: c.Key}
	}
	if l.Every > 0 && now.After(c.FirstAt) {
		forgotten := int(now.Sub(c.FirstAt) / l.Every)
		c.Count -= forgotten
		c.FirstAt = c.FirstAt.Add(times(l.Every, forgotten))
	}
	return c
}

// times returns n times d, or the longest duration if that is longer.
func times(d time.Duration, n int) time.Duration {
	if n > 0 && d > math.MaxInt64/time.Duration(n) {
		return math.MaxInt64
	}
	return d * time.Duration(n)
}

func ahead(at, now time.Time) bool { return at.Sub(now) > farAhead }

// end returns when the counter becomes void: at its ExpiresAt, or earlier if
// attempts were taken back, or Every or Window shortened, since.
func (l Limit) end(c Counter) time.Time {
	if l.Every <= 0 && l.Window <= 0 {
		return c.ExpiresAt
	}
	end := l.forgetAt(c)
	if !c.ExpiresAt.IsZero() && c.ExpiresAt.Before(end) {
		return c.ExpiresAt
	}
	return end
}

// wait returns how long to wait after count attempts.
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

// Hit is an attempt to count under a key.
type Hit struct {
	Key   string
	Limit Limit
	// Seen may be the counter as it was just read, or a zero counter with this Key
	// if there was none. It can save a store a read, but decides nothing: if the
	// counter has changed since, it is read again. Without this Key it is ignored.
	Seen Counter
}

// HitResult is what became of a [Hit].
type HitResult struct {
	// Counter is the counter afterwards, which is unchanged if nothing was counted.
	Counter Counter
	// Passed reports whether the attempt's own limit lets it pass.
	Passed bool
	// RetryAt is when an attempt that did not pass may be made again. It is zero if
	// the counter must be cleared first.
	RetryAt time.Time
}

// DecideHits decides attempts that are counted together: if one does not pass,
// none is counted. now is as [Time] makes it, and found holds the counters that
// exist, by key. Stores call DecideHits inside their atomic step, and store the
// counters of the results if counted.
func DecideHits(now time.Time, hits []Hit, found map[string]Counter) (results []HitResult, counted bool) {
	results = make([]HitResult, len(hits))
	counted = true
	for i, h := range hits {
		c := found[h.Key]
		c.Key = h.Key
		r := &results[i]
		r.Counter, r.RetryAt, r.Passed = h.Limit.Next(c, now)
		// The limit's durations may be finer than what stores keep.
		r.Counter.FirstAt, r.Counter.ExpiresAt = Time(r.Counter.FirstAt), Time(r.Counter.ExpiresAt)
		counted = counted && r.Passed
	}
	if !counted {
		for i, h := range hits {
			results[i].Counter = found[h.Key]
			results[i].Counter.Key = h.Key
		}
	}
	return results, counted
}

// Counters counts attempts.
type Counters interface {
	// Hit counts attempts under different keys, all of them if the limit of each
	// lets it pass, and none otherwise. It returns a result for each, in their
	// order. Hit is atomic across processes: of many concurrent attempts, no more
	// pass than the limits allow, and those that are not counted leave no trace.
	// Like a commit, a Hit with another error may have been counted.
	Hit(ctx context.Context, now time.Time, hits ...Hit) (results []HitResult, counted bool, err error)
	// FindCounters returns those of the counters that exist, in no particular
	// order.
	FindCounters(ctx context.Context, keys ...string) ([]Counter, error)
}

// Unhit takes one attempt back from each of several counters, because it succeeded or was
// not evaluated. A counter that does not exist, or is at zero, does not change.
type Unhit struct{ Keys []string }

// ClearCounter deletes a counter. A counter that does not exist is not an error.
type ClearCounter struct{ Key string }

func (Unhit) isWrite()        {}
func (ClearCounter) isWrite() {}
