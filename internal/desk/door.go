package desk

import (
	"context"
	"maps"
	"strconv"
	"sync"
	"time"

	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/store"
)

const (
	// entriesPerNetwork is how many entries of one event a network can cause in
	// limitWindow, for the events in Outside. A /56 of IPv6 addresses can cause four
	// times as many, and a /48 sixteen times.
	entriesPerNetwork = 60
	// entriesPerEvent is how many pass at once from all networks together. Then one
	// more passes each entryEvery, so that a long flood stays visible, and a year of it
	// does not fill a disk.
	entriesPerEvent = 1000
	entryEvery      = 9 * time.Second
	// detailLeftOut is how many entries of its event were left out before an entry.
	detailLeftOut = "left_out"
)

// door bounds the audit entries that strangers can cause, so that they cannot fill
// the store. It counts in memory, so that a flood costs the store nothing. Entries left
// out are counted, and the next entry of their event has the number.
type door struct {
	mu    sync.Mutex
	kinds map[doorKind]*doorCount
}

// doorKind is an event. Entries of sessions are counted apart, so that strangers
// cannot keep an operator's out.
type doorKind struct {
	code     string
	signedIn bool
}

// doorCount counts the entries of an event.
type doorCount struct {
	// passed is how many passed, less one for each entryEvery until refilled.
	passed   int
	refilled time.Time
	// from are those of the window that began at since, by network. It stays small, as
	// only entries that pass are counted.
	since time.Time
	from  map[string]int
	// leftOut is how many entries were left out since one passed. If told is set, a log
	// line has said so in this window.
	leftOut int
	told    bool
}

// over reports whether the window is over, or the clock was set back.
func (c *doorCount) over(now time.Time) bool {
	return now.Sub(c.since) >= limitWindow || now.Before(c.since)
}

// advance forgets what no longer counts.
func (c *doorCount) advance(now time.Time) {
	if c.over(now) {
		c.since, c.told = now, false
		clear(c.from)
	}
	forgotten := now.Sub(c.refilled) / entryEvery
	if forgotten < 0 || forgotten >= entriesPerEvent {
		c.passed, c.refilled = 0, now
		return
	}
	c.passed = max(0, c.passed-int(forgotten))
	c.refilled = c.refilled.Add(forgotten * entryEvery)
}

// full reports whether no further entry from these networks passes.
func (c *doorCount) full(networks []string) bool {
	for i, n := range networks {
		if c.from[n] >= netgroup.Share(i)*entriesPerNetwork {
			return true
		}
	}
	return c.passed >= entriesPerEvent
}

// pass reports whether an entry may be written, and completes it. If it is not
// written after all, undo takes that back.
func (d *door) pass(now time.Time, e *store.Event) (undo func(), ok bool) {
	of, networks := doorKind{e.Code, e.SessionID != ""}, netgroup.Of(e.IP)
	d.mu.Lock()
	defer d.mu.Unlock()
	c := d.kinds[of]
	if c == nil {
		if d.kinds == nil {
			d.kinds = make(map[doorKind]*doorCount)
		}
		c = &doorCount{from: make(map[string]int)}
		d.kinds[of] = c
	}
	c.advance(now)
	if c.full(networks) {
		c.leftOut++
		return nil, false
	}
	c.count(networks, 1)
	leftOut := c.leftOut
	if c.leftOut = 0; leftOut > 0 {
		if e.Detail = maps.Clone(e.Detail); e.Detail == nil {
			e.Detail = make(map[string]string)
		}
		e.Detail[detailLeftOut] = strconv.Itoa(leftOut)
	}
	return func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		c.leftOut += leftOut
		c.count(networks, -1)
	}, true
}

// count counts an entry, or takes it back if n is -1.
func (c *doorCount) count(networks []string, n int) {
	c.passed = max(0, c.passed+n)
	for _, network := range networks {
		if c.from[network] = max(0, c.from[network]+n); c.from[network] == 0 {
			delete(c.from, network)
		}
	}
}

// throughDoor returns the writes without the entries that the door leaves out. If the
// writes are not committed, undo takes back what was counted.
func (d *Desk) throughDoor(writes []store.Write) (passed []store.Write, undo func()) {
	var undos []func()
	for _, w := range writes {
		if e, ok := w.(store.AppendEvent); ok && Outside[e.Event.Code] {
			back, ok := d.door.pass(d.Now(), &e.Event)
			if !ok {
				continue
			}
			undos, w = append(undos, back), e
		}
		passed = append(passed, w)
	}
	return passed, func() {
		for _, back := range undos {
			back()
		}
	}
}

// reportLeftOut logs how many entries were left out, once for each event whose window
// is over, because its next entry may never come.
func (d *Desk) reportLeftOut(ctx context.Context) {
	left := make(map[doorKind]int)
	d.door.mu.Lock()
	for of, c := range d.door.kinds {
		if c.leftOut > 0 && !c.told && c.over(d.Now()) {
			left[of], c.told = c.leftOut, true
		}
	}
	d.door.mu.Unlock()
	for of, n := range left {
		d.Log.WarnContext(ctx, "audit entries left out", "event", of.code, "signed_in", of.signedIn, "left_out", n)
	}
	d.lines.Report(ctx)
}
