package desk

import (
	"context"
	"sync"
)

// trail is what this process remembers of the audit log, so that the database
// cannot contradict it unnoticed.
type trail struct {
	mu sync.Mutex
	// seen is the newest entry that was certainly committed.
	seen mark
	// given is the last mark that was given to the log and, if witnessed is set, to the
	// witness.
	given     mark
	witnessed bool
	// accepted is the newest entry known at which the log was accepted as it was.
	accepted int64
	// fell is the entry at which the log contradicted seen or the witness. The next seal
	// says so.
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

// saw remembers a committed entry, and whether the seal says that the log is broken
// before it. before is what newest returned before the commit began. It reports whether
// the log has gone back since then.
func (t *trail) saw(before, m mark, broken int64) (wentBack bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case m.seq <= before.seq && t.seen.seq >= before.seq:
		t.seen, t.fell, t.broken = m, m.seq, m.seq
		return true
	case m.seq > t.seen.seq:
		t.seen, t.broken = m, broken
	}
	return false
}

// accept remembers that the log was accepted as it was with an entry. Only the server
// administrator can do that, so what this process saw of the log before no longer counts.
func (t *trail) accept(from int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if from <= t.accepted {
		return
	}
	t.accepted = from
	if t.seen.seq >= from {
		t.seen = mark{}
	}
	if t.given.seq >= from {
		t.given = mark{}
	}
	t.fell = 0
}

// stillSeen returns a mark that newest returned, or zero if it no longer counts because
// the log was accepted with the entry from. If from is zero, it never was.
func (t *trail) stillSeen(seen mark, from int64) mark {
	t.accept(from)
	if t.newest().seq < seen.seq {
		return mark{}
	}
	return seen
}

// fall remembers that the log contradicts the witness, or this process, before an entry.
func (t *trail) fall(at int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.fell = at
}

// wrote reports whether this process has committed an entry, so that its secret has a
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
		s.Broken = min(t.fell, seq)
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
