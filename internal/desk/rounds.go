package desk

import (
	"container/heap"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	// workAtOnce is how much periodic work is under way at once, of all desks together, and
	// again as much of those that are slow. That of one desk alone never waits.
	workAtOnce = 16
	// workPatience is how long work keeps that of others waiting.
	workPatience = time.Second
	// sendersOfAll is how many emails all desks send at once, and senderPatience how long each
	// keeps others waiting: a mail server may take minutes.
	sendersOfAll   = 16
	senderPatience = 5 * time.Second
)

// Rounds does the periodic work of any number of desks. While there is nothing to do, it is
// one goroutine, and one for each desk that waits for its end. Desks come and go while it
// runs. The zero value has none. It is safe for concurrent use.
type Rounds struct {
	mu      sync.Mutex
	members map[*Desk]*member
	// run is the context of Run, nil while it does not run.
	run        context.Context
	due        jobs
	wake       chan struct{}
	work, mail *turns
	// slow are the turns of members whose work took long, so that they wait for each other
	// alone.
	slow *turns
}

// Task is other periodic work for the sake of a desk. Every is how often it is done,
// beginning at once; 0 is once.
type Task struct {
	Name  string
	Every time.Duration
	Do    func(context.Context) error
}

// member is a desk in the rounds.
type member struct {
	desk  *Desk
	tasks []Task
	// letters delivers emails. It is due when there are any.
	letters *job
	// slow means that its last work took longer than it may keep others waiting.
	slow bool
	// ctx ends when the member leaves; it is nil while nothing runs.
	ctx  context.Context
	stop context.CancelFunc
	// under is the work under way, and over is closed when that has ended.
	under sync.WaitGroup
	over  chan struct{}
}

// job is a step of a member, to be done at a time.
type job struct {
	of   *member
	step *step
	at   time.Time
	// asleep means that it is neither due nor under way.
	asleep bool
}

var (
	// ErrRuns means that Run was called while it runs.
	ErrRuns = errors.New("it runs already")
	// ErrMember means that the desk is in the rounds already.
	ErrMember = errors.New("the office is there already")
)

// Add adds a desk, whose work begins with Run or, while that runs, now.
func (r *Rounds) Add(d *Desk, tasks ...Task) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.members[d] != nil {
		return ErrMember
	}
	if r.members == nil {
		r.members = map[*Desk]*member{}
	}
	m := &member{desk: d, tasks: tasks}
	r.members[d] = m
	if r.run != nil && r.run.Err() == nil {
		r.enter(m)
	}
	return nil
}

// Remove ends the work of a desk, and returns when it has ended: emails that a mail server
// already has are waited for, up to half a minute.
func (r *Rounds) Remove(d *Desk) {
	r.mu.Lock()
	m := r.members[d]
	delete(r.members, d)
	r.due = slices.DeleteFunc(r.due, func(j *job) bool { return j.of == m })
	heap.Init(&r.due)
	r.mu.Unlock()
	if m != nil {
		m.leave()
	}
}

// leave ends the work of a member that has begun.
func (m *member) leave() {
	if m.ctx != nil {
		m.stop()
		<-m.over
	}
}

// Run does the periodic work of all desks until ctx ends, and returns its error; see
// [Desk.Run]. No desk waits for the database or the mail server of another.
func (r *Rounds) Run(ctx context.Context) error {
	r.mu.Lock()
	if r.run != nil {
		r.mu.Unlock()
		return ErrRuns
	}
	r.run, r.due, r.wake = ctx, nil, make(chan struct{}, 1)
	r.work = &turns{most: workAtOnce, patience: workPatience}
	r.slow = &turns{most: workAtOnce, patience: workPatience}
	r.mail = &turns{most: sendersOfAll, patience: senderPatience}
	for _, m := range r.members {
		r.enter(m)
	}
	r.mu.Unlock()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		timer.Reset(r.begin())
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-r.wake:
		}
	}
	r.mu.Lock()
	here := slices.Collect(maps.Values(r.members))
	r.mu.Unlock()
	for _, m := range here {
		m.leave()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.run, r.due = nil, nil
	return ctx.Err()
}

// enter begins the work of a member. The entries at its beginning and end, which wait for
// its store, hold up no other member. The lock is held.
func (r *Rounds) enter(m *member) {
	m.ctx, m.stop = context.WithCancel(r.run)
	m.over = make(chan struct{})
	mail := r.mail
	go func() {
		defer close(m.over)
		m.desk.beginRun(m.ctx, mail)
		r.schedule(m)
		<-m.ctx.Done()
		r.mu.Lock()
		//lint:ignore SA2001 who had the lock saw that m has not ended: nothing else begins from here on
		r.mu.Unlock()
		m.under.Wait()
		m.desk.endRun(m.ctx)
	}()
}

// schedule makes all steps of a member due but the delivery of emails.
func (r *Rounds) schedule(m *member) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	steps := slices.Clone(m.desk.periodic.steps)
	for _, t := range m.tasks {
		steps = append(steps, &step{name: t.Name, every: t.Every, do: t.Do})
	}
	for _, s := range steps {
		j := &job{of: m, step: s, at: now}
		if s.onCall {
			m.letters = j
			j.asleep = true
		} else {
			r.push(j)
		}
	}
}

// push makes a job due at its time, unless its member has left. The lock is held.
func (r *Rounds) push(j *job) {
	if j.of.ctx.Err() != nil {
		return
	}
	heap.Push(&r.due, j)
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// begin begins the work that is due, and returns when to look again.
func (r *Rounds) begin() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.due) > 0 {
		j := r.due[0]
		if wait := time.Until(j.at); wait > 0 {
			return wait
		}
		if j.of.ctx.Err() != nil {
			heap.Pop(&r.due)
			continue
		}
		from := r.work
		if j.of.slow {
			from = r.slow
		}
		end, ok := from.take()
		switch {
		case ok:
		case j.of.slow: // those behind it may have a turn
			j.at = time.Now().Add(max(from.wait(), time.Millisecond))
			heap.Fix(&r.due, 0)
			continue
		default:
			return from.wait()
		}
		heap.Pop(&r.due)
		j.of.under.Go(func() { r.do(j, end) })
	}
	return time.Hour // or until it is woken
}

// do does a job, and makes it due again.
func (r *Rounds) do(j *job, end func()) {
	m, began := j.of, time.Now()
	m.desk.attempt(m.ctx, j.step)
	end()
	r.mu.Lock()
	defer r.mu.Unlock()
	m.slow = time.Since(began) >= workPatience
	switch {
	case j.step.onCall:
		j.asleep = true
	case j.step.every > 0:
		j.at = began.Add(j.step.every)
		r.push(j)
	}
	if m.desk.periodic.mailDue.Load() && m.letters.asleep {
		m.desk.periodic.mailDue.Store(false)
		m.letters.asleep, m.letters.at = false, time.Now()
		r.push(m.letters)
	}
	select { // there is a turn
	case r.wake <- struct{}{}:
	default:
	}
}

// jobs is a heap of jobs, the one that is due first in front.
type jobs []*job

func (q jobs) Len() int           { return len(q) }
func (q jobs) Less(a, b int) bool { return q[a].at.Before(q[b].at) }
func (q jobs) Swap(a, b int)      { q[a], q[b] = q[b], q[a] }
func (q *jobs) Push(j any)        { *q = append(*q, j.(*job)) }
func (q *jobs) Pop() any {
	last := len(*q) - 1
	j := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	return j
}
