// Package clock tells a process the time of the database that it shares with
// others, so that all of them agree on the time even if their own clocks do not.
//
// A database tells its time in the answer to a query. It read its clock between
// the moment the query was sent and the moment the answer arrived, which bounds
// the difference between that clock and the monotonic clock of this process. The
// clock keeps an estimate of the difference, and moves it only as far as each new
// answer requires. A slow answer, whose bounds are wide, thus never spoils a good
// estimate, and a database whose clock jumped is followed at once. Between
// answers, only the monotonic clock counts: steps of the wall clock change
// nothing.
package clock

import (
	"sync/atomic"
	"time"
)

// Machine is where the process runs. The zero value is the real machine.
type Machine struct {
	// Wall is the wall clock, which people and daemons set. If nil, it is time.Now.
	Wall func() time.Time
	// Monotonic is the time that has passed since some fixed moment, unaffected by
	// changes of Wall. If nil, it is the monotonic clock of the real machine.
	Monotonic func() time.Duration
}

// Local replaces the zero Machine. Only test programs set it, before anything
// else, to see what a wrong clock does.
var Local Machine

// Clock tells the time. It is safe for concurrent use.
type Clock struct {
	host    func() time.Time
	machine Machine
	start   time.Time
	known   atomic.Pointer[estimate]
	// silent is set while the store tells no time, so that Ask need not read the
	// clock.
	silent atomic.Bool
}

// estimate is what is known of the database's clock. It is never changed, only
// replaced.
type estimate struct {
	// zero is the database's time when the monotonic clock was at zero.
	zero time.Time
	// asked is when the question was asked whose answer moved the estimate.
	asked time.Duration
}

// New returns a clock. If host is not nil, it is the only clock that counts.
// Otherwise the time is the database's, once that is known; until then, or if the
// store has no clock of its own, it is the machine's.
func New(host func() time.Time, m Machine) *Clock {
	if m.Wall == nil && m.Monotonic == nil {
		m = Local
	}
	c := &Clock{host: host, machine: m, start: time.Now()}
	if c.machine.Wall == nil && c.machine.Monotonic != nil {
		c.machine.Wall = time.Now
	}
	return c
}

// read returns the wall clock and the monotonic clock of the machine.
func (c *Clock) read() (wall time.Time, elapsed time.Duration) {
	now := time.Now()
	wall, elapsed = now, now.Sub(c.start)
	if c.machine.Wall != nil {
		wall = c.machine.Wall()
	}
	if c.machine.Monotonic != nil {
		elapsed = c.machine.Monotonic()
	}
	return wall, elapsed
}

// Now returns the time. It takes no lock, and allocates nothing.
func (c *Clock) Now() time.Time {
	now, _ := c.Both()
	return now
}

// Both returns the time, and the monotonic clock at the same moment: if both
// advance by the same amount, nobody has set a clock in between.
func (c *Clock) Both() (now time.Time, elapsed time.Duration) {
	wall, elapsed := c.read()
	switch e := c.known.Load(); {
	case c.host != nil:
		return c.host(), elapsed
	case e != nil:
		return e.zero.Add(elapsed), elapsed
	}
	return wall, elapsed
}

// Question is when the database was asked.
type Question struct {
	wall    time.Time
	elapsed time.Duration
}

// Ask is called right before asking the database.
func (c *Clock) Ask() (q Question) {
	if c.host == nil && !c.silent.Load() {
		q.wall, q.elapsed = c.read()
	}
	return q
}

// Hear is called with the time in the answer, right after it arrived and before
// anything is decided by it. A zero time means that the store has no clock. Hear
// returns what [Clock.Skew] does.
func (c *Clock) Hear(q Question, at time.Time) (skew time.Duration, known bool) {
	if c.host != nil {
		return 0, false
	}
	if silent := at.IsZero(); c.silent.Load() != silent {
		c.silent.Store(silent)
	}
	if at.IsZero() || q.wall.IsZero() {
		return c.Skew()
	}
	wall, elapsed := c.read()
	// While the machine is suspended, the monotonic clock stands still and the wall
	// clock does not. If that happened in between, the answer is older by that
	// much.
	slept := max(0, wall.Round(0).Sub(q.wall.Round(0))-(elapsed-q.elapsed))
	c.clamp(at.Add(-elapsed), at.Add(slept-q.elapsed), q.elapsed)
	return c.skew(wall, elapsed)
}

// clamp moves the estimate as little as it takes to be within the bounds.
func (c *Clock) clamp(low, high time.Time, asked time.Duration) {
	for {
		e, zero := c.known.Load(), low
		switch {
		case e == nil:
			zero = low.Add(high.Sub(low) / 2)
		case asked < e.asked:
			return // overtaken by the answer to a later question
		case e.zero.After(high):
			zero = high
		case !e.zero.Before(low):
			return
		}
		if c.known.CompareAndSwap(e, &estimate{zero, asked}) {
			return
		}
	}
}

// Skew returns how far the machine's wall clock is ahead of the database's, or
// behind it if negative. It is not known if the host gave a clock, nor before the
// database has told its time.
func (c *Clock) Skew() (skew time.Duration, known bool) {
	if c.known.Load() == nil {
		return 0, false
	}
	wall, elapsed := c.read()
	return c.skew(wall, elapsed)
}

func (c *Clock) skew(wall time.Time, elapsed time.Duration) (time.Duration, bool) {
	e := c.known.Load()
	if e == nil {
		return 0, false
	}
	return wall.Round(0).Sub(e.zero.Add(elapsed).Round(0)), true
}
