package gallery

import "github.com/postern-go/postern/internal/pages"

func rolesPage() []state {
	builtIn := []pages.RoleRow{
		{Role: superAdministrator, Holders: holders(2)}, {Role: administrator, Reach: 14, Holders: holders(5)},
		{Role: communityManager, Reach: 7, Holders: holders(2)}, {Role: moderator, Reach: 3},
	}
	custom := []pages.RoleRow{
		{Role: press, Reach: 2, Holders: holders(4)}, {Role: keyKeeper, Reach: 1, Holders: holders(50)}, {Role: longRole, Holders: pages.Holders{Count: 1}},
	}
	return []state{
		{Name: "filled", Page: pages.RolesPage{Custom: custom, BuiltIn: builtIn, MayCreate: true}},
		{Name: "first", Page: pages.RolesPage{BuiltIn: builtIn, MayCreate: true}},
		{Name: "reader", Page: pages.RolesPage{BuiltIn: builtIn}},
	}
}
