package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/store"
)

// How often Run works, and how long it may take at a time.
const (
	beatEvery  = time.Second
	beatTime   = 10 * time.Second
	purgeEvery = 10 * time.Minute
	purgeTime  = 5 * time.Minute
	// stuckAfter is how long past its deadline work may continue before it counts
	// as stuck.
	stuckAfter = 10 * time.Second
)

// periodic is the work of Run.
type periodic struct {
	steps []*step
	// runs counts the calls of Run under way.
	runs atomic.Int32
	// ticked is the last pulse of Run, last that of Run or of a health check.
	ticked, last atomic.Pointer[pulse]
	// mailDue means that emails are due, and mail bounds how many of all desks are sent at
	// once; nil does not.
	mailDue atomic.Bool
	mail    atomic.Pointer[turns]
}

// pulse is what the store said, and when.
type pulse struct {
	store.Pulse
	heard time.Time // by the machine's clock, with its monotonic reading
}

// step is one kind of periodic work.
type step struct {
	// name is what the log calls it.
	name string
	do   func(context.Context) error
	// limit is how long it may take at a time. If 0, its parts are bounded.
	limit time.Duration
	// every is how often it is done, beginning at once; 0 is once. A step that is onCall is
	// done when emails are due instead.
	every  time.Duration
	onCall bool

	// busy is held while it is done: another Run of this process skips it.
	busy    sync.Mutex
	mu      sync.Mutex
	failing time.Time // since when, or zero
	stuck   bool
}

// steps are what Run does. None of them waits for another.
func (d *Desk) steps() []*step {
	return []*step{
		{name: "refresh parameters", do: d.beat, limit: beatTime, every: beatEvery},
		{name: "roll back alias", do: d.rollBack, limit: beatTime, every: beatEvery},
		{name: "replace links", limit: purgeTime, every: beatEvery, do: func(ctx context.Context) error {
			return d.replaceLinks(bounded.Each(ctx, beatTime))
		}},
		{name: "let people sign in again", do: d.endedAhead, limit: purgeTime, every: beatEvery},
		// What is under way to a mail server must not be cut off.
		{name: "deliver email", onCall: true, do: func(ctx context.Context) error {
			_, err := d.Deliver(ctx)
			return err
		}},
		{name: "remind people", limit: purgeTime, every: purgeEvery, do: func(ctx context.Context) error {
			return d.RemindPeople(bounded.Each(ctx, beatTime))
		}},
		{name: "end accounts", limit: purgeTime, every: endsEvery, do: func(ctx context.Context) error {
			return d.EndAccounts(bounded.Each(ctx, beatTime))
		}},
		{name: "disable unused accounts", limit: purgeTime, every: purgeEvery, do: func(ctx context.Context) error {
			return d.DisableUnused(bounded.Each(ctx, beatTime))
		}},
		{name: "refresh members", do: d.RefreshMembers, limit: purgeTime, every: refreshEvery},
		{name: "audit mark", do: d.bearWitness, limit: witnessTime, every: d.WitnessEvery},
		{name: "settle acts", limit: purgeTime, every: settleEvery, do: func(ctx context.Context) error {
			return d.SettleActs(bounded.Each(ctx, beatTime))
		}},
		{name: "expire requests", limit: purgeTime, every: settleEvery, do: func(ctx context.Context) error {
			return d.ExpireRequests(bounded.Each(ctx, beatTime))
		}},
		{name: "purge", limit: purgeTime, every: purgeEvery, do: func(ctx context.Context) error {
			return d.Purge(bounded.Each(ctx, purgeTime))
		}},
	}
}

// Run does the periodic work until ctx ends: it sends email, reads parameters that
// other replicas changed within a second, restores the old alias if a new one was
// not confirmed, replaces links that a new alias broke, reminds people of what is due,
// asks the community about operators who are members, disables accounts that have
// ended or are unused, and purges. Several replicas may run
// it at once. While there is nothing to do it asks the store one thing a second. Work that
// fails, panics or hangs is logged once, holds up no other, and is tried again until it
// succeeds, which is also logged. Run returns the error of ctx.
func (d *Desk) Run(ctx context.Context) error {
	var alone Rounds
	_ = alone.Add(d) // fails only on a desk that was added before
	return alone.Run(ctx)
}

// beginRun notes that the periodic work begins; mail bounds how many emails it sends beside
// those of other desks.
func (d *Desk) beginRun(ctx context.Context, mail *turns) {
	d.running.Store(true)
	d.periodic.mail.Store(mail)
	if d.periodic.runs.Add(1) == 1 {
		started := d.Audit(Visit{}, "office.started", Success).System()
		for name, value := range d.Setup {
			started.With(name, value)
		}
		started.Record(ctx)
	}
}

