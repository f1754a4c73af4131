package breakglass

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// defaultRole is what invite gives when no role is named: the least of the
// built-in ones, so that a forgotten flag hands out little.
const defaultRole = backoffice.Moderator

// personKinds are the commands that act on somebody.
var personKinds = []*kind{
	{
		name: "invite", operands: "EMAIL", summary: "let somebody in, and print their one-time link", run: invite, mails: true, see: "roles",
		example: "invite ada@example.com -name \"Ada Lovelace\" -role administrator",
		text: "The link is mailed, too. It is for this person alone: they choose their own password with it. Somebody who is invited already gets a new link and these roles. Built-in roles: " +
			backoffice.SuperAdministrator + ", " + backoffice.Administrator + ", " +
			backoffice.CommunityManager + ", " + backoffice.Moderator + ". Without -role it is " + defaultRole + ", the least of them.",
		flags: func(f *flag.FlagSet, v *values) {
			f.StringVar(&v.name, "name", "", "what to call them (default: EMAIL up to the \"@\")")
			f.Var(&v.roles, "role", "`ROLE` to give; give it again for more, the first is the primary one")
		},
	},
	{
		name: "invite cancel", operands: "EMAIL", summary: "take an invitation back", run: inviteCancel, see: "operators -state invited",
		example: "invite cancel ada@example.com",
		text:    "The link in their mail is dead at once. They are not told.",
	},
	{
		name: "grant", operands: "MEMBER_ID ROLE...", summary: "give a member of the community access", run: grant, mails: true,
		example: "grant 4711 moderator",
		text:    "MEMBER_ID is the community's own. The first role is the primary one. They are told by mail how they sign in.",
	},
	{
		name: "set-roles", operands: "EMAIL ROLE...", summary: "give somebody exactly these roles, the primary one first", run: setRoles, mails: true, see: "operators, roles",
		example: "set-roles ada@example.com administrator moderator",
		text:    "Prints the difference. It binds on their next request; they are told by mail. To take all access away, use \"disable\".",
	},
	{
		name: "disable", operands: "EMAIL", summary: "keep somebody out, at once", run: disable, mails: true, see: "operators",
		example: "disable ada@example.com -reason \"account taken over\"", flags: reasonFlag,
		text: "Their sessions and links end, and nothing is lost: \"enable\" lets them in again. They are told by mail.",
	},
	{
		name: "enable", operands: "EMAIL", summary: "let somebody who is disabled in again", run: enable, mails: true, see: "operators -state disabled",
		example: "enable ada@example.com",
		text:    "With their password, authenticators and roles as they were. They are told by mail; whoever never chose a password is invited again.",
	},
	{
		name: "delete", operands: "EMAIL", summary: "remove somebody for good", run: remove, mails: true, see: "operators",
		example: "delete ada@example.com -reason \"left the company\" -yes",
		text:    "Sessions, links, authenticators and roles go; rows of the audit stay. They are told by mail. Asks before it does so; where nobody can be asked, -yes is needed.",
		flags: func(f *flag.FlagSet, v *values) {
			reasonFlag(f, v)
			f.BoolVar(&v.yes, "yes", false, "do not ask")
		},
	},
	{
		name: "end-sessions", operands: "EMAIL", summary: "sign somebody out everywhere", run: endSessions, see: "operators",
		example: "end-sessions ada@example.com",
		text:    "They can sign in again: use \"disable\" to keep them out.",
	},
	{
		name: "reset-password", operands: "EMAIL", summary: "mail somebody a link to a new password", run: resetPassword, mails: true, see: "operators",
		example: "reset-password ada@example.com -link",
		text:    "The password stays as it is until they choose a new one. Two-factor authentication is asked for there, too. Be sure who is asking before you hand a link over.",
		flags: func(f *flag.FlagSet, v *values) {
			f.BoolVar(&v.link, "link", false, "print the one-time link for handing over instead; they are told that there is one")
		},
	},
	{
		name: "reset-two-factor", operands: "EMAIL", summary: "remove the authenticators of a lost phone", run: resetTwoFactor, mails: true, see: "operators",
		example: "reset-two-factor ada@example.com -reason \"lost phone, asked in person\"", flags: reasonFlag,
		text: "Recovery codes go, too, and every session ends. At the next sign-in the password leads to a new QR code. Be sure who is asking.",
	},
	{
		name: "unlock", operands: "EMAIL", summary: "clear the failures that keep somebody out", run: unlock, see: "operators -state locked",
		example: "unlock ada@example.com",
		text:    "The password stays as it is.",
	},
}

