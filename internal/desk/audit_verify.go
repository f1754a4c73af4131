package desk

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// Verdict is the result of verifying the audit log.
type Verdict struct {
	// Checked is how many events are intact, From and To the first and last of
	// them.
	Checked      int
	From, To     int64
	FromAt, ToAt time.Time
	// Broken is the number at which the chain breaks; zero if it is intact.
	// Problem is a sentence on how it breaks.
	Broken  int64
	Problem messages.Text
	problem string // its code
	// Head is the mark of the newest event for a later check: its number and the
	// beginning of its hash, "1042:9f86d081884c7d65". Empty if the chain is
	// broken.
	Head string
	// SincePurged reports that the office has purged the event to compare with,
	// so nothing was compared.
	SincePurged bool
	// Accepted is the event at which the server administrator accepted the log as it
	// was, which is From then. Zero if they never did.
	Accepted int64
	// Witness is the mark that the witness has, with which the log was compared; empty
	// if there is none, or none that this process can read.
	Witness string
	// Unread is the newest mark that a witness was given and that was not compared,
	// because it is not configured here or cannot be read. Empty if there is none.
	Unread string
}

// VerifyAudit follows the chain from end to end and finds events that were
// changed, removed or inserted: no one without the master secret can make a
// chain that passes.
//
// An older state of the whole database passes as well. Only a later event that
// was kept elsewhere exposes it. This process remembers the newest that it has seen,
// the witness has the last one that it was given, and since is the mark of one more,
// from Verdict.Head or the fields seq and mac of a log line: the check fails unless all
// of them are still in the chain. A malformed mark is an [InvalidError].
//
// The check and its result are recorded in the audit log, unless what was found
// prevents that.
func (d *Desk) VerifyAudit(ctx context.Context, a Actor, v Visit, since string) (Verdict, error) {
	if !a.Can(PermissionAuditView) {
		return Verdict{}, ErrForbidden
	}
	asked, err := parseMark(since)
	if err != nil {
		return Verdict{}, err
	}
	if _, err := d.limit(ctx, a, "audit-verify", exports, limitWindow); err != nil {
		return Verdict{}, err
	}
	ctx = bounded.Each(ctx, 0) // as long as the log is
	found, err := d.verifyFreshly(ctx, asked)
	if err != nil {
		return Verdict{}, err
	}
	entry := d.Audit(v, "audit.verified", Success)
	if found.Broken != 0 {
		entry = d.Audit(v, "audit.verified", Failure).Because(found.problem).With("broken", strconv.FormatInt(found.Broken, 10))
	}
	event := entry.Actor(a).With("checked", strconv.Itoa(found.Checked)).Write()
	err = d.commitAs(ctx, a, "record the check", event)
	if err != nil && found.Broken != 0 && !errors.Is(err, ErrChanged) && !errors.Is(err, store.ErrUnavailable) {
		// A row in the place of the next entry prevents that entry. It is why someone
		// verifies, so they must see the result.
		d.Log.ErrorContext(ctx, "check of the audit log not recorded", "broken", found.Broken, "error", err)
		err = nil
	}
	return found, err
}

// verifyFreshly verifies, and tries again if a purge interfered, or if the witness was
// given a mark in the meantime.
func (d *Desk) verifyFreshly(ctx context.Context, since mark) (Verdict, error) {
	for tries := 0; ; tries++ {
		// Read what must be in the log before the log itself, which only grows.
		w := walk{d: d, expected: []expected{{mark: since}, {d.trail.newest(), "this process has seen it"}}}
		if err := w.askWitness(ctx); err != nil {
			return Verdict{}, err
		}
		var err error
		if w.ends, err = d.ends(ctx); err != nil {
			return Verdict{}, err
		}
		v, err := w.verify(ctx)
		if err != nil || v.Broken == 0 || tries == 3 {
			return v, err
		}
		now, err := d.ends(ctx)
		if err != nil {
			return v, err
		}
		s, err := d.unseal(now)
		given := err == nil && w.asked && s.Witnessed.seq > w.witness.seq && tries == 0
		if now.PurgedSeq == w.ends.PurgedSeq && !given {
			return v, nil
		}
	}
}

func parseMark(text string) (m mark, err error) {
	if text != "" && m.UnmarshalText([]byte(text)) != nil {
		bad := &InvalidError{}
		bad.Add("since", "form", messages.New("audit.verify.since"))
		err = bad
	}
	return m, err
}

func (d *Desk) ends(ctx context.Context) (store.AuditEnds, error) {
	ends, err := d.Store.AuditEnds(ctx)
	if err != nil {
		return ends, fmt.Errorf("find the ends of the audit log: %w", err)
	}
	return ends, nil
}
