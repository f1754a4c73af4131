package storetest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

// society fills a store with operators of every kind, many of them equal in what
// they are sorted by, and returns them.
func society(t *testing.T, st store.Store) []store.OperatorRow {
	t.Helper()
	var writes []store.Write
	for i, id := range names("o", 48) {
		o := newOperator(id)
		o.NameKey = fmt.Sprintf("%s %s %02d", []string{"ann", "anna", "bob"}[i%3], []string{"banks", "an"}[i%2], i)
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
			o.MemberID = id
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
	}
	for _, search := range []string{"a", "an", "ann", "anna", "annab", "bob b", "ban an", "an ann anna", "o03 exam", "org 1", "%", "nobody", "an nobody"} {
		all = append(all, store.OperatorQuery{Search: search})
	}
	for _, show := range []store.OperatorShow{store.ShowActive, store.ShowInvited, store.ShowExpired, store.ShowLocked, store.ShowDisabled} {
		all = append(all, store.OperatorQuery{Show: show, Now: noon})
	}
	return all
}

func mixedFilters() []store.OperatorQuery {
	var all []store.OperatorQuery
	for _, search := range []string{"", "an", "bob an"} {
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

// selected is what the contract says that the query selects.
func selected(all []store.OperatorRow, q store.OperatorQuery) []store.OperatorRow {
	var found []store.OperatorRow
	for _, o := range all {
		ok := (q.Show == "" || o.Show(q.Now) == q.Show) &&
			(q.RoleID == "" || slices.Contains(o.AllRoles(), q.RoleID)) &&
			(q.TwoFactor == store.Either || o.TwoFactor == (q.TwoFactor == store.Yes)) &&
			(q.Member == store.Either || (o.MemberID != "") == (q.Member == store.Yes))
		for _, word := range store.Words(q.Search) {
			ok = ok && slices.ContainsFunc(store.Words(o.NameKey+" "+o.EmailKey), func(w string) bool { return strings.HasPrefix(w, word) })
		}
		if ok {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b store.OperatorRow) int {
		first := strings.Compare(a.NameKey, b.NameKey)
		switch q.Sort {
		case store.ByLastActive:
			first = b.LastActiveAt.Compare(a.LastActiveAt)
		case store.ByCreated:
			first = b.CreatedAt.Compare(a.CreatedAt)
		}
		if first == 0 {
			return strings.Compare(a.ID, b.ID)
		}
		return first
	})
	return found
}

func idsOf(rows []store.OperatorRow) []string {
	var ids []string
	for _, o := range rows {
		ids = append(ids, o.ID)
	}
	return ids
}

var searchDuties = []duty{
	{"each word of a search begins a word of the name or the address", func(t *testing.T, st store.Store) {
		for id, names := range map[string][2]string{
			"ada":   {"ada lovelace", "ada.king@example.org"},
			"anna":  {"anna-maria o'neil", "anna+office@example.com"},
			"aerin": {"ærin ångström", "aerin@example.org"},
			"combi": {"jose\u0301 nu\u0301n\u0303ez", "jose@example.org"},
			"yuki":  {"雪 ゆき子", "yuki@例え.jp"},
			"num":   {"٣ room 101", "room101@example.org"},
			"bare":  {"", ""},
		} {
			put(t, st, store.Operator{ID: id, NameKey: names[0], EmailKey: names[1], State: store.OperatorActive})
		}
		for search, want := range map[string]string{
			"ada": "ada", "ad": "ada", "a": "ada aerin anna", "love": "ada", "lace": "", "ada love": "ada", "love  ada": "ada",
			"ada lovelaces": "", "ada ada a ad": "ada", "king exa": "ada", "ada.king@example.org": "ada", "ada king org example": "ada",
			"ada com": "", "maria": "anna", "o'neil": "anna", "neil": "anna", "oneil": "", "anna+office": "anna",
			"æ": "aerin", "ær ång": "aerin", "ang": "", "å": "aerin", "jose\u0301": "combi", "jose": "combi", "\u0301": "", "nun": "",
			"nu\u0301": "combi", "雪": "yuki", "ゆき": "yuki", "き": "", "例": "yuki", "雪 jp": "yuki", "٣": "num", "1": "num", "101": "num", "01": "",
			"ADA": "", "nobody": "", "example": "ada aerin anna combi num", "\u200blove\u200b": "ada",
			strings.Repeat("ada ", 5_000): "ada", strings.Repeat("a", 5_000): "",
		} {
			got := strings.Fields(operatorIDs(t, st, store.OperatorQuery{Search: search}))
			require.Equal(t, want, strings.Join(sorted(got), " "), "search %.40q", search)
		}
	}},
	{"a search without words selects all, and no character of it means anything", func(t *testing.T, st store.Store) {
		put(t, st, newOperator("ada"), newOperator("eve"))
		for _, s := range []string{"", " ", "%", "_", `\`, "'", `"`, "*", "?", "-- ;", "()", "[]", "{}", "🚪", "\t\r\n", "\x01"} {
			require.Equal(t, "ada eve", operatorIDs(t, st, store.OperatorQuery{Search: s}), "search %q", s)
			require.Equal(t, "ada", operatorIDs(t, st, store.OperatorQuery{Search: s + "ada" + s}), "search %q and a word", s)
		}
	}},
	{"hostile names are found by what they begin with, and by nothing else", func(t *testing.T, st store.Store) {
		for i, s := range hostile {
			put(t, st, store.Operator{ID: names("", len(hostile))[i], NameKey: s, EmailKey: "e" + s, State: store.OperatorActive})
		}
		all := operators(t, st, store.OperatorQuery{Limit: 500})
		for _, s := range append([]string{"e", "dro", "ids", "ABLE", "\u0301", "日"}, hostile...) {
			q := store.OperatorQuery{Search: s, Limit: 500}
			require.Equal(t, idsOf(selected(all, q)), idsOf(operators(t, st, q)), "search %q", s)
		}
	}},
	{"the longest names can be searched for by every beginning of every word", func(t *testing.T, st store.Store) {
		word := strings.Repeat("wörd", 51) // 255 bytes
		many := strings.Repeat("ab ", 30) + strings.Join(names("n", 30), " ")
		put(t, st, store.Operator{ID: "1", NameKey: word, EmailKey: many, State: store.OperatorActive})
		require.Len(t, word, 255)
		require.LessOrEqual(t, len(many), 255)
		for i := range word {
			if i > 0 {
				require.Equal(t, "1", operatorIDs(t, st, store.OperatorQuery{Search: word[:i]}), "%d bytes", i)
			}
		}
		require.Equal(t, "1", operatorIDs(t, st, store.OperatorQuery{Search: many + " " + word}))
		require.Empty(t, operatorIDs(t, st, store.OperatorQuery{Search: word + "x"}))
		require.True(t, utf8.ValidString(word))
	}},
	{"a word that more than a thousand operators have is found with each other filter and order", func(t *testing.T, st store.Store) {
		var writes []store.Write
		for i, id := range names("o", 1_100) {
			o := newOperator(id)
			o.CreatedAt = noon.AddDate(0, 0, i%7)
			if i%100 == 0 {
				o.NameKey, o.Roles, o.State = "rare "+id, []string{"editor"}, store.OperatorDisabled
			}
			writes = append(writes, store.PutOperator{Operator: o})
		}
		commit(t, st, writes...)
		all := operatorPages(t, st, store.OperatorQuery{Limit: 500})
		require.Len(t, all, 1_100)
		for _, q := range []store.OperatorQuery{
			{Search: "ex"}, {Search: "rare ex"}, {Search: "ex", RoleID: "editor"}, {Search: "ex", Show: store.ShowDisabled, Now: noon},
			{Search: "ex org", Member: store.No}, {Search: "ex nobody"},
		} {
			for _, q.Sort = range sorts {
				q.Limit = 400
				require.Equal(t, idsOf(selected(all, q)), idsOf(operatorPages(t, st, q)), "%+v", q)
			}
		}
	}},
}
