package pages_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

const someToken = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMN-_0"

func TestTheTokenInACookie(t *testing.T) {
	const ours = "__Host-office-13ddb8149261=" + someToken
	for name, c := range map[string]struct {
		lines []string
		want  string
	}{
		"none":                        {nil, ""},
		"alone":                       {[]string{ours}, someToken},
		"between others":              {[]string{"a=b; " + ours + "; c=d"}, someToken},
		"in a line of its own":        {[]string{"a=b", ours}, someToken},
		"without a space":             {[]string{"a=b;" + ours + ";"}, someToken},
		"twice":                       {[]string{ours + "; " + ours}, ""},
		"twice, in two lines":         {[]string{ours, ours}, ""},
		"after an empty one":          {[]string{"__Host-office-13ddb8149261=; " + ours}, ""},
		"before one that is invalid":  {[]string{ours + "; __Host-office-13ddb8149261=\x00"}, ""},
		"too short":                   {[]string{ours[:len(ours)-1]}, ""},
		"too long":                    {[]string{ours + "x"}, ""},
		"with a letter of no token":   {[]string{ours[:len(ours)-1] + "~"}, ""},
		"under a name that begins so": {[]string{"__Host-office-13ddb81492612=" + someToken}, ""},
		"in another case":             {[]string{"__host-office-13ddb8149261=" + someToken}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			token, pre := pages.Tokens(&http.Request{Header: http.Header{"Cookie": c.lines}})
			require.Equal(t, c.want, token)
			require.Empty(t, pre)
		})
	}
}

// FuzzCookies compares our reading of cookies with that of net/http: what we take
// for a token is the only cookie of its name, and the host and the community find
// every cookie but ours.
func FuzzCookies(f *testing.F) {
	f.Add("a=b; __Host-office-13ddb8149261="+someToken, "__Host-office-13ddb8149261-pre="+someToken)
	f.Add("__Host-office-13ddb8149261 = "+someToken+";;=; x", ` __Host-office-13ddb8149261="`+someToken[:41]+`"`)
	f.Add("__Host-office-13ddb8149261-pre\t="+someToken, "theme=dark;__Host-office-13ddb8149261")
	f.Add("__Secure-office-0123456789ab=x; office-0123456789ab-pre=x", "office-0123456789AB=x; __Host-__Secure-office-0123456789ab=x")
	f.Add("__Host-office-13ddb8149261-browser="+someToken+"."+someToken, "__Host-office-13ddb8149261-browser2=x; __host-office-13ddb8149261=y")
	ours := regexp.MustCompile("^(__Host-|__Secure-)?office-[0-9a-f]{12}(-pre|-browser)?$")
	f.Fuzz(func(t *testing.T, first, second string) {
		r := &http.Request{Header: http.Header{"Cookie": {first, second}, "X-Other": {first, second}}}
		token, pre := pages.Tokens(r)
		for name, token := range map[string]string{"__Host-office-13ddb8149261": token, "__Host-office-13ddb8149261-pre": pre} {
			if found := r.CookiesNamed(name); token != "" {
				require.Len(t, found, 1)
				require.Equal(t, found[0].Value, token)
			}
		}
		want := slices.DeleteFunc(r.Cookies(), func(c *http.Cookie) bool { return ours.MatchString(c.Name) })
		for _, theirs := range []*http.Request{{Header: pages.HostHeader(r)}, pages.ForCommunity(r)} {
			require.ElementsMatch(t, want, theirs.Cookies())
			require.Equal(t, r.Header["X-Other"], theirs.Header["X-Other"])
		}
		require.Equal(t, []string{first, second}, r.Header["Cookie"], "the request that others hold is as it was")
	})
}

