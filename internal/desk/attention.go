package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/store"
)

// Attention is what needs attention, as far as an operator may see it. Counts
// stop at AttentionMost.
type Attention struct {
	store.OperatorCounts
	FailedMails int
	// Departures are the names of the parameters that depart from NIST SP 800-63B-4.
	Departures []string
	// Recent are the newest events.
	Recent []store.Event
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
		t.Recent = page.Rows
	}
	return t, nil
}
