package desk

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// ApprovalRow is one line of what a request would change: either Before and After, or
// Values.
type ApprovalRow struct {
	Label, Before, After messages.Text
	// Loosens reports that After protects less.
	Loosens bool
	// Values say what is changed, or what is added and taken away.
	Values []messages.Text
}

// plan is what an act that waits would change, as of now.
type plan struct {
	Rows []ApprovalRow
	// Permission is what the act needs.
	Permission string
	// About are the versions of what it is about.
	About []string
	// gains is who gains by it, if that is an operator; they cannot approve of it.
	gains []string
}

// compare adds a value and the one that replaces it.
func (p *plan) compare(label string, before, after messages.Text) {
	p.Rows = append(p.Rows, ApprovalRow{Label: messages.New("approvals.row." + label), Before: before, After: after})
}

// list adds values, if there are any.
func (p *plan) list(label string, values ...messages.Text) {
	if len(values) > 0 {
		p.Rows = append(p.Rows, ApprovalRow{Label: messages.New("approvals.row." + label), Values: values})
	}
}

// roles adds what a change of roles adds and takes away.
func (p *plan) roles(c RoleChange) {
	if !c.PrimaryAfter.IsZero() {
		p.compare("primary", c.PrimaryBefore, c.PrimaryAfter)
	}
	p.list("added", c.Added...)
	p.list("removed", c.Removed...)
	p.list("gains", c.Gains...)
	p.list("loses", c.Loses...)
}

// end adds the last day of an account that ends.
func (p *plan) end(endsAt time.Time) {
	if !endsAt.IsZero() {
		p.list("end", messages.New("ends.letter.until", "day", messages.On(lastDay(endsAt))))
	}
}

func (p *plan) operator(o store.Operator) {
	p.list("name", messages.Plain(o.Name))
	p.list("email", messages.Plain(o.Email))
	p.About = append(p.About, fmt.Sprint(o.ID, " ", o.Version))
}

// markOf is the mark of a plan: another one if anything that it shows differs.
func (d *Desk) markOf(p plan) string {
	text, err := json.Marshal(p)
	if err != nil {
		panic("desk: a plan is plain data: " + err.Error())
	}
	return base64.RawURLEncoding.EncodeToString(d.Vault.MAC(vault.ApprovalMarks, "plan", string(text))[:18])
}

// planned returns what a proposal would change if the actor did it now, or why they cannot.
// It changes nothing. The actor's commits then depend on what was read.
func (d *Desk) planned(ctx context.Context, a *Actor, p proposal) (plan, error) {
	switch p.Act {
	case ApprovalInvite:
		return d.planInvitation(ctx, a, *p.Invite)
	case ApprovalGrant:
		return d.planGrant(ctx, a, p)
	case ApprovalRoles:
		return d.planRoles(ctx, a, p)
	case ApprovalEnable:
		return d.planOperator(ctx, a, p, PermissionOperatorsManage)
	case ApprovalEnd:
		return d.planEnd(ctx, a, p)
	case ApprovalTwoFactor:
		return d.planOperator(ctx, a, p, PermissionTwoFactorReset)
	case ApprovalDeleteRole:
		return d.planRoleDeletion(ctx, a, p)
	case ApprovalParameters:
		return d.planParameters(ctx, a, *p.Parameters)
	case ApprovalAddress:
		return d.planAddress(ctx, a, p)
	}
	return plan{}, unknownAct(p)
}

// unknownAct refuses a request for what only a newer version can do.
func unknownAct(p proposal) error {
	return fmt.Errorf("%w: a newer version of the office asks for the act %.40q: decide there", store.ErrIncompatible, p.Act)
}

func (d *Desk) planInvitation(ctx context.Context, a *Actor, f InviteForm) (plan, error) {
	in, err := d.invitation(ctx, a, f, nil)
	if err != nil {
		return plan{}, err
	}
	p := plan{Permission: PermissionOperatorsManage}
	p.list("email", messages.Plain(in.after.Email))
	if !in.derived {
		p.list("name", messages.Plain(in.after.Name))
	}
	change, err := d.roleChange(ctx, in.before, in.after)
	if err != nil {
		return plan{}, err
	}
	p.roles(change)
	p.end(in.after.EndsAt)
	if in.before.ID != "" {
		p.About = append(p.About, fmt.Sprint(in.before.ID, " ", in.before.Version))
	}
	return p, nil
}

func (d *Desk) planGrant(ctx context.Context, a *Actor, of proposal) (plan, error) {
	o, derived, err := d.granted(ctx, a, of.ID, *of.Grant, nil)
	if err != nil {
		return plan{}, err
	}
	p := plan{Permission: PermissionOperatorsManage, About: []string{o.MemberID}}
	p.list("member", messages.Plain(o.MemberName))
	p.list("email", messages.Plain(o.Email))
	if !derived {
		p.list("name", messages.Plain(o.Name))
	}
	change, err := d.roleChange(ctx, store.Operator{}, o)
	p.roles(change)
	p.end(o.EndsAt)
	return p, err
}

func (d *Desk) planRoles(ctx context.Context, a *Actor, of proposal) (plan, error) {
	before, after, err := d.newRoles(ctx, a, of.ID, *of.Roles)
	if err != nil {
		return plan{}, err
	}
	p := plan{Permission: PermissionOperatorsManage, gains: []string{before.ID}}
	p.operator(before)
	change, err := d.roleChange(ctx, before, after)
	p.roles(change)
	return p, err
}

