package password

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Context is what an attacker knows about an operator and the office. Any field may be empty.
type Context struct {
	Office string   // name of the office or area, "Riverside Back Office"
	Alias  string   // its secret path segment
	Origin string   // public origin or host of the community, "https://community.example.com"
	Login  string   // name the operator signs in with
	Email  string   // the operator's email address
	Name   string   // the operator's display name
	Extra  []string // the host's own words: products, brands, the company
}

// ContextWords lists the words that a password must not be derived from (ASVS 6.1.2), in lower case, each once, none
// shorter than three characters:
//   - the name of the office, its alias, and the words in them;
//   - the host of the origin and its labels;
//   - the login and the words in it;
//   - the email address, its local part, the words of that, and the labels of its domain;
//   - the display name and its words;
//   - each extra word or phrase, and its words.
//
// Labels that every site shares, "www" and the public endings "com", "net" and "org", are left out.
func ContextWords(c Context) []string {
	var words []string
	for _, phrase := range append([]string{c.Office, c.Alias, host(c.Origin), c.Login, c.Email, c.Name}, c.Extra...) {
		words = append(words, phrase)
		words = append(words, strings.FieldsFunc(phrase, notWord)...)
	}
	local, _, _ := strings.Cut(c.Email, "@")
	words = append(words, local)

	out := make([]string, 0, len(words))
	seen := map[string]bool{}
	for _, w := range everywhere {
		seen[w] = true
	}
	for _, w := range words {
		w = strings.ToLower(strings.TrimSpace(w))
		if utf8.RuneCountInString(w) >= minCore && !seen[w] {
			seen[w] = true
			out = append(out, w)
		}
	}
	return out
}

var everywhere = []string{"www", "com", "net", "org"}

func notWord(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r) }

// host returns the host name of an origin, a URL or a bare host.
func host(origin string) string {
	if _, rest, ok := strings.Cut(origin, "://"); ok {
		origin = rest
	}
	origin, _, _ = strings.Cut(origin, "/")
	if i := strings.LastIndexByte(origin, ':'); i >= 0 && !strings.HasSuffix(origin, "]") {
		origin = origin[:i]
	}
	return strings.Trim(origin, "[].")
}

// contextual reports whether password is one of the words or a mechanical derivative of one.
func contextual(password string, words []string) bool {
	return derived(password, words, func(core string, known map[string]bool) bool { return known[core] })
}

// contextualPair reports whether password is, or derives from, two of the words in a row.
func contextualPair(password string, words []string) bool {
	return derived(password, words, func(core string, known map[string]bool) bool {
		return pair(core, minCore, func(half string) bool { return known[half] })
	})
}

func derived(password string, words []string, from func(core string, known map[string]bool) bool) bool {
	known := map[string]bool{}
	for _, w := range words {
		for _, s := range spellings([]rune(strings.ToLower(w))) {
			if len(s) >= minCore {
				known[string(s)] = true
			}
		}
	}
	if len(known) == 0 {
		return false
	}
	for core := range derive(password) {
		if from(core, known) {
			return true
		}
	}
	return false
}
