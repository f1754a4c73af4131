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
	{name: "invite", operands: "EMAIL", summary: messages.New("commands.invite.summary"), run: invite, mails: true, see: "roles",
		example: "invite ada@example.com -name \"Ada Lovelace\" -role administrator",
		text: messages.New("commands.invite.text",
			"roles", strings.Join([]string{desk.RoleSuperAdministrator, desk.RoleAdministrator, desk.RoleCommunityManager, desk.RoleModerator}, ", "), "least", defaultRole),
		flags: []option{text("name", "commands.invite.flag.name"), func(f *flagSet) {
			f.Var(&repeated{}, "role", f.words.Text("commands.invite.flag.role"))
		}, lastDay}},
	{name: "invite cancel", operands: "EMAIL", summary: messages.New("commands.invite_cancel.summary"), see: "operators -state invited",
		example: "invite cancel ada@example.com",
		text:    messages.New("commands.invite_cancel.text"),
		run:     act("commands.invite_cancel.done", mustBe("commands.invite_cancel.not_invited", store.ShowInvited, store.ShowExpired), plain((*desk.Desk).CancelInvitation))},
	{name: "grant", operands: "MEMBER_ID ROLE...", summary: messages.New("commands.grant.summary"), run: grant, mails: true,
		example: "grant 4711 moderator",
		text:    messages.New("commands.grant.text"), flags: []option{lastDay}},
	{name: "set-roles", operands: "EMAIL ROLE...", summary: messages.New("commands.set_roles.summary"), run: setRoles, mails: true, see: "operators, roles",
		example: "set-roles ada@example.com administrator moderator",
		text:    messages.New("commands.set_roles.text")},
	{name: "disable", operands: "EMAIL", summary: messages.New("commands.disable.summary"), mails: true, see: "operators", flags: []option{reason},
		example: "disable ada@example.com -reason \"account taken over\"",
		text:    messages.New("commands.disable.text"),
		run:     act("commands.disable.done", mustNotBeDisabled, because((*desk.Desk).Disable))},
	{name: "enable", operands: "EMAIL", summary: messages.New("commands.enable.summary"), run: enable, mails: true, see: "operators -state disabled",
		example: "enable ada@example.com",
		text:    messages.New("commands.enable.text"), flags: []option{lastDay}},
	{name: "delete", operands: "EMAIL", summary: messages.New("commands.delete.summary"), mails: true, see: "operators",
		example: "delete ada@example.com -reason \"left the company\" -yes",
		text:    messages.New("commands.delete.text"),
		flags:   []option{reason, yes},
		run:     act("commands.delete.done", confirmDeletion, because((*desk.Desk).Delete))},
	{name: "end-sessions", operands: "EMAIL", summary: messages.New("commands.end_sessions.summary"), mails: true, see: "operators",
		example: "end-sessions ada@example.com",
		text:    messages.New("commands.end_sessions.text"),
		run: act("commands.end_sessions.done", nil, func(ctx context.Context, c *call, id string) error {
			return c.desk.EndSessions(ctx, c.by, c.visit, id, "all")
		})},
	{name: "end-all-sessions", summary: messages.New("commands.end_all_sessions.summary"), mails: true, see: "parameters set signin.paused on", flags: []option{reason, yes},
		example: "end-all-sessions -reason \"a backup was stolen\" -yes",
		text:    messages.New("commands.end_all_sessions.text"),
		run:     endAllSessions},
	{name: "reset-password", operands: "EMAIL", summary: messages.New("commands.reset_password.summary"), run: resetPassword, mails: true, see: "operators",
		example: "reset-password ada@example.com -link",
		text:    messages.New("commands.reset_password.text"),
		flags:   []option{toggle("link", "commands.reset_password.flag.link")}},
	{name: "require-new-password", operands: "EMAIL", summary: messages.New("commands.require_new_password.summary"), mails: true, see: "operators", flags: []option{reason},
		example: "require-new-password ada@example.com -reason \"typed it on a shared screen\"",
		text:    messages.New("commands.require_new_password.text"),
		run:     act("commands.require_new_password.done", mustHavePassword, because((*desk.Desk).RequireNewPassword))},
	{name: "reset-two-factor", operands: "EMAIL", summary: messages.New("commands.reset_two_factor.summary"), mails: true, see: "operators", flags: []option{reason},
		example: "reset-two-factor ada@example.com -reason \"lost phone, asked in person\"",
		text:    messages.New("commands.reset_two_factor.text"),
		run:     act("commands.reset_two_factor.done", nil, because((*desk.Desk).ResetTwoFactor))},
	{name: "unlock", operands: "EMAIL", summary: messages.New("commands.unlock.summary"), see: "operators -state locked",
		example: "unlock ada@example.com",
		text:    messages.New("commands.unlock.text"),
		run:     act("commands.unlock.done", nil, plain((*desk.Desk).Unlock))},
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

var errNoReason = wrong("commands.error.no_reason", "flag", "-reason")

// act does something to the operator who is named first, unless check refuses,
// and prints the message done with who was found.
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
		c.print(done, "operator", o.String())
		return nil
	}
}

// mustBe refuses to act on an operator in another state, with a message.
func mustBe(refusal string, states ...store.OperatorShow) func(*call, person) error {
	return func(_ *call, o person) error {
		if !slices.Contains(states, o.Show) {
			return wrong(refusal, "operator", o.String(), "state", string(o.Show))
		}
		return nil
	}
}