// errNotSetUp keeps a mistyped invitation from closing the setup link for good
// while there is nobody who could manage the office.
var errNotSetUp = errors.New("the office is not set up yet: open the setup link that is printed at start, or invite the first operator with -role " + backoffice.SuperAdministrator)

func invite(ctx context.Context, c *call) error {
	roles := c.values.roles
	if len(roles) == 0 {
		roles = list{defaultRole}
	}
	ids, err := c.roleIDs(ctx, roles)
	if err != nil {
		return err
	}
	anybody, err := c.office.SearchOperators(ctx, store.OperatorQuery{Limit: 1})
	if err != nil {
		return err
	}
	if len(anybody) == 0 && !slices.Contains(ids, backoffice.SuperAdministrator) {
		return errNotSetUp
	}
	link, err := c.office.Invite(ctx, c.arg(0), c.values.name, ids...)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Invited %s as %s.\nHand this link to nobody else; it works once:\n%s\n", c.arg(0), roles.String(), link)
	return nil
}

// act does something to who is named first, whatever state they are in, and
// says so; the words stand around their name, because that is who was found.
func (c *call) act(ctx context.Context, do func(ctx context.Context, id string) error, before, after string) error {
	o, err := c.operator(ctx, c.arg(0))
	if err != nil {
		return err
	}
	return c.actOn(ctx, o, do, before, after)
}

func (c *call) actOn(ctx context.Context, o backoffice.OperatorDetail, do func(ctx context.Context, id string) error, before, after string) error {
	if err := do(ctx, o.ID); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s%s%s\n", before, title(o), after)
	return nil
}

// title is name and address, which others chose.
func title(o backoffice.OperatorDetail) string { return oneLine(o.String()) }

// because is a service with the reason that was given.
func (c *call) because(do func(ctx context.Context, who, reason string) error) func(context.Context, string) error {
	return func(ctx context.Context, id string) error { return do(ctx, id, c.values.reason) }
}

// isNot says why nothing is done to somebody in another state.
func isNot(o backoffice.OperatorDetail, state store.OperatorShow) error {
	return fmt.Errorf("%s is not %s, but %s", o, state, o.State)
}

func inviteCancel(ctx context.Context, c *call) error {
	o, err := c.operator(ctx, c.arg(0))
	if err != nil {
		return err
	}
	if o.State != string(store.ShowInvited) && o.State != string(store.ShowExpired) {
		return isNot(o, store.ShowInvited)
	}
	return c.actOn(ctx, o, c.office.CancelInvitation, "The invitation of ", " is cancelled.")
}

