package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/bounded"
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
	Problem string
	// Head is the mark of the newest event for a later check: its number and the
	// beginning of its hash, "1042:9f86d081884c7d65". Empty if the chain is
	// broken.
	Head string
	// SincePurged reports that the office has purged the event to compare with,
	// so nothing was compared.
	SincePurged bool
}

// VerifyAudit follows the chain from end to end and finds events that were
// changed, removed or inserted: no one without the master secret can make a
// chain that passes.
//
// An older state of the whole database passes as well. Only a later event that
// was kept elsewhere exposes it: since is the mark of one, from Verdict.Head or
// the fields seq and mac of a log line, and the check fails unless that event is
// still in the chain. If empty, nothing is compared. A malformed mark is an
// [InvalidError].
//
// The check and its result are recorded in the audit log, unless what was found
// prevents that.
func (d *Desk) VerifyAudit(ctx context.Context, a Actor, v Visit, since string) (Verdict, error) {
	if !a.Can(PermissionAuditView) {
		return Verdict{}, ErrForbidden
	}
	known, err := parseMark(since)
	if err != nil {
		return Verdict{}, err
	}
	if _, err := d.limit(ctx, a, "audit-verify", exports, limitWindow); err != nil {
		return Verdict{}, err
	}
	ctx = bounded.Each(ctx, 0) // as long as the log is
	found, err := d.verifyFreshly(ctx, known)
	if err != nil {
		return Verdict{}, err
	}
	entry := d.Audit(v, "audit.verified", Success)
	if found.Broken != 0 {
		entry = d.Audit(v, "audit.verified", Failure).Because(found.Problem).With("broken", strconv.FormatInt(found.Broken, 10))
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

// verifyFreshly verifies, and tries again if a purge interfered.
func (d *Desk) verifyFreshly(ctx context.Context, known mark) (Verdict, error) {
	for tries := 0; ; tries++ {
		ends, err := d.ends(ctx)
		if err != nil {
			return Verdict{}, err
		}
		v, err := d.verify(ctx, ends, known)
		if err != nil || v.Broken == 0 || tries == 3 {
			return v, err
		}
		// Another replica may have purged old events in the meantime.
		now, err := d.ends(ctx)
		if err != nil || now.PurgedSeq == ends.PurgedSeq {
			return v, err
		}
	}
}

var markForm = regexp.MustCompile(`^([1-9][0-9]{0,17}):([0-9a-fA-F]{16})$`)

func parseMark(text string) (mark, error) {
	if text == "" {
		return mark{}, nil
	}
	parts := markForm.FindStringSubmatch(text)
	if parts == nil {
		bad := &InvalidError{}
		bad.Add("since", "form", "Enter the number of an entry and the first 16 digits of its hash, like 1042:9f86d081884c7d65.")
		return mark{}, bad
	}
	seq, _ := strconv.ParseInt(parts[1], 10, 64) // 18 digits fit.
	return mark{seq, strings.ToLower(parts[2])}, nil
}

func (d *Desk) ends(ctx context.Context) (store.AuditEnds, error) {
	ends, err := d.Store.AuditEnds(ctx)
	if err != nil {
		return ends, fmt.Errorf("find the ends of the audit log: %w", err)
	}
	return ends, nil
}

func (d *Desk) verify(ctx context.Context, ends store.AuditEnds, known mark) (Verdict, error) {
	v := Verdict{From: ends.PurgedSeq + 1, To: ends.PurgedSeq}
	broken := func(seq int64, problem string) (Verdict, error) {
		v.Broken, v.Problem = seq, problem
		return v, nil
	}
	previous, purged := ends.PurgedMAC, int64(0)
	rolledBack := func() bool { return known.seq == v.To && known != markOf(v.To, previous) }
	if rolledBack() {
		return broken(v.To, wasAnother)
	}
	for q := (store.EventQuery{OldestFirst: true, Purged: true, Limit: exportBatch}); ; {
		page, err := d.Store.ListEvents(ctx, q)
		if err != nil {
			return Verdict{}, fmt.Errorf("list events: %w", err)
		}
		rows, stray := d.withoutPurged(page, ends)
		if stray != 0 {
			return broken(stray, "The entry was added among those that were purged.")
		}
		for _, e := range rows {
			switch {
			case e.Seq != v.To+1:
				return broken(v.To+1, "The entry is missing.")
			case !d.chainHolds(previous, e):
				return broken(e.Seq, "The entry, or the one before it, was changed.")
			}
			if v.Checked == 0 {
				v.FromAt = e.At
			}
			v.To, v.ToAt, previous = e.Seq, e.At, e.MAC
			v.Checked++
			purged = max(purged, purgedThrough(e))
			if rolledBack() {
				return broken(v.To, wasAnother)
			}
		}
		if q.AfterSeq = page.Next; page.Next == 0 {
			break
		}
	}
	// Events may have been appended in the meantime, but none may be gone.
	now := ends
	if v.To > ends.LastSeq {
		var err error
		if now, err = d.ends(ctx); err != nil {
			return Verdict{}, err
		}
	}
	if v.To > now.LastSeq {
		return broken(now.LastSeq+1, "Entries follow the one that the office appended last.")
	}
	if v.To < ends.LastSeq || v.To == now.LastSeq && !bytes.Equal(previous, now.LastMAC) {
		return broken(v.To+1, "Entries at the end are missing.")
	}
	if known.seq > v.To {
		return broken(v.To+1, fmt.Sprintf("Entries up to %d existed and are gone: they were removed, or an older copy of the database was restored.", known.seq))
	}
	if v.To == 0 {
		return broken(1, "There are no entries, but every office has one from its first start.")
	}
	if purged != ends.PurgedSeq {
		return broken(ends.PurgedSeq, "Entries at the beginning are missing, and the office did not purge them.")
	}
	v.SincePurged = known.seq > 0 && known.seq < ends.PurgedSeq
	v.Head = markOf(v.To, previous).String()
	return v, nil
}

// withoutPurged returns the events of a page that are not purged. Before them there
// may be purged ones that are still to be deleted, from the oldest on: they end with
// the last one purged. If one of them was not there before, its number is stray. Only
// whole pages can be judged: between two of them, some are deleted.
func (d *Desk) withoutPurged(page store.EventPage, ends store.AuditEnds) (rows []store.Event, stray int64) {
	n := 0
	for ; n < len(page.Rows) && page.Rows[n].Seq <= ends.PurgedSeq; n++ {
		e := page.Rows[n]
		if n > 0 && (e.Seq != page.Rows[n-1].Seq+1 || !d.chainHolds(page.Rows[n-1].MAC, e)) {
			return nil, e.Seq
		}
	}
	if rows = page.Rows[n:]; n > 0 && (len(rows) > 0 || page.Next == 0) {
		if last := page.Rows[n-1]; last.Seq != ends.PurgedSeq || !bytes.Equal(last.MAC, ends.PurgedMAC) {
			return nil, last.Seq
		}
	}
	return rows, 0
}

// purgedThrough is the number up to which an event reports that the office
// purged, or zero. The caller has verified the event.
func purgedThrough(e store.Event) int64 {
	if e.Code != auditPurged {
		return 0
	}
	through, _ := strconv.ParseInt(e.Detail[detailPurgedThrough], 10, 64)
	return through
}

const wasAnother = "A different entry had this number: an older copy of the database was restored, and the log continued from it."
