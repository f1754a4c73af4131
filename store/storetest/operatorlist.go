package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// operators lists what the query selects.
func operators(t *testing.T, st store.Store, q store.OperatorQuery) []store.OperatorRow {
	t.Helper()
	page, err := st.ListOperators(t.Context(), q)
	require.NoError(t, err)
	return page.Rows
}

// operatorIDs lists the ids of those that the query selects.
func operatorIDs(t *testing.T, st store.Store, q store.OperatorQuery) string {
	t.Helper()
	var ids []string
	for _, o := range operators(t, st, q) {
		ids = append(ids, o.ID)
	}
	return strings.Join(ids, " ")
}

// operatorPages lists all that the query selects, page by page.
func operatorPages(t *testing.T, st store.Store, q store.OperatorQuery) []store.OperatorRow {
	t.Helper()
	var all []store.OperatorRow
	for {
		page, err := st.ListOperators(t.Context(), q)
		require.NoError(t, err)
		limit := store.PageLimit(q.Limit)
		require.LessOrEqual(t, len(page.Rows), limit)
		all = append(all, page.Rows...)
		if page.Next == nil {
			return all
		}
		require.Len(t, page.Rows, limit, "a page is full unless the list ends with it: %+v", q)
		q.After = page.Next
	}
}

var sorts = []store.OperatorSort{store.ByName, store.ByLastActive, store.ByCreated}

