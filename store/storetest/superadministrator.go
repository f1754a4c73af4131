package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// downfalls are the ways in which a super-administrator can stop being an
// active one.
var downfalls = []struct {
	name  string
	write func(o store.Operator) store.Write
}{
	{"demoted to nothing", func(o store.Operator) store.Write {
		o.PrimaryRole, o.Roles = "", nil
		return store.PutOperator{Operator: o}
	}},
	{"given other roles", func(o store.Operator) store.Write {
		o.PrimaryRole, o.Roles = "administrator", []string{"moderator"}
		return store.PutOperator{Operator: o}
	}},
	{"disabled", func(o store.Operator) store.Write {
		o.State = store.OperatorDisabled
		return store.PutOperator{Operator: o}
	}},
	{"invited anew", func(o store.Operator) store.Write {
		o.State = store.OperatorInvited
		return store.PutOperator{Operator: o}
	}},
	{"deleted", func(o store.Operator) store.Write {
		return store.DeleteOperator{ID: o.ID, Version: o.Version}
	}},
}

var superAdministratorDuties = []duty{
	{"the last one stays, no matter who else is there", func(t *testing.T, st store.Store) {
		disabled, invited, other := newSuperAdministrator("disabled"), newSuperAdministrator("invited"), newOperator("other")
		disabled.State, invited.State = store.OperatorDisabled, store.OperatorInvited
		other.PrimaryRole, other.Roles = "administrator", []string{"super-administrators", "super-administrato"}
		last := put(t, st, newSuperAdministrator("last"), disabled, invited, other)
		for _, d := range downfalls {
			err := st.Commit(t.Context(), d.write(last))
			require.ErrorIs(t, err, store.ErrLastSuperAdministrator, d.name)
		}
		same(t, last, operator(t, st, "last"))
	}},
	{"the last one stays when the role is an additional one", func(t *testing.T, st store.Store) {
		o := newOperator("last")
		o.PrimaryRole, o.Roles = "moderator", []string{"a", store.RoleSuperAdministrator, "z"}
		last := put(t, st, o)
		for _, d := range downfalls {
			err := st.Commit(t.Context(), d.write(last))
			require.ErrorIs(t, err, store.ErrLastSuperAdministrator, d.name)
		}
	}},
	{"the last one can be changed in every other way", func(t *testing.T, st store.Store) {
		last := put(t, st, newSuperAdministrator("last"))
		last.Name, last.NameKey, last.Password = "New", "new", "new"
		last.PrimaryRole, last.Roles = "moderator", []string{store.RoleSuperAdministrator}
		last = put(t, st, last)
		last.PrimaryRole, last.Roles = store.RoleSuperAdministrator, nil
		put(t, st, last)
	}},
	{"one of two can go in every way, the other one then stays", func(t *testing.T, st store.Store) {
		stays := put(t, st, newSuperAdministrator("stays"))
		for _, d := range downfalls {
			goes := put(t, st, newSuperAdministrator(d.name))
			require.NoError(t, st.Commit(t.Context(), d.write(goes)), d.name)
			for _, other := range downfalls {
				err := st.Commit(t.Context(), other.write(stays))
				require.ErrorIs(t, err, store.ErrLastSuperAdministrator, "%s after one was %s", other.name, d.name)
			}
		}
	}},
	{"two cannot go in one commit, in any combination of ways", func(t *testing.T, st store.Store) {
		put(t, st, newSuperAdministrator("ada"), newSuperAdministrator("grace"))
		ada, grace := operator(t, st, "ada"), operator(t, st, "grace")
		for _, first := range downfalls {
			for _, second := range downfalls {
				err := st.Commit(t.Context(), first.write(ada), second.write(grace))
				require.ErrorIs(t, err, store.ErrLastSuperAdministrator, "%s, %s", first.name, second.name)
			}
		}
		same(t, ada, operator(t, st, "ada"))
		same(t, grace, operator(t, st, "grace"))
	}},
	{"the last one can hand over in one commit, the successor first", func(t *testing.T, st store.Store) {
		put(t, st, newSuperAdministrator("ada"), newOperator("grace"))
		ada, grace := operator(t, st, "ada"), operator(t, st, "grace")
		ada.PrimaryRole, grace.PrimaryRole = "", store.RoleSuperAdministrator
		refused(t, st, store.ErrLastSuperAdministrator, store.PutOperator{Operator: ada}, store.PutOperator{Operator: grace})
		commit(t, st, store.PutOperator{Operator: grace}, store.PutOperator{Operator: ada})
		require.False(t, operator(t, st, "ada").IsActiveSuperAdministrator())
		require.True(t, operator(t, st, "grace").IsActiveSuperAdministrator())
	}},
	{"an office that has none is not held up", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("grace"))
		ada, grace := operator(t, st, "ada"), operator(t, st, "grace")
		ada.State = store.OperatorDisabled
		commit(t, st, store.PutOperator{Operator: ada}, store.DeleteOperator{ID: "grace", Version: grace.Version})
	}},
}