func mustNotBeDisabled(_ *call, o person) error {
	if o.Show == store.ShowDisabled {
		return wrong("commands.disable.already", "operator", o.String())
	}
	return nil
}

func confirmDeletion(c *call, o person) error {
	if !o.Kept.IsZero() {
		return desk.ErrLastSuperAdministrator
	}
	return c.confirm(c.said("commands.delete.question", "operator", o.String(), "roles", o.RoleNames()))
}

// errNotSetUp keeps a mistyped invitation from closing the setup link for good
// while there is no one who could manage the office.
var errNotSetUp = wrong("commands.invite.not_set_up", "flag", "-role "+desk.RoleSuperAdministrator)

func invite(ctx context.Context, c *call) error {
	roles := c.flags.Lookup("role").Value.(*repeated)
	before, err := c.invitedBefore(ctx, c.arg(0))
	if err != nil {
		return err
	}
	if len(*roles) == 0 {
		*roles = repeated{defaultRole}
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
	f := desk.InviteForm{Email: c.arg(0), Name: c.flags.value("name"), Roles: ids, Ends: desk.EndedOn(before.EndsAt)}
	if given := c.flags.value(endsFlag); given != "" {
		f.Ends = endOf(given)
	}
	o, link, err := c.desk.Invite(ctx, c.by, c.visit, f)
	if err != nil {
		return err
	}
	c.print("commands.invite.done", "email", c.arg(0), "roles", roles.String())
	if link == "" {
		c.print("commands.invite.elsewhere")
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
		return person{}, wrong("commands.invite.disabled", "operator", person{o}.String(), "command", "enable")
	case o.State == store.OperatorActive && o.PasswordElsewhere:
		return person{}, wrong("commands.invite.has_access_elsewhere", "operator", person{o}.String())
	case o.State == store.OperatorActive:
		return person{}, wrong("commands.invite.has_access", "operator", person{o}.String(), "command", "reset-password")
	}
	return person{o}, nil
}

func endAllSessions(ctx context.Context, c *call) error {
	if c.flags.value("reason") == "" {
		return errNoReason
	}
	if err := c.confirm(c.said("commands.end_all_sessions.question")); err != nil {
		return err
	}
	if err := c.desk.EndAllSessions(ctx, c.by, c.visit, c.flags.value("reason")); err != nil {
		return err
	}
	c.print("commands.end_all_sessions.done")
	return nil
}

// handOver prints a one-time link on a line of its own.
func (c *call) handOver(link string, expires time.Time) {
	c.print("commands.link", "until", stamp(expires))
	fmt.Fprintln(c.out, link)
}

func grant(ctx context.Context, c *call) error {
	ids, err := c.roleIDs(ctx, c.operands[1:])
	if err != nil {
		return err
	}
	_, err = c.desk.GrantAs(ctx, c.by, c.visit, c.arg(0), desk.GrantForm{Roles: ids, Ends: endOf(c.flags.value(endsFlag))})
	if errors.Is(err, desk.ErrNotFound) {
		return wrong("commands.grant.no_member", "id", c.arg(0))
	}
	if err != nil {
		return err
	}
	c.print("commands.grant.done", "id", c.arg(0), "roles", strings.Join(c.operands[1:], ", "))
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
	primary := ""
	if before, after := c.line(change.PrimaryBefore), c.line(change.PrimaryAfter); before != after {
		primary = before + " → " + after
	}
	if primary == "" && len(change.Added)+len(change.Removed) == 0 {
		c.print("commands.set_roles.already", "operator", o.String())
		return nil
	}
	if err := c.desk.ChangeRoles(ctx, c.by, c.visit, o.ID, form); err != nil {
		return err
	}
	c.print("commands.set_roles.done", "operator", o.String())
	return c.show(nil, "primary_role", primary, "roles_gained", change.Added, "roles_lost", change.Removed,
		"may_now", change.Gains, "may_no_longer", change.Loses, "two_factor", c.only(change.TwoFactor, "commands.set_roles.two_factor"))
}

func enable(ctx context.Context, c *call) error {
	var found person
	err := act("commands.enable.done", func(c *call, o person) error {
		found = o
		err := mustBe("commands.enable.not_disabled", store.ShowDisabled)(c, o)
		if err == nil && c.flags.value(endsFlag) == "" && c.desk.HasPassed(o.EndsAt) {
			err = c.passedEnd(o)
		}
		return err
	}, func(ctx context.Context, c *call, id string) error {
		if given := c.flags.value(endsFlag); given != "" {
			return c.desk.EnableWith(ctx, c.by, c.visit, id, desk.EndForm{Ends: endOf(given)})
		}
		return c.desk.Enable(ctx, c.by, c.visit, id)
	})(ctx, c)
	if err == nil && !found.HasPassword && !found.PasswordElsewhere {
		c.print("commands.enable.invited")
	}
	return err
}

func resetPassword(ctx context.Context, c *call) error {
	if !c.flags.on("link") {
		return act("commands.reset_password.emailed", mustHavePassword, plain((*desk.Desk).SendReset))(ctx, c)
	}
	var link string
	var expires time.Time
	err := act("commands.reset_password.created", mustHavePassword, func(ctx context.Context, c *call, id string) (err error) {
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
		return wrong("commands.reset_password.no_password", "operator", o.String(), "command", "invite")
	case store.ShowDisabled:
		return wrong("commands.reset_password.disabled", "operator", o.String(), "command", "enable")
	}
	return nil
}
