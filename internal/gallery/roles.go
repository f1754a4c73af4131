package gallery

import (
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func rolesPage() []state {
	builtIn := []pages.RoleRow{
		{Name: "Super-administrator", Text: "Everything, including the address and the rules of the office.", Path: "/roles/super-administrator", Holders: 2, All: true, HoldersPath: "/operators?role=super-administrator", TwoFactor: true},
		{Name: "Administrator", Text: "People and all of the community’s own pages.", Path: "/roles/administrator", Permissions: 14, Holders: 5, HoldersPath: "/operators?role=administrator", TwoFactor: true},
		{Name: "Community manager", Text: "The pages that run the community.", Path: "/roles/community-manager", Permissions: 7, Holders: 1, HoldersPath: "/operators?role=community-manager"},
		{Name: "Moderator", Text: "The pages that keep the community in order.", Path: "/roles/moderator", Permissions: 3},
	}
	custom := []pages.RoleRow{
		{Name: "Press", Text: "Publishes announcements and newsletters.", Path: "/roles/press", Permissions: 2, Holders: 4, HoldersPath: "/operators?role=press"},
		{Name: "Key keeper", Path: "/roles/keeper", Permissions: 1, TwoFactor: true, Holders: 50, Many: true},
		{Name: longName, Text: hostile, Path: hostile, Permissions: 0, Holders: 1, HoldersPath: hostile},
	}
	return []state{
		{Name: "filled", Page: pages.RolesPage{Custom: custom, BuiltIn: builtIn, MayCreate: true}},
		{Name: "first", Page: pages.RolesPage{BuiltIn: builtIn, MayCreate: true}},
		{Name: "reader", Page: pages.RolesPage{BuiltIn: builtIn}},
	}
}

func roleDeletePage() []state {
	to := []view.Option{{Value: "", Label: "Nothing in its place", Chosen: true}, {Value: "moderator", Label: "Moderator"}, {Value: "administrator", Label: "Administrator", Refusal: "More than you hold yourself."}}
	return []state{
		{Name: "unused", Page: pages.RoleDeletePage{Name: "Press", Path: "/roles/press", Version: "2"}},
		{Name: "held", Page: pages.RoleDeletePage{Name: "Press", Path: "/roles/press", Held: pages.Held{Holders: []pages.Holder{{Name: "Grace Hopper", Path: "/operators/3", Primary: false}, {Name: longName, Path: "/operators/4", Primary: true}}, More: 12}, To: to, Version: "2"}},
		{Name: "refused", Page: pages.RoleDeletePage{
			Form: view.Form{Errors: []view.FieldError{{Field: "to", Text: "Grace would be left without access. Choose a role for them."}}},
			Name: "Press", Path: "/roles/press", Held: pages.Held{Holders: []pages.Holder{{Name: "Grace Hopper", Path: "/operators/3", Primary: true}}}, To: to, Version: "2",
		}},
	}
}
