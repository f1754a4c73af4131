package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// lookOnly says why nothing can be changed.
const lookOnly = "Your roles let you look, not change."

// states are the states of operators as pages say them.
var states = map[store.OperatorShow]struct {
	word  string
	level view.Level
}{
	store.ShowActive:   {"Active", view.LevelSuccess},
	store.ShowInvited:  {"Invited", view.LevelInfo},
	store.ShowExpired:  {"Invitation expired", view.LevelWarning},
	store.ShowLocked:   {"Locked", view.LevelDanger},
	store.ShowDisabled: {"Disabled", ""},
}

func operatorPath(id string) string { return "/operators/" + url.PathEscape(id) }

// getOperators lists operators.
func (c *call) getOperators() error {
	q := c.query()
	query := store.OperatorQuery{
		Search: q.Get("q"), Show: store.OperatorShow(q.Get("state")), RoleID: q.Get("role"),
		TwoFactor: store.Choice(q.Get("two_factor")), Sort: store.OperatorSort(q.Get("sort")), Limit: rowsPerPage,
	}
	switch q.Get("origin") {
	case "member":
		query.Member = store.Yes
	case "invited":
		query.Member = store.No
	}
	query.After = operatorCursor(q)
	list, err := c.Desk.Operators(c.ctx(), c.actor(), query)
	if err != nil {
		return err
	}
	p := OperatorsPage{
		Search: query.Search, State: q.Get("state"), TwoFactor: q.Get("two_factor"), Origin: q.Get("origin"), Sort: q.Get("sort"),
		MayInvite: c.identity.Can(desk.PermissionOperatorsManage),
	}
	p.Filtered = p.Search+p.State+p.TwoFactor+p.Origin+query.RoleID != ""
	all, err := c.Desk.AllRoles(c.ctx())
	if err != nil {
		return err
	}
	for _, r := range all {
		p.Roles = append(p.Roles, view.Option{Value: r.ID, Label: r.Name, Chosen: r.ID == query.RoleID})
	}
	if query.After != nil {
		p.First = c.following("/operators", nil, "after", "at", "id")
	}
	if list.Next != nil {
		p.Next = c.following("/operators", cursorFields(*list.Next))
	}
	last := ""
	if p.MayInvite {
		if last, err = c.Desk.LastSuperAdministrator(c.ctx(), c.actor()); err != nil {
			return err
		}
	}
	for _, o := range list.Rows {
		p.Operators = append(p.Operators, c.operatorRow(o, o.ID == last))
	}
	return c.show(http.StatusOK, p)
}

// operatorCursor is where a list of operators goes on, from its address; nil at
// the beginning.
func operatorCursor(q url.Values) *store.OperatorCursor {
	id := q.Get("id")
	if id == "" {
		return nil
	}
	after := &store.OperatorCursor{Text: q.Get("after"), ID: id}
	if micros, err := strconv.ParseInt(q.Get("at"), 10, 64); err == nil {
		after.At = time.UnixMicro(micros).UTC()
	}
	return after
}

// cursorFields are what operatorCursor reads.
func cursorFields(last store.OperatorCursor) map[string]string {
	fields := map[string]string{"id": last.ID, "after": last.Text, "at": ""}
	if !last.At.IsZero() {
		fields["at"] = strconv.FormatInt(last.At.UnixMicro(), 10)
	}
	return fields
}

// operatorRow is a row of the list; last says that they are the last
// super-administrator.
func (c *call) operatorRow(o desk.Listed, last bool) OperatorRow {
	row := OperatorRow{
		Name: o.Name, Email: o.Email, Path: operatorPath(o.ID), Roles: o.Roles, State: states[o.Show].word, Level: states[o.Show].level,
		TwoFactor: o.TwoFactor, LastActive: o.LastActiveAt, Member: o.MemberID != "",
	}
	add := func(may bool, label, path string, danger bool) {
		if may && o.Within {
			row.Actions = append(row.Actions, Action{Label: label, Path: row.Path + path, Danger: danger})
		}
	}
	manage := c.identity.Can(desk.PermissionOperatorsManage)
	invited := o.Show == store.ShowInvited || o.Show == store.ShowExpired
	add(manage, "Change roles", "/roles", false)
	add(o.TwoFactor && c.identity.Can(desk.PermissionTwoFactorReset), "Reset two-factor", "/two-factor", true)
	add(manage && invited, "Invitation", "/invitation", false)
	add(manage && o.Show == store.ShowDisabled, "Enable", "/enable", false)
	add(manage && !invited && !last && o.Show != store.ShowDisabled, "Disable", "/disable", true)
	return row
}

// auditOf is the audit of what somebody did, or of what was done to them. The
// page finds them by name, which people can read in its filters.
func auditOf(field, name string) string { return "/audit?" + url.Values{field: {name}}.Encode() }

// getOperatorNew asks whom to invite.
func (c *call) getOperatorNew() error {
	return c.showOperatorNew(http.StatusOK, OperatorNewPage{}, nil)
}

func (c *call) showOperatorNew(status int, p OperatorNewPage, chosen []string) error {
	var err error
	if p.Roles, err = c.roleChoices(chosen); err != nil {
		return err
	}
	p.Life = c.state.Settings.InviteLife
	return c.show(status, p)
}

