package gallery_test

import (
	"html"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/internal/gallery"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/view"
)

// tag is a start tag. Values are quoted and hold neither quotes nor angle
// brackets, because html/template escapes them; what does not fit this is found
// by TestDataNeverBecomesMarkup.
type tag struct {
	name       string
	attributes map[string]string
}

var (
	dangerous = regexp.MustCompile(`(?i)^\s*(0;\s*url=)?\s*(javascript|data):`)
	// secret are the fields for passwords, not the parameters about them.
	secret = regexp.MustCompile(`^(current_)?password(_again)?$`)
)

func tags(t testing.TB, html string) []tag {
	t.Helper()
	var found []tag
	for _, piece := range strings.Split(html, "<")[1:] {
		if piece == "" || !isLetter(rune(piece[0])) {
			continue
		}
		text, _, closed := strings.Cut(piece, ">")
		next, ok := parsed(t, strings.TrimSuffix(text, "/"))
		require.True(t, closed && ok, "a tag is not of the form that html/template gives: %s", text)
		found = append(found, next)
	}
	return found
}

// parsed takes a tag apart. It is written by hand, as it sees some million tags.
func parsed(t testing.TB, text string) (tag, bool) {
	t.Helper()
	const small, space = "abcdefghijklmnopqrstuvwxyz", " \t\r\n\f"
	rest := strings.TrimLeft(text, small+"0123456789")
	found := tag{name: text[:len(text)-len(rest)], attributes: map[string]string{}}
	for found.name != "" {
		next := strings.TrimLeft(rest, space)
		if next == "" {
			return found, true
		}
		after := strings.TrimLeftFunc(next, func(r rune) bool { return isLetter(r) || r == ':' || r == '-' })
		name := next[:len(next)-len(after)]
		if len(next) == len(rest) || name == "" {
			break
		}
		if _, twice := found.attributes[name]; twice {
			t.Fatalf("%s has the attribute %s twice", found.name, name)
		}
		found.attributes[name], rest = "", after
		if quoted, ok := strings.CutPrefix(after, `="`); ok {
			if found.attributes[name], rest, ok = strings.Cut(quoted, `"`); !ok {
				break
			}
		}
	}
	return tag{}, false
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// eachPage runs a subtest over every state of the gallery.
func eachPage(t *testing.T, check func(t *testing.T, s gallery.State, html string)) {
	for _, s := range gallery.All(t) {
		t.Run(s.Name, func(t *testing.T) { check(t, s, string(s.HTML)) })
	}
}

// leadsToProvider are the pages from which people go on to the company's identity provider.
var leadsToProvider = map[string]bool{"company_going": true, "signed_out": true}

func TestPagesHoldUnderAStrictPolicy(t *testing.T) {
	eachPage(t, func(t *testing.T, s gallery.State, document string) {
		for _, tag := range tags(t, document) {
			require.NotEqual(t, "style", tag.name)
			require.NotContains(t, tag.attributes, "style")
			for name, value := range tag.attributes {
				require.False(t, strings.HasPrefix(name, "on"), "%s has a handler %s", tag.name, name)
				if name == "href" && leadsToProvider[s.Page.Template()] && strings.HasPrefix(value, testoffice.Issuer+"/") {
					continue
				}
				if name == "href" || name == "src" || name == "action" {
					require.Regexp(t, `^(`+s.Frame.Base+`/|#field-|#section-|data:image/png;base64,|otpauth://totp/|#main$|#i-[a-z]+$)`, value, "loads or leads elsewhere")
				}
			}
			if tag.name == "script" || tag.attributes["rel"] == "stylesheet" {
				require.Equal(t, s.Frame.Nonce, html.UnescapeString(tag.attributes["nonce"]))
			}
			if tag.name == "script" {
				require.NotEmpty(t, tag.attributes["src"], "an inline script")
			}
		}
	})
}

func TestEveryPostFormCarriesTheToken(t *testing.T) {
	post := regexp.MustCompile(`(?s)<form[^>]*method="([a-z]+)"[^>]*>(.*?)</form>`)
	eachPage(t, func(t *testing.T, s gallery.State, html string) {
		forms := post.FindAllStringSubmatch(html, -1)
		require.Len(t, forms, strings.Count(html, "<form"))
		for _, form := range forms {
			want := map[string]int{"post": 1, "get": 0}[form[1]]
			require.Equal(t, want, strings.Count(form[2], `<input type="hidden" name="csrf" `))
			if !strings.Contains(form[2], ">Try again<") { // which has the token that it came with
				require.Equal(t, want, strings.Count(form[2], `value="`+s.Frame.CSRF+`">`))
			}
		}
		signedIn := s.Frame.Operator != nil
		if p, ok := s.Page.(pages.RefusedPage); ok {
			signedIn = p.SignedIn // It shows the card to everybody.
		}
		require.Equal(t, signedIn, strings.Contains(html, `action="`+s.Frame.Base+`/logout"`), "who is signed in can sign out anywhere")
	})
}

func TestPagesCanBeUsedByEverybody(t *testing.T) {
	eachPage(t, func(t *testing.T, s gallery.State, html string) {
		ids, labels, count := map[string]bool{}, map[string]bool{}, map[string]int{}
		all := tags(t, html)
		for _, tag := range all {
			count[tag.name]++
			if id := tag.attributes["id"]; id != "" {
				require.False(t, ids[id], "the id %s is there twice", id)
				ids[id] = true
			}
			labels[tag.attributes["for"]] = tag.name == "label"
		}
		require.Equal(t, 1, count["h1"])
		require.Equal(t, 1, count["main"])
		for _, tag := range all {
			for _, id := range strings.Fields(tag.attributes["aria-describedby"] + " " + tag.attributes["aria-labelledby"]) {
				require.True(t, ids[id], "%s refers to a missing %s", tag.name, id)
			}
			if target, ok := strings.CutPrefix(tag.attributes["href"], "#"); ok {
				require.True(t, ids[target], "a link to a missing %s", target)
			}
			if tag.name == "input" && tag.attributes["type"] != "hidden" && tag.attributes["aria-label"] == "" {
				require.True(t, labels[tag.attributes["id"]], "%v has no label", tag.attributes)
			}
			require.Equal(t, tag.attributes["name"] == "token" && tag.attributes["type"] == "text", tag.attributes["autocomplete"] == "off", "password managers must work")
			if secret.MatchString(tag.attributes["name"]) {
				require.Equal(t, "password", tag.attributes["type"])
				require.Contains(t, []string{"current-password", "new-password"}, tag.attributes["autocomplete"])
				require.NotContains(t, tag.attributes, "value", "a password comes back")
			}
		}
		form, refused := s.Page.(interface{ Failed() bool })
		refused = refused && form.Failed()
		require.Equal(t, refused, strings.Contains(html, "<title>Error: "))
		summary := ids["error-summary"]
		require.Equal(t, refused, summary || strings.Contains(html, `class="problem"`))
	})
}

func TestTablesSayWhatTheyAreOf(t *testing.T) {
	table := regexp.MustCompile(`(?s)<table[^>]*>(.*?)</table>`)
	eachPage(t, func(t *testing.T, _ gallery.State, html string) {
		tables := table.FindAllStringSubmatch(html, -1)
		require.Len(t, tables, strings.Count(html, "<table"))
		for _, m := range tables {
			require.Regexp(t, `^\s*<caption[ >]`, m[1], "no caption")
			for _, tag := range tags(t, m[1]) {
				if tag.name == "th" {
					require.Contains(t, []string{"col", "row"}, tag.attributes["scope"])
				}
			}
		}
	})
}

func TestMistakesAreTiedToTheirFields(t *testing.T) {
	problem := regexp.MustCompile(`<p class="problem" id="([^"]+)"`)
	eachPage(t, func(t *testing.T, s gallery.State, html string) {
		described := map[string]bool{}
		invalid := 0
		for _, tag := range tags(t, html) {
			for _, id := range strings.Fields(tag.attributes["aria-describedby"]) {
				described[id] = true
			}
			if tag.attributes["aria-invalid"] == "true" || tag.name == "fieldset" && tag.attributes["aria-describedby"] != "" {
				invalid++
			}
		}
		problems := problem.FindAllStringSubmatch(html, -1)
		require.Len(t, problems, strings.Count(html, `class="problem"`))
		require.Equal(t, len(problems), invalid, "a field with a mistake says so")
		for _, p := range problems {
			require.True(t, described[p[1]], "nothing is described by %s", p[1])
		}
		if form, ok := s.Page.(interface{ Failed() bool }); ok && form.Failed() {
			for _, field := range regexp.MustCompile(`<li><a href="#(field-[^"]+)">`).FindAllStringSubmatch(html, -1) {
				require.Contains(t, html, `id="`+field[1]+`-error"`, "the summary names a mistake that its field does not")
			}
		}
	})
}

func TestWhatReadersAndProgramsLookForIsThere(t *testing.T) {
	r := newRenderer(t)
	f := view.Frame{Office: "Office", Base: "/k7w3", Nonce: "n", CSRF: "c"}
	tests := []struct {
		name string
		page view.Page
		want []string
	}{
		{"the key can be read without spaces", pages.EnrolPage{Enrolment: pages.Enrolment{Secret: "ABCDEFGHIJ", QR: []byte("png"), Sealed: "s"}},
			[]string{`id="totp-secret" dir="ltr">ABCD EFGH IJ</code>`, `id="totp-qr" src="data:image/png;base64,cG5n"`, `name="enrolment" value="s"`}},
		{"a token that was sent stays", pages.ResetPage{Token: "t"}, []string{`<input type="hidden" name="token" value="t">`}},
		{"a token can be pasted", pages.ResetPage{}, []string{`data-token`, `id="field-token" name="token" type="text" value=""`}},
		{"going on needs no script", pages.ContinuePage{Next: "/a?b=c"}, []string{`content="0; url=/k7w3/a?b=c"`, `href="/k7w3/a?b=c"`}},
		{"going on never leads elsewhere", pages.ContinuePage{Next: "//evil.example"}, []string{`content="0; url=/k7w3/"`, `href="/k7w3/"`}},
		{"going back leads home by itself", pages.StaleFormPage{}, []string{`href="/k7w3/"`}},
		{"codes are a list and Continue a plain form", pages.RecoveryCodesPage{CodeSheet: pages.CodeSheet{Codes: []string{"A", "B"}}},
			[]string{`id="recovery-codes"`, "<li><code>A</code></li>\n<li><code>B</code></li>", `<form class="no-print" method="get" action="/k7w3/">`, `id="saved" required`}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			html, err := r.Render(f, tt.page)
			require.NoError(t, err)
			for _, want := range tt.want {
				require.Contains(t, strings.ReplaceAll(string(html), "&#43;", "+"), want)
			}
		})
	}
}

