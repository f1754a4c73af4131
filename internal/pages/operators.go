package pages

import (
	"time"

	"github.com/postern-go/postern/internal/pages/samples"
	"github.com/postern-go/postern/internal/view"
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

func (OperatorsPage) states() []samples.State {
	actions := func(path string, more ...Action) []Action {
		return append([]Action{{"Edit roles", path + "/roles", false}, {"Rename", path + "/name", false}}, more...)
	}
	roles := []view.Option{{Value: "super-administrator", Label: "Super-administrator"}, {Value: "administrator", Label: "Administrator"}, {Value: "moderator", Label: "Moderator"}, {Value: "press", Label: "Press"}}
	rows := []OperatorRow{
		{Name: "Ada Lovelace", Email: "ada@community.example", Path: "/operators/1", Roles: []string{"Super-administrator", "Press"}, State: "Active", Level: view.LevelSuccess, TwoFactor: true, LastActive: samples.Ago(time.Minute), Actions: actions("/operators/1")},
		{Name: samples.ArabicName, Email: "sara@community.example", Path: "/operators/2", Roles: []string{"Moderator"}, State: "Invited", Level: view.LevelInfo, Actions: actions("/operators/2", Action{"Cancel invitation", "/operators/2/invitation", true})},
		{Name: "Grace Hopper", Email: "grace@community.example", State: "Disabled", TwoFactor: true, LastActive: samples.Ago(90 * 24 * time.Hour), Member: true},
		{Name: samples.LongName, Email: samples.LongEmail, Path: "/operators/4", Roles: []string{"Community manager"}, State: "Locked", Level: view.LevelDanger, TwoFactor: true, LastActive: samples.Ago(3 * 24 * time.Hour), Member: true,
			Actions: actions("/operators/4", Action{"End sessions", "/operators/4/sessions", false}, Action{"Reset two-factor", "/operators/4/two-factor", true}, Action{"Disable", "/operators/4/disable", true}, Action{"Delete", "/operators/4/delete", true})},
		{Name: samples.Hostile, Email: samples.Hostile, Path: samples.Hostile, Roles: []string{samples.Hostile}, State: "Invitation expired", Level: view.LevelWarning, Actions: []Action{{samples.Hostile, samples.Hostile, true}}},
	}
	return []samples.State{
		{Name: "empty", Page: OperatorsPage{MayInvite: true}},
		{Name: "filled", Page: OperatorsPage{MayInvite: true, Roles: roles, Pager: Pager{Next: "/operators?after=wolf"}, Operators: rows}},
		{Name: "filtered", Page: OperatorsPage{Roles: roles, Pager: Pager{First: "/operators?state=locked"}, Filtered: true, Search: "wolf com", State: "locked", TwoFactor: "yes", Origin: "member", Sort: "last-active", Operators: rows[3:4]}},
		{Name: "further", Page: OperatorsPage{Roles: roles, Pager: Pager{First: "/operators?state=locked", Next: "/operators?after=wolf"}, Filtered: true, State: "locked", TwoFactor: "no"}},
		{Name: "none", Page: OperatorsPage{MayInvite: true, Roles: roles, Filtered: true, Search: samples.LongName}},
	}
}

// OperatorNewPage invites an operator.
type OperatorNewPage struct {
	view.Form
	// Email and Name are what was typed.
	Email, Name string
	Roles       []RoleChoice
	// Life is how long the invitation works.
	Life time.Duration
}

// RoleChoice is a role to tick.
type RoleChoice struct {
	ID, Label string
	// Text is one line on what the role may do.
	Text   string
	Chosen bool
	// Refusal says why it cannot be changed; empty when it can.
	Refusal string
}

func (OperatorNewPage) Template() string { return "operator_new" }

func (OperatorNewPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Operators", Path: "/operators"}, {Label: "Invite"}}
}

func sampleRoles() []RoleChoice {
	return []RoleChoice{
		{ID: "super-administrator", Label: "Super-administrator", Text: "May do everything.", Refusal: "Only a super-administrator can give this."},
		{ID: "administrator", Label: "Administrator", Text: "Manages operators, roles and parameters."},
		{ID: "community-manager", Label: "Community manager", Text: "Runs the community: categories, campaigns, analytics.", Chosen: true},
		{ID: "moderator", Label: "Moderator", Text: "Decides on reported posts and members."},
	}
}

func (OperatorNewPage) states() []samples.State {
	return []samples.State{
		{Name: "empty", Page: OperatorNewPage{Roles: sampleRoles(), Life: 7 * 24 * time.Hour}},
		{Name: "refused", Page: OperatorNewPage{
			Form: view.Form{Errors: []view.FieldError{
				{Field: "email", Text: "An operator with this address exists already. Change their roles on their page."},
				{Field: "name", Text: "This name is taken. Add something that tells the two apart."},
				{Field: "role", Text: "Tick at least one role; without one there is no access."},
			}},
			Email: "grace@community.example", Name: samples.LongName, Roles: sampleRoles(), Life: time.Hour,
		}},
	}
}
