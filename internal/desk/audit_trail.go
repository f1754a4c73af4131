package desk

import (
	"context"
	"sync"
)

// trail is what this process remembers of the audit log, whatever the database says
// later.
type trail struct {
	mu sync.Mutex
	// seen is the newest entry that was certainly committed.
	seen mark
	// given is the last mark that was given to the log and, if witnessed is set, to the
	// witness.
	given     mark
	witnessed bool
	// fell is the entry at which the log continued from an older one than seen. The next
	// seal says so.
	fell int64
	// broken is the entry before which the log was found broken, or zero. told is its
	// value when that was last logged.
	broken, told int64
}

// newest returns the newest entry that this process knows of.
func (t *trail) newest() mark {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.seen
}

// saw remembers a committed entry, and reports whether the log has gone back since the
// commit began, when newest returned before.
func (t *trail) saw(before, m mark) (wentBack bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if wentBack = m.seq <= before.seq; wentBack {
		t.seen, t.fell, t.broken = m, m.seq, m.seq
		return true
	}
	if m.seq > t.seen.seq {
		t.seen = m
	}
	return false
}

// wrote reports whether this process has committed an entry, so that its secret has its
// place in the order.
func (t *trail) wrote() bool { return t.newest() != mark{} }

// gave remembers a mark that was given to the log, and to the witness if there is one.
func (t *trail) gave(m mark, witnessed bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.given, t.witnessed = m, witnessed
}

func (t *trail) lastGiven() mark {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.given
}

// addTo adds to the seal of an entry what this process knows.
func (t *trail) addTo(s *seal, seq int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.witnessed && t.given.seq > s.Witnessed.seq && t.given.seq >= s.From && t.given.seq < seq {
		s.Witnessed = t.given
	}
	if t.fell > s.From && s.Broken == 0 {
		s.Broken = t.fell
	}
}

// found remembers the entry before which the log was found broken, or zero.
func (t *trail) found(broken int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.broken = broken
}

// brokenAt returns what was found last.
func (t *trail) brokenAt() int64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.broken
}

// tellBroken logs once that the log was found broken.
func (d *Desk) tellBroken(ctx context.Context) {
	d.trail.mu.Lock()
	broken := d.trail.broken
	news := broken != 0 && d.trail.told == 0
	d.trail.told = broken
	d.trail.mu.Unlock()
	if news {
		d.Log.ErrorContext(ctx, "the audit log was changed outside the office, or an older copy of the database was restored", "broken", broken)
	}
}
