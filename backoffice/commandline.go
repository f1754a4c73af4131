package backoffice

import (
	"context"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// CommandLine is the office for whoever has a shell on the server, and with it
// the database and the master secret: it asks for no rights, and the audit says
// "command-line". Package backoffice/breakglass makes subcommands of it.
//
// Beside its [Services] it has what an office can only be asked from there. What
// changes something is one commit with its audit row and its mails, and binds on
// every replica from the next request on.
type CommandLine struct{ *Services }

// CommandLine gives the way in for emergencies, and for programs of the host's
// in which nobody is signed in. Do not put it behind a page.
func (o *Office) CommandLine() *CommandLine {
	return &CommandLine{&Services{o.services, func(context.Context) (acting, error) {
		return acting{actor: desk.CommandLine()}, nil
	}}}
}

// Now is the office's clock.
func (c *CommandLine) Now() time.Time { return c.services.Now() }

// CheckStore says whether the store answers.
func (c *CommandLine) CheckStore(ctx context.Context) error { return c.services.CheckStore(ctx) }

// DeliverMail sends the mails that are due and returns how many it tried: a
// command ends before Run would get to them.
func (c *CommandLine) DeliverMail(ctx context.Context) (int, error) { return c.services.Deliver(ctx) }

// SearchOperators lists the operators that a query selects, at most q.Limit of
// them; zero is all. Now and After of the query are set here.
func (c *CommandLine) SearchOperators(ctx context.Context, q store.OperatorQuery) ([]OperatorRow, error) {
	return c.listOperators(ctx, desk.CommandLine(), q)
}

// OperatorRow is one operator of the list.
type OperatorRow struct {
	ID, Name, Email string
	// Roles are names, the primary one first.
	Roles []string
	// State is invited, expired, active, locked or disabled.
	State        string
	TwoFactor    bool
	LastActiveAt time.Time
	// MemberID is the member of the community that the operator is; empty for
	// one who stands alone.
	MemberID string
	// RoleIDs are the ids of the roles, the primary one first.
	RoleIDs []string
}

// String is name and address.
func (o OperatorRow) String() string { return o.Name + " (" + o.Email + ")" }

func rowOf(o desk.Operator) OperatorRow {
	row := OperatorRow{
		ID: o.ID, Name: o.Name, Email: o.Email, MemberID: o.MemberID, RoleIDs: o.RoleIDs,
		State: string(o.Show), TwoFactor: o.TwoFactor, LastActiveAt: o.LastActiveAt,
	}
	for _, r := range o.Roles {
		row.Roles = append(row.Roles, r.Name)
	}
	return row
}

// listOperators lists those that a query selects, at most q.Limit of them; zero
// is all.
func (s *Services) listOperators(ctx context.Context, a desk.Actor, q store.OperatorQuery) ([]OperatorRow, error) {
	var rows []OperatorRow
	most := q.Limit
	q.After = nil
	for {
		q.Limit = operatorsAtOnce
		if most > 0 {
			q.Limit = min(q.Limit, most-len(rows))
		}
		list, err := s.services.Operators(ctx, a, q)
		if err != nil {
			return nil, err
		}
		for _, o := range list.Rows {
			rows = append(rows, rowOf(o))
		}
		if list.Next == nil || most > 0 && len(rows) == most {
			return rows, nil
		}
		q.After = list.Next
	}
}

// OperatorDetail is what there is to know about one operator.
type OperatorDetail struct {
	OperatorRow
	// CreatedBy is a name; empty for the command line, and for who is gone.
	CreatedBy string
	CreatedAt time.Time
	// InviteEndsAt and LockedUntil are zero where they mean nothing.
	InviteEndsAt, LockedUntil time.Time
	// PasswordElsewhere says that the community keeps the password.
	PasswordElsewhere, HasPassword, MustChangePassword bool
	PasswordSetAt                                      time.Time
	// MustHaveTwoFactor says that the rules in force ask for it.
	MustHaveTwoFactor                 bool
	Authenticators, RecoveryCodesLeft int
	// Sessions is how many are live.
	Sessions int
	// Kept says why they can be neither disabled nor deleted.
	Kept string
	// Events and Mails are the newest.
	Events []store.Event
	Mails  []store.Mail
}

// OperatorDetail finds one operator with all there is to know.
func (c *CommandLine) OperatorDetail(ctx context.Context, who string) (OperatorDetail, error) {
	v, err := c.services.Operator(ctx, desk.CommandLine(), who)
	if err != nil {
		return OperatorDetail{}, err
	}
	events, mails, err := c.services.Recent(ctx, desk.CommandLine(), v.ID)
	if err != nil {
		return OperatorDetail{}, err
	}
	return OperatorDetail{
		OperatorRow: rowOf(v.Operator), CreatedBy: v.CreatedByName, CreatedAt: v.CreatedAt, InviteEndsAt: v.InviteExpiresAt, LockedUntil: v.LockedUntil,
		PasswordElsewhere: v.PasswordElsewhere, HasPassword: v.HasPassword, MustChangePassword: v.MustChangePassword, PasswordSetAt: v.PasswordSetAt,
		MustHaveTwoFactor: v.MustHaveTwoFactor, Authenticators: v.Factors, RecoveryCodesLeft: v.CodesLeft,
		Sessions: v.Sessions, Kept: v.Kept, Events: events, Mails: mails,
	}, nil
}
