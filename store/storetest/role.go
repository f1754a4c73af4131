package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// role reads a role that must exist.
func role(t *testing.T, st store.Store, id string) store.Role {
	t.Helper()
	r, err := st.FindRole(t.Context(), id)
	require.NoError(t, err)
	return r
}

var roleDuties = []duty{
	{"every field of a role comes back, new and replaced", func(t *testing.T, st store.Store) {
		for version, r := range []store.Role{
			filled[store.Role](t, "first"),
			filled[store.Role](t, "second"),
			{NameKey: "bare"},
			filled[store.Role](t, "third"),
		} {
			r.ID, r.Version = "role", int64(version)
			want := r
			want.Version++
			keeps(t, r, want,
				func(r store.Role) { commit(t, st, store.PutRole{Role: r}) },
				func() store.Role { return role(t, st, "role") })
			all, err := st.ListRoles(t.Context())
			require.NoError(t, err)
			same(t, []store.Role{want}, all)
		}
	}},
	{"a role that is not there is not found", func(t *testing.T, st store.Store) {
		commit(t, st, store.PutRole{Role: newRole("editor")})
		for _, id := range []string{"", "edito", "EDITOR", "editor ", "%"} {
			_, err := st.FindRole(t.Context(), id)
			require.ErrorIs(t, err, store.ErrNotFound, id)
		}
		refused(t, st, store.ErrNotFound, store.DeleteRole{ID: "other", Version: 1})
		refused(t, st, store.ErrNotFound, store.DeleteRole{ID: "other"})
		r := newRole("other")
		r.Version = 1
		refused(t, st, store.ErrNotFound, store.PutRole{Role: r})
	}},
	{"a role is replaced and deleted only at the version it was read", func(t *testing.T, st store.Store) {
		r := newRole("editor")
		commit(t, st, store.PutRole{Role: r})
		refused(t, st, store.ErrExists, store.PutRole{Role: r})
		stale := role(t, st, "editor")
		commit(t, st, store.PutRole{Role: stale})
		refused(t, st, store.ErrConflict, store.PutRole{Role: stale})
		refused(t, st, store.ErrConflict, store.DeleteRole{ID: "editor", Version: 1})
		require.EqualValues(t, 2, role(t, st, "editor").Version)
		commit(t, st, store.DeleteRole{ID: "editor", Version: 2})
		_, err := st.FindRole(t.Context(), "editor")
		require.ErrorIs(t, err, store.ErrNotFound)
	}},
	{"a commit can depend on a role staying as it was read", func(t *testing.T, st store.Store) {
		commit(t, st, store.PutRole{Role: newRole("editor")})
		refused(t, st, store.ErrNotFound, store.CheckRole{ID: "other", Version: 1})
		refused(t, st, store.ErrNotFound, store.CheckRole{ID: "other"})
		commit(t, st, store.CheckRole{ID: "editor", Version: 1})
		refused(t, st, store.ErrConflict, store.CheckRole{ID: "editor", Version: 2})
		refused(t, st, store.ErrConflict, store.CheckRole{ID: "editor"})
		commit(t, st, store.CheckRole{ID: "editor", Version: 1}, store.PutRole{Role: role(t, st, "editor")}, store.CheckRole{ID: "editor", Version: 2})
		refused(t, st, store.ErrConflict, store.CheckRole{ID: "editor", Version: 1})
		commit(t, st, store.DeleteRole{ID: "editor", Version: 2})
		refused(t, st, store.ErrNotFound, store.CheckRole{ID: "editor", Version: 2})
	}},
	{"a name belongs to one role, until it is given up", func(t *testing.T, st store.Store) {
		a, b := newRole("a"), newRole("b")
		commit(t, st, store.PutRole{Role: a}, store.PutRole{Role: b})
		taken := newRole("c")
		taken.NameKey = a.NameKey
		refused(t, st, store.ErrNameTaken, store.PutRole{Role: taken})
		taken = b
		taken.Version, taken.NameKey = 1, a.NameKey
		refused(t, st, store.ErrNameTaken, store.PutRole{Role: taken})

		renamed := a
		renamed.Version, renamed.NameKey = 1, "renamed"
		commit(t, st, store.PutRole{Role: renamed}, store.PutRole{Role: taken})
		fresh := newRole("c")
		fresh.NameKey = "renamed"
		commit(t, st, store.DeleteRole{ID: "a", Version: 2}, store.PutRole{Role: fresh})
	}},
	{"roles are listed in byte order of the name, and names mean only themselves", func(t *testing.T, st store.Store) {
		all, err := st.ListRoles(t.Context())
		require.NoError(t, err)
		require.Empty(t, all)
		for _, s := range hostile {
			commit(t, st, store.PutRole{Role: store.Role{ID: "id" + s, NameKey: s}})
		}
		all, err = st.ListRoles(t.Context())
		require.NoError(t, err)
		var keys []string
		for _, r := range all {
			require.Equal(t, "id"+r.NameKey, r.ID)
			keys = append(keys, r.NameKey)
		}
		require.Equal(t, sorted(hostile), keys)
	}},
	{"a deleted role is taken from those who have it, and their versions move", func(t *testing.T, st store.Store) {
		commit(t, st, store.PutRole{Role: newRole("editor")}, store.PutRole{Role: newRole("other")})
		cases := []struct {
			id, primary string
			roles       []string
			wantPrimary string
			wantRoles   []string
			moves       bool
		}{
			{"primary", "editor", nil, "", nil, true},
			{"additional", "other", []string{"a", "editor", "z"}, "other", []string{"a", "z"}, true},
			{"both", "editor", []string{"editor", "other"}, "", []string{"other"}, true},
			{"only", "", []string{"editor"}, "", nil, true},
			{"similar", "editors", []string{"edit", "editor2"}, "editors", []string{"edit", "editor2"}, false},
			{"none", "", nil, "", nil, false},
		}
		for _, c := range cases {
			o := newOperator(c.id)
			o.PrimaryRole, o.Roles = c.primary, c.roles
			put(t, st, o)
		}
		commit(t, st, store.DeleteRole{ID: "editor", Version: 1})
		for _, c := range cases {
			want := newOperator(c.id)
			want.Version, want.PrimaryRole, want.Roles = 1, c.wantPrimary, c.wantRoles
			if c.moves {
				want.Version++
			}
			same(t, want, operator(t, st, c.id))
		}
		role(t, st, "other")
		refused(t, st, store.ErrConflict, store.CheckOperator{ID: "primary", Version: 1})
		require.Empty(t, operators(t, st, store.OperatorQuery{RoleID: "editor"}))
	}},
	{"a deleted role is gone from the next request of those who had it", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		o.Roles = []string{"editor"}
		put(t, st, o)
		commit(t, st, store.PutRole{Role: newRole("editor")}, store.PutSession{Session: newSession("ada", "s")})
		view, err := st.FindSession(t.Context(), store.DigestOf("s"))
		require.NoError(t, err)
		require.Len(t, view.Roles, 1)
		commit(t, st, store.DeleteRole{ID: "editor", Version: 1})
		view, err = st.FindSession(t.Context(), store.DigestOf("s"))
		require.NoError(t, err)
		require.Empty(t, view.Roles)
		require.Empty(t, view.Operator.Roles)
	}},
	{"another role takes the place of a deleted one, once", func(t *testing.T, st store.Store) {
		cases := []struct {
			id, primary string
			roles       []string
			wantPrimary string
			wantRoles   []string
			moves       bool
		}{
			{"primary", "editor", nil, "writer", nil, true},
			{"primary with others", "editor", []string{"a", "z"}, "writer", []string{"a", "z"}, true},
			{"primary, and the other one already", "editor", []string{"a", "writer"}, "writer", []string{"a"}, true},
			{"additional", "other", []string{"a", "editor", "z"}, "other", []string{"a", "writer", "z"}, true},
			{"additional, and the other one already", "other", []string{"editor", "writer"}, "other", []string{"writer"}, true},
			{"additional, and the other one is primary", "writer", []string{"editor"}, "writer", nil, true},
			{"both", "editor", []string{"editor"}, "writer", nil, true},
			{"only the other one", "writer", []string{"writer"}, "writer", []string{"writer"}, false},
			{"similar", "editors", []string{"edit"}, "editors", []string{"edit"}, false},
		}
		for _, c := range cases {
			o := newOperator(c.id)
			o.PrimaryRole, o.Roles = c.primary, c.roles
			put(t, st, o)
		}
		commit(t, st, store.PutRole{Role: newRole("editor")}, store.PutRole{Role: newRole("writer")},
			store.DeleteRole{ID: "editor", Version: 1, To: "writer"})
		for _, c := range cases {
			want := newOperator(c.id)
			want.Version, want.PrimaryRole, want.Roles = 1, c.wantPrimary, c.wantRoles
			if c.moves {
				want.Version++
			}
			same(t, want, operator(t, st, c.id))
		}
		require.Empty(t, operators(t, st, store.OperatorQuery{RoleID: "editor"}))
		for _, sort := range sorts {
			require.Len(t, operators(t, st, store.OperatorQuery{RoleID: "writer", Sort: sort}), len(cases)-1)
		}
	}},
	{"a role that takes the place of a deleted one need not exist, nor can a role take its own", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		o.PrimaryRole, o.Roles = "a", []string{"b"}
		put(t, st, o)
		commit(t, st, store.PutRole{Role: newRole("a")}, store.PutRole{Role: newRole("b")},
			store.DeleteRole{ID: "a", Version: 1, To: store.RoleSuperAdministrator})
		require.Equal(t, []string{store.RoleSuperAdministrator, "b"}, operator(t, st, "ada").AllRoles())
		commit(t, st, store.DeleteRole{ID: "b", Version: 1, To: "b"})
		require.Equal(t, []string{store.RoleSuperAdministrator}, operator(t, st, "ada").AllRoles())
		refused(t, st, store.ErrLastSuperAdministrator, store.DeleteOperator{ID: "ada", Version: 3})
	}},
}
