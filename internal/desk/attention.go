package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
)

// Attention is what needs attention, as far as an operator may see it. Counts
// stop at AttentionMost.
type Attention struct {
	store.OperatorCounts
	FailedMails int
	// Unused are accounts that have not been used for long, 0 if none is disabled for it.
	// Kept is the last super-administrator, if the end of their account has passed.
	Unused int
	Kept   Operator
	// Unsettled are acts of the host in the last days whose outcome is not known.
	Unsettled int
	// Departures are the names of the parameters that depart from NIST SP 800-63B-4.
	Departures []string
	// Approvals are requests that wait for the reader as a second person, OwnApprovals those
	// that the reader asked for.
	Approvals, OwnApprovals int
	// NoApprover reports that the two-person rule is on, and that no one could approve what
	// the reader, a super-administrator, asks for.
	NoApprover bool
	// Recent are the newest events.
	Recent []store.Event
}

// unsettledFor is how long an act whose outcome is not known needs attention.
const unsettledFor = 7 * 24 * time.Hour

func (d *Desk) unsettledActs(ctx context.Context) (int, error) {
	if len(d.kinds) == 0 {
		return 0, nil
	}
	page, err := d.Store.ListEvents(ctx, store.EventQuery{Outcome: Unsettled, From: d.Now().Add(-unsettledFor), Limit: AttentionMost})
	if err != nil {
		return 0, fmt.Errorf("look for acts whose outcome is not known: %w", err)
	}
	return len(page.Rows), nil
}

// AttentionMost is where counting stops: more than 20 says enough.
const AttentionMost = 21

// Attention finds what needs attention.
func (d *Desk) Attention(ctx context.Context, a Actor) (Attention, error) {
	var t Attention
	if a.Can(PermissionOperatorsView) {
		counts, err := d.Store.CountOperators(ctx, d.Now(), AttentionMost)
		if err != nil {
			return t, fmt.Errorf("count operators: %w", err)
		}
		t.OperatorCounts = counts
		if t.Unused, t.Kept, err = d.endingAttention(ctx, a, counts.Ending); err != nil {
			return t, err
		}
	}
	if err := d.approvalAttention(ctx, a, &t); err != nil {
		return t, err
	}
	if a.Can(PermissionMailView) {
		failed, err := d.Mails(ctx, a, store.MailQuery{State: store.MailFailed, Limit: AttentionMost})
		if err != nil {
			return t, err
		}
		t.FailedMails = len(failed.Rows)
	}
	if a.Can(PermissionParametersManage) {
		list, _, err := d.Parameters(ctx, a)
		if err != nil {
			return t, err
		}
		for _, s := range list {
			if s.Departs(s.Value, d.Now()) {
				t.Departures = append(t.Departures, s.Name)
			}
		}
	}
	if a.Can(PermissionAuditView) {
		page, err := d.AuditPage(ctx, a, store.EventQuery{Limit: recent})
		if err != nil {
			return t, fmt.Errorf("recent activity: %w", err)
		}
		if t.Recent, err = d.FoldActs(ctx, page.Rows); err != nil {
			return t, err
		}
		if t.Unsettled, err = d.unsettledActs(ctx); err != nil {
			return t, err
		}
	}
	return t, nil
}