// endRun notes that it has ended.
func (d *Desk) endRun(ctx context.Context) {
	if d.periodic.runs.Add(-1) == 0 {
		d.Audit(Visit{}, "office.stopped", Success).System().Record(ctx)
	}
}

// attempt does a step once. Errors are logged if the step succeeded before.
func (d *Desk) attempt(ctx context.Context, s *step) {
	if !s.busy.TryLock() {
		return
	}
	defer s.busy.Unlock()
	bounds := ctx
	if s.limit > 0 {
		limited, cancel := context.WithTimeout(ctx, s.limit)
		defer cancel()
		bounds = limited
		defer time.AfterFunc(s.limit+stuckAfter, func() { d.note(ctx, s, fmt.Errorf("no end after %v", s.limit+stuckAfter), true) }).Stop()
	}
	err := safely(func() error { return s.do(bounds) })
	if ctx.Err() == nil {
		d.note(ctx, s, err, false)
	}
}

// ByHand says that Once does what Run would, so that no one is told that Run is missing.
func (d *Desk) ByHand() { d.running.Store(true) }

// Once does once what Run does again and again. It is for tests, which move the clock: it
// deletes what has expired by it and ends accounts, while Run waits until a clock that jumped has been steady.
func (d *Desk) Once(ctx context.Context) {
	atOnce := map[string]func(context.Context, time.Time) error{
		"purge": d.PurgeAt, "end accounts": d.EndAccountsAt, "disable unused accounts": d.DisableUnusedAt,
	}
	for _, s := range d.periodic.steps {
		if do := atOnce[s.name]; do != nil {
			s = &step{name: s.name, limit: s.limit, do: func(ctx context.Context) error { return do(ctx, d.Now()) }}
		}
		d.attempt(ctx, s)
	}
}

// note remembers whether a step succeeded, and logs a change.
func (d *Desk) note(ctx context.Context, s *step, err error, stuck bool) {
	s.mu.Lock()
	since := s.failing
	s.stuck = stuck
	switch {
	case err == nil:
		s.failing = time.Time{}
	case since.IsZero():
		s.failing = time.Now()
	}
	s.mu.Unlock()
	switch {
	case err != nil && since.IsZero():
		d.Log.ErrorContext(ctx, "periodic work fails", "work", s.name, "error", err)
		if !errors.Is(err, store.ErrUnavailable) {
			d.Audit(Visit{}, "office.failed", Failure).System().Because("periodic work: " + s.name).Record(ctx)
		}
	case err == nil && !since.IsZero():
		d.Log.InfoContext(ctx, "periodic work succeeds again", "work", s.name, "failed_for", time.Since(since).Round(time.Second).String())
	}
}

// beat asks the store what there is to do.
func (d *Desk) beat(ctx context.Context) error {
	p, err := d.pulse(ctx)
	if err != nil {
		return err
	}
	d.periodic.ticked.Store(p)
	if p.Mail.Queued > 0 && !p.Mail.DueAt.After(d.Now()) {
		d.periodic.mailDue.Store(true)
	}
	d.reportLeftOut(ctx)
	_, err = d.refresh(ctx, p.Revision)
	return errors.Join(err, d.payBack(ctx))
}

func (d *Desk) pulse(ctx context.Context) (*pulse, error) {
	q := d.clock.Ask()
	read, err := d.Store.Pulse(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask the store what is due: %w", err)
	}
	d.hear(ctx, q, read.Reading)
	p := &pulse{Pulse: read, heard: time.Now()}
	d.periodic.last.Store(p)
	return p, nil
}

// Periodic is how the periodic work of this process goes.
type Periodic struct {
	// Started reports that it was ever started, and Running that it runs.
	Started, Running bool
	// LastTick is when it last heard from the store, by the machine's clock.
	LastTick time.Time
	// Failing names work that fails, and Stuck work that did not end at all.
	Failing, Stuck []string
}

// Periodic returns how the periodic work goes, from memory.
func (d *Desk) Periodic() Periodic {
	p := Periodic{Started: d.running.Load(), Running: d.periodic.runs.Load() > 0}
	if last := d.periodic.ticked.Load(); last != nil {
		p.LastTick = last.heard
	}
	if !p.Running {
		return p
	}
	for _, s := range d.periodic.steps {
		s.mu.Lock()
		if s.stuck {
			p.Stuck = append(p.Stuck, s.name)
		} else if !s.failing.IsZero() {
			p.Failing = append(p.Failing, s.name)
		}
		s.mu.Unlock()
	}
	slices.Sort(p.Failing)
	return p
}
