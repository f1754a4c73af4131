package commands

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// defaultRole is what invite gives when no role is named: the least of the
// built-in ones, so that a forgotten flag hands out little.
const defaultRole = desk.RoleModerator

// accessKinds are the commands that act on a person.
var accessKinds = []*kind{
	{name: "invite", operands: "EMAIL", summary: "invite someone, and print their one-time link", run: invite, mails: true, see: "roles",
		example: "invite ada@example.com -name \"Ada Lovelace\" -role administrator",
		text: "The link is also emailed. It is for this person only: they choose their own password with it. Inviting someone again who has an invitation, open or expired, replaces its link, and with -role its roles. Built-in roles: " +
			desk.RoleSuperAdministrator + ", " + desk.RoleAdministrator + ", " +
			desk.RoleCommunityManager + ", " + desk.RoleModerator + ". Without -role, a new invitation is for " + defaultRole + ", the least of them.",
		flags: []option{text("name", "what to call them (default: EMAIL up to the \"@\")"), func(f *flagSet) {
			f.Var(&words{}, "role", "`ROLE` to give; repeat it for more, the first is the primary one")
		}}},
	{name: "invite cancel", operands: "EMAIL", summary: "cancel an invitation", see: "operators -state invited",
		example: "invite cancel ada@example.com",
		text:    "The link in their email stops working immediately. They are not told.",
		run:     act("Cancelled the invitation of %s.", mustBe(store.ShowInvited, store.ShowExpired), plain((*desk.Desk).CancelInvitation))},
	{name: "grant", operands: "MEMBER_ID ROLE...", summary: "give a member of the community access", run: grant, mails: true,
		example: "grant 4711 moderator",
		text:    "MEMBER_ID is the community's own ID of the member. The first role is the primary one. They are told by email how to sign in."},
	{name: "set-roles", operands: "EMAIL ROLE...", summary: "give an operator exactly these roles, the primary one first", run: setRoles, mails: true, see: "operators, roles",
		example: "set-roles ada@example.com administrator moderator",
		text:    "Prints the difference. It takes effect on their next request, and they are told by email. To take all access away, use \"disable\"."},
	{name: "disable", operands: "EMAIL", summary: "disable an operator immediately", mails: true, see: "operators", flags: []option{reason},
		example: "disable ada@example.com -reason \"account taken over\"",
		text:    "Their sessions end and their links stop working, but nothing is deleted: \"enable\" restores their access. They are told by email.",
		run:     act("Disabled %s and signed them out everywhere.", mustNotBeDisabled, because((*desk.Desk).Disable))},
	{name: "enable", operands: "EMAIL", summary: "restore a disabled operator's access", run: enable, mails: true, see: "operators -state disabled",
		example: "enable ada@example.com",
		text:    "Their password, authenticator apps and roles are as they were. They are told by email; an operator who never chose a password is invited again."},
	{name: "delete", operands: "EMAIL", summary: "delete an operator for good", mails: true, see: "operators",
		example: "delete ada@example.com -reason \"left the company\" -yes",
		text:    "Sessions, links, authenticator apps and roles are deleted; audit log entries stay. They are told by email. Asks first; without a terminal to ask on, it needs -yes.",
		flags:   []option{reason, toggle("yes", "do not ask")},
		run:     act("Deleted %s.", confirmDeletion, because((*desk.Desk).Delete))},
	{name: "end-sessions", operands: "EMAIL", summary: "sign an operator out everywhere", mails: true, see: "operators",
		example: "end-sessions ada@example.com",
		text:    "They are told by email, and can sign in again: use \"disable\" to prevent that.",
		run: act("Signed %s out everywhere.", nil, func(ctx context.Context, c *call, id string) error {
			return c.desk.EndSessions(ctx, c.by, c.visit, id, "all")
		})},
	{name: "end-all-sessions", summary: "sign everyone out everywhere", mails: true, see: "parameters set signin.paused on", flags: []option{reason, toggle("yes", "do not ask")},
		example: "end-all-sessions -reason \"a backup was stolen\" -yes",
		text:    "Sign-ins under way end as well. Super-administrators are told by email, and everyone can sign in again. Asks first; without a terminal to ask on, it needs -yes.",
		run:     endAllSessions},
	{name: "reset-password", operands: "EMAIL", summary: "email an operator a link to a new password", run: resetPassword, mails: true, see: "operators",
		example: "reset-password ada@example.com -link",
		text:    "The password stays as it is until they choose a new one. The link also asks for two-factor authentication, if it is on. Make sure who is asking before you hand over a link.",
		flags:   []option{toggle("link", "print the one-time link instead, to hand over; they are told by email that it exists")}},
	{name: "require-new-password", operands: "EMAIL", summary: "mark an operator's password as compromised", mails: true, see: "operators", flags: []option{reason},
		example: "require-new-password ada@example.com -reason \"typed it on a shared screen\"",
		text:    "They are signed out everywhere, and their next sign-in leads only to the page that changes the password. They are told by email. If someone else has the password and they have no authenticator app, use \"disable\" instead.",
		run:     act("%s must choose a new password at the next sign-in.", mustHavePassword, because((*desk.Desk).RequireNewPassword))},
	{name: "reset-two-factor", operands: "EMAIL", summary: "remove the authenticator apps of a lost phone", mails: true, see: "operators", flags: []option{reason},
		example: "reset-two-factor ada@example.com -reason \"lost phone, asked in person\"",
		text:    "Recovery codes are also deleted, and every session ends. At the next sign-in the password leads to a new QR code. Make sure who is asking.",
		run:     act("Reset two-factor authentication of %s. The next sign-in shows a new QR code.", nil, because((*desk.Desk).ResetTwoFactor))},
	{name: "unlock", operands: "EMAIL", summary: "clear the failed attempts that lock an operator out", see: "operators -state locked",
		example: "unlock ada@example.com",
		text:    "The password stays as it is.",
		run:     act("Cleared the failed attempts of %s.", nil, plain((*desk.Desk).Unlock))},
}

