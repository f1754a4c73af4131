package gallery

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func operatorNamePage() []state {
	return []state{
		{Name: "empty", Page: pages.OperatorNamePage{OperatorDetail: grace(), NewName: grace().Name}},
		{Name: "refused", Page: pages.OperatorNamePage{
			Form: view.Form{}.Refuse("name", "Another operator has this name. Choose another one."), OperatorDetail: grace(), NewName: longName,
		}},
	}
}

func operatorEmailPage() []state {
	return []state{
		{Name: "empty", Page: pages.OperatorEmailPage{OperatorDetail: grace(), NewEmail: grace().Email}},
		{Name: "refused", Page: pages.OperatorEmailPage{
			Form: view.Form{}.Refuse("email", "Enter an email address like name@example.com."), OperatorDetail: wolf(), NewEmail: hostile,
		}},
	}
}

func rolesInput(primary string, additional ...string) pages.RolesInput {
	input := pages.RolesInput{
		Primary:     []view.Option{{Value: "", Label: "Registered user (no access)", Chosen: primary == ""}},
		Additional:  roleChoices(additional...),
		FormVersion: 7,
	}
	for _, r := range input.Additional {
		input.Primary = append(input.Primary, view.Option{Value: r.ID, Label: r.Name, Chosen: r.ID == primary, Refusal: r.Refusal})
	}
	return input
}

func operatorRolesPage() []state {
	ada := desk.OperatorDetail{Operator: desk.Operator{ID: "1", Name: "Ada Lovelace"}}
	return []state{
		{Name: "filled", Page: pages.OperatorRolesPage{OperatorDetail: grace(), RolesInput: rolesInput("moderator", "press")}},
		{Name: "self", Page: pages.OperatorRolesPage{OperatorDetail: ada, RolesInput: rolesInput("administrator"), Self: true}},
		{Name: "refused", Page: pages.OperatorRolesPage{
			Form:           view.Form{}.Refuse("", lastSuperAdministrator).Refuse("role", "You can give only what you hold yourself, and “Key keeper” is more."),
			OperatorDetail: grace(), RolesInput: rolesInput(""),
		}},
	}
}

func operatorRolesConfirmPage() []state {
	return []state{
		{Name: "both", Page: pages.OperatorRolesConfirmPage{OperatorDetail: grace(), RoleChange: desk.RoleChange{
			PrimaryBefore: "Moderator", PrimaryAfter: "Administrator", Added: []string{"Administrator", "Analytics reader"}, Removed: []string{"Moderator"},
			Gains: []string{"Invite and manage operators", "Read the audit log", "See figures"}, Loses: []string{"Decide on reports"}, TwoFactor: true,
		}, Fields: []pages.Hidden{{Name: "primary", Value: "administrator"}, {Name: "role", Value: "press"}, {Name: "role", Value: "analytics"}, {Name: "version", Value: "7"}}}},
		{Name: "none", Page: pages.OperatorRolesConfirmPage{OperatorDetail: grace(), RoleChange: desk.RoleChange{
			PrimaryBefore: "Moderator", PrimaryAfter: "Registered user (no access)", Removed: []string{"Moderator", longName, hostile}, Loses: []string{"Decide on reports"}, NoAccess: true,
		}, Fields: []pages.Hidden{{Name: "primary", Value: ""}, {Name: "version", Value: "7"}}}},
	}
}
