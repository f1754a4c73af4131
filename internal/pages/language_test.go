package pages

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// asking is a call in an office with languages, of which "ar" is the parameter.
func asking(t testing.TB, tags ...string) func(chosen string, header ...string) *call {
	o := testoffice.New(t, func(c *desk.Config) { c.Languages = tags })
	o.Rules(map[string]string{"office.language": "ar"})
	ctx, s := t.Context(), &Server{Config: Config{Desk: o.Desk}, languages: newLanguages(o.Desk)}
	return func(chosen string, header ...string) *call {
		c := &call{Context: ctx, Server: s, r: &http.Request{Header: http.Header{"Accept-Language": header}}}
		if chosen != "signed out" {
			c.identity = &desk.Identity{Operator: store.SessionOperator{Language: chosen}}
		}
		c.w = httptest.NewRecorder()
		return c
	}
}

func TestTheLanguageOfAPage(t *testing.T) {
	ask := asking(t, "en", "de", "pt-BR", "ar", "zh-Hant")
	for _, c := range []struct {
		name, chosen, header, want string
	}{
		{"their choice, whatever the browser says", "de", "pt-BR", "de"},
		{"their browser, if they chose none", "", "de", "de"},
		{"their browser, if the office no longer has their choice", "fr", "de", "de"},
		{"signed out, the browser alone", "signed out", "de-CH, en;q=0.8", "de"},
		{"no header", "signed out", "", "ar"},
		{"the better one", "", "fr, pt;q=0.9, en;q=0.4", "pt-BR"},
		{"a regional one", "", "en-GB,en;q=0.9", "en"},
		{"a kin", "", "gsw", "de"},
		{"another script of the same language is not read by everyone", "", "zh-TW", "zh-Hant"},
		{"none that the office has", "", "fi, ja;q=0.5", "ar"},
		{"one that is refused", "", "de;q=0, fi", "ar"},
		{"any", "", "*", "ar"},
		{"not a language", "", "<script>", "ar"},
		{"a header that is half readable", "", "de, ;;q=", "de"},
		{"too much", "", "de," + strings.Repeat(" ", mostAccepted), "ar"},
	} {
		require.Equal(t, c.want, ask(c.chosen, c.header).language(), c.name)
	}
	require.Equal(t, "de", ask("", "fi", "de").language(), "several headers are one")
	require.Equal(t, "ar", asking(t, "ar")("", "en").language(), "there is one language")

	for i := range 3 * mostFound { // without an end to them
		require.Equal(t, "de", ask("", "de, x-"+strconv.Itoa(i)).language())
	}

	c := ask("", "de")
	require.Equal(t, "de", c.language())
	c.identity.Operator.Language = "en"
	require.Equal(t, "de", c.language(), "it is one for the whole answer")
}

func TestAnswersVaryByLanguage(t *testing.T) {
	for _, c := range []struct{ name, before, want string }{
		{"nothing else", "", "Accept-Language"},
		{"something else", "Origin", "Origin\nAccept-Language"},
		{"already", "Origin, accept-language", "Origin, accept-language"},
		{"everything", "*", "*"},
	} {
		call := asking(t, "en", "de")("")
		if c.before != "" {
			call.w.Header().Set("Vary", c.before)
		}
		call.varies()
		require.Equal(t, c.want, strings.Join(call.w.Header()["Vary"], "\n"), c.name)
	}
}

func FuzzAcceptLanguage(f *testing.F) {
	for _, s := range []string{"de, en;q=0.5", "*", "x-y-z", strings.Repeat("a-", 256), "\xff", "en-u-ca-buddhist", ";q=1,,"} {
		f.Add(s)
	}
	ask := asking(f, "en", "de", "ar")
	f.Fuzz(func(t *testing.T, header string) {
		require.Contains(t, []string{"en", "de", "ar"}, ask("", header).language())
	})
}

func BenchmarkAcceptLanguage(b *testing.B) {
	l := asking(b, "en", "de", "fr", "es", "pt-BR", "nl", "ar")("").languages
	b.ReportAllocs()
	for b.Loop() {
		l.accepted("de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7")
	}
}