// deed is what is done to an operator, by their ID.
type deed func(ctx context.Context, c *call, id string) error

func plain(do func(*desk.Desk, context.Context, desk.Actor, desk.Visit, string) error) deed {
	return func(ctx context.Context, c *call, id string) error { return do(c.desk, ctx, c.by, c.visit, id) }
}

// because is a deed with the reason that was given.
func because(do func(d *desk.Desk, ctx context.Context, a desk.Actor, v desk.Visit, id, reason string) error) deed {
	return func(ctx context.Context, c *call, id string) error {
		return do(c.desk, ctx, c.by, c.visit, id, c.flags.value("reason"))
	}
}

var errNoReason = errors.New("-reason is empty; the audit log needs one")

// act does something to the operator who is named first, unless check refuses,
// and prints done around who was found.
func act(done string, check func(*call, person) error, do deed) run {
	return func(ctx context.Context, c *call) error {
		o, err := c.operator(ctx, c.arg(0))
		if err != nil {
			return err
		}
		if c.flags.Lookup("reason") != nil && c.flags.value("reason") == "" {
			return errNoReason
		}
		if check != nil {
			if err := check(c, o); err != nil {
				return err
			}
		}
		if err := do(ctx, c, o.ID); err != nil {
			return err
		}
		fmt.Fprintf(c.out, done+"\n", line(o))
		return nil
	}
}

// mustBe refuses to act on an operator in another state.
func mustBe(states ...store.OperatorShow) func(*call, person) error {
	return func(_ *call, o person) error {
		if !slices.Contains(states, o.Show) {
			return fmt.Errorf("%s is not %s, but %s", o, states[0], o.Show)
		}
		return nil
	}
}

func mustNotBeDisabled(_ *call, o person) error {
	if o.Show == store.ShowDisabled {
		return fmt.Errorf("%s is already disabled", o)
	}
	return nil
}

func confirmDeletion(c *call, o person) error {
	if !o.Kept.IsZero() {
		return desk.ErrLastSuperAdministrator
	}
	return c.confirm(fmt.Sprintf("Delete %s, %s? Audit log entries stay, everything else is deleted for good.", o, strings.Join(roleNames(o.Operator), ", ")))
}

// errNotSetUp keeps a mistyped invitation from closing the setup link for good
// while there is no one who could manage the office.
var errNotSetUp = errors.New("the office is not set up yet: open the setup link that is printed at start, or invite the first operator with -role " + desk.RoleSuperAdministrator)

func invite(ctx context.Context, c *call) error {
	roles := c.flags.Lookup("role").Value.(*words)
	before, err := c.invitedBefore(ctx, c.arg(0))
	if err != nil {
		return err
	}
	if len(*roles) == 0 {
		*roles = words{defaultRole}
		if len(before.RoleIDs) > 0 {
			*roles = before.RoleIDs
		}
	}
	ids, err := c.roleIDs(ctx, *roles)
	if err != nil {
		return err
	}
	anyone, err := c.operators(ctx, store.OperatorQuery{}, 1)
	if err != nil {
		return err
	}
	if len(anyone) == 0 && !slices.Contains(ids, desk.RoleSuperAdministrator) {
		return errNotSetUp
	}
	o, link, err := c.desk.Invite(ctx, c.by, c.visit, desk.InviteForm{Email: c.arg(0), Name: c.flags.value("name"), Roles: ids})
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Invited %s as %s.\n", c.arg(0), roles)
	if link == "" {
		fmt.Fprintln(c.out, "They sign in with the community's password, and are told so by email.")
		return nil
	}
	c.handOver(link, o.InviteExpiresAt)
	return nil
}

