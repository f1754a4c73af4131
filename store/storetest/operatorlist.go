package storetest

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

var operatorListDuties = []duty{
	{"a search is a literal substring of the folded name or address", func(t *testing.T, st store.Store) {
		for i, s := range hostile {
			commit(t, st, store.PutOperator{Operator: store.Operator{
				ID: names("", len(hostile))[i], NameKey: "1" + s + "2", EmailKey: "3" + s + "4@example.org", State: store.OperatorActive,
			}})
		}
		for _, s := range append(slices.Clip(hostile), "1", "@example.org", "example_org", "1%2", "EXAMPLE", "nowhere") {
			want := 0
			for _, h := range hostile {
				if strings.Contains("1"+h+"2", s) || strings.Contains("3"+h+"4@example.org", s) {
					want++
				}
			}
			found, err := st.ListOperators(t.Context(), store.OperatorQuery{Search: s, Limit: 500})
			require.NoError(t, err)
			require.Len(t, found, want, "search %q", s)
		}
	}},
	{"operators are selected by search, state and role together", func(t *testing.T, st store.Store) {
		for _, c := range []struct {
			id, primary string
			state       store.OperatorState
			roles       []string
		}{
			{"a1", "editor", store.OperatorActive, nil},
			{"a2", "", store.OperatorActive, []string{"editor", "other"}},
			{"a3", "editor", store.OperatorDisabled, nil},
			{"b1", "editor", store.OperatorActive, nil},
			{"b2", "edit", store.OperatorInvited, []string{"editors"}},
		} {
			o := newOperator(c.id)
			o.PrimaryRole, o.State, o.Roles = c.primary, c.state, c.roles
			put(t, st, o)
		}
		for _, c := range []struct {
			q    store.OperatorQuery
			want string
		}{
			{store.OperatorQuery{}, "a1 a2 a3 b1 b2"},
			{store.OperatorQuery{State: store.OperatorActive}, "a1 a2 b1"},
			{store.OperatorQuery{RoleID: "editor"}, "a1 a2 a3 b1"},
			{store.OperatorQuery{RoleID: "edit"}, "b2"},
			{store.OperatorQuery{RoleID: "edito_"}, ""},
			{store.OperatorQuery{RoleID: "nobody"}, ""},
			{store.OperatorQuery{State: "no such state"}, ""},
			{store.OperatorQuery{Search: "of a"}, "a1 a2 a3"},
			{store.OperatorQuery{Search: "a", State: store.OperatorActive, RoleID: "editor", AfterNameKey: "name of a1", AfterID: "a1"}, "a2 b1"},
		} {
			found, err := st.ListOperators(t.Context(), c.q)
			require.NoError(t, err)
			ids := make([]string, len(found))
			for i, o := range found {
				ids[i] = o.ID
			}
			require.Equal(t, c.want, strings.Join(ids, " "), "%+v", c.q)
		}
	}},
	{"a list of operators holds whole records", func(t *testing.T, st store.Store) {
		o := put(t, st, fullOperator(t, "ada"))
		found, err := st.ListOperators(t.Context(), store.OperatorQuery{})
		require.NoError(t, err)
		same(t, []store.Operator{o}, found)
	}},
	{"pages of operators are in byte order of the name, without gaps or repeats", func(t *testing.T, st store.Store) {
		for _, s := range hostile {
			commit(t, st, store.PutOperator{Operator: store.Operator{ID: "id" + s, NameKey: s, EmailKey: s, State: store.OperatorActive}})
		}
		for _, limit := range []int{1, 7, 500} {
			var seen []string
			q := store.OperatorQuery{Limit: limit}
			for {
				page, err := st.ListOperators(t.Context(), q)
				require.NoError(t, err)
				require.LessOrEqual(t, len(page), limit)
				for _, o := range page {
					seen = append(seen, o.NameKey)
				}
				if len(page) < limit {
					break
				}
				q.AfterNameKey, q.AfterID = page[limit-1].NameKey, page[limit-1].ID
			}
			require.Equal(t, sorted(hostile), seen, "pages of %d", limit)
		}
	}},
	{"a page of operators without a sensible limit has 50 rows", func(t *testing.T, st store.Store) {
		var writes []store.Write
		for _, id := range names("o", 60) {
			writes = append(writes, store.PutOperator{Operator: newOperator(id)})
		}
		commit(t, st, writes...)
		for _, c := range []struct{ limit, want int }{{0, 50}, {-1, 50}, {501, 50}, {51, 51}, {500, 60}} {
			found, err := st.ListOperators(t.Context(), store.OperatorQuery{Limit: c.limit})
			require.NoError(t, err)
			require.Len(t, found, c.want, "limit %d", c.limit)
		}
	}},
}
