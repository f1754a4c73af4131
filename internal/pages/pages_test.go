package pages_test

import (
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func TestNew(t *testing.T) {
	file := func(name, text string) fstest.MapFS {
		return fstest.MapFS{name: &fstest.MapFile{Data: []byte(text)}}
	}
	tests := []struct {
		name    string
		cfg     view.Config
		refused string // empty: accepted
	}{
		{"the zero configuration", view.Config{}, ""},
		{"a page replaced by one of the host", view.Config{Overrides: file("busy.html", `{{define "title"}}Wait{{end}}{{define "content"}}<h1>Wait</h1>{{end}}`)}, ""},
		{"a partial replaced by one of the host", view.Config{Overrides: file("partials/time.html", `{{define "time"}}{{.Text}}{{end}}{{define "ago"}}{{.Text}}{{end}}`)}, ""},
		{"what is not a template is left alone", view.Config{Overrides: file("README.md", "{{")}, ""},
		{"a name that replaces nothing", view.Config{Overrides: file("logn.html", "")}, `logn.html replaces nothing: there is no template of that name, did you mean "login.html"?`},
		{"a page that does not parse", view.Config{Overrides: file("login.html", "{{if}}")}, "login.html:1: missing value for if"},
		{"a page without content", view.Config{Overrides: file("login.html", `{{define "title"}}x{{end}}`)}, `login.html: it does not define "content"`},
		{"a partial that lacks what pages use", view.Config{Overrides: file("partials/time.html", "")}, `there is no template "ago"`},
		{"a form without its token", view.Config{Overrides: file("busy.html", `{{define "title"}}x{{end}}{{define "content"}}<form method="post"><button>Go</button></form>{{end}}`)}, `a form that posts lacks {{template "csrf" .}}`},
		{"a form with its token", view.Config{Overrides: file("busy.html", `{{define "title"}}x{{end}}{{define "content"}}<form method="post">{{if .Page}}{{template "csrf" .}}{{end}}</form><form action="/x"></form>{{end}}`)}, ""},
		{"a form whose button posts", view.Config{Overrides: file("busy.html", `{{define "content"}}<form><button formmethod=post>Go</button></form>{{end}}`)}, `a form that posts lacks {{template "csrf" .}}`},
		{"a form whose token is emptied", view.Config{Overrides: file("busy.html", `{{define "csrf"}}<input name="token">{{end}}{{define "content"}}<form method="post">{{template "csrf" .}}</form>{{end}}`)}, `"csrf" is defined without the token`},
		{"a form in two parts", view.Config{Overrides: file("busy.html", `{{define "open"}}<form method="post">{{end}}{{define "content"}}{{template "open"}}</form>{{end}}`)}, `busy.html:1:17: a form that posts lacks`},
		{"a layout that shows no page", view.Config{Overrides: file("layout.html", `{{define "title"}}{{end}}{{define "width"}}{{end}}{{define "layout"}}<p>Closed</p>{{end}}`)}, `layout.html: it does not show the page`},
		{"a partial that defines one of another file", view.Config{Overrides: file("partials/time.html", `{{define "time"}}{{end}}{{define "ago"}}{{end}}{{define "csrf"}}{{end}}`)}, `partials/time.html: "csrf" is defined in partials/frame.html as well`},
		{"trusted markup", view.Config{Overrides: file("busy.html", `{{define "content"}}{{safeHTML .Frame.Office}}{{end}}`)}, `function "safeHTML" not defined`},
		{"a value in an unclosed attribute", view.Config{Overrides: file("busy.html", `{{define "title"}}x{{end}}{{define "content"}}<a href="{{.Frame.Office}}{{end}}`)}, "busy: html/template:"},
		{"a field that the page does not have", view.Config{Overrides: file("busy.html", "{{define \"content\"}}\n{{if .Failed}}\n{{.Page.Retry}}{{end}}{{end}}")}, `busy.html:3:7: BusyPage has no Retry`},
		{"a field of what is around every page", view.Config{Overrides: file("busy.html", `{{define "content"}}{{.Frame.Ofice}}{{end}}`)}, `.Frame has no Ofice, did you mean "Office"?`},
		{"a variable from outside a loop", view.Config{Overrides: file("roles.html", `{{define "content"}}{{range .Page.Groups}}{{range .Roles}}{{.Titel}}{{end}}{{$.Page.Grops}}{{end}}{{end}}`)}, `roles.html:1:60: RoleRow has no Titel, did you mean "Title"?`},
		{"a function with too little", view.Config{Overrides: file("busy.html", `{{define "content"}}{{template "field" (field .Frame "x")}}{{end}}`)}, `the function "field" takes 3 arguments, and gets 2`},
		{"a function with something else", view.Config{Overrides: file("busy.html", `{{define "content"}}{{tick .Page "x" "yes"}}{{end}}`)}, `busy.html:1:`},
		{"a kind of field that does not exist", view.Config{Overrides: file("forgot.html", `{{define "content"}}{{template "field" (field .Page "email" "" | label "x" | kind "emial")}}{{end}}`)}, `there is no kind "emial", did you mean "email"?`},
		{"a part with what it does not take", view.Config{Overrides: file("busy.html", `{{define "content"}}{{template "pager" "next"}}{{end}}`)}, `the part "pager" takes a parts.Pager, not a string`},
		{"a function that does not exist", view.Config{Overrides: file("busy.html", `{{define "content"}}{{momnt .Page}}{{end}}`)}, `function "momnt" not defined, did you mean "moment"?`},
		{"a form without what people type", view.Config{Overrides: file("login.html", `{{define "content"}}<form method="post">{{template "csrf" .}}{{template "field" (field .Page "login" "" | label "Email")}}<button>Go</button></form>{{end}}`)}, `login.html: its form lacks the field "password"`},
		{"a form that is otherwise the same", view.Config{Overrides: file("login.html", `{{define "content"}}<form method="post">{{template "csrf" .}}<input name="login">{{if .Failed}}{{else}}<input type=password name=password>{{end}}</form>{{end}}`)}, ""},
		{"data that the page need not have", view.Config{Overrides: file("roles.html", `{{define "content"}}{{index .Page.Groups 9}}{{end}}`)}, `on sample data: render roles: template: roles.html`},
		{"a colour that is none", view.Config{Brand: brand.Brand{Accent: "red"}}, `brand Accent: "red" is not a colour`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := pages.NewRenderer(tt.cfg)
			if tt.refused == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.refused)
		})
	}
}