// invitedBefore returns the operator with an email address, if there is one, unless they
// need another act than an invitation.
func (c *call) invitedBefore(ctx context.Context, email string) (person, error) {
	o, err := c.desk.Operator(ctx, c.by, email)
	switch {
	case errors.Is(err, desk.ErrNotFound) || !strings.Contains(email, "@"): // a name
		return person{}, nil
	case err != nil:
		return person{}, err
	case o.State == store.OperatorDisabled:
		return person{}, fmt.Errorf("%s is disabled; \"enable\" restores their access", person{o})
	case o.State == store.OperatorActive && o.PasswordElsewhere:
		return person{}, fmt.Errorf("%s has access already, and signs in with the community's password", person{o})
	case o.State == store.OperatorActive:
		return person{}, fmt.Errorf("%s has access already; \"reset-password\" emails them a link to a new password", person{o})
	}
	return person{o}, nil
}

func endAllSessions(ctx context.Context, c *call) error {
	if c.flags.value("reason") == "" {
		return errNoReason
	}
	if err := c.confirm("Sign everyone out everywhere?"); err != nil {
		return err
	}
	if err := c.desk.EndAllSessions(ctx, c.by, c.visit, c.flags.value("reason")); err != nil {
		return err
	}
	fmt.Fprintln(c.out, "Signed everyone out everywhere.")
	return nil
}

// handOver prints a one-time link on a line of its own.
func (c *call) handOver(link string, expires time.Time) {
	fmt.Fprintf(c.out, "Give this link to no one else; it works once, until %s UTC:\n%s\n", stamp(expires), link)
}

func grant(ctx context.Context, c *call) error {
	ids, err := c.roleIDs(ctx, c.operands[1:])
	if err != nil {
		return err
	}
	_, err = c.desk.Grant(ctx, c.by, c.visit, c.arg(0), ids)
	if errors.Is(err, desk.ErrNotFound) {
		return fmt.Errorf("the community has no member with the ID %q", c.arg(0))
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Granted member %s access as %s.\n", c.arg(0), strings.Join(c.operands[1:], ", "))
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
	form := desk.RolesForm{Version: o.Version, Primary: ids[0], Roles: ids[1:]}
	change, err := c.desk.PreviewRoles(ctx, c.by, o.ID, form)
	if err != nil {
		return err
	}
	primary := ifElse(change.PrimaryBefore.IsZero(), "", change.PrimaryBefore.String()+" → "+change.PrimaryAfter.String())
	if primary == "" && len(change.Added)+len(change.Removed) == 0 {
		fmt.Fprintf(c.out, "%s already has these roles.\n", line(o))
		return nil
	}
	if err := c.desk.ChangeRoles(ctx, c.by, c.visit, o.ID, form); err != nil {
		return err
	}
	fmt.Fprintf(c.out, "Changed the roles of %s.\n", line(o))
	return c.show(nil, "Primary role", primary, "Roles gained", each(change.Added, messages.Text.String), "Roles lost", each(change.Removed, messages.Text.String),
		"May now", each(change.Gains, messages.Text.String), "May no longer", each(change.Loses, messages.Text.String), "Two-factor", ifElse(change.TwoFactor, "now required of them", ""))
}

func enable(ctx context.Context, c *call) error {
	var found person
	err := act("Enabled %s.", func(c *call, o person) error {
		found = o
		return mustBe(store.ShowDisabled)(c, o)
	}, plain((*desk.Desk).Enable))(ctx, c)
	if err == nil && !found.HasPassword && !found.PasswordElsewhere {
		fmt.Fprintln(c.out, "They have no password yet, and are invited again by email.")
	}
	return err
}

func resetPassword(ctx context.Context, c *call) error {
	if !c.flags.on("link") {
		return act("Emailed %s a link to a new password.", mustHavePassword, plain((*desk.Desk).SendReset))(ctx, c)
	}
	var link string
	var expires time.Time
	err := act("Created a link to a new password for %s.", mustHavePassword, func(ctx context.Context, c *call, id string) (err error) {
		link, expires, err = c.desk.PasswordLink(ctx, c.by, c.visit, id)
		return err
	})(ctx, c)
	if err == nil {
		c.handOver(link, expires)
	}
	return err
}

func mustHavePassword(_ *call, o person) error {
	switch o.Show {
	case store.ShowInvited, store.ShowExpired:
		return fmt.Errorf("%s has not chosen a password yet; \"invite\" makes a new link", o)
	case store.ShowDisabled:
		return fmt.Errorf("%s is disabled; \"enable\" them first", o)
	}
	return nil
}
