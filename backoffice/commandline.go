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
	d := OperatorDetail{
		OperatorRow: rowOf(v), CreatedBy: v.CreatedByName, CreatedAt: v.CreatedAt, InviteEndsAt: v.InviteExpiresAt,
		PasswordElsewhere: v.PasswordElsewhere, HasPassword: v.HasPassword, MustChangePassword: v.MustChangePassword, PasswordSetAt: v.PasswordSetAt,
		MustHaveTwoFactor: v.MustHaveTwoFactor, Authenticators: v.Factors, RecoveryCodesLeft: v.CodesLeft,
		Sessions: v.Sessions, Kept: v.Kept, Events: v.Events, Mails: v.Mails,
	}
	if v.Show == store.ShowLocked {
		d.LockedUntil = v.LockedUntil
	}
	return d, nil
}
