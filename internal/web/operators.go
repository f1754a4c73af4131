package web

import (
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/pages/view"
	"github.com/postern-go/postern/store"
)

// operatorsPerPage is how many rows a page of the list has.
const operatorsPerPage = 50

// shownStates are the states as the list says them.
var shownStates = map[string]struct {
	word  string
	level view.Level
}{
	"active":   {"Active", view.LevelSuccess},
	"invited":  {"Invited", view.LevelInfo},
	"expired":  {"Invitation expired", view.LevelWarning},
	"locked":   {"Locked", view.LevelDanger},
	"disabled": {"Disabled", ""},
}

func (c *call) getOperators() error {
	q := c.r.URL.Query()
	list, err := c.s.Desk.Operators(c.r.Context(), c.identity.Actor(), store.OperatorQuery{
		AfterNameKey: q.Get("after"), AfterID: q.Get("id"), Limit: operatorsPerPage + 1,
	})
	if err != nil {
		return err
	}
	p := pages.OperatorsPage{MayInvite: c.identity.Can(desk.PermissionOperatorsManage)}
	if q.Has("after") {
		p.Previous = "/operators"
	}
	if len(list) > operatorsPerPage {
		list = list[:operatorsPerPage]
		last := list[operatorsPerPage-1]
		p.Next = "/operators?" + url.Values{"after": {last.NameKey}, "id": {last.ID}}.Encode()
	}
	for _, o := range list {
		state := shownStates[o.State]
		p.Operators = append(p.Operators, pages.OperatorRow{
			Name: o.Name, Email: o.Email, Roles: o.Roles, State: state.word, Level: state.level,
			TwoFactor: o.TwoFactor, LastActive: o.LastActiveAt,
		})
	}
	return c.show(http.StatusOK, p)
}

func (c *call) getOperatorNew() error {
	return c.showOperatorNew(http.StatusOK, pages.OperatorNewPage{}, nil)
}

func (c *call) showOperatorNew(status int, p pages.OperatorNewPage, chosen []string) error {
	ctx, actor := c.r.Context(), c.identity.Actor()
	all, err := c.s.Desk.AllRoles(ctx)
	if err != nil {
		return err
	}
	grantable, err := c.s.Desk.GrantableRoles(ctx, actor)
	if err != nil {
		return err
	}
	for _, r := range all {
		choice := pages.RoleChoice{ID: r.ID, Label: r.Name, Text: r.Description, Chosen: slices.Contains(chosen, r.ID)}
		if !slices.ContainsFunc(grantable, func(g desk.Role) bool { return g.ID == r.ID }) {
			choice.Refusal = "You can give only what you hold yourself, and this is more."
		}
		p.Roles = append(p.Roles, choice)
	}
	p.Life = c.state.Settings.InviteLife
	return c.show(status, p)
}

func (c *call) postOperatorNew() error {
	f := desk.InviteForm{Email: c.form.Get("email"), Name: c.form.Get("name"), Roles: c.form["role"]}
	_, _, err := c.s.Desk.Invite(c.r.Context(), c.identity.Actor(), c.visit, f)
	if bad := (*desk.InvalidError)(nil); errors.As(err, &bad) {
		return c.showOperatorNew(http.StatusUnprocessableEntity, pages.OperatorNewPage{Form: problems(bad), Email: f.Email, Name: f.Name}, f.Roles)
	}
	if err != nil {
		return err
	}
	return c.redirect("/operators?done=invited")
}
