package storetest

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
)

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
