package desk

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// Verdict is what a check of the audit found.
type Verdict struct {
	// Checked is how many events were read, From and To the first and last of
	// them.
	Checked      int
	From, To     int64
	FromAt, ToAt time.Time
	// Broken is the number at which the chain does not hold; zero when it
	// does. Problem says in which way.
	Broken  int64
	Problem string
	// Head is the newest event, as a later check takes it: its number and the
	// beginning of its hash, "1042:9f86d081884c7d65". Empty where the chain
	// does not hold.
	Head string
	// SincePurged says that the event to compare with has been purged by the
	// office itself, so that nothing was compared.
	SincePurged bool
}

// VerifyAudit follows the chain from one end to the other: an event that was
// changed, removed or put in shows. Only somebody with the master secret can
// make a chain that holds.
//
// Whoever puts back an older state of the whole database takes a chain that
// holds as well. Only somebody outside sees that, who remembers a later event:
// since is one as Verdict.Head, or the fields seq and mac of a log line, has it,
// and the check fails unless that event is still in the chain. Empty: none. One
// that cannot be read is a desk.InvalidError.
//
// The check and what it found are written to the audit.
func (d *Desk) VerifyAudit(ctx context.Context, a Actor, v Visit, since string) (Verdict, error) {
	if !a.Can(PermissionAuditView) {
		return Verdict{}, ErrForbidden
	}
	known, err := parseMark(since)
	if err != nil {
		return Verdict{}, err
	}
	if err := d.bound(ctx, "audit-verify", a.ID, exports); err != nil {
		return Verdict{}, err
	}
	found, err := d.verifyFreshly(ctx, known)
	if err != nil {
		return Verdict{}, err
	}
	entry := d.Audit(v, "audit.verified", Success)
	if found.Broken != 0 {
		entry = d.Audit(v, "audit.verified", Failure).Because(found.Problem).With("broken", strconv.FormatInt(found.Broken, 10))
	}
	event := entry.Actor(a).With("checked", strconv.Itoa(found.Checked)).Write()
	return found, d.commitAs(ctx, a, "audit the check", event)
}

// verifyFreshly verifies, and again where a purge came between.
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
		// Another replica may have purged old rows meanwhile.
		now, err := d.ends(ctx)
		if err != nil || now.PurgedSeq == ends.PurgedSeq {
			return v, err
		}
	}
}

// mark is an event that somebody remembers; the zero one is none.
type mark struct {
	seq int64
	mac string
}

var markForm = regexp.MustCompile(`^([1-9][0-9]{0,17}):([0-9a-fA-F]{16})$`)

func parseMark(text string) (mark, error) {
	if text == "" {
		return mark{}, nil
	}
	parts := markForm.FindStringSubmatch(text)
	if parts == nil {
		bad := &InvalidError{}
		bad.Add("since", "form", "Give the number of an event and the 16 digits of its hash, like 1042:9f86d081884c7d65.")
		return mark{}, bad
	}
	seq, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return mark{}, fmt.Errorf("read the number of an event: %w", err)
	}
	return mark{seq, strings.ToLower(parts[2])}, nil
}

func markOf(seq int64, mac []byte) mark { return mark{seq, ShortMAC(mac)} }

func (m mark) String() string { return fmt.Sprintf("%d:%s", m.seq, m.mac) }

func (d *Desk) ends(ctx context.Context) (store.AuditEnds, error) {
	ends, err := d.Store.AuditEnds(ctx)
	if err != nil {
		return ends, fmt.Errorf("find the ends of the audit: %w", err)
	}
	return ends, nil
}

// verify follows the chain from one end to the other.
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
	for {
		page, err := d.Store.ListEvents(ctx, store.EventQuery{OldestFirst: true, AfterSeq: v.To, Limit: exportBatch})
		if err != nil {
			return Verdict{}, fmt.Errorf("list events: %w", err)
		}
		for _, e := range page.Rows {
			switch {
			case e.Seq != v.To+1:
				return broken(v.To+1, "The row is missing.")
			case !d.chainHolds(previous, e):
				return broken(e.Seq, "The row, or the one before it, was changed.")
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
		if page.Next == 0 {
			break
		}
	}
	// Rows may have been appended while this ran, but none may be gone.
	if v.To < ends.LastSeq || v.To == ends.LastSeq && !bytes.Equal(previous, ends.LastMAC) {
		return broken(v.To+1, "Rows at the end are missing.")
	}
	if known.seq > v.To {
		return broken(v.To+1, fmt.Sprintf("Rows up to %d were there, and are gone: they were cut off, or an older copy of the database was put back.", known.seq))
	}
	if v.To == 0 {
		return broken(1, "There are no rows, and every office has one since its first start.")
	}
	if purged != ends.PurgedSeq {
		return broken(ends.PurgedSeq, "Rows at the beginning are missing, and the office did not purge them.")
	}
	v.SincePurged = known.seq > 0 && known.seq < ends.PurgedSeq
	v.Head = markOf(v.To, previous).String()
	return v, nil
}

// purgedThrough is up to where an event says that the office purged. Events are
// believed only once the chain holds.
func purgedThrough(e store.Event) int64 {
	if e.Code != auditPurged {
		return 0
	}
	through, err := strconv.ParseInt(e.Detail[detailPurgedThrough], 10, 64)
	if err != nil {
		return 0
	}
	return through
}

const wasAnother = "Another row had this number: an older copy of the database was put back, and the audit went on from there."
