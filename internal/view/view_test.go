package view_test

import (
	"io/fs"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/view"
)

// page is the smallest page there is.
type page struct {
	view.Form
	At time.Time
}

func (page) Template() string { return "page" }

const layout = `{{define "layout"}}<title>{{template "title" .}}</title>{{block "head" .}}{{end}}{{template "content" .}}{{end}}{{define "title"}}{{.Frame.Title}}{{end}}`

func newRenderer(t testing.TB, content string) *view.Renderer {
	t.Helper()
	r, err := view.New(view.Config{Templates: load(t, content), Clock: func() time.Time { return now }})
	require.NoError(t, err)
	return r
}

func load(t testing.TB, content string) *view.Templates {
	t.Helper()
	loaded, err := view.Load(fstest.MapFS{
		"layout.html":        {Data: []byte(layout)},
		"partials/time.html": {Data: []byte(`{{define "ago"}}{{.Relative}}{{end}}`)},
		"page.html":          {Data: []byte(`{{define "content"}}` + content + `{{end}}`)},
	})
	require.NoError(t, err)
	return loaded
}

var now = time.Date(2026, 3, 14, 12, 0, 0, 0, time.UTC)

func TestRenderReturnsNoHalfPages(t *testing.T) {
	r := newRenderer(t, `half {{.Page.Nothing}}`)
	html, err := r.Render(view.Frame{Nonce: "n"}, page{})
	require.ErrorContains(t, err, "render page")
	require.Empty(t, html)

	_, err = newRenderer(t, "whole").Render(view.Frame{}, page{})
	require.ErrorContains(t, err, "no nonce", "without one the browser drops the stylesheet")

	for content, says := range map[string]string{
		`{{range 1000000000}}on and on and on and on and on and on and on and on and on {{end}}`: "longer than 16 MiB",
		`{{index .Page.Template 99}}`:                           "out of range",
		`{{define "a"}}{{template "a"}}{{end}}{{template "a"}}`: "",
	} {
		html, err := newRenderer(t, content).Render(view.Frame{Nonce: "n"}, page{})
		require.ErrorContains(t, err, says)
		require.Empty(t, html)
	}
}

func TestTimes(t *testing.T) {
	r := newRenderer(t, `{{template "ago" (moment .Page.At)}}`)
	for want, offset := range map[string]time.Duration{
		"just now": -30 * time.Second, "in less than a minute": 20 * time.Second,
		"1 minute ago": -time.Minute, "5 minutes ago": -5*time.Minute - 20*time.Second, "in 5 minutes": 5 * time.Minute,
		"1 hour ago": -time.Hour, "47 hours ago": -47 * time.Hour, "2 days ago": -48 * time.Hour, "in 7 days": 7 * 24 * time.Hour,
		"3 Dec 2025": -101 * 24 * time.Hour,
	} {
		html, err := r.Render(view.Frame{Nonce: "n"}, page{At: now.Add(offset)})
		require.NoError(t, err)
		require.Equal(t, "<title></title>"+want, string(html))
	}
}

func TestRenderersShareTemplates(t *testing.T) {
	loaded := load(t, `{{template "ago" (moment .Page.At)}}`)
	at := func(clock time.Time, overrides fs.FS) *view.Renderer {
		r, err := view.New(view.Config{Templates: loaded, Overrides: overrides, Clock: func() time.Time { return clock }})
		require.NoError(t, err)
		return r
	}
	renderers := map[string]*view.Renderer{
		"<title></title>just now":    at(now, nil),
		"<title></title>2 hours ago": at(now.Add(2*time.Hour), nil),
		"<title></title>at 12:00": at(now, fstest.MapFS{
			"partials/time.html": {Data: []byte(`{{define "ago"}}at {{slice .Machine 11 16}}{{end}}`)},
		}),
		"<title></title>theirs": at(now, fstest.MapFS{"page.html": {Data: []byte(`{{define "content"}}theirs{{end}}`)}}),
	}
	var all sync.WaitGroup
	for want, r := range renderers {
		for range 8 {
			all.Go(func() {
				html, err := r.Render(view.Frame{Nonce: "n"}, page{At: now})
				assert.NoError(t, err)
				assert.Equal(t, want, string(html), "with its own clock and its own files")
			})
		}
	}
	all.Wait()

	first := testing.AllocsPerRun(1, func() { at(now, fstest.MapFS{}) })
	more := testing.AllocsPerRun(1, func() { at(now, nil) })
	require.Less(t, more, first, "without overrides nothing is parsed again")
}

func TestOurOwnMistakesShowWhenRendered(t *testing.T) {
	r := newRenderer(t, `{{if}}`)
	_, err := r.Render(view.Frame{Nonce: "n"}, page{})
	require.ErrorContains(t, err, "render page: page.html:1: missing value for if")
}

