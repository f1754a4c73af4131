package commands

import (
	"cmp"
	"strings"

	"golang.org/x/text/language"

	"github.com/postern-go/postern/internal/settings"
)

// commandLanguage returns the tag of the language of the command line, which env, such as
// [os.Getenv], names as POSIX does: "de_DE.UTF-8". LC_ALL overrides LC_MESSAGES, which
// overrides LANG. "C", "POSIX" and what is not a language are English.
func commandLanguage(env func(string) string) string {
	locale := cmp.Or(env("LC_ALL"), env("LC_MESSAGES"), env("LANG"))
	locale, modifier, _ := strings.Cut(locale, "@")
	locale, _, _ = strings.Cut(locale, ".")
	if locale == "C" || locale == "POSIX" {
		return settings.DefaultLanguage
	}
	if script := scripts[modifier]; script != "" {
		lang, region, _ := strings.Cut(locale, "_")
		locale = strings.TrimSuffix(lang+"_"+script+"_"+region, "_")
	}
	tag, err := language.Parse(locale)
	if err != nil || tag == language.Und || len(tag.String()) > mostLocale {
		return settings.DefaultLanguage
	}
	return tag.String()
}

// mostLocale is the most bytes of a language's tag (RFC 5646 section 4.4.1).
const mostLocale = 35

// scripts are the scripts that POSIX names after the region: "sr_RS@latin".
var scripts = map[string]string{"latin": "Latn", "cyrillic": "Cyrl", "devanagari": "Deva"}
