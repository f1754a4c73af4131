package breakglass

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/postern-go/postern/backoffice"
)

func alias(_ context.Context, office *backoffice.CommandLine, _ *Command, out io.Writer) error {
	fmt.Fprintln(out, office.Address())
	return nil
}

func rotate(ctx context.Context, office *backoffice.CommandLine, _ *Command, out io.Writer) error {
	address, err := office.RotateAlias(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, address)
	return nil
}

func operators(ctx context.Context, office *backoffice.CommandLine, _ *Command, out io.Writer) error {
	rows, err := office.Operators(ctx)
	if err != nil {
		return err
	}
	if len(rows) == 0 {
		fmt.Fprintln(out, "There are no operators yet. The setup link that is printed at start makes the first one.")
		return nil
	}
	cells := [][]string{{"NAME", "EMAIL", "ROLES", "STATE", "TWO-FACTOR", "LAST ACTIVE"}}
	for _, o := range rows {
		twoFactor := "off"
		if o.TwoFactor {
			twoFactor = "on"
		}
		cells = append(cells, []string{o.Name, o.Email, strings.Join(o.Roles, ", "), o.State, twoFactor, moment(o.LastActiveAt)})
	}
	return table(out, cells)
}

// errNotSetUp keeps a mistyped invitation from closing the setup link for good
// while there is nobody who could manage the office.
var errNotSetUp = errors.New("the office is not set up yet: open the setup link that is printed at start, or invite the first operator with -role " + backoffice.SuperAdministrator)

func invite(ctx context.Context, office *backoffice.CommandLine, c *Command, out io.Writer) error {
	roles := c.values.roles
	if len(roles) == 0 {
		roles = list{defaultRole}
	}
	rows, err := office.Operators(ctx)
	if err != nil {
		return err
	}
	if len(rows) == 0 && !slices.Contains(roles, backoffice.SuperAdministrator) {
		return errNotSetUp
	}
	link, err := office.Invite(ctx, c.subject, c.values.name, roles...)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "Invited %s as %s.\nHand this link to nobody else; it works once:\n%s\n", c.subject, roles.String(), link)
	return nil
}

func resetTwoFactor(ctx context.Context, office *backoffice.CommandLine, c *Command, out io.Writer) error {
	if err := office.ResetTwoFactor(ctx, c.subject, c.values.reason); err != nil {
		return err
	}
	fmt.Fprintf(out, "Two-factor authentication of %s is reset. The next sign-in shows a new QR code.\n", c.subject)
	return nil
}

func unlock(ctx context.Context, office *backoffice.CommandLine, c *Command, out io.Writer) error {
	if err := office.Unlock(ctx, c.subject); err != nil {
		return err
	}
	fmt.Fprintf(out, "The failures of %s are cleared.\n", c.subject)
	return nil
}

func audit(ctx context.Context, office *backoffice.CommandLine, c *Command, out io.Writer) error {
	events, err := office.Audit(ctx, c.values.limit)
	if err != nil {
		return err
	}
	cells := [][]string{{"TIME", "EVENT", "OUTCOME", "BY", "ON", "FROM", "REASON"}}
	for _, e := range events {
		cells = append(cells, []string{
			moment(e.At), e.Code, e.Outcome, cmp.Or(e.ActorName, e.ActorID), cmp.Or(e.TargetName, e.TargetID), e.Address, e.Reason,
		})
	}
	return table(out, cells)
}

// table writes aligned columns, with a dash for what is not there.
func table(out io.Writer, rows [][]string) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, cells := range rows {
		for i, cell := range cells {
			cells[i] = cmp.Or(cell, "-")
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
	return t.Flush()
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}
