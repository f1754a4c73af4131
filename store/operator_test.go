package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

func TestAllRoles(t *testing.T) {
	for _, c := range []struct {
		name    string
		primary string
		roles   []string
		want    []string
	}{
		{"nobody has no roles", "", nil, nil},
		{"a primary role alone", "a", nil, []string{"a"}},
		{"additional roles alone", "", []string{"b", "c"}, []string{"b", "c"}},
		{"the primary role comes first", "z", []string{"b", "c"}, []string{"z", "b", "c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := store.Operator{PrimaryRole: c.primary, Roles: c.roles}
			all := o.AllRoles()
			require.ElementsMatch(t, c.want, all)
			require.Len(t, all, len(c.want))
			for i := range all {
				require.Equal(t, c.want[i], all[i])
				all[i] = "scribbled"
			}
			require.NotContains(t, o.Roles, "scribbled", "the operator's own roles are not handed out")
		})
	}
}

func TestIsActiveSuperAdministrator(t *testing.T) {
	super := store.RoleSuperAdministrator
	for _, c := range []struct {
		name    string
		state   store.OperatorState
		primary string
		roles   []string
		want    bool
	}{
		{"by primary role", store.OperatorActive, super, nil, true},
		{"by additional role", store.OperatorActive, "moderator", []string{"a", super}, true},
		{"not without the role", store.OperatorActive, "administrator", []string{"moderator"}, false},
		{"not with a role that only looks like it", store.OperatorActive, "Super-Administrator", []string{super + " "}, false},
		{"not while disabled", store.OperatorDisabled, super, []string{super}, false},
		{"not while invited", store.OperatorInvited, super, nil, false},
		{"not without a state", "", super, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := store.Operator{State: c.state, PrimaryRole: c.primary, Roles: c.roles}
			require.Equal(t, c.want, o.IsActiveSuperAdministrator())
		})
	}
}
