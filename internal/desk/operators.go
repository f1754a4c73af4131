package desk

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// Operator is an operator as people may see them; nothing of their password is
// in it.
type Operator struct {
	ID, Name, Email string
	// MemberID is the member of the community that the operator is; empty for an
	// operator who is none.
	MemberID string
	// MemberName is what the community calls them; empty if it has no name for them.
	MemberName string
	State      store.OperatorState
	Show       store.OperatorShow
	// Roles begins with the primary role, if there is one. RoleIDs may have more:
	// a stored ID can belong to a role that the office no longer declares.
	Roles       []Role
	RoleIDs     []string
	PrimaryRole string
	TwoFactor   bool
	// CompanyLinked reports that they can sign in at the company's identity provider.
	CompanyLinked bool
	// Passkey reports that a passkey is among their second factors.
	Passkey         bool
	LastActiveAt    time.Time
	InviteExpiresAt time.Time
	// EndsAt is when access ends, zero if it does not. Ends says it, Soon that it is near or
	// past while the account is not disabled. Unused says that the account has not been used for long; zero if it was.
	EndsAt time.Time
	Ends   messages.Text
	Soon   bool
	Unused messages.Text
	// Within reports whether the actor holds at least what the operator holds, so
	// that the actor may act on them; May is what the actor may do.
	Within bool
	May    OperatorRights
}

// RoleNames are the names of the roles, the primary one first.
func (o Operator) RoleNames() []messages.Text { return titles(o.Roles) }

// OperatorRights is what an actor may do to an operator, for pages to offer. Each
// act checks again.
type OperatorRights struct {
	// Change covers the name, the roles and the sessions, Invitation cancelling one,
	// Resend resending it, Reset a mailed and a handed-over link to a new password,
	// NewPassword requiring one, End changing when access ends.
	Change, Email, Unlock      bool
	Invitation, Resend         bool
	Reset, TemporaryPassword   bool
	NewPassword, End           bool
	TwoFactor, Disable, Enable bool
	Delete                     bool
	// SeeAs is seeing the office as the operator.
	SeeAs bool
}

func (d *Desk) operatorRights(a Actor, o Operator, passwordElsewhere, mustChange bool) OperatorRights {
	if !o.Within {
		return OperatorRights{}
	}
	may := OperatorRights{
		TwoFactor: o.TwoFactor && a.Can(PermissionTwoFactorReset),
		SeeAs:     a.Can(PermissionOperatorsSeeAs) && a.session != "" && o.ID != a.ID && o.State == store.OperatorActive && len(o.RoleIDs) > 0 && !hasEnded(o.EndsAt, o.PrimaryRole, o.RoleIDs, d.Now()),
	}
	if !a.Can(PermissionOperatorsManage) {
		return may
	}
	active, invited := o.State == store.OperatorActive, o.State == store.OperatorInvited
	may.Change, may.Email, may.Invitation, may.Unlock = true, !invited && !d.isMember(o.MemberID), invited, o.Show == store.ShowLocked
	roles := len(o.RoleIDs) > 0 // without one, no password or link gives access
	may.Resend = invited && roles
	may.End = (active || invited) && o.ID != a.ID
	may.NewPassword = active && !passwordElsewhere && !mustChange
	may.Reset = active && !passwordElsewhere && roles
	may.TemporaryPassword = may.Reset && d.Settings().TemporaryPasswords
	may.Disable, may.Enable, may.Delete = active, o.State == store.OperatorDisabled, !invited
	return may
}

// maskEmail leaves the first letter and the domain of an email address.
func maskEmail(address string) string {
	local, domain, ok := strings.Cut(address, "@")
	if !ok {
		return "…"
	}
	_, n := utf8.DecodeRuneInString(local)
	return local[:n] + "…@" + domain
}

// emailFor returns an email address as the actor may read it: unmasked if it is
// their own, or if they may have to write to it (ASVS 14.2.6).
func emailFor(a Actor, operatorID, address string) string {
	if address == "" || a.ID == operatorID && operatorID != "" || a.Can(PermissionOperatorsManage) || a.Can(PermissionTwoFactorReset) {
		return address
	}
	return maskEmail(address)
}

// shown returns a stored operator as the actor may see them. Custom is all custom
// roles.
func (d *Desk) shown(a Actor, row store.OperatorRow, custom []store.Role) Operator {
	roles := d.rolesOf(row.PrimaryRole, row.Roles, custom)
	o := Operator{
		ID: row.ID, Name: row.Name, Email: emailFor(a, row.ID, row.Email), MemberID: row.MemberID, MemberName: row.MemberName, State: row.State, Show: row.Show(d.Now()),
		Roles: roles, RoleIDs: row.AllRoles(), PrimaryRole: row.PrimaryRole, TwoFactor: row.TwoFactor, Passkey: row.Passkey,
		CompanyLinked: row.Subject != "", LastActiveAt: row.LastActiveAt, InviteExpiresAt: row.InviteExpiresAt, EndsAt: row.EndsAt, Within: reaches(a, row.AllRoles(), roles),
	}
	o.Ends, o.Soon = endText(row.EndsAt, d.Now())
	o.Soon = o.Soon && o.State != store.OperatorDisabled
	o.Unused = d.unusedText(row.Operator)
	o.May = d.operatorRights(a, o, d.PasswordElsewhere(row.Operator), row.MustChangePassword)
	return o
}

// OperatorList is a page of operators. Next is the After of the next page; nil at
// the end.
type OperatorList struct {
	Rows []Operator
	Next *store.OperatorCursor
}

// Operators lists operators, a page at a time. Whether one of them is the last
// active super-administrator is not looked at: see [Desk.LastSuperAdministrator].
func (d *Desk) Operators(ctx context.Context, a Actor, q store.OperatorQuery) (OperatorList, error) {
	if !a.Can(PermissionOperatorsView) {
		return OperatorList{}, ErrForbidden
	}
	if !lookableIfSet(q.Search) { // before it is folded, which takes its time
		return OperatorList{}, nil
	}
	q.Search = searchFor(q.Search)
	filters := []string{q.Search, string(q.Show), string(q.Sort), q.RoleID, string(q.TwoFactor), string(q.Member)}
	if q.After != nil {
		filters = append(filters, q.After.ID, q.After.NameKey)
	}
	if !lookableIfSet(filters...) {
		return OperatorList{}, nil
	}
	q.Now = d.Now()
	page, err := d.Store.ListOperators(ctx, q)
	if err != nil {
		return OperatorList{}, fmt.Errorf("list operators: %w", err)
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return OperatorList{}, fmt.Errorf("list roles: %w", err)
	}
	list := OperatorList{Rows: make([]Operator, 0, len(page.Rows)), Next: page.Next}
	for _, row := range page.Rows {
		list.Rows = append(list.Rows, d.shown(a, row, custom))
	}
	return list, nil
}

// eachOperator calls f with each operator whom a query selects until it fails.
func (d *Desk) eachOperator(ctx context.Context, q store.OperatorQuery, f func(store.Operator) error) error {
	for q.Now, q.Limit = d.Now(), exportBatch; ; {
		page, err := d.Store.ListOperators(ctx, q)
		if err != nil {
			return fmt.Errorf("list operators: %w", err)
		}
		for _, o := range page.Rows {
			if err := f(o.Operator); err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == nil {
			return nil
		}
	}
}
