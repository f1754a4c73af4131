package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// walk follows the audit log from one end to the other.
type walk struct {
	d    *Desk
	ends store.AuditEnds
	// expected are the marks that must be in the log: the one that someone asked for, the
	// newest that this process has seen, and the witness's.
	expected []expected
	// witness is the last mark that the witness has. If asked is unset, there is no
	// witness that can be read.
	witness mark
	asked   bool

	seal seal
	// missing reports that this process may lack a secret of the chain.
	missing bool
	verdict Verdict
	// previous is the hash of the entry before, and key the place of its secret in
	// seal.Keys.
	previous []byte
	key      int
	// purged is the newest record of a purge.
	purged purgeRecord
	// leftAt is the latest time of entries that are purged and not yet deleted.
	leftAt time.Time
}

// expected is a mark that must be in the log, with a clause on why. Without a clause,
// someone asked for it.
type expected struct {
	mark
	why string
}

// broken is where and how a log is broken. The problem is a code; see [Why].
type broken struct {
	seq     int64
	problem string
}

func (b *broken) Error() string { return b.problem }

func brokenAt(seq int64, problem string) error { return &broken{seq, problem} }

// askWitness reads the last mark of the witness, if it can be read.
func (w *walk) askWitness(ctx context.Context) error {
	m, err := w.d.lastWitnessed(ctx)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	if err != nil {
		return err
	}
	w.witness, w.asked = m, true
	w.expected = append(w.expected, expected{m, "the witness has it"})
	return nil
}

// verify returns what the walk finds.
func (w *walk) verify(ctx context.Context) (Verdict, error) {
	err := w.follow(ctx)
	if found, ok := errors.AsType[*broken](err); ok {
		w.verdict.Broken, w.verdict.Problem, w.verdict.problem = found.seq, Why(found.problem), found.problem
		return w.verdict, nil
	}
	return w.verdict, err
}

func (w *walk) follow(ctx context.Context) error {
	s, sealErr := w.d.unseal(w.ends)
	if errors.Is(sealErr, errLeftBehind) || errors.Is(sealErr, errSealedNewer) {
		return fmt.Errorf("verify the audit log: %w", sealErr)
	}
	w.seal, w.missing = s, sealErr != nil || w.d.lacksKeyOf(s)
	w.expected[1].mark = w.d.trail.stillSeen(w.expected[1].mark, s.From)
	v := &w.verdict
	v.From, v.To, w.previous = w.ends.PurgedSeq+1, w.ends.PurgedSeq, w.ends.PurgedMAC
	if s.From > v.From {
		v.From, v.Accepted = s.From, s.From
	}
	if err := w.compare(v.To, w.previous); err != nil {
		return err
	}
	for q := (store.EventQuery{OldestFirst: true, Purged: true, Limit: exportBatch}); ; {
		page, err := w.d.Store.ListEvents(ctx, q)
		if err != nil {
			return fmt.Errorf("list events: %w", err)
		}
		rows, err := w.withoutPurged(page)
		if err != nil {
			return err
		}
		for _, e := range rows {
			if err := w.next(e); err != nil {
				return err
			}
		}
		if q.AfterSeq = page.Next; page.Next == 0 {
			break
		}
	}
	if err := w.end(ctx); err != nil {
		return err
	}
	if err := w.beginning(); err != nil {
		return err
	}
	switch {
	case sealErr != nil:
		return brokenAt(w.ends.LastSeq, "ends_changed")
	case s.Broken != 0:
		return brokenAt(s.Broken, "ends_changed_before")
	case w.d.trail.brokenAt() > s.From:
		return brokenAt(w.d.trail.brokenAt(), "older_copy_before")
	}
	return w.witnessed()
}

// next follows the chain to an entry.
func (w *walk) next(e store.Event) error {
	v := &w.verdict
	if e.Seq != v.To+1 {
		return brokenAt(v.To+1, "entry_missing")
	}
	if e.Seq >= w.seal.From {
		key := w.d.keyOfLink(w.previous, e)
		if key == "" {
			problem := "entry_changed"
			if w.missing {
				problem = "entry_changed_or_secret_missing"
			}
			return brokenAt(e.Seq, problem)
		}
		at := w.seal.place(key)
		// If the seal is gone, so is the order.
		if w.seal.Broken == 0 && len(w.seal.Keys) > 0 && at < w.key {
			return brokenAt(e.Seq, "replaced_secret")
		}
		w.key = at
		if v.Checked == 0 {
			v.FromAt = e.At
		}
		v.ToAt = e.At
		v.Checked++
		if err := w.purge(e); err != nil {
			return err
		}
	}
	v.To, w.previous = e.Seq, e.MAC
	return w.compare(e.Seq, e.MAC)
}

