package pages

import (
	"time"

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