func TestURL(t *testing.T) {
	f := view.Frame{Base: "/k7w3", Origin: "https://a.example"}
	for path, want := range map[string]string{
		"/": "/k7w3/", "/a?b=c#d": "/k7w3/a?b=c#d",
		"": "/k7w3/", "a": "/k7w3/", "//evil.example": "/k7w3/", `/\evil.example`: "/k7w3/", "https://evil.example": "/k7w3/",
	} {
		require.Equal(t, want, f.URL(path), path)
	}
	type status string
	require.Equal(t, "/k7w3/a/7/8/live/1h0m0s/%2F..", f.URL("/a", int64(7), uint8(8), status("live"), time.Hour, "/.."))
	for _, wrong := range []any{nil, 1.5, new(int), true} {
		require.Panics(t, func() { f.URL("/a", wrong) }, "%T", wrong)
	}
	require.Equal(t, "https://a.example/k7w3/", f.Home())
	require.Equal(t, "https://a.example/", f.BeforeAlias())
	f.Base = "/our/forum/k7w3"
	require.Equal(t, "https://a.example/our/forum/k7w3/", f.Home())
	require.Equal(t, "https://a.example/our/forum/", f.BeforeAlias())
}

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Lovelace": "AL", "ada": "A", "Anna Maria van der Berg": "AB", "élan-vital": "ÉV", "سارة بنت": "سب", "7 of nine": "7N",
		"": "?", "<>": "?", "  ": "?",
	} {
		require.Equal(t, want, view.Initials(name), name)
	}
}

func TestForm(t *testing.T) {
	empty := view.Form{}
	require.False(t, empty.Failed())
	first := empty.Refuse("email", "Type it.")
	second := first.Refuse("name", "Type it too.")
	other := first.Refuse("", "All of it.")
	require.True(t, second.Failed())
	require.Equal(t, "Type it.", second.Error("email"))
	require.Equal(t, "Type it too.", second.Error("name"))
	require.Equal(t, "All of it.", other.Error(""))
	require.Empty(t, first.Error("name"), "the form it was made from stays")
}

func TestHostPages(t *testing.T) {
	r := newRenderer(t, "ours")
	host, err := r.ParseHost(fstest.MapFS{
		"stats.html": {Data: []byte(`{{define "head"}}<link nonce="{{.Frame.Nonce}}">{{end}}{{define "content"}}{{shout .Page}} {{template "ago" (moment .Page.Since)}}{{end}}`)},
		"list.html":  {Data: []byte(`{{define "content"}}<h1>{{template "title" .}}</h1><p>{{.Page}}</p>{{end}}`)},
		"note.txt":   {Data: []byte(`{{`)},
	}, map[string]any{"shout": strings.ToUpper})
	require.NoError(t, err)

	html, err := host.Render(view.Frame{Nonce: "n", Title: "<List>"}, "list.html", "<script>")
	require.NoError(t, err)
	require.Equal(t, "<title>&lt;List&gt;</title><h1>&lt;List&gt;</h1><p>&lt;script&gt;</p>", string(html))

	_, err = host.Render(view.Frame{Nonce: "n"}, "stats.html", "x")
	require.Error(t, err, "a field that is not there")
	_, err = host.Render(view.Frame{Nonce: "n"}, "note.txt", "x")
	require.ErrorContains(t, err, "no such template")

	own, err := r.Render(view.Frame{Nonce: "n"}, page{})
	require.NoError(t, err)
	require.Equal(t, "<title></title>ours", string(own), "host pages leave ours alone")
}

func TestHostPagesThatAreRefused(t *testing.T) {
	r := newRenderer(t, "ours")
	_, err := r.ParseHost(fstest.MapFS{"a.html": {Data: []byte(`{{`)}, "b.html": {Data: []byte(`hello`)}}, nil)
	require.ErrorContains(t, err, "a.html:1: unclosed action")
	require.ErrorContains(t, err, `b.html: it does not define "content"`)
	_, err = r.ParseHost(fstest.MapFS{
		"a.html": {Data: []byte(`{{define "content"}}{{template "nope" .}}{{end}}`)},
		"b.html": {Data: []byte(`{{define "content"}}<a href="{{.Page.X}}{{end}}`)},
	}, nil)
	require.ErrorContains(t, err, `a.html:1:31: `)
	require.ErrorContains(t, err, `there is no part "nope"`)
	require.ErrorContains(t, err, "b.html: ")
	_, err = r.ParseHost(fstest.MapFS{"a.html": {Data: []byte(`{{define "content"}}{{template "icon" "heat"}}{{end}}`)}}, nil)
	require.ErrorContains(t, err, `there is no icon "heat", did you mean "heart"?`)
}

func TestAssets(t *testing.T) {
	logo := []byte("\x89PNG\r\n\x1a\nlogo")
	files, err := view.Load(fstest.MapFS{
		"layout.html": {Data: []byte(`{{define "layout"}}{{with .Links}}{{.Style}} {{.Brand}} {{.Script}} {{.Passkey}} {{.Icon}} {{.Logo}}{{end}}{{end}}`)},
		"page.html":   {Data: []byte(`{{define "content"}}{{end}}`)},
	})
	require.NoError(t, err)
	names := func(b brand.Brand) []string {
		r, err := view.New(view.Config{Templates: files, Brand: b})
		require.NoError(t, err)
		html, err := r.Render(view.Frame{Nonce: "n"}, page{})
		require.NoError(t, err)
		linked := strings.Fields(string(html))
		require.Len(t, r.Assets(), len(linked), "every asset is linked")
		for _, name := range linked {
			require.Regexp(t, `^[a-z]+-[0-9a-f]{16}\.(css|js|svg|png)$`, name)
			require.NotEmpty(t, r.Assets()[name].Body)
			require.NotEmpty(t, r.Assets()[name].ContentType)
		}
		delete(r.Assets(), linked[0])
		require.Contains(t, r.Assets(), linked[0], "the map is a copy")
		return linked
	}
	plain, branded := names(brand.Brand{}), names(brand.Brand{Accent: "#336699", Logo: logo})
	require.Equal(t, plain[0], branded[0], "the same content has the same name")
	require.NotEqual(t, plain[1], branded[1], "other content has another name")
}
