package desk

import (
	"cmp"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/postern-go/postern/store"
)

// tally counts what this process has committed.
type tally struct {
	events                sync.Map // from eventKey to *atomic.Uint64
	sent, retried, failed atomic.Uint64
}

type eventKey struct{ event, outcome string }

func (t *tally) event(e store.Event) {
	key := eventKey{e.Code, e.Outcome}
	n, ok := t.events.Load(key)
	if !ok {
		n, _ = t.events.LoadOrStore(key, new(atomic.Uint64))
	}
	n.(*atomic.Uint64).Add(1)
}

// mail counts how an attempt to send an email ended.
func (t *tally) mail(m store.MoveMail) {
	if m.From != store.MailQueued {
		return
	}
	switch m.To {
	case store.MailSent:
		t.sent.Add(1)
	case store.MailQueued:
		t.retried.Add(1)
	case store.MailFailed:
		t.failed.Add(1)
	}
}

// EventCount is how many audit entries of a kind this process has committed.
type EventCount struct {
	Event, Outcome string
	Count          uint64
}

// EventCounts returns the counts of all events that happened, by name.
func (d *Desk) EventCounts() []EventCount {
	var all []EventCount
	d.tally.events.Range(func(key, n any) bool {
		k := key.(eventKey)
		all = append(all, EventCount{k.event, k.outcome, n.(*atomic.Uint64).Load()})
		return true
	})
	slices.SortFunc(all, func(a, b EventCount) int {
		return cmp.Or(cmp.Compare(a.Event, b.Event), cmp.Compare(a.Outcome, b.Outcome))
	})
	return all
}