// TestOriginalsAreAccepted: people begin with a copy.
func TestOriginalsAreAccepted(t *testing.T) {
	_, err := pages.NewRenderer(view.Config{Overrides: os.DirFS("templates")})
	require.NoError(t, err)
}

func TestAnOverrideIsUsed(t *testing.T) {
	r, err := pages.NewRenderer(view.Config{Overrides: fstest.MapFS{
		"busy.html": {Data: []byte(`{{define "title"}}Wait{{end}}{{define "content"}}<h1>Please wait at {{.Frame.Office}}</h1>{{end}}`)},
	}})
	require.NoError(t, err)
	html, err := r.Render(view.Frame{Office: "A & B", Nonce: "n"}, pages.BusyPage{})
	require.NoError(t, err)
	require.Contains(t, string(html), "<h1>Please wait at A &amp; B</h1>")
	require.Contains(t, string(html), "<title>Wait · A &amp; B</title>")
}

func TestOfficesShareTheirTemplates(t *testing.T) {
	again := func() {
		r, err := pages.NewRenderer(view.Config{})
		require.NoError(t, err)
		_, err = r.Render(view.Frame{Office: "Office", Base: "/k7w3", Nonce: "n"}, pages.LoginPage{})
		require.NoError(t, err)
	}
	again()
	require.Less(t, testing.AllocsPerRun(3, again), 20_000.0, "a second office parses nothing: that takes 400,000")
}