// compare fails if an entry has the number of an expected mark but another hash.
func (w *walk) compare(seq int64, mac []byte) error {
	for _, m := range w.expected {
		if m.seq == seq && m.mark != markOf(seq, mac) && w.isDue(m) {
			return brokenAt(seq, "other_entry")
		}
	}
	return nil
}

// isDue reports whether a mark must be in the log. If the log was accepted without it, it
// must only if someone asked for it.
func (w *walk) isDue(m expected) bool { return m.seq > 0 && (m.why == "" || m.seq >= w.seal.From) }

// purge remembers the record of a purge, which must not have deleted entries that the
// office keeps.
func (w *walk) purge(e store.Event) error {
	if e.Code != auditPurged {
		return nil
	}
	p, err := readPurge(e)
	if err != nil || e.At.Sub(p.before) < settings.LeastAuditKeep-store.MostAhead || !p.newest.Before(p.before) {
		return brokenAt(e.Seq, "newer_entries_purged")
	}
	w.purged = p
	return nil
}

// end looks at the end of the log. Events may have been appended in the meantime, but
// none may be gone.
func (w *walk) end(ctx context.Context) error {
	now, to := w.ends, w.verdict.To
	if to > w.ends.LastSeq {
		var err error
		if now, err = w.d.ends(ctx); err != nil {
			return err
		}
	}
	if to > now.LastSeq {
		return brokenAt(now.LastSeq+1, "entries_added_at_the_end")
	}
	if to < w.ends.LastSeq || to == now.LastSeq && !bytes.Equal(w.previous, now.LastMAC) {
		return brokenAt(to+1, "entries_missing_at_the_end")
	}
	for _, m := range w.expected {
		if m.seq > to && w.isDue(m) {
			return brokenAt(to+1, fmt.Sprintf("entries_gone: %d", m.seq))
		}
	}
	if to == 0 {
		return brokenAt(1, "no_entries")
	}
	return nil
}

// beginning looks at what was purged.
func (w *walk) beginning() error {
	if w.ends.PurgedSeq < w.seal.From && w.purged.through == 0 {
		return nil // what was purged, if anything, was so before the log was accepted
	}
	if w.purged.through != w.ends.PurgedSeq {
		return brokenAt(w.ends.PurgedSeq, "entries_missing_at_the_beginning")
	}
	if !w.leftAt.Before(w.purged.before) && !w.leftAt.IsZero() {
		return brokenAt(w.ends.PurgedSeq, "kept_entries_purged")
	}
	return nil
}

// witnessed looks at what the witness has, and completes the verdict.
func (w *walk) witnessed() error {
	v, given := &w.verdict, w.seal.Witnessed
	if w.asked {
		if w.witness.seq < given.seq {
			return brokenAt(given.seq, fmt.Sprintf("mark_missing: %v", given))
		}
		if w.witness.seq > 0 {
			v.Witness = w.witness.String()
		}
	} else if given.seq > 0 {
		v.Unread = given.String()
	}
	v.SincePurged = w.expected[0].seq > 0 && w.expected[0].seq < w.ends.PurgedSeq
	v.Head = markOf(v.To, w.previous).String()
	return nil
}

// withoutPurged returns the events of a page that are not purged. Before them there
// may be purged ones that are still to be deleted, from the oldest on: they end with
// the last one purged. It fails if one of them was not there before. Only whole pages
// can be judged: between two of them, some are deleted.
func (w *walk) withoutPurged(page store.EventPage) (rows []store.Event, err error) {
	n := 0
	for ; n < len(page.Rows) && page.Rows[n].Seq <= w.ends.PurgedSeq; n++ {
		e := page.Rows[n]
		if n > 0 && (e.Seq != page.Rows[n-1].Seq+1 || e.Seq >= w.seal.From && w.d.keyOfLink(page.Rows[n-1].MAC, e) == "") {
			return nil, brokenAt(e.Seq, addedToPurged)
		}
		if e.At.After(w.leftAt) {
			w.leftAt = e.At
		}
	}
	if rows = page.Rows[n:]; n > 0 && (len(rows) > 0 || page.Next == 0) {
		if last := page.Rows[n-1]; last.Seq != w.ends.PurgedSeq || !bytes.Equal(last.MAC, w.ends.PurgedMAC) {
			return nil, brokenAt(last.Seq, addedToPurged)
		}
	}
	return rows, nil
}

const addedToPurged = "entry_added"
