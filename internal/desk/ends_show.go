package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// What a list of operators can be narrowed to.
const (
	// AccountsEnding are those that end within store.EndingSoon, or have ended and are not
	// disabled yet.
	AccountsEnding = "ending"
	// AccountsUnused are those that have not been used for long.
	AccountsUnused = "unused"
)

// unusedForLong is how long an account is unused that lists call so, if none is disabled for it.
const unusedForLong = 90 * day

// Accounts narrows a query to what one of the words above stands for. Any other changes
// nothing.
func (d *Desk) Accounts(q store.OperatorQuery, which string) store.OperatorQuery {
	switch which {
	case AccountsEnding:
		q.EndsBefore = d.Now().Add(store.EndingSoon)
	case AccountsUnused:
		q.InactiveBefore = d.unusedBefore()
	}
	return q
}

// unusedBefore is before when an account was last used that is called unused: one whose
// operator is warned, if the parameter disables them.
func (d *Desk) unusedBefore() time.Time {
	if after := d.Settings().UnusedAfter; after > 0 {
		return unusedSince(after, d.Now())
	}
	return d.Now().Add(-unusedForLong)
}

// HasPassed reports whether the end of an account, if it has one, has passed.
func (d *Desk) HasPassed(endsAt time.Time) bool {
	return !endsAt.IsZero() && !d.Now().Before(endsAt)
}

// EndText says when an account ends, or has ended; zero if it does not end.
func (d *Desk) EndText(endsAt time.Time) messages.Text {
	text, _ := endText(endsAt, d.Now())
	return text
}

// endText says when an account ends, as people count days, and whether that is soon or past.
func endText(endsAt, now time.Time) (text messages.Text, soon bool) {
	if endsAt.IsZero() {
		return text, false
	}
	last, today := lastDay(endsAt), now.UTC().Truncate(day)
	soon = endsAt.Sub(now) <= store.EndingSoon
	switch n := int(last.Sub(today) / day); {
	case n < 0:
		text = messages.New("ends.ended")
	case n == 0:
		text = messages.New("ends.today")
	case n == 1:
		text = messages.New("ends.tomorrow")
	default:
		text = messages.New("ends.in_days", "n", n)
	}
	return text, soon
}

// unusedText says for how long an account has not been used, if that is long; otherwise zero.
func (d *Desk) unusedText(o store.Operator) (text messages.Text) {
	used := latest(o.LastActiveAt, o.CreatedAt)
	if o.State != store.OperatorActive || d.Settings().UnusedAfter == 0 || !used.Before(d.unusedBefore()) {
		return text
	}
	return messages.New("ends.unused_days", "n", int(d.Now().Sub(used)/day))
}

// endingAttention finds which accounts are unused, and the last super-administrator if the
// end of their account has passed. The second takes a read only if accounts end.
func (d *Desk) endingAttention(ctx context.Context, a Actor, ending int) (unused int, kept Operator, err error) {
	if d.Settings().UnusedAfter > 0 {
		page, err := d.Store.ListOperators(ctx, store.OperatorQuery{InactiveBefore: d.unusedBefore(), Now: d.Now(), Limit: AttentionMost})
		if err != nil {
			return 0, kept, fmt.Errorf("list unused accounts: %w", err)
		}
		unused = len(page.Rows)
	}
	if ending == 0 {
		return unused, kept, nil
	}
	page, err := d.Store.ListOperators(ctx, store.OperatorQuery{RoleID: RoleSuperAdministrator, EndsBefore: d.Now().Add(time.Microsecond), Now: d.Now(), Limit: 1})
	if err != nil {
		return unused, kept, fmt.Errorf("list super-administrators whose end has passed: %w", err)
	}
	if len(page.Rows) > 0 {
		kept = d.shown(a, page.Rows[0], nil)
	}
	return unused, kept, nil
}
