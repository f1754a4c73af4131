package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// society fills a store with operators of every kind, many with equal sort values,
// and returns them.
func society(t *testing.T, st store.Store) []store.OperatorRow {
	t.Helper()
	var writes []store.Write
	for i, id := range names("o", 48) {
		o := newOperator(id)
		o.NameKey = fmt.Sprintf("%s %s %02d", []string{"ann", "anna", "bob"}[i%3], []string{"banks", "an"}[i%2], i)
		o.SearchKey = o.NameKey + " " + o.EmailKey
		o.LastActiveAt = []time.Time{{}, noon, noon.Add(time.Hour)}[i%3]
		o.CreatedAt = noon.Add(time.Duration(i%2) * time.Microsecond)
		switch i % 8 {
		case 1:
			o.State = store.OperatorDisabled
		case 2:
			o.State, o.InviteExpiresAt = store.OperatorInvited, noon.Add(time.Hour)
		case 3:
			o.State, o.InviteExpiresAt = store.OperatorInvited, noon.Add(-time.Hour)
		case 4:
			o.LockedUntil = noon.Add(time.Hour)
		case 5:
			o.LockedUntil = noon.Add(-time.Hour)
		}
		if i%5 == 0 {
			o.MemberID, o.RefreshedAt = id, noon.Add(time.Duration(i%3-1)*time.Hour)
		}
		if i%7 < 4 {
			o.EndsAt = []time.Time{noon.AddDate(-100, 0, 0), noon, noon.Add(time.Microsecond), noon.Add(time.Hour)}[i%7]
		}
		switch i % 4 {
		case 0:
			o.PrimaryRole = "editor"
		case 1:
			o.PrimaryRole, o.Roles = "edit", []string{"editor", "editors"}
		case 2:
			o.PrimaryRole, o.Roles = "editor", []string{"editor"}
		}
		writes = append(writes, store.PutOperator{Operator: o})
		if i%3 == 0 {
			writes = append(writes, store.PutFactor{Factor: newFactor(id, "factor of "+id)})
		}
		if i%9 == 0 {
			writes = append(writes, store.PutFactor{Factor: newPasskey(id, "passkey of "+id)})
		}
	}
	commit(t, st, writes...)
	all := operators(t, st, store.OperatorQuery{Limit: 500})
	require.Len(t, all, 48)
	return all
}

func singleFilters() []store.OperatorQuery {
	all := []store.OperatorQuery{
		{}, {RoleID: "editor"}, {RoleID: "edit"}, {RoleID: "edito_"}, {RoleID: "nobody"}, {RoleID: "%"},
		{TwoFactor: store.Yes}, {TwoFactor: store.No}, {Member: store.Yes}, {Member: store.No},
		{RefreshedBefore: noon}, {RefreshedBefore: noon.Add(1), Member: store.Yes}, {RefreshedBefore: noon.Add(time.Hour)},
	}
	for _, then := range []time.Time{noon.AddDate(-200, 0, 0), noon, noon.Add(1500), noon.Add(2 * time.Hour)} {
		all = append(all, store.OperatorQuery{EndsBefore: then}, store.OperatorQuery{InactiveBefore: then}, store.OperatorQuery{EndsBefore: then, Show: store.ShowActive, Now: noon})
	}
	for _, search := range []string{"a", "an", "ann", "nna", "bob b", "banks ann", "o03 exam", "@", "%", "nobody", "ann nobody"} {
		all = append(all, store.OperatorQuery{Search: search})
	}
	for _, show := range []store.OperatorShow{store.ShowActive, store.ShowInvited, store.ShowExpired, store.ShowLocked, store.ShowDisabled} {
		all = append(all, store.OperatorQuery{Show: show, Now: noon})
	}
	return all
}

func mixedFilters() []store.OperatorQuery {
	var all []store.OperatorQuery
	for _, search := range []string{"", "an", "bob an", "ex"} {
		for _, show := range []store.OperatorShow{"", store.ShowActive, store.ShowExpired, store.ShowDisabled} {
			for _, roleID := range []string{"", "editor"} {
				for _, twoFactor := range []store.Choice{store.Either, store.Yes} {
					for _, member := range []store.Choice{store.Either, store.No} {
						all = append(all, store.OperatorQuery{
							Search: search, Show: show, Now: noon, RoleID: roleID, TwoFactor: twoFactor, Member: member,
						})
					}
				}
			}
		}
	}
	return all
}

// selected returns what the query selects according to the contract.
func selected(all []store.OperatorRow, q store.OperatorQuery) []store.OperatorRow {
	var found []store.OperatorRow
	for _, o := range all {
		ok := (q.Show == "" || o.Show(q.Now) == q.Show) &&
			(q.RoleID == "" || slices.Contains(o.AllRoles(), q.RoleID)) &&
			(q.TwoFactor == store.Either || o.TwoFactor == (q.TwoFactor == store.Yes)) &&
			(q.Member == store.Either || (o.MemberID != "") == (q.Member == store.Yes)) &&
			(q.RefreshedBefore.IsZero() || o.RefreshedAt.Before(store.Time(q.RefreshedBefore))) &&
			(q.EndsBefore.IsZero() || o.State != store.OperatorDisabled && !o.EndsAt.IsZero() && o.EndsAt.Before(store.Time(q.EndsBefore))) &&
			(q.InactiveBefore.IsZero() || o.State == store.OperatorActive &&
				o.LastActiveAt.Before(store.Time(q.InactiveBefore)) && o.CreatedAt.Before(store.Time(q.InactiveBefore)))
		if ok && contains(o.SearchKey, q.Search) {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b store.OperatorRow) int {
		first := strings.Compare(a.NameKey, b.NameKey)
		switch {
		case q.Sort == store.ByLastActive:
			first = b.LastActiveAt.Compare(a.LastActiveAt)
		case q.Sort == store.ByCreated:
			first = b.CreatedAt.Compare(a.CreatedAt)
		}
		if first == 0 {
			return strings.Compare(a.ID, b.ID)
		}
		return first
	})
	return found
}

