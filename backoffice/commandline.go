package backoffice

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/admin"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// CommandLine is the office for whoever has a shell on the server, and with it
// the database and the master secret: it asks for no rights, and the audit says
// "command-line". Package backoffice/breakglass makes subcommands of it.
type CommandLine struct{ services *admin.Admin }

// CommandLine gives the way in for emergencies. Do not put it behind a page.
func (o *Office) CommandLine() *CommandLine { return &CommandLine{o.services} }

var (
	// ErrNotFound says that there is no such operator, or member.
	ErrNotFound = desk.ErrNotFound
	// ErrForbidden says that the rights of who is signed in do not reach.
	ErrForbidden = desk.ErrForbidden
)

// Address is where the office is now.
func (c *CommandLine) Address() string { return c.services.Origin + "/" + c.services.Alias() + "/" }

// RotateAlias gives the office a new random address at once and returns it. The
// old one is dead on every replica from the next request on, and every active
// operator is told the new one by mail.
func (c *CommandLine) RotateAlias(ctx context.Context) (string, error) {
	if _, err := c.services.RotateAlias(ctx, desk.CommandLine(), desk.Visit{}); err != nil {
		return "", err
	}
	return c.Address(), nil
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
}

// Operators lists all operators by name.
func (c *CommandLine) Operators(ctx context.Context) ([]OperatorRow, error) {
	var rows []OperatorRow
	q := store.OperatorQuery{Limit: 200}
	for {
		list, err := c.services.Operators(ctx, desk.CommandLine(), q)
		if err != nil {
			return nil, err
		}
		for _, o := range list {
			rows = append(rows, OperatorRow{o.ID, o.Name, o.Email, o.Roles, string(o.Show), o.TwoFactor, o.LastActiveAt})
			q.After = &o.Cursor
		}
		if len(list) < q.Limit {
			return rows, nil
		}
	}
}

// Invite lets somebody in and returns the one-time link that their mail holds,
// too. An empty name is made of the address, so that nobody else has it; roles
// are ids, the first is the primary one.
func (c *CommandLine) Invite(ctx context.Context, email, name string, roles ...string) (string, error) {
	_, link, err := c.services.Invite(ctx, desk.CommandLine(), desk.Visit{}, admin.InviteForm{Email: email, Name: name, Roles: roles})
	return link, plain(err)
}

// Grant gives a member of the community access; roles are ids, the first is the
// primary one. ErrNotFound when there is no such member.
func (c *CommandLine) Grant(ctx context.Context, memberID string, roles ...string) error {
	_, err := c.services.Grant(ctx, desk.CommandLine(), desk.Visit{}, memberID, roles)
	return plain(err)
}

// ResetTwoFactor removes an operator's authenticators and recovery codes and
// ends their sessions; at the next sign-in they see a new QR code. who is an id,
// a name or an e-mail address. The reason goes into the audit.
func (c *CommandLine) ResetTwoFactor(ctx context.Context, who, reason string) error {
	o, err := c.services.FindOperator(ctx, desk.CommandLine(), who)
	if err != nil {
		return err
	}
	return plain(c.services.ResetTwoFactor(ctx, desk.CommandLine(), desk.Visit{}, o.ID, reason))
}

// Unlock clears the failures that keep an operator out. who is as in
// ResetTwoFactor.
func (c *CommandLine) Unlock(ctx context.Context, who string) error {
	o, err := c.services.FindOperator(ctx, desk.CommandLine(), who)
	if err != nil {
		return err
	}
	return c.services.Unlock(ctx, desk.CommandLine(), desk.Visit{}, o.ID)
}

// Audit returns the newest audit rows, newest first, at most limit of them (from
// 1 to 500).
func (c *CommandLine) Audit(ctx context.Context, limit int) ([]store.Event, error) {
	return c.services.AuditPage(ctx, desk.CommandLine(), store.EventQuery{Limit: limit})
}

// DeliverMail sends the mails that are due and returns how many it tried: a
// command ends before Run would get to them.
func (c *CommandLine) DeliverMail(ctx context.Context) (int, error) { return c.services.Deliver(ctx) }

// plain puts what is wrong with fields into one error to print.
func plain(err error) error {
	bad := (*desk.InvalidError)(nil)
	if !errors.As(err, &bad) {
		return err
	}
	var texts []string
	for _, p := range bad.Problems {
		texts = append(texts, p.Text)
	}
	return fmt.Errorf("%s", strings.Join(texts, " "))
}