// planOperator is for acts on an operator that change what is not shown of them.
func (d *Desk) planOperator(ctx context.Context, a *Actor, of proposal, permission string) (plan, error) {
	o, err := d.target(ctx, a, permission, of.ID)
	if err != nil {
		return plan{}, err
	}
	p := plan{Permission: permission, gains: []string{o.ID}}
	p.operator(o)
	roles, err := d.loadRoles(ctx, o)
	p.list("holds", titles(roles)...)
	if err != nil || of.Act != ApprovalEnable {
		return p, err
	}
	if o.State != store.OperatorDisabled {
		return plan{}, ErrChanged
	}
	err = d.newEnd(&o, of.End)
	p.end(o.EndsAt)
	return p, err
}

func (d *Desk) planEnd(ctx context.Context, a *Actor, of proposal) (plan, error) {
	before, after, err := d.ending(ctx, a, of.ID, *of.End)
	if err != nil {
		return plan{}, err
	}
	p := plan{Permission: PermissionOperatorsManage, gains: []string{before.ID}}
	p.operator(before)
	p.compare("end", endShown(before.EndsAt), endShown(after.EndsAt))
	return p, nil
}

// endShown is the last day of an account, or that it does not end.
func endShown(endsAt time.Time) messages.Text {
	if endsAt.IsZero() {
		return messages.New("ends.never")
	}
	return messages.New("ends.letter.until", "day", messages.On(lastDay(endsAt)))
}

func (d *Desk) planRoleDeletion(ctx context.Context, a *Actor, of proposal) (plan, error) {
	r, err := d.custom(ctx, *a, of.ID, of.Version)
	if err != nil {
		return plan{}, err
	}
	all, err := d.AllRoles(ctx)
	if err != nil {
		return plan{}, err
	}
	to, err := instead(*a, all, of.ID, of.To)
	if err != nil {
		return plan{}, err
	}
	a.dependOnRoles(to)
	p := plan{Permission: PermissionRolesManage}
	p.list("deleted", messages.Plain(r.Name))
	p.list("instead", to.Title())
	var holders []messages.Text
	// Each of them is shown, because each becomes what the role to is.
	err = d.eachOperator(ctx, store.OperatorQuery{RoleID: r.ID}, func(o store.Operator) error {
		holders = append(holders, messages.New("approvals.person", "name", o.Name, "email", o.Email))
		p.About, p.gains = append(p.About, o.ID), append(p.gains, o.ID)
		return nil
	})
	p.list("holder", holders...)
	return p, err
}

func (d *Desk) planParameters(ctx context.Context, a *Actor, f ParametersForm) (plan, error) {
	next, err := d.prepare(ctx, *a, f)
	if err != nil {
		return plan{}, err
	}
	if len(next.changes) == 0 {
		return plan{}, ErrChanged // someone else made it so
	}
	p := plan{Permission: PermissionParametersManage}
	for _, c := range append(next.changes, next.follow...) {
		p.Rows = append(p.Rows, ApprovalRow{Label: c.Called(), Before: c.From, After: c.To, Loosens: c.Loosens})
		p.About = append(p.About, strings.Join([]string{c.Name, c.Before, c.After}, " "))
	}
	return p, nil
}

func (d *Desk) planAddress(ctx context.Context, a *Actor, of proposal) (plan, error) {
	if err := a.may(PermissionParametersManage); err != nil {
		return plan{}, err
	}
	s, err := d.Reload(ctx)
	if err != nil {
		return plan{}, err
	}
	if s.confirmedAlias() != of.Was {
		return plan{}, ErrChanged
	}
	if err := d.CheckAlias(of.Alias); err != nil {
		return plan{}, err
	}
	p := plan{Permission: PermissionParametersManage}
	p.compare("address", messages.Plain(d.HomeAt(of.Was)), messages.Plain(d.HomeAt(of.Alias)))
	return p, nil
}

// carryOut does what was proposed. The links that it makes go by email alone.
func (d *Desk) carryOut(ctx context.Context, a Actor, v Visit, p proposal) (err error) {
	switch p.Act {
	case ApprovalInvite:
		_, _, err = d.Invite(ctx, a, v, *p.Invite)
	case ApprovalGrant:
		_, err = d.GrantAs(ctx, a, v, p.ID, *p.Grant)
	case ApprovalRoles:
		err = d.ChangeRoles(ctx, a, v, p.ID, *p.Roles)
	case ApprovalEnable:
		err = d.enable(ctx, a, v, p.ID, p.End)
	case ApprovalEnd:
		err = d.SetEnd(ctx, a, v, p.ID, *p.End)
	case ApprovalTwoFactor:
		err = d.ResetTwoFactor(ctx, a, v, p.ID, p.Reason)
	case ApprovalDeleteRole:
		err = d.DeleteRole(ctx, a, v, p.ID, p.Version, p.To)
	case ApprovalParameters:
		_, err = d.SaveParameters(ctx, a, v, *p.Parameters)
	case ApprovalAddress:
		err = d.ChangeAlias(ctx, a, v, p.Alias)
	default:
		err = unknownAct(p)
	}
	return err
}
