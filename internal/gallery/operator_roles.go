package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func operatorNamePage() []state {
	return []state{
		{Name: "empty", Page: pages.OperatorNamePage{Person: sampleGrace, NewName: sampleGrace.Name, Version: "7"}},
		{Name: "refused", Page: pages.OperatorNamePage{
			Form:   view.Form{Errors: []view.FieldError{{Field: "name", Text: "Another operator has this name. Add something that tells the two apart."}}},
			Person: sampleGrace, NewName: longName, Version: "7",
		}},
	}
}

func operatorEmailPage() []state {
	return []state{
		{Name: "empty", Page: pages.OperatorEmailPage{Person: sampleGrace, NewEmail: sampleGrace.Email, Version: "7", Sessions: 1}},
		{Name: "refused", Page: pages.OperatorEmailPage{
			Form:   view.Form{Errors: []view.FieldError{{Field: "email", Text: "Somebody with this address has access, or is invited, already."}}},
			Person: pages.Person{Name: longName, Email: longEmail, Path: "/operators/4"}, NewEmail: hostile, Version: "7",
		}},
	}
}

func samplePrimary(chosen string) []view.Option {
	options := []view.Option{
		{Value: "", Label: "Registered user (no access)"},
		{Value: "super-administrator", Label: "Super-administrator", Refusal: "Only a super-administrator can give this."},
		{Value: "administrator", Label: "Administrator"},
		{Value: "community-manager", Label: "Community manager"},
		{Value: "moderator", Label: "Moderator"},
	}
	for i := range options {
		options[i].Chosen = options[i].Value == chosen
	}
	return options
}

func sampleAdditional() []pages.RoleChoice {
	return []pages.RoleChoice{
		{ID: "press", Label: "Press", Text: "Publishes announcements and newsletters.", Chosen: true},
		{ID: "analytics", Label: "Analytics reader", Text: "Sees all figures, changes nothing."},
		{ID: "keeper", Label: "Key keeper", Text: "Resets two-factor authentication.", Refusal: "You can give only what you hold yourself, and this is more: “Reset two-factor authentication”."},
		{ID: "long", Label: longName, Text: hostile},
	}
}

func operatorRolesPage() []state {
	return []state{
		{Name: "filled", Page: pages.OperatorRolesPage{Person: sampleGrace, Primary: samplePrimary("moderator"), Additional: sampleAdditional(), Version: "7"}},
		{Name: "bare", Page: pages.OperatorRolesPage{Person: pages.Person{Name: "Ada Lovelace", Path: "/operators/1"}, Primary: samplePrimary("administrator"), Self: true}},
		{Name: "refused", Page: pages.OperatorRolesPage{
			Form: view.Form{Errors: []view.FieldError{
				{Field: "primary", Text: "Grace is the last active super-administrator. Make somebody else one first."},
				{Field: "role", Text: "“Key keeper” is more than you hold yourself."},
			}},
			Person: sampleGrace, Primary: samplePrimary(""), Additional: sampleAdditional(), Version: "7",
		}},
	}
}

func operatorRolesConfirmPage() []state {
	return []state{
		{Name: "both", Page: pages.OperatorRolesConfirmPage{Person: sampleGrace, RoleChanges: pages.RoleChanges{
			Before: "Moderator", After: "Administrator", Adds: []string{"Administrator", "Analytics reader"}, Removes: []string{"Moderator"},
			Gains: []string{"Invite and manage operators", "Read the audit", "See figures"}, Loses: []string{"Decide on reports"}, TwoFactor: true,
		}, Fields: []pages.Hidden{{Name: "primary", Value: "administrator"}, {Name: "role", Value: "press"}, {Name: "role", Value: "analytics"}, {Name: "version", Value: "7"}}}},
		{Name: "none", Page: pages.OperatorRolesConfirmPage{Person: sampleGrace, RoleChanges: pages.RoleChanges{
			Before: "Moderator", After: "Registered user", Removes: []string{"Moderator", longName, hostile}, Loses: []string{"Decide on reports"}, NoAccess: true,
		}, Fields: []pages.Hidden{{Name: "primary", Value: ""}, {Name: "version", Value: "7"}}}},
	}
}
