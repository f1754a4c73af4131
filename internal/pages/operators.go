package pages

import (
	"time"

	"github.com/postern-go/postern/internal/pages/view"
)

// OperatorsPage lists the operators.
type OperatorsPage struct {
	Operators []OperatorRow
	// Previous and Next are paths of the neighbouring pages of the list, or
	// empty.
	Previous, Next string
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
}

func (OperatorsPage) Template() string { return "operators" }

func (OperatorsPage) states() []state {
	ago := func(d time.Duration) time.Time { return galleryTime.Add(-d) }
	return []state{
		{"empty", OperatorsPage{MayInvite: true}},
		{"filled", OperatorsPage{MayInvite: true, Next: "/operators?after=wolf", Operators: []OperatorRow{
			{"Ada Lovelace", "ada@community.example", "/operators/1", []string{"Super-administrator", "Press"}, "Active", view.LevelSuccess, true, ago(time.Minute)},
			{arabicName, "sara@community.example", "/operators/2", []string{"Moderator"}, "Invited", view.LevelInfo, false, time.Time{}},
			{"Grace Hopper", "grace@community.example", "", nil, "Disabled", "", true, ago(90 * 24 * time.Hour)},
			{longName, "wolfeschlegelsteinhausenbergerdorff@subdomain.community.example", "/operators/4", []string{"Community manager"}, "Locked", view.LevelDanger, true, ago(3 * 24 * time.Hour)},
			{hostile, hostile, hostile, []string{hostile}, "Invitation expired", view.LevelWarning, false, time.Time{}},
		}}},
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
	// Refusal says why it cannot be given; empty when it can.
	Refusal string
}

func (OperatorNewPage) Template() string { return "operator_new" }

func (OperatorNewPage) states() []state {
	roles := []RoleChoice{
		{ID: "super-administrator", Label: "Super-administrator", Text: "May do everything.", Refusal: "Only a super-administrator can give this."},
		{ID: "administrator", Label: "Administrator", Text: "Manages operators, roles and parameters."},
		{ID: "community-manager", Label: "Community manager", Text: "Runs the community: categories, campaigns, analytics.", Chosen: true},
		{ID: "moderator", Label: "Moderator", Text: "Decides on reported posts and members."},
	}
	return []state{
		{"empty", OperatorNewPage{Roles: roles, Life: 7 * 24 * time.Hour}},
		{"refused", OperatorNewPage{
			Form: view.Form{Errors: []view.FieldError{
				{Field: "email", Text: "An operator with this address exists already. Change their roles on their page."},
				{Field: "name", Text: "This name is taken. Add something that tells the two apart."},
				{Field: "role", Text: "Tick at least one role; without one there is no access."},
			}},
			Email: "grace@community.example", Name: longName, Roles: roles, Life: time.Hour,
		}},
	}
}