func grant(ctx context.Context, c *call) error {
	ids, err := c.roleIDs(ctx, c.operands[1:])
	if err != nil {
		return err
	}
	err = c.office.Grant(ctx, c.arg(0), ids...)
	if errors.Is(err, backoffice.ErrNotFound) {
		return fmt.Errorf("the community has no member with the id %q", c.arg(0))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Member %s has access as %s.\n", c.arg(0), strings.Join(c.operands[1:], ", "))
	return nil
}

func setRoles(ctx context.Context, c *call) error {
	o, err := c.operator(ctx, c.arg(0))
	if err != nil {
		return err
	}
	ids, err := c.roleIDs(ctx, c.operands[1:])
	if err != nil {
		return err
	}
	change, err := c.office.PreviewRoles(ctx, o.ID, ids...)
	if err != nil {
		return err
	}
	rows := [][2]string{
		{"Roles gained", strings.Join(change.Added, ", ")}, {"Roles lost", strings.Join(change.Removed, ", ")},
		{"May now", strings.Join(change.Gains, ", ")}, {"May no longer", strings.Join(change.Loses, ", ")},
		{"Two-factor", ifElse(change.TwoFactorRequired, "is required of them now", "")},
	}
	if change.PrimaryBefore != change.PrimaryAfter {
		rows = slices.Insert(rows, 0, [2]string{"Primary role", change.PrimaryBefore + " → " + change.PrimaryAfter})
	}
	if !slices.ContainsFunc(rows, func(r [2]string) bool { return r[1] != "" }) {
		fmt.Fprintf(c.out, "%s has these roles already.\n", title(o))
		return nil
	}
	if err := c.office.ChangeRoles(ctx, o.ID, ids...); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "The roles of %s are changed.\n", title(o))
	return sheet(c.out, rows)
}

// errNoReason is the answer to an empty -reason.
var errNoReason = errors.New("say why: it is kept in the audit")

func disable(ctx context.Context, c *call) error {
	o, err := c.operator(ctx, c.arg(0))
	switch {
	case err != nil:
		return err
	case o.State == string(store.ShowDisabled):
		return fmt.Errorf("%s is disabled already", o)
	case strings.TrimSpace(c.values.reason) == "":
		return errNoReason
	}
	return c.actOn(ctx, o, c.because(c.office.Disable), "", " is disabled, and signed out everywhere.")
}

func enable(ctx context.Context, c *call) error {
	o, err := c.operator(ctx, c.arg(0))
	if err != nil {
		return err
	}
	if o.State != string(store.ShowDisabled) {
		return isNot(o, store.ShowDisabled)
	}
	again := ""
	if !o.HasPassword && !o.PasswordElsewhere {
		again = " They have no password yet, and are invited again by mail."
	}
	return c.actOn(ctx, o, c.office.Enable, "", " is enabled."+again)
}

func remove(ctx context.Context, c *call) error {
	o, err := c.operator(ctx, c.arg(0))
	switch {
	case err != nil:
		return err
	case strings.TrimSpace(c.values.reason) == "":
		return errNoReason
	case o.Kept != "":
		return backoffice.ErrLastSuperAdministrator
	}
	if !c.values.yes {
		question := fmt.Sprintf("Delete %s, %s? Rows of the audit stay, everything else goes for good.", o, strings.Join(o.Roles, ", "))
		if err := c.confirm(question); err != nil {
			return err
		}
	}
	return c.actOn(ctx, o, c.because(c.office.Delete), "", " is deleted.")
}

func endSessions(ctx context.Context, c *call) error {
	return c.act(ctx, c.office.EndSessions, "", " is signed out everywhere.")
}

func resetPassword(ctx context.Context, c *call) error {
	o, err := c.operator(ctx, c.arg(0))
	if err != nil {
		return err
	}
	switch store.OperatorShow(o.State) {
	case store.ShowInvited, store.ShowExpired:
		return fmt.Errorf("%s has not chosen a password yet; \"invite\" makes a new link", o)
	case store.ShowDisabled:
		return fmt.Errorf("%s is disabled; \"enable\" them first", o)
	}
	if !c.values.link {
		return c.actOn(ctx, o, c.office.SendResetLink, "A link to a new password is mailed to ", ".")
	}
	link, expires, err := c.office.CreateResetLink(ctx, o.ID)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "A new password for %s, until %s UTC.\nHand this link to nobody else; it works once:\n%s\n", title(o), stamp(expires), link)
	return nil
}

func resetTwoFactor(ctx context.Context, c *call) error {
	return c.act(ctx, c.because(c.office.ResetTwoFactor), "Two-factor authentication of ", " is reset. The next sign-in shows a new QR code.")
}

func unlock(ctx context.Context, c *call) error {
	return c.act(ctx, c.office.Unlock, "The failures of ", " are cleared.")
}