func TestWhichCookiesAreNotForOthers(t *testing.T) {
	for name, c := range map[string]struct{ lines, want []string }{
		"none":                    {nil, nil},
		"a session":               {[]string{"__Host-office-13ddb8149261=x"}, nil},
		"a begun sign-in":         {[]string{"a=b; __Host-office-13ddb8149261-pre=x; c=d"}, []string{"a=b; c=d"}},
		"a known browser":         {[]string{"__Host-office-13ddb8149261-browser=x.y; c=d"}, []string{"c=d"}},
		"those of another office": {[]string{"a=b; __Secure-office-0123456789ab-pre=x; office-0123456789ab-browser=y; c=d"}, []string{"a=b; c=d"}},
		"what could be a word":    {[]string{"office-preferences=x; office-accessories=y; office=z; office-0123456789a=1"}, []string{"office-preferences=x; office-accessories=y; office=z; office-0123456789a=1"}},
		"two prefixes":            {[]string{"__Host-__Secure-office-0123456789ab=x"}, []string{"__Host-__Secure-office-0123456789ab=x"}},
		"several lines":           {[]string{"a=b", "__Host-office-13ddb8149261=x", "__Host-office-13ddb8149261-pre=x; c=d"}, []string{"a=b", "c=d"}},
		"twice":                   {[]string{"__Host-office-13ddb8149261=x; a=b; __Host-office-13ddb8149261=y"}, []string{"a=b"}},
		"quoted":                  {[]string{`a="b"; __Host-office-13ddb8149261="x"`}, []string{`a="b"`}},
		"inside another's quotes": {[]string{`a="; __Host-office-13ddb8149261=x; b="`}, []string{`a="; b="`}},
		"with spaces and tabs":    {[]string{"a=b;\t__Host-office-13ddb8149261 \t= x ;c=d"}, []string{"a=b;c=d"}},
		"without a value":         {[]string{"__Host-office-13ddb8149261; a=b", "__Host-office-13ddb8149261="}, []string{"a=b"}},
		"no other name":           {[]string{"__Host-office-13ddb81492612=x; __Host-office-13ddb814926=x; X__Host-office-13ddb8149261=x; office=x; __Host-office-13ddb8149261-pre-x=x"}, []string{"__Host-office-13ddb81492612=x; __Host-office-13ddb814926=x; X__Host-office-13ddb8149261=x; office=x; __Host-office-13ddb8149261-pre-x=x"}},
		"no name in other case":   {[]string{"__host-office-13ddb8149261=x; __HOST-OFFICE-13DDB8149261-PRE=x"}, []string{"__host-office-13ddb8149261=x; __HOST-OFFICE-13DDB8149261-PRE=x"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &http.Request{Header: http.Header{"Accept": {"text/html"}}}
			if c.lines != nil {
				r.Header["Cookie"] = slices.Clone(c.lines)
			}
			theirs := pages.ForCommunity(r)
			require.Equal(t, c.want, theirs.Header["Cookie"])
			require.Equal(t, c.want, pages.HostHeader(r)["Cookie"])
			require.Equal(t, c.lines, r.Header["Cookie"], "the request that others hold is as it was")
			require.Equal(t, slices.Equal(c.lines, c.want), theirs == r, "a copy is made only when it differs")
		})
	}
}

func TestTheTokensInTheCookieOfKnownBrowsers(t *testing.T) {
	const name = "__Host-office-13ddb8149261-browser="
	other := "0" + someToken[1:]
	for what, c := range map[string]struct {
		line string
		want []string
	}{
		"none":                  {"", nil},
		"empty":                 {name, nil},
		"one":                   {name + someToken, []string{someToken}},
		"two, the newest first": {name + other + "." + someToken, []string{other, someToken}},
		"garbage between them":  {name + other + ".~." + someToken + ".", []string{other, someToken}},
		"only garbage":          {name + strings.Repeat("x.", 2000), nil},
		"a hundred":             {name + strings.Repeat(someToken+".", 100), []string{someToken, someToken, someToken, someToken}},
		"one after four others": {name + "....." + someToken, nil},
		"the cookie twice":      {name + someToken + "; " + name + other, nil},
	} {
		t.Run(what, func(t *testing.T) {
			require.Equal(t, c.want, pages.BrowserTokens(&http.Request{Header: http.Header{"Cookie": {c.line}}}))
		})
	}
}

func TestFixedHeadersHaveCanonicalNames(t *testing.T) {
	for _, name := range pages.FixedHeaders() {
		require.Equal(t, http.CanonicalHeaderKey(name), name)
	}
}