func BenchmarkLogin(b *testing.B) {
	r, err := pages.NewRenderer(view.Config{})
	require.NoError(b, err)
	f := view.Frame{Office: "Office", Base: "/k7w3", Nonce: "n"}
	for b.Loop() {
		if _, err := r.Render(f, pages.LoginPage{}); err != nil {
			b.Fatal(err)
		}
	}
}

func TestPagesOfHostsAreChecked(t *testing.T) {
	r, err := pages.NewRenderer(view.Config{})
	require.NoError(t, err)
	funcs := map[string]any{"money": func(int) string { return "€" }, "label": func(string) string { return "theirs" }}
	for name, c := range map[string]struct{ text, refused string }{
		"all that is promised":              {`<form method="post" action="{{.Frame.URL "/x"}}">{{template "csrf" .}}{{template "field" (field .Page "a" "" | hint "b")}}</form>{{money 5}}`, ""},
		"a part that does not exist":        {"\n{{template \"taps\" .}}", `x.html:2:11: there is no part "taps", did you mean "tabs"?`},
		"a template that is not promised":   {`{{template "trail" .Page}}`, `there is no part "trail"`},
		"a function that does not exist":    {`{{t "a" | labl}}`, `x.html:1: function "labl" not defined, did you mean "label"?`},
		"a function that is not promised":   {`{{otpauth .Page.URI}}`, `function "otpauth" not defined`},
		"a function of theirs, misused":     {`{{money}}`, `x.html:1:22: the function "money" takes 1 arguments, and gets 0`},
		"one of theirs with a name of ours": {`{{label "x"}}`, ""},
		"a field of the frame":              {`{{.Frame.Operater.Name}}`, `.Frame has no Operater, did you mean "Operator"?`},
		"a part with what it does not take": {`{{template "pager" (tabs "x")}}`, `the part "pager" takes a parts.Pager, not a parts.Tabs`},
		"a builder of another part":         {`{{template "empty" (tabs "x" | text "y")}}`, `the function "text" takes a parts.Empty as its second argument, not a parts.Tabs`},
		"a form without the token":          {"<p>\n<form method=\"post\" action=\"{{.Frame.URL \"/x\"}}\"></form>", `x.html:2:0: a form that posts into the office lacks {{template "csrf" $}}`},
		"a form to its own page":            {`<form method=post><button>Go</button></form>`, `a form that posts into the office lacks`},
		"a form to the community":           {`<form method="post" action="/forum/search"></form>`, ""},
		"a form that a script sends":        {`<form method="post" hx-post="{{.Frame.URL "/x"}}"></form>`, ""},
		"a form to a path without a token":  {`<form method="post" action="{{.Frame.URL "/board/x"}}"></form>`, ""},
		"a form with a token by hand":       {`<form method="post"><input type=hidden name=csrf value="{{.Frame.CSRF}}"></form>`, ""},
		"a form with a template of theirs":  {`<form method="post">{{template "mine" .}}</form>{{end}}{{define "mine"}}{{template "csrf" .}}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := r.ParseHost(fstest.MapFS{"x.html": {Data: []byte(`{{define "content"}}` + c.text + `{{end}}`)}}, funcs, "/board/")
			if c.refused == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.refused)
		})
	}
	host, err := r.ParseHost(fstest.MapFS{"x.html": {Data: []byte(`{{define "content"}}{{label "x"}}{{template "field" .Page}}{{end}}`)}}, funcs)
	require.NoError(t, err)
	html, err := host.Render(view.Frame{Nonce: "n"}, "x.html", parts.Field{Name: "a", Label: "Ours"})
	require.NoError(t, err)
	require.Contains(t, string(html), "theirs")
	require.Contains(t, string(html), `<label for="field-a">Ours</label>`)
}