const beyond = "You can give only what you hold yourself, and this is more."

// roleChoices are all roles to tick, and why some cannot be.
func (c *call) roleChoices(chosen []string) ([]RoleChoice, error) {
	all, err := c.Desk.AllRoles(c.ctx())
	if err != nil {
		return nil, err
	}
	actor := c.actor()
	var choices []RoleChoice
	for _, r := range all {
		choice := RoleChoice{ID: r.ID, Label: r.Name, Text: r.Description, Chosen: slices.Contains(chosen, r.ID)}
		if !actor.CanGrant(r) {
			choice.Refusal = beyond
		}
		choices = append(choices, choice)
	}
	return choices, nil
}

// postOperatorNew invites somebody.
func (c *call) postOperatorNew() error {
	f := desk.InviteForm{Email: c.form.Get("email"), Name: c.form.Get("name"), Roles: c.form["role"]}
	o, _, err := c.Desk.Invite(c.ctx(), c.actor(), c.visit, f)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.showOperatorNew(http.StatusUnprocessableEntity, OperatorNewPage{Form: Problems(bad), Email: f.Email, Name: f.Name}, f.Roles)
	}
	if err != nil {
		return err
	}
	return c.redirect(operatorPath(o.ID) + "?done=invited")
}

// getOperator shows an operator.
func (c *call) getOperator() error {
	ctx, actor := c.ctx(), c.actor()
	o, err := c.Desk.Operator(ctx, actor, c.id())
	if err != nil {
		return err
	}
	p := OperatorPage{
		Person: person(o.Operator), State: states[o.Show].word, Level: states[o.Show].level, Self: o.ID == c.identity.Operator.ID,
		Member: o.MemberID, CreatedBy: o.CreatedByName, CreatedAt: o.CreatedAt, LastActive: o.LastActiveAt,
		PasswordSet: o.PasswordSetAt, MustChange: o.MustChangePassword, TemporaryUntil: o.TemporaryUntil, TemporaryOver: o.TemporaryOver, Authenticators: o.Factors, CodesLeft: o.CodesLeft,
		Required: o.MustHaveTwoFactor, Sessions: o.Sessions, Kept: o.Kept,
	}
	if o.Show == store.ShowLocked {
		p.LockedUntil = o.LockedUntil
	}
	switch {
	case o.PasswordElsewhere:
		p.Password = PasswordCommunity
	case o.HasPassword:
		p.Password = PasswordHere
	}
	if o.MemberID != "" && c.Desk.CanSearchMembers() {
		p.MemberPath = "/members/" + url.PathEscape(o.MemberID)
	}
	for _, r := range o.Roles {
		p.Roles = append(p.Roles, RoleHeld{Label: r.Name, Text: r.Description, Path: "/roles/" + url.PathEscape(r.ID), Primary: r.ID == o.PrimaryRole})
	}
	if o.State == store.OperatorInvited {
		p.Invitation = &Invitation{Sent: o.UpdatedAt, Expires: o.InviteExpiresAt, Expired: o.Show == store.ShowExpired}
	}
	switch {
	case !c.identity.Can(desk.PermissionOperatorsManage) && !c.identity.Can(desk.PermissionTwoFactorReset):
		p.Refusal = lookOnly
	case !o.Within:
		p.Refusal = "This operator holds more than you do, so you cannot act on them."
	}
	for _, m := range o.Mails {
		p.Mails = append(p.Mails, mailRow(m))
	}
	for _, e := range o.Events {
		p.Events = append(p.Events, eventRow(e))
	}
	if c.identity.Can(desk.PermissionAuditView) {
		p.DidPath, p.DonePath = auditOf("actor", o.Name), auditOf("target", o.Name)
	}
	if len(p.Mails) > 0 {
		p.MailsPath = "/mail?operator=" + url.QueryEscape(o.ID)
	}
	p.May = c.operatorRights(o)
	return c.show(http.StatusOK, p)
}

// operatorRights are the buttons of an operator's page. Each page behind them
// asks again.
func (c *call) operatorRights(o desk.Detail) OperatorRights {
	if !o.Within || !c.identity.Can(desk.PermissionOperatorsManage) {
		return OperatorRights{TwoFactor: o.Within && o.Factors > 0 && c.identity.Can(desk.PermissionTwoFactorReset)}
	}
	active, invited := o.State == store.OperatorActive, o.State == store.OperatorInvited
	here := active && !o.PasswordElsewhere
	return OperatorRights{
		Roles: true, Name: true, Email: !invited, Unlock: o.Show == store.ShowLocked, EndSessions: o.Sessions > 0, Invitation: invited,
		ResetMail: here, Link: here, TemporaryPassword: here && c.state.Settings.TemporaryPasswords,
		TwoFactor: o.Factors > 0 && c.identity.Can(desk.PermissionTwoFactorReset),
		Disable:   active && o.Kept == "", Enable: o.State == store.OperatorDisabled, Delete: !invited && o.Kept == "",
	}
}

func person(o store.Operator) Person {
	return Person{Name: o.Name, Email: o.Email, Path: operatorPath(o.ID)}
}