var operatorListDuties = []duty{
	{"operators are counted as they are shown at a time, no further than asked", func(t *testing.T, st store.Store) {
		count := func(now time.Time, most int) store.OperatorCounts {
			c, err := st.CountOperators(t.Context(), now, most)
			require.NoError(t, err)
			return c
		}
		require.Zero(t, count(noon, 10))
		for i, state := range []store.OperatorState{store.OperatorActive, store.OperatorInvited, store.OperatorDisabled} {
			for j := range 3 + i {
				o := newOperator(fmt.Sprint(state, j))
				o.State, o.InviteExpiresAt = state, noon.Add(time.Duration(j)*time.Minute)
				put(t, st, o)
				if j < 2 {
					commit(t, st, store.MarkLocked{OperatorID: o.ID, Until: noon.Add(time.Duration(j) * time.Minute)})
				}
			}
		}
		pending := newFactor("active0", "pending")
		pending.ConfirmedAt = time.Time{}
		commit(t, st, store.PutFactor{Factor: pending}, store.PutFactor{Factor: newFactor("active2", "confirmed")})
		require.Equal(t, store.OperatorCounts{Locked: 1, Invited: 3, Expired: 1, WithoutTwoFactor: 1}, count(noon, 10))
		require.Equal(t, store.OperatorCounts{Locked: 1, Invited: 2, Expired: 1, WithoutTwoFactor: 1}, count(noon, 2))
		require.Equal(t, store.OperatorCounts{Expired: 4, WithoutTwoFactor: 2}, count(noon.Add(time.Hour), 10))
		require.Equal(t, store.OperatorCounts{Expired: 2, WithoutTwoFactor: 2}, count(noon.Add(time.Hour), 2))
	}},
	{"the holders of each role are counted once, for any id", func(t *testing.T, st store.Store) {
		want := map[string]int{}
		for i, id := range hostile {
			o, both := newOperator(fmt.Sprint("a", i)), newOperator(fmt.Sprint("b", i))
			o.Roles = sorted([]string{id, "shared", `x"` + id})
			both.PrimaryRole, both.Roles = id, []string{id}
			put(t, st, o, both)
			want[id], want[`x"`+id] = want[id]+2, want[`x"`+id]+1
		}
		want["shared"] = len(hostile)
		got, err := st.CountHolders(t.Context())
		require.NoError(t, err)
		delete(got, "")
		require.Equal(t, want, got)
		for i, id := range hostile {
			require.Equal(t, fmt.Sprintf("a%d b%d", i, i), operatorIDs(t, st, store.OperatorQuery{RoleID: id}), "%q", id)
			require.Equal(t, fmt.Sprintf("a%d", i), operatorIDs(t, st, store.OperatorQuery{RoleID: `x"` + id}), "%q", id)
		}
	}},
	{"a list of operators holds whole records, and says who has two-factor", func(t *testing.T, st store.Store) {
		o := put(t, st, fullOperator(t, "ada"))
		for _, q := range []store.OperatorQuery{{}, {RoleID: o.PrimaryRole}, {Search: "ada"}, {Show: store.ShowInvited, Now: o.InviteExpiresAt.Add(-1)}, {Show: store.ShowExpired, Now: o.InviteExpiresAt}} {
			for _, q.Sort = range sorts {
				same(t, []store.OperatorRow{{Operator: o}}, operators(t, st, q))
			}
		}
		commit(t, st, store.PutFactor{Factor: newFactor(o.ID, "f")})
		same(t, []store.OperatorRow{{Operator: o, TwoFactor: true}}, operators(t, st, store.OperatorQuery{}))
	}},
	{"pages of operators are in byte order of the name, without gaps or repeats", func(t *testing.T, st store.Store) {
		for _, s := range hostile {
			commit(t, st, store.PutOperator{Operator: store.Operator{ID: "id" + s, NameKey: s, EmailKey: s, State: store.OperatorActive}})
		}
		for _, limit := range []int{1, 7, 500} {
			var seen []string
			for _, o := range operatorPages(t, st, store.OperatorQuery{Limit: limit}) {
				seen = append(seen, o.NameKey)
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
		for _, c := range []struct{ limit, want int }{{0, 50}, {-1, 50}, {501, 50}, {51, 51}, {60, 60}, {500, 60}} {
			page, err := st.ListOperators(t.Context(), store.OperatorQuery{Limit: c.limit})
			require.NoError(t, err)
			require.Len(t, page.Rows, c.want, "limit %d", c.limit)
			require.Equal(t, c.want < 60, page.Next != nil, "limit %d", c.limit)
		}
	}},
	{"each filter selects on its own and with the others, in each order, on pages of any length", func(t *testing.T, st store.Store) {
		all := society(t, st)
		for _, q := range append(singleFilters(), mixedFilters()...) {
			for _, q.Sort = range sorts {
				want := selected(all, q)
				for _, q.Limit = range []int{3, 500} {
					got := operatorPages(t, st, q)
					require.Equal(t, idsOf(want), idsOf(got), "%+v", q)
				}
			}
		}
	}},
	{"a cursor need not be a row that is there", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("a"), newOperator("c"))
		for want, after := range map[string]*store.OperatorCursor{
			"a c": {}, "c": {NameKey: "name of b"}, "": {NameKey: "name of c", ID: "d"},
		} {
			require.Equal(t, want, operatorIDs(t, st, store.OperatorQuery{After: after}))
		}
		require.Equal(t, "c", operatorIDs(t, st, store.OperatorQuery{Sort: store.ByCreated, After: &store.OperatorCursor{At: noon, ID: "b"}}))
		require.Equal(t, "a c", operatorIDs(t, st, store.OperatorQuery{Sort: store.ByCreated, After: &store.OperatorCursor{At: noon.Add(time.Hour), ID: "z"}}))
		require.Equal(t, "", operatorIDs(t, st, store.OperatorQuery{Sort: store.ByCreated, After: &store.OperatorCursor{At: noon.Add(-time.Hour)}}))
	}},
	{"what is shown of an operator turns at its time", func(t *testing.T, st store.Store) {
		invited, forever, locked, disabled := newOperator("invited"), newOperator("forever"), newOperator("locked"), newOperator("disabled")
		invited.State, invited.InviteExpiresAt = store.OperatorInvited, noon
		forever.State = store.OperatorInvited
		locked.LockedUntil, disabled.LockedUntil = noon, noon.Add(time.Hour)
		disabled.State = store.OperatorDisabled
		put(t, st, newOperator("active"), invited, forever, locked, disabled)
		before := map[store.OperatorShow]string{
			store.ShowActive: "active", store.ShowInvited: "invited", store.ShowExpired: "forever",
			store.ShowLocked: "locked", store.ShowDisabled: "disabled", "no such state": "",
		}
		after := map[store.OperatorShow]string{
			store.ShowActive: "active locked", store.ShowInvited: "", store.ShowExpired: "forever invited",
			store.ShowLocked: "", store.ShowDisabled: "disabled", "no such state": "",
		}
		for show := range before {
			for _, sort := range sorts {
				q := store.OperatorQuery{Show: show, Sort: sort, Now: noon.Add(-time.Microsecond)}
				require.Equal(t, before[show], operatorIDs(t, st, q), "%s before its time", show)
				q.Now = noon.Add(999)
				require.Equal(t, after[show], operatorIDs(t, st, q), "%s at its time", show)
				q.Limit = 1
				first, _, _ := strings.Cut(after[show], " ")
				require.Equal(t, first, operatorIDs(t, st, q), "the first that is %s", show)
			}
		}
	}},
	{"a filter follows every change that concerns it", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		o.PrimaryRole = "first"
		o = put(t, st, o, newSuperAdministrator("eve"))
		yes := func(q store.OperatorQuery, is bool) {
			t.Helper()
			require.Equal(t, is, strings.HasPrefix(operatorIDs(t, st, q), "ada"), "%+v", q)
		}
		twoFactor, member := store.OperatorQuery{TwoFactor: store.Yes}, store.OperatorQuery{Member: store.Yes}
		yes(twoFactor, false)
		unconfirmed := newFactor("ada", "unconfirmed")
		unconfirmed.ConfirmedAt = time.Time{}
		commit(t, st, store.PutFactor{Factor: unconfirmed},
			store.PutRecoverySet{Set: store.RecoverySet{OperatorID: "ada", Hashes: [][]byte{{1}}}})
		yes(twoFactor, false)
		commit(t, st, store.PutFactor{Factor: newFactor("ada", "a")}, store.PutFactor{Factor: newFactor("ada", "b")})
		yes(twoFactor, true)
		commit(t, st, store.PutOperator{Operator: o}, store.RemoveFactors{OperatorID: "ada", ID: "a"})
		yes(twoFactor, true)
		commit(t, st, store.RemoveFactors{OperatorID: "ada", ID: "b"})
		yes(twoFactor, false)
		commit(t, st, store.PutFactor{Factor: newFactor("ada", "c")})
		yes(twoFactor, true)
		commit(t, st, store.RemoveFactors{OperatorID: "ada", All: true})
		yes(twoFactor, false)

		yes(member, false)
		o = operator(t, st, "ada")
		o.MemberID, o.PrimaryRole, o.Roles = "member", "second", []string{"third"}
		o.NameKey, o.EmailKey, o.SearchKey = "lovelace", "countess@example.org", "lovelace countess@example.org"
		commit(t, st, store.PutOperator{Operator: o})
		yes(member, true)
		for id, is := range map[string]bool{"first": false, "second": true, "third": true} {
			yes(store.OperatorQuery{RoleID: id}, is)
		}
		for word, is := range map[string]bool{"ada": false, "lovelace": true, "count": true, "example countess": true, "name": false} {
			yes(store.OperatorQuery{Search: word}, is)
		}
		commit(t, st, store.DeleteOperator{ID: "ada", Version: 3})
		for _, q := range []store.OperatorQuery{member, {RoleID: "second"}, {RoleID: "third"}, {Search: "lovelace"}, {Search: "countess"}, {}} {
			yes(q, false)
		}
	}},
	{"an order follows the operator's activity and name, behind a filter too", func(t *testing.T, st store.Store) {
		for i, id := range []string{"a", "b", "c"} {
			o := newOperator(id)
			o.Roles, o.LastActiveAt, o.CreatedAt = []string{"editor"}, noon.Add(-time.Duration(i)*time.Hour), noon.Add(time.Duration(i)*time.Hour)
			put(t, st, o)
		}
		queries := []store.OperatorQuery{{}, {RoleID: "editor"}, {Show: store.ShowActive, Now: noon}, {TwoFactor: store.No}, {Member: store.No}}
		in := func(byName, byActive, byCreated string) {
			t.Helper()
			for _, q := range queries {
				for sort, want := range map[store.OperatorSort]string{store.ByName: byName, store.ByLastActive: byActive, store.ByCreated: byCreated} {
					q.Sort = sort
					require.Equal(t, want, operatorIDs(t, st, q), "%+v", q)
				}
			}
		}
		in("a b c", "a b c", "c b a")
		commit(t, st, signIn("b", "s", 0, 0), signIn("c", "other", 60, 0))
		in("a b c", "c a b", "c b a")
		require.NoError(t, st.TouchSession(t.Context(), store.DigestOf("s"), noon.Add(2*time.Hour)))
		in("a b c", "b c a", "c b a")
		o := operator(t, st, "a")
		o.NameKey, o.CreatedAt, o.LastActiveAt = "zuse", noon.Add(9*time.Hour), noon.Add(9*time.Hour)
		put(t, st, o)
		in("b c a", "b c a", "a c b")
	}},
}