// TestDataNeverBecomesMarkup fills every text of every page with markup, and
// expects the tags that harmless words give.
func TestDataNeverBecomesMarkup(t *testing.T) {
	r := newRenderer(t)
	attacks := []string{
		`"><script>alert(1)</script>`, `' onmouseover=alert(1) x='`, `javascript:alert(1)`, `</title><img src=x onerror=alert(1)>`,
		`{{.Frame.CSRF}}`, "\u202e\x00<svg/onload=alert(1)>", `0;url=javascript:alert(1)`, `data:text/html,<script>alert(1)</script>`,
	}
	for _, s := range gallery.All(t) {
		t.Run(s.Name, func(t *testing.T) {
			structure := func(text string) []string {
				frame, page := fill(reflect.ValueOf(s.Frame), text), fill(reflect.ValueOf(s.Page), text)
				html, err := r.Render(frame.Interface().(view.Frame), page.Interface().(view.Page))
				if s.Host != nil {
					html, err = s.Host.Render(frame.Interface().(view.Frame), "parts.html", page.Interface())
				}
				require.NoError(t, err)
				var names []string
				for _, tag := range tags(t, string(html)) {
					names = append(names, tag.name)
					for _, url := range []string{tag.attributes["href"], tag.attributes["action"], tag.attributes["content"]} {
						if dangerous.MatchString(url) {
							t.Fatalf("%s leads to %q", tag.name, url)
						}
					}
				}
				return names
			}
			want := structure("/harmless")
			for _, attack := range attacks {
				require.Equal(t, want, structure(attack))
			}
		})
	}
}

