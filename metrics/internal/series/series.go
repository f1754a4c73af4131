// Package series says which numbers of an office have which names.
package series

import (
	"context"
	"iter"
	"sync"
	"time"

	"github.com/postern-go/postern/backoffice"
)

// Kind is what a number may do.
type Kind int

// A Counter only grows, a Gauge moves, and a Histogram counts in buckets.
const (
	Counter Kind = iota
	Gauge
	Histogram
)

// Series is a name with what it means. Names are those of Prometheus.
type Series struct {
	Name, Help string
	Kind       Kind
	Labels     []string
}

// Point is a value of a series.
type Point struct {
	*Series
	// Values are those of its labels.
	Values    []string
	Value     float64
	Histogram backoffice.Histogram
}

// All are all series.
var All []*Series

func add(kind Kind, name, help string, labels ...string) *Series {
	s := &Series{Name: "postern_" + name, Help: help, Kind: kind, Labels: labels}
	All = append(All, s)
	return s
}

var (
	calls       = add(Counter, "store_calls_total", "Calls of the store, by result: succeeded, refused, cancelled, unavailable or failed.", "method", "result")
	latency     = add(Histogram, "store_call_duration_seconds", "How long calls of the store took.", "method")
	maxOpen     = add(Gauge, "store_connections_max", "How many connections to the database may be open; 0 if there is no limit.")
	open        = add(Gauge, "store_connections_open", "How many connections to the database are open.")
	inUse       = add(Gauge, "store_connections_in_use", "How many connections to the database are in use.")
	poolWaits   = add(Counter, "store_connection_waits_total", "Calls that had to wait for a connection.")
	poolWaited  = add(Counter, "store_connection_wait_duration_seconds_total", "How long calls have waited for a connection.")
	events      = add(Counter, "events_total", "Audit entries that this process has written; signin.* are sign-ins by result.", "event", "outcome")
	slots       = add(Gauge, "hash_slots", "How many passwords can be hashed at once.")
	running     = add(Gauge, "hash_running", "How many passwords are being hashed.")
	queue       = add(Gauge, "hash_queue", "How many strangers may wait to hash, and as many reserved callers.")
	waiting     = add(Gauge, "hash_waiting", "How many callers wait to hash.")
	reserved    = add(Gauge, "hash_waiting_reserved", "How many of them are not strangers.")
	busy        = add(Counter, "hash_busy_total", "Callers that were turned away because too many were hashing.")
	hashWaits   = add(Histogram, "hash_wait_duration_seconds", "How long callers waited to hash.")
	hashes      = add(Histogram, "hash_duration_seconds", "How long hashes took.")
	queued      = add(Gauge, "mail_queued", "How many emails wait, in all processes; counted up to 1000.")
	oldestDue   = add(Gauge, "mail_oldest_due_seconds", "How long the email that is due longest has waited; 0 if none is due.")
	attempts    = add(Counter, "mail_attempts_total", "Attempts of this process to send an email, by result: sent, retried or failed.", "result")
	runs        = add(Gauge, "run_running", "Whether this process does the periodic work.")
	lastTick    = add(Gauge, "run_last_tick_timestamp_seconds", "When the periodic work last heard from the database, in Unix time; 0 if never.")
	failing     = add(Gauge, "run_failing", "How many kinds of periodic work fail.")
	ready       = add(Gauge, "ready", "Whether the office can answer requests: 0 if its store does not answer.")
	alive       = add(Gauge, "alive", "Whether the process can recover by itself: 0 if only a restart helps.")
	reasons     = add(Gauge, "health_reason", "What is wrong, by the code of Office.Health; absent if nothing is.", "code")
	clockAhead  = add(Gauge, "clock_ahead_seconds", "How far this machine's clock is ahead of the database's; absent if the database has none.")
	resultNames = []string{"succeeded", "refused", "cancelled", "unavailable", "failed"}
)

// Source is an office: *backoffice.Office.
type Source interface {
	Stats() backoffice.Stats
	Health(context.Context) backoffice.Health
}

// Office is what was read of one.
type Office struct {
	Name   string
	Points []Point
}

// ReadAll reads several offices, at once: those whose store does not answer hold up no others.
func ReadAll(ctx context.Context, offices iter.Seq2[string, Source]) []*Office {
	var all []*Office
	var reading sync.WaitGroup
	for name, office := range offices {
		o := &Office{Name: name}
		all = append(all, o)
		reading.Go(func() { o.Points = Read(ctx, office) })
	}
	reading.Wait()
	return all
}

// Read returns the values of each series that has any. Those of a series are beside
// each other. If the store does not answer, that takes a second.
func Read(ctx context.Context, office Source) []Point {
	s, health := office.Stats(), office.Health(ctx)
	var all []Point
	put := func(of *Series, value float64, labels ...string) {
		all = append(all, Point{Series: of, Values: labels, Value: value})
	}
	spread := func(of *Series, h backoffice.Histogram, labels ...string) {
		all = append(all, Point{Series: of, Values: labels, Histogram: h})
	}
	for _, c := range s.Store {
		for i, n := range []uint64{c.Succeeded, c.Refused, c.Cancelled, c.Unavailable, c.Failed} {
			put(calls, float64(n), c.Method, resultNames[i])
		}
	}
	for _, c := range s.Store {
		spread(latency, c.Latency, c.Method)
	}
	if p := s.Pool; p != nil {
		put(maxOpen, float64(p.MaxOpen))
		put(open, float64(p.Open))
		put(inUse, float64(p.InUse))
		put(poolWaits, float64(p.Waits))
		put(poolWaited, p.Waited.Seconds())
	}
	for _, e := range s.Events {
		put(events, float64(e.Count), e.Event, e.Outcome)
	}
	put(slots, float64(s.Hashing.Slots))
	put(running, float64(s.Hashing.Running))
	put(queue, float64(s.Hashing.Queue))
	put(waiting, float64(s.Hashing.Waiting))
	put(reserved, float64(s.Hashing.Reserved))
	put(busy, float64(s.Hashing.Busy))
	spread(hashWaits, s.Hashing.Waits)
	spread(hashes, s.Hashing.Hashes)
	put(queued, float64(s.Mail.Queued))
	put(oldestDue, since(s.Mail.OldestDue))
	put(attempts, float64(s.Mail.Sent), "sent")
	put(attempts, float64(s.Mail.Retried), "retried")
	put(attempts, float64(s.Mail.Failed), "failed")
	put(runs, truth(s.Run.Running))
	put(lastTick, unix(s.Run.LastTick))
	put(failing, float64(len(s.Run.Failing)))
	put(ready, truth(health.Ready))
	put(alive, truth(health.Alive))
	for _, r := range health.Reasons {
		put(reasons, 1, r.Code)
	}
	if s.ClockKnown {
		put(clockAhead, s.ClockAhead.Seconds())
	}
	return all
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func unix(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return float64(t.UnixMilli()) / 1000
}

func since(t time.Time) float64 {
	if t.IsZero() {
		return 0
	}
	return max(0, time.Since(t).Seconds())
}
