package desk_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
)

func TestASearchFoldsCaseAccentsAndApostrophes(t *testing.T) {
	for name, typed := range map[string]string{
		"José": "jose", "Jose\u0301": "José", "O'Brien": "obrien", "O’Brien": "o'brien", "Kaʻahumanu": "kaahumanu", "Müller": "muller", "MÜLLER": "müller", "Øystein": "oystein",
		"Strauß": "strauss", "STRAUẞ": "strauß", "Łukasz Żółć": "lukasz zolc", "Ærin Ångström": "aerin angstrom", "Þór Guðmundsson": "thor gudmundsson",
		"İpek Yıldız": "ipek yildiz", "Đỗ Nguyễn": "do nguyen", "Čapek": "capek", "Œuvre": "oeuvre", "Ａｄａ": "ada", "ﬁona": "fiona", "Σίσυφος": "ΣΊΣΥΦΟΣ",
		"Ёлкин": "елкин", "雪": "雪", "한글": "한글", "ada@example.org": "ADA@Example.org", "Zoe\u200b": "zoe\u00ad",
	} {
		require.Contains(t, desk.SearchKey(name), desk.SearchKey(typed), "%q finds %q", typed, name)
		require.NotEmpty(t, desk.SearchKey(typed))
	}
	for name, typed := range map[string]string{"José": "josé maria", "Muller": "mueller", "Ada": "%", "O'Brien": "o brien", "Ada ": "_", "Ann": "an n"} {
		require.NotContains(t, desk.SearchKey(name), desk.SearchKey(typed), "%q does not find %q", typed, name)
	}
}

func FuzzSearchKey(f *testing.F) {
	for _, s := range []string{"", "Jose\u0301", "O'Brien \xff", "İ", "\u0345\u1e9e", "a\u0327\u0301 b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		key := desk.SearchKey(s)
		require.Equal(t, key, desk.SearchKey(key), "folding twice is folding once")
		require.Equal(t, key, strings.Join(strings.Fields(key), " "))
	})
}
