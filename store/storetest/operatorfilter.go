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
	for _, search := range []string{"a", "an", "ann", "anna", "annab", "bob b", "banks ann", "an ann", "an 0", "o03 exam", "org", "ex", "%", "nobody", "ann nobody"} {
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

// selected is what the contract says that the query selects.
func selected(all []store.OperatorRow, q store.OperatorQuery) []store.OperatorRow {
	var found []store.OperatorRow
	for _, o := range all {
		ok := (q.Show == "" || o.Show(q.Now) == q.Show) &&
			(q.RoleID == "" || slices.Contains(o.AllRoles(), q.RoleID)) &&
			(q.TwoFactor == store.Either || o.TwoFactor == (q.TwoFactor == store.Yes)) &&
			(q.Member == store.Either || (o.MemberID != "") == (q.Member == store.Yes))
		if ok && foundBy(o, q) != nothing {
			found = append(found, o)
		}
	}
	slices.SortFunc(found, func(a, b store.OperatorRow) int {
		first := strings.Compare(a.NameKey, b.NameKey)
		switch {
		case store.Phrase(q.Search) != "":
			first = strings.Compare(foundBy(a, q), foundBy(b, q))
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

const nothing = "\xff"

// foundBy is the first phrase by which a search finds an operator, or nothing.
func foundBy(o store.OperatorRow, q store.OperatorQuery) string {
	for _, phrase := range store.Phrases(o.NameKey, o.EmailKey) {
		if strings.HasPrefix(phrase, store.Phrase(q.Search)) {
			return phrase
		}
	}
	if store.Phrase(q.Search) == "" {
		return ""
	}
	return nothing
}

func idsOf(rows []store.OperatorRow) []string {
	var ids []string
	for _, o := range rows {
		ids = append(ids, o.ID)
	}
	return ids
}

var searchDuties = []duty{
	{"a search begins a phrase of the name or the address", func(t *testing.T, st store.Store) {
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
			"ada": "ada", "ad": "ada", "a": "ada aerin anna", "love": "ada", "lace": "", "ada love": "ada", "ada  love": "ada", "lovelace a": "ada",
			"ada lovelaces": "", "love ada": "", "ada ada": "", "king exa": "ada", "ada.king@example.org": "ada", "ada king org": "", "org": "ada aerin combi num",
			"ada com": "", "maria": "anna", "o'neil": "anna", "neil": "anna", "oneil": "", "anna+office": "anna", "anna n": "anna", "anna o": "anna",
			"neil anna maria o": "anna", "maria anna": "", "o anna": "",
			"æ": "aerin", "ærin ång": "aerin", "ang": "", "å": "aerin", "jose\u0301": "combi", "jose": "combi", "\u0301": "", "nun": "",
			"nu\u0301": "combi", "雪": "yuki", "ゆき": "yuki", "き": "", "例": "yuki", "雪 jp": "", "ゆき子 雪": "yuki", "٣": "num", "1": "num", "101": "num", "01": "",
			"ADA": "", "nobody": "", "example": "ada aerin anna combi num", "\u200blove\u200b": "ada",
			strings.Repeat("ada ", 5_000): "", strings.Repeat("a", 5_000): "", strings.Repeat(" ", 5_000) + "ada": "ada",
		} {
			got := strings.Fields(operatorIDs(t, st, store.OperatorQuery{Search: search}))
			require.Equal(t, want, strings.Join(sorted(got), " "), "search %.40q", search)
		}
	}},
	{"a search lists each once, by the first phrase that it finds, whatever the order asked for", func(t *testing.T, st store.Store) {
		for id, names := range map[string][2]string{
			"1": {"ada lovelace", "lovelace@ada.example"}, "2": {"lovelace ada", "a@example.org"}, "3": {"bea ada", "ada.b@example.org"},
			"4": {"ada", "x@ada.example"}, "5": {"adam ada", "five@example.org"}, "6": {"zoe", "ada@example.org"},
		} {
			put(t, st, store.Operator{ID: id, NameKey: names[0], EmailKey: names[1], State: store.OperatorActive})
		}
		for search, want := range map[string]string{
			"ada": "2 3 4 5 1 6", "ada e": "1 4 6", "ada l": "1 2", "ada lovelace": "1 2", "lovelace": "1 2", "example": "1 4 2 3 5 6",
		} {
			for _, sort := range sorts {
				require.Equal(t, want, operatorIDs(t, st, store.OperatorQuery{Search: search, Sort: sort}), "%s", search)
				for _, limit := range []int{1, 2} {
					got := idsOf(operatorPages(t, st, store.OperatorQuery{Search: search, Sort: sort, Limit: limit}))
					require.Equal(t, want, strings.Join(got, " "), "%s, pages of %d", search, limit)
				}
			}
		}
		after := func(text, id string) string {
			return operatorIDs(t, st, store.OperatorQuery{Search: "ada e", After: &store.OperatorCursor{Text: text, ID: id}})
		}
		require.Equal(t, "1 4 6", after("", ""), "before the first")
		require.Equal(t, "1 4 6", after("ada", "9"))
		require.Equal(t, "6", after("ada example", "4"))
		require.Empty(t, after("zoe", ""))
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
	{"the longest names can be searched for by every beginning of every phrase", func(t *testing.T, st store.Store) {
		word := strings.Repeat("wörd", 51) // 255 bytes
		many := strings.Repeat("ab ", 30) + strings.Join(names("n", 30), " ")
		put(t, st, store.Operator{ID: "1", NameKey: word, EmailKey: many, State: store.OperatorActive})
		require.Len(t, word, 255)
		require.LessOrEqual(t, len(many), 255)
		for _, text := range []string{word, many} {
			for i := range text {
				if i > 0 {
					require.Equal(t, "1", operatorIDs(t, st, store.OperatorQuery{Search: text[:i]}), "%d bytes", i)
				}
			}
			require.Equal(t, "1", operatorIDs(t, st, store.OperatorQuery{Search: text}))
		}
		require.Empty(t, operatorIDs(t, st, store.OperatorQuery{Search: word + "x"}))
		require.True(t, utf8.ValidString(word))
	}},
	{"what more than a thousand operators have is found with each other filter", func(t *testing.T, st store.Store) {
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
			{Search: "ex"}, {Search: "rare o1"}, {Search: "ex", RoleID: "editor"}, {Search: "ex", Show: store.ShowDisabled, Now: noon},
			{Search: "example org", Member: store.No}, {Search: "ex nobody"}, {RoleID: "editor", Member: store.No}, {RoleID: "editor", Member: store.Yes},
			{Show: store.ShowDisabled, TwoFactor: store.No, Now: noon}, {Show: store.ShowActive, Member: store.No, Now: noon}, {Show: store.ShowActive, TwoFactor: store.Yes, Now: noon},
		} {
			for _, q.Limit = range []int{60, 400} {
				require.Equal(t, idsOf(selected(all, q)), idsOf(operatorPages(t, st, q)), "%+v", q)
			}
		}
	}},
}
