package pages

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

// OperatorsPage lists the operators.
type OperatorsPage struct {
	view.Form
	Pager
	Operators []OperatorRow
	// Search, State, TwoFactor, Origin and Sort are what was chosen, as the
	// address has it.
	Search, State, TwoFactor, Origin, Sort string
	// Roles are the roles to choose from.
	Roles []view.Option
	// Filtered says that something narrows the list.
	Filtered bool
	// MayInvite shows the button that invites.
	MayInvite bool
}

// OperatorRow is one operator of the list.
type OperatorRow struct {
	Name, Email string
	// Path is the operator's page; empty leaves the link out.
	Path string
	// Roles are labels, the primary one first.
	Roles []string
	// State is a word, "Active", and Level its colour.
	State string
	Level view.Level
	// TwoFactor says whether an authenticator is attached.
	TwoFactor  bool
	LastActive time.Time
	// Member says that the operator is a member of the community.
	Member bool
	// Actions lead to what the reader may do; empty leaves the menu out.
	Actions []Action
}

// Action is an entry of a row's menu: a page that asks before it acts.
type Action struct {
	Label, Path string
	// Danger sets it apart.
	Danger bool
}

func (OperatorsPage) Template() string { return "operators" }

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
	after := &store.OperatorCursor{NameKey: q.Get("after"), ID: id}
	if micros, err := strconv.ParseInt(q.Get("at"), 10, 64); err == nil {
		after.At = time.UnixMicro(micros).UTC()
	}
	return after
}

// cursorFields are what operatorCursor reads.
func cursorFields(last store.OperatorCursor) map[string]string {
	fields := map[string]string{"id": last.ID, "after": last.NameKey, "at": ""}
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
