package gallery

import (
	"slices"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/store"
)

func operatorsPage() []state {
	ada := anOperator("1", "Ada Lovelace", "ada@community.example", store.OperatorActive, store.ShowActive, superAdministrator, press)
	ada.TwoFactor, ada.LastActiveAt, ada.May.TwoFactor, ada.May.Disable = true, ago(time.Minute), true, false
	disabled := anOperator("3", "Grace Hopper", "grace@community.example", store.OperatorDisabled, store.ShowDisabled)
	disabled.MemberID, disabled.TwoFactor, disabled.LastActiveAt, disabled.May.TwoFactor = "77", true, ago(90*24*time.Hour), true
	evil := anOperator(hostile, hostile, hostile, store.OperatorInvited, store.ShowExpired, desk.Role{Name: hostile})
	above := anOperator("5", "Mary Somerville", "mary@community.example", store.OperatorActive, store.ShowActive, administrator)
	above.Within, above.May = false, desk.OperatorRights{}
	rows := []desk.Operator{ada, sara().Operator, disabled, wolf().Operator, evil, above}
	var roles []view.Option
	for _, r := range roleChoices() {
		roles = append(roles, view.Option{Value: r.ID, Label: r.Name})
	}
	return []state{
		{Name: "filled", Page: pages.OperatorsPage{MayInvite: true, Roles: roles, Pager: pages.Pager{Next: "/operators?after=wolf"}, Operators: rows}},
		{Name: "filtered", Page: pages.OperatorsPage{Roles: roles, Pager: pages.Pager{First: "/operators?state=locked"}, Filtered: true, Search: "wolf com", State: "locked", TwoFactor: "yes", Origin: "member", Sort: "last-active", Operators: rows[3:4]}},
		{Name: "none", Page: pages.OperatorsPage{MayInvite: true, Roles: roles, Filtered: true, Search: longName}},
	}
}

func roleChoices(chosen ...string) []pages.RoleChoice {
	var choices []pages.RoleChoice
	for _, r := range []desk.Role{superAdministrator, administrator, communityManager, moderator, keyKeeper, press, longRole} {
		choice := pages.RoleChoice{Role: r, Chosen: slices.Contains(chosen, r.ID)}
		if r.All || r.ID == keyKeeper.ID {
			choice.Refusal = onlyWhatYouHold
		}
		choices = append(choices, choice)
	}
	return choices
}

func operatorNewPage() []state {
	return []state{
		{Name: "empty", Page: pages.OperatorNewPage{Roles: roleChoices(), Life: 7 * 24 * time.Hour}},
		{Name: "refused", Page: pages.OperatorNewPage{
			Form:  view.Form{}.Refuse("email", "Enter an email address like name@example.com.").Refuse("name", "Use at most 64 characters.").Refuse("role", "Choose at least one role."),
			Typed: desk.InviteForm{Email: "grace@", Name: longName}, Roles: roleChoices(), Life: time.Hour,
		}},
	}
}