// contains reports whether a search finds a key.
func contains(key, search string) bool {
	for word := range strings.FieldsSeq(search) {
		if !strings.Contains(key, word) {
			return false
		}
	}
	return true
}

func idsOf(rows []store.OperatorRow) []string {
	var ids []string
	for _, o := range rows {
		ids = append(ids, o.ID)
	}
	return ids
}

var searchDuties = []duty{
	{"a search selects those whose key contains each of its words, wherever they stand", func(t *testing.T, st store.Store) {
		for id, key := range map[string]string{
			"ada": "ada lovelace ada.king@example.org", "anna": "anna-maria oneil anna+office@example.com", "lone": "lovelace",
			"yuki": "雪 ゆき子 yuki@例え.jp", "bare": "", "caps": "ADA José",
		} {
			put(t, st, store.Operator{ID: id, NameKey: id, EmailKey: id, SearchKey: key, State: store.OperatorActive})
		}
		for search, want := range map[string]string{
			"": "ada anna bare caps lone yuki", " \t\n": "ada anna bare caps lone yuki",
			"ada": "ada", "da": "ada", "lace": "ada lone", "lovelace ada": "ada", "king  love": "ada", " love ": "ada lone", "ada ada": "ada", "lacea": "",
			"king@example.org": "ada", "example": "ada anna", "+office": "anna", "a-m": "anna", "oneil@": "", "o'neil": "",
			"ADA": "caps", "jose": "", "José": "caps", "雪": "yuki", "き": "yuki", "雪 jp": "yuki", "nobody": "", "ada nobody": "",
			strings.Repeat("ada ", 60): "ada", strings.Repeat("a", 5_000): "", strings.Repeat(" ", 5_000) + "ada": "ada",
		} {
			got := strings.Fields(operatorIDs(t, st, store.OperatorQuery{Search: search}))
			require.Equal(t, want, strings.Join(got, " "), "search %.40q", search)
		}
	}},
	{"a search is sorted as any other list", func(t *testing.T, st store.Store) {
		for i, id := range []string{"c", "b", "a", "d"} {
			o := newOperator(id)
			o.SearchKey = []string{"ada", "ada", "xada", "eve"}[i]
			o.LastActiveAt, o.CreatedAt = noon.Add(time.Duration(i)*time.Minute), noon.Add(-time.Duration(i)*time.Minute)
			put(t, st, o)
		}
		for sort, want := range map[store.OperatorSort]string{store.ByName: "a b c", store.ByLastActive: "a b c", store.ByCreated: "c b a"} {
			for _, limit := range []int{1, 2, 500} {
				got := idsOf(operatorPages(t, st, store.OperatorQuery{Search: "ada", Sort: sort, Limit: limit}))
				require.Equal(t, want, strings.Join(got, " "), "%s, pages of %d", sort, limit)
			}
		}
	}},
	{"no character of a search means anything", func(t *testing.T, st store.Store) {
		o := newOperator("ada")
		o.SearchKey = "ada"
		put(t, st, o)
		for _, s := range []string{"%", "_", `\`, "'", `"`, "*", "?", "--", ";", "()", "[]", "[a-z]", "{}", "🚪", "\x01", ".", "^", "$"} {
			require.Empty(t, operatorIDs(t, st, store.OperatorQuery{Search: s}), "search %q", s)
			for _, search := range []string{"a" + s, s + "a", "a" + s + "a", "ada " + s} {
				require.Empty(t, operatorIDs(t, st, store.OperatorQuery{Search: search}))
			}
		}
		for i, s := range hostile {
			o := newOperator(names("h", len(hostile))[i])
			o.SearchKey = "<" + s + ">"
			put(t, st, o)
		}
		all := operators(t, st, store.OperatorQuery{Limit: 500})
		for _, s := range append([]string{"dro", "ids", "ABLE", "\u0301", "日", "<", ">"}, hostile...) {
			q := store.OperatorQuery{Search: s, Limit: 500}
			require.Equal(t, idsOf(selected(all, q)), idsOf(operators(t, st, q)), "search %q", s)
		}
	}},
	{"the longest keys can be searched from any place to any other", func(t *testing.T, st store.Store) {
		long := strings.Repeat("wörd ", 200)
		put(t, st, store.Operator{ID: "1", NameKey: "1", EmailKey: "1", SearchKey: long + "end", State: store.OperatorActive})
		for _, search := range []string{"end", "wörd", "ö", long, "end " + long[:250]} {
			require.Equal(t, "1", operatorIDs(t, st, store.OperatorQuery{Search: search}))
		}
		require.Empty(t, operatorIDs(t, st, store.OperatorQuery{Search: "wörde"}))
	}},
}
