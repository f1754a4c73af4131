package commands

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheLanguageOfTheCommandLine(t *testing.T) {
	for _, c := range []struct {
		name, env, want string
	}{
		{"nothing is said", "", "en"},
		{"a language and a country", "LANG=de_DE.UTF-8", "de-DE"},
		{"a language alone", "LANG=ar", "ar"},
		{"without an encoding", "LANG=pt_BR", "pt-BR"},
		{"with a modifier", "LANG=de_AT.ISO-8859-15@euro", "de-AT"},
		{"with a script", "LANG=sr_RS.UTF-8@latin", "sr-Latn-RS"},
		{"a tag, as some set it", "LANG=zh-Hant-TW", "zh-Hant-TW"},
		{"the language of messages is another", "LC_MESSAGES=fr_FR.UTF-8 LANG=de_DE.UTF-8", "fr-FR"},
		{"LC_ALL overrides it", "LC_ALL=nl_NL.UTF-8 LC_MESSAGES=fr_FR.UTF-8 LANG=de_DE.UTF-8", "nl-NL"},
		{"LC_ALL overrides it with none", "LC_ALL=C LANG=de_DE.UTF-8", "en"},
		{"C", "LANG=C", "en"},
		{"C with an encoding", "LANG=C.UTF-8", "en"},
		{"POSIX", "LANG=POSIX", "en"},
		{"a former code", "LANG=iw_IL", "he-IL"},
		{"no locale", "LANG=/etc/passwd", "en"},
		{"an encoding alone", "LANG=.UTF-8", "en"},
		{"too long", "LANG=de-x-" + strings.Repeat("abcdefgh-", 5) + "z", "en"},
	} {
		env := map[string]string{}
		for pair := range strings.FieldsSeq(c.env) {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = value
		}
		require.Equal(t, c.want, commandLanguage(func(name string) string { return env[name] }), c.name)
	}
}
