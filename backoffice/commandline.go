package backoffice

import (
	"context"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// CommandLine is the office for whoever has a shell on the server, and with it
// the database and the master secret: it asks for no rights, and the audit says
// "command-line". Package backoffice/breakglass makes subcommands of it.
type CommandLine struct{ *Services }

// CommandLine gives the way in for emergencies, and for programs of the host's
// in which nobody is signed in. Do not put it behind a page.
func (o *Office) CommandLine() *CommandLine {
	return &CommandLine{&Services{o.services, func(context.Context) (acting, error) {
		return acting{actor: desk.CommandLine()}, nil
	}}}
}

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

// Audit returns the newest audit rows, newest first, at most limit of them (from
// 1 to 500).
func (c *CommandLine) Audit(ctx context.Context, limit int) ([]store.Event, error) {
	return c.services.AuditPage(ctx, desk.CommandLine(), store.EventQuery{Limit: limit})
}

// DeliverMail sends the mails that are due and returns how many it tried: a
// command ends before Run would get to them.
func (c *CommandLine) DeliverMail(ctx context.Context) (int, error) { return c.services.Deliver(ctx) }
