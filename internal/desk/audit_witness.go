package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
)

// Witness is a backoffice.Witness.
type Witness interface {
	Keep(ctx context.Context, mark string) error
	Last(ctx context.Context) (mark string, err error)
}

// witnessTime is how long giving the witness a mark may take.
const witnessTime = time.Minute

// lastWitnessed is the last mark that the witness has, or zero. The error is
// [errors.ErrUnsupported] if there is none that can be read.
func (d *Desk) lastWitnessed(ctx context.Context) (m mark, err error) {
	if d.Witness == nil {
		return m, errors.ErrUnsupported
	}
	text, err := d.Witness.Last(ctx)
	if err == nil && text != "" {
		err = m.UnmarshalText([]byte(text))
	}
	if err != nil {
		err = fmt.Errorf("read the last mark of the witness: %w", err)
	}
	return m, err
}

// bearWitness writes the newest mark to the log and gives it to the witness, unless
// the audit log contradicts an older one, because later it would look as if nothing had
// been wrong.
func (d *Desk) bearWitness(ctx context.Context) error {
	for tries := 0; ; tries++ {
		seen := d.trail.newest() // read before the log, which only grows
		last, err := d.lastWitnessed(ctx)
		if err != nil && !errors.Is(err, errors.ErrUnsupported) {
			return err
		}
		ends, err := d.ends(ctx)
		if err != nil {
			return err
		}
		s, err := d.unseal(ends)
		if errors.Is(err, errLeftBehind) || errors.Is(err, errSealedNewer) {
			return err
		}
		broken := s.Broken
		if err != nil {
			broken = ends.LastSeq + 1
		}
		for _, m := range []mark{d.trail.stillSeen(seen, s.From), last} {
			held, err := d.holds(ctx, ends, s, m)
			if err != nil {
				return err
			}
			if !held && broken == 0 {
				broken = ends.LastSeq + 1
			}
		}
		if broken != 0 && s.Broken == 0 {
			now, err := d.ends(ctx)
			if err != nil {
				return err
			}
			again, _ := d.lastWitnessed(ctx)
			if (now.PurgedSeq != ends.PurgedSeq || again != last) && tries < 3 {
				continue // a purge may have removed a mark in the meantime, or the log may have been accepted
			}
			d.trail.fall(broken)
		}
		d.trail.found(broken)
		d.tellBroken(ctx)
		if broken != 0 || ends.LastSeq == 0 {
			return nil
		}
		newest := markOf(ends.LastSeq, ends.LastMAC)
		// Another process may have given a newer one in the meantime, which must stay the
		// last.
		if now, err := d.lastWitnessed(ctx); newest == d.trail.lastGiven() || err == nil && now != last && now.seq >= newest.seq {
			return nil
		}
		return d.give(ctx, newest)
	}
}

// AuditBroken reports whether this process has found the audit log broken, when it last
// wrote to it or gave a mark to the witness.
func (d *Desk) AuditBroken() bool { return d.trail.brokenAt() != 0 }

// holds reports whether a mark is in the audit log, or was purged or accepted with it.
func (d *Desk) holds(ctx context.Context, ends store.AuditEnds, s seal, m mark) (bool, error) {
	switch {
	case m.seq == 0 || m.seq < s.From || m.seq < ends.PurgedSeq:
		return true, nil
	case m.seq == ends.PurgedSeq:
		return m == markOf(m.seq, ends.PurgedMAC), nil
	case m.seq == ends.LastSeq:
		return m == markOf(m.seq, ends.LastMAC), nil
	}
	page, err := d.Store.ListEvents(ctx, store.EventQuery{OldestFirst: true, AfterSeq: m.seq - 1, Limit: 1})
	if err != nil {
		return false, fmt.Errorf("list events: %w", err)
	}
	return len(page.Rows) > 0 && m == markOf(page.Rows[0].Seq, page.Rows[0].MAC), nil
}

// give writes a mark to the log and gives it to the witness.
func (d *Desk) give(ctx context.Context, m mark) error {
	d.Log.InfoContext(ctx, "audit mark", "seq", m.seq, "mac", m.mac)
	if d.Witness != nil {
		if err := d.Witness.Keep(ctx, m.String()); err != nil {
			return fmt.Errorf("give the witness a mark: %w", err)
		}
	}
	d.trail.gave(m, d.Witness != nil)
	return nil
}

// AcceptAudit accepts the audit log as it is, after an older copy of the database was
// restored, a master secret was lost, or tampering was investigated: verification begins
// with the entry that records this, and the witness gets that entry's mark. Older
// entries are no longer verified, and are kept until that entry is purged. It can be
// repeated. Only the command line may call it.
func (d *Desk) AcceptAudit(ctx context.Context, a Actor, v Visit, reason string) error {
	if a.ID != ActorCommandLine {
		return ErrForbidden
	}
	entry := d.Audit(v, "audit.accepted", Success).Actor(a).Because(reason)
	var accepted mark
	stored := d.Settings().AuditKeep
	w := entry.Write()
	w.MAC = func(before store.AuditEnds, e store.Event) (mac, sealed []byte, err error) {
		mac, sealed, err = d.chain(before, e, func(s *seal) {
			*s = seal{Keys: s.Keys, Keep: s.atLeast(stored), From: e.Seq}
		})
		accepted = markOf(e.Seq, mac)
		return mac, sealed, err
	}
	if err := d.commitAs(ctx, a, "accept the audit log", w); err != nil {
		return err
	}
	d.trail.accept(accepted.seq) // first, because it forgets what was given before
	return d.give(ctx, accepted)
}