// fill returns a copy of v in which every text is replaced, at any depth.
func fill(v reflect.Value, text string) reflect.Value {
	filled := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		filled.SetString(text)
		if v.Type() == reflect.TypeFor[parts.Kind]() {
			filled.Set(v) // which no data is, and any other is an error
		}
	case reflect.Struct:
		filled.Set(v)
		if v.Type() == reflect.TypeFor[time.Time]() {
			return filled
		}
		for i := range v.NumField() {
			if filled.Field(i).CanSet() {
				filled.Field(i).Set(fill(v.Field(i), text))
			}
		}
	case reflect.Pointer:
		if _, words := v.Interface().(*messages.Language); words {
			return v // ours, and a renderer keeps the templates of each
		}
		if !v.IsNil() {
			filled.Set(reflect.New(v.Type().Elem()))
			filled.Elem().Set(fill(v.Elem(), text))
		}
	case reflect.Slice:
		for i := range v.Len() {
			filled = reflect.Append(filled, fill(v.Index(i), text))
		}
	default:
		filled.Set(v)
	}
	return filled
}

func TestEveryTemplateIsInTheGallery(t *testing.T) {
	shown := map[string]bool{}
	for _, s := range gallery.All(t) {
		shown[s.Page.Template()] = true
	}
	files, err := filepath.Glob("../pages/templates/*.html")
	require.NoError(t, err)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".html")
		require.True(t, shown[name] || name == "layout", "the template %s is not in internal/gallery: add a state", name)
	}
}

// TestEverySentenceOfATemplateIsSeen finds words that no state shows: nobody has
// looked at them, or nothing brings them about.
func TestEverySentenceOfATemplateIsSeen(t *testing.T) {
	between := regexp.MustCompile(`(?s){{.*?}}|<[^>]*>`)
	plain := func(text string) string { return strings.Join(strings.Fields(html.UnescapeString(text)), " ") }
	var all strings.Builder
	for _, s := range gallery.All(t) {
		all.WriteString(plain(string(s.HTML)))
	}
	for _, pattern := range []string{"*.html", "partials/*.html"} {
		files, err := filepath.Glob("../pages/templates/" + pattern)
		require.NoError(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			for _, words := range between.Split(string(text), -1) {
				if words = plain(words); len(words) > 3 && !strings.Contains(all.String(), words) {
					t.Errorf("%s: no state shows %q", filepath.Base(file), words)
				}
			}
		}
	}
}

func TestWordsOfTheHouse(t *testing.T) {
	files, err := filepath.Glob("../pages/templates/*.html")
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NotRegexp(t, `(?i)\blog[ -]?(in|out|on|off)\b[^"/]*<|\b2FA\b|\buser\b|invalid|oops|\bplease\b`, string(text), file)
	}
}
