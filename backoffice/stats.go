package backoffice

import (
	"time"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/measure"
	"github.com/postern-go/postern/store"
)

// Stats is what an office has counted since this process created it. It holds no
// secrets, names or addresses. Counts only grow.
type Stats struct {
	// Store has the calls of each method of the store that was called.
	Store []StoreStats
	// Pool is the store's pool of connections, nil if it has none.
	Pool *store.Pool
	// Events counts the audit entries that this process has committed. Sign-ins by
	// result are those with an Event that begins with "signin.".
	Events  []EventStats
	Hashing HashingStats
	Mail    MailStats
	Run     RunStats
	// ClockAhead is how far the office's clock is ahead of the database's. It is
	// zero unless ClockKnown: some databases have no clock of their own.
	ClockAhead time.Duration
	ClockKnown bool
}

// StoreStats counts the calls of one method of the store.
type StoreStats struct {
	// Method is its name, e.g. "FindSession".
	Method string
	// Succeeded counts calls without an error, Refused those that found nothing or
	// whose precondition failed, Cancelled those whose caller left, Unavailable
	// those that failed because the store was busy or down or did not answer in
	// time, and Failed the rest.
	Succeeded, Refused, Cancelled, Unavailable, Failed uint64
	// Latency is how long they took, all results together.
	Latency Histogram
}

// EventStats counts audit entries of one kind.
type EventStats struct {
	// Event is the name of the event, e.g. "signin.succeeded", and Outcome one of
	// "success", "failure" and "refused".
	Event, Outcome string
	Count          uint64
}

// HashingStats describes how busy this process is with hashing passwords and
// recovery codes.
type HashingStats struct {
	// Slots is how many hashes can run at once, and Running how many do.
	Slots, Running int
	// Queue is how many strangers may wait for a turn, and as many reserved callers:
	// those who have a session, a link, a known browser or the correct password.
	// Waiting is how many callers wait, Reserved how many of them are reserved.
	Queue, Waiting, Reserved int
	// Busy counts callers that were turned away.
	Busy uint64
	// Waits is how long callers waited for a turn, and Hashes how long hashes took.
	Waits, Hashes Histogram
}

// MailStats describes the sending of emails.
type MailStats struct {
	// Queued is how many emails of all replicas waited when this process last
	// asked, counted up to [store.MailQueueMost]. OldestDue is when the one that
	// has waited longest became due; it is zero if none is due.
	Queued    int
	OldestDue time.Time
	// Sent counts emails that the mail server accepted from this process, Retried
	// attempts that failed and will be repeated, and Failed emails that were given
	// up.
	Sent, Retried, Failed uint64
}

// RunStats describes how [Office.Run] is doing in this process.
type RunStats struct {
	// Running reports that it runs.
	Running bool
	// LastTick is when it last heard from the store, by this machine's clock; zero
	// if never.
	LastTick time.Time
	// Failing names the work that fails.
	Failing []string
}

// Histogram counts durations in buckets.
type Histogram struct {
	// Bounds are the upper bounds of the buckets, in ascending order. Counts has one
	// more, for what took longer than the last.
	Bounds []time.Duration
	Counts []uint64
	// Sum is the total of all durations.
	Sum time.Duration
}

// Stats returns what the office has counted, from memory. It is safe for concurrent
// use; counts of one snapshot may be some calls apart. The module
// github.com/postern-go/postern/metrics gives it to Prometheus and OpenTelemetry.
func (o *Office) Stats() Stats {
	load, mail, run := o.observer.hasher.Load(), o.desk.MailStats(), o.desk.Periodic()
	s := Stats{
		Store:  each(o.observer.store.Operations(), storeStats),
		Events: each(o.desk.EventCounts(), func(e desk.EventCount) EventStats { return EventStats(e) }),
		Hashing: HashingStats{
			Slots: load.Slots, Running: load.Running, Queue: load.Queue, Waiting: load.Waiting, Reserved: load.Reserved, Busy: o.observer.busy.Load(),
			Waits: histogram(o.observer.waits.Snapshot()), Hashes: histogram(o.observer.hashes.Snapshot()),
		},
		Mail: MailStats(mail),
		Run:  RunStats{Running: run.Running, LastTick: run.LastTick, Failing: append(run.Failing, run.Stuck...)},
	}
	if o.observer.pool != nil {
		pool := o.observer.pool.Pool()
		s.Pool = &pool
	}
	s.ClockAhead, s.ClockKnown = o.desk.Skew()
	return s
}

func storeStats(o bounded.Operation) StoreStats {
	return StoreStats{o.Name, o.Succeeded, o.Refused, o.Cancelled, o.Unavailable, o.Failed, histogram(o.Latency)}
}

func histogram(s measure.Snapshot) Histogram { return Histogram(s) }
