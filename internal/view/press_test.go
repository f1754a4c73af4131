package view_test

import (
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// said is an office with a message of its own.
func said(t *testing.T, text string) *messages.Language {
	t.Helper()
	c, err := messages.Load(fstest.MapFS{"en.json": {Data: []byte(`{"x": "` + text + `"}`)}})
	require.NoError(t, err)
	return c.In("en")
}

// Messages that take no arguments are put into our templates as text. A host's template may
// have them in other places.
func TestMessagesInTemplatesOfAHostAreEscapedForTheirPlace(t *testing.T) {
	frame := view.Frame{Nonce: "n", Words: said(t, `javascript:alert(1) onload=x`)}
	content := `{{define "content"}}{{t "x"}}<script>let a = {{t "x"}}, b = {{forms "x"}}</script><a href="{{t "x"}}" title={{t "x"}}>{{th "x"}}</a>{{end}}`
	const shown = `javascript:alert(1) onload=x<script>let a = "javascript:alert(1) onload=x", b = "{\"other\":\"javascript:alert(1) onload=x\"}"</script>` +
		`<a href="#ZgotmplZ" title=javascript:alert(1)&#32;onload&#61;x>javascript:alert(1) onload=x</a>`
	files := fstest.MapFS{"page.html": {Data: []byte(content)}}

	r, err := view.New(view.Config{Templates: load(t, ""), Overrides: files})
	require.NoError(t, err)
	overridden, err := r.Render(frame, page{})
	require.NoError(t, err)
	require.Equal(t, "<title></title>"+shown, string(overridden))

	host, err := r.ParseHost(files, nil)
	require.NoError(t, err)
	theirs, err := host.Render(frame, "page.html", nil)
	require.NoError(t, err)
	require.Equal(t, "<title></title>"+shown, string(theirs))
}

func TestALayoutThatShowsAPartAsSomethingElse(t *testing.T) {
	for text, refused := range map[string]string{
		`<title>{{template "title" .}}</title><main class="{{template "width" .}}">{{template "content" .}}</main>`:         "",
		`<script>document.title = {{template "title" .}}</script>{{template "content" .}}`:                                  `the layout shows "title"`,
		`<main class={{template "width" .}}>{{template "content" .}}</main>`:                                                `the layout shows "width"`,
		`<a href="{{template "title" .}}">{{template "content" .}}</a>`:                                                     `the layout shows "title"`,
		`<style>{{template "inner" .}}</style>{{template "content" .}}{{end}}{{define "inner"}}{{template "head" .}}`:       `the layout shows "head"`,
		`<main>{{if .Frame.Operator}}{{template "inner" .}}{{end}}</main>{{end}}{{define "inner"}}{{template "content" .}}`: "",
	} {
		_, err := view.New(view.Config{Templates: load(t, ""), Overrides: fstest.MapFS{"layout.html": {Data: []byte(`{{define "layout"}}` + text + `{{end}}`)}}})
		if refused == "" {
			require.NoError(t, err, text)
		} else {
			require.ErrorContains(t, err, refused, text)
		}
	}
}

// An office that is made again and again leaves nothing in the templates that all share.
func TestLanguagesOfAHostGoWithItsOffice(t *testing.T) {
	loaded := load(t, `{{t "x"}}`)
	gone := make(chan bool, 1)
	func() {
		in := said(t, "Hello")
		runtime.AddCleanup(in, func(gone chan bool) { gone <- true }, gone)
		r, err := view.New(view.Config{Templates: loaded})
		require.NoError(t, err)
		_, err = r.Render(view.Frame{Nonce: "n", Words: in}, page{})
		require.NoError(t, err)
	}()
	for range 10 {
		runtime.GC()
		if len(gone) > 0 {
			break
		}
	}
	require.NotEmpty(t, gone)
	runtime.KeepAlive(loaded)
}

// The same for templates, in a language that all offices share.
func TestTemplatesOfAHostGoWithItsOffice(t *testing.T) {
	loaded := load(t, `ours`)
	func() {
		r, err := view.New(view.Config{Templates: loaded, Overrides: fstest.MapFS{"page.html": {Data: []byte(`{{define "content"}}theirs{{end}}`)}}})
		require.NoError(t, err)
		html, err := r.Render(view.Frame{Nonce: "n", Words: messages.Ours().In("en")}, page{})
		require.NoError(t, err)
		require.Contains(t, string(html), "theirs")
		require.Equal(t, 1, loaded.Overridden())
		runtime.KeepAlive(r)
	}()
	require.Eventually(t, func() bool { runtime.GC(); return loaded.Overridden() == 0 }, 10*time.Second, time.Millisecond)
}

// Whatever a page does, the next one is rendered.
func TestPagesThatFailKeepNoTemplates(t *testing.T) {
	r := newRenderer(t, `{{if .Page.Failed}}`+strings.Repeat("x", 1<<10)+`{{.Page.Nothing}}{{end}}well`)
	for range 4 * runtime.GOMAXPROCS(0) {
		_, err := r.Render(view.Frame{Nonce: "n"}, page{Form: view.Form{}.Refuse("a", "b")})
		require.Error(t, err)
	}
	html, err := r.Render(view.Frame{Nonce: "n"}, page{})
	require.NoError(t, err)
	require.Equal(t, "<title></title>well", string(html))
}
