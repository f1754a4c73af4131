package chrome_test

import (
	"bytes"
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
)

const form = `<!doctype html><html lang="en"><title>A form</title>
<style>body{background:#fff} @media (prefers-color-scheme: dark){body{background:#000}} p{height:3000px}</style>
<h1>Who are you?</h1>
<form method="post"><input id="name" name="name" value="old">
<select id="role" name="role"><option>one<option>two</select><button>Send</button></form>
<output>script is off</output><p>A long page</p>
<script>document.querySelector("output").textContent = "script is on"</script>`

// serve runs a small site on a localhost address.
func serve(t *testing.T) string {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /favicon.ico", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, form) })
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "name", Value: r.FormValue("name"), HttpOnly: true, Path: "/deep"})
		http.Redirect(w, r, "/hello?"+r.FormValue("role"), http.StatusSeeOther)
	})
	mux.HandleFunc("GET /hello", func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `<!doctype html><title>Hello</title><h1>%s</h1>`, r.URL.RawQuery)
	})
	mux.HandleFunc("GET /bad", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Security-Policy", "style-src 'self'; script-src 'self' 'nonce-n'")
		fmt.Fprint(w, `<!doctype html><title>Bad</title><h1 style="color:red">Bad</h1>
<script>1</script><img alt="" src="/missing.png">
<script nonce="n">console.error("oh", 7); throw new Error("thrown")</script>`)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return strings.Replace(server.URL, "127.0.0.1", "localhost", 1)
}

func TestAFormIsFilledAndSent(t *testing.T) {
	site := serve(t)
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script %v", script), func(t *testing.T) {
			b := chrome.New(t)
			if !script {
				b.DisableScript()
			}
			require.Equal(t, 200, b.Open(site+"/"))
			require.Equal(t, map[bool]string{true: "script is on", false: "script is off"}[script], b.Text("output"))
			require.Equal(t, "A form", b.Title())
			require.Equal(t, 2, b.Count("option"))
			b.Fill("#name", "adam")
			b.Fill("#name", "ada")
			require.Equal(t, "ada", b.Value("#name"))
			b.Paste("#name", "eve")
			require.Equal(t, "eve", b.Value("#name"))
			b.Paste("#name", "ada")
			b.Choose("#role", "two")

			require.Equal(t, 403, b.Submit("button"), "the status after the redirect")
			require.Equal(t, site+"/hello?two", b.Location())
			require.Equal(t, "two", b.Text("h1"))
			cookies := b.Cookies()
			require.Len(t, cookies, 1)
			require.Equal(t, "ada", cookies[0].Value)

			require.Empty(t, chrome.New(t).Cookies(), "another browser shares no cookies")
			require.Len(t, b.Tab().Cookies(), 1, "another tab does")
			b.ClearCookies()
			require.Empty(t, b.Cookies())

			b.Back()
			require.Equal(t, "Who are you?", b.Text("h1"))
		})
	}
}

func TestComplaintsOfAPageAreCollected(t *testing.T) {
	site := serve(t)
	b := chrome.New(t)
	b.Open(site + "/bad")
	problems := strings.Join(b.TakeProblems(), "\n")
	for _, want := range []string{"console.error: \"oh\" 7", "thrown", "/missing.png answered 404",
		"style-src-attr refused", "script-src-elem refused"} {
		require.Contains(t, problems, want)
	}
	require.Empty(t, b.TakeProblems(), "taken problems are gone")
}

func TestScreenshots(t *testing.T) {
	b := chrome.New(t)
	b.Open(serve(t) + "/")
	tests := []struct {
		name          string
		shot          chrome.Shot
		width, height int
		dark          bool
	}{
		{name: "the zero shot is a light desktop window", width: 1280, height: 800},
		{name: "a phone in the dark at twice the pixels", shot: chrome.Shot{Width: 390, Height: 844, Scale: 2, Dark: true, Phone: true}, width: 780, height: 1688, dark: true},
		{name: "a full page is as long as the page", shot: chrome.Shot{Width: 400, Height: 300, Full: true}, width: 400, height: 3000},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.shot.File = filepath.Join(t.TempDir(), "new", "shot.png")
			picture := b.Screenshot(tt.shot)
			require.FileExists(t, tt.shot.File)
			decoded, err := png.Decode(bytes.NewReader(picture))
			require.NoError(t, err)
			require.GreaterOrEqual(t, decoded.Bounds().Dy(), tt.height)
			require.Equal(t, tt.width, decoded.Bounds().Dx())
			r, _, _, _ := decoded.At(1, 1).RGBA()
			require.Equal(t, tt.dark, r == 0)
		})
	}
	element, err := png.Decode(bytes.NewReader(b.Picture("h1")))
	require.NoError(t, err)
	require.Less(t, element.Bounds().Dy(), 200)
}

func TestAShortPageFromRightToLeftIsNotShifted(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<!doctype html><html dir="rtl"><title>Short</title><body style="margin: 0"><p style="margin: 0; width: 20px; height: 20px; background: red">`)
	}))
	t.Cleanup(server.Close)
	b := chrome.New(t)
	for _, width := range []int{320, 1280} {
		look := chrome.Shot{Width: width, Full: true}
		b.Look(look)
		b.Open(strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
		picture, err := png.Decode(bytes.NewReader(b.Screenshot(look)))
		require.NoError(t, err)
		red, green, _, _ := picture.At(width-5, 5).RGBA()
		require.Equal(t, []uint32{0xffff, 0}, []uint32{red, green}, "%d pixels wide", width)
	}
}

const conveniences = `<!doctype html><html lang="en"><title>Conveniences</title>
<form method="post"><input id="name" name="name"><button id="send">Send</button></form>
<button id="copy">Copy</button><a id="save" download="notes.txt" href="data:text/plain,kept">Save</a>
<time></time><script>
document.querySelector("#copy").onclick = () => navigator.clipboard.writeText("copied");
document.querySelector("#send").onclick = () => { sessionStorage.clicks = 1 + +(sessionStorage.clicks ?? 0) };
document.querySelector("time").textContent = new Date(0).getHours();</script>`

func TestAPersonsHandsAndSurroundings(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /favicon.ico", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, conveniences) })
	mux.HandleFunc("POST /{$}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<!doctype html><title>Sent</title><h1>%s</h1>", r.FormValue("name"))
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	b := chrome.New(t)
	b.Zone("Asia/Tokyo")
	b.AllowClipboard()
	b.Open(strings.Replace(server.URL, "127.0.0.1", "localhost", 1))
	require.Equal(t, "9", b.Text("time"))

	b.Click("#copy")
	require.Equal(t, "copied", b.Clipboard())
	name, content := b.Download("#save")
	require.Equal(t, "notes.txt", name)
	require.Equal(t, "kept", content)

	b.Click("#name")
	b.Press("ada")
	require.Equal(t, 200, b.PressToLoad(chrome.Enter))
	require.Equal(t, "ada", b.Text("h1"))
	b.Evaluate("sessionStorage.clear()", nil) // Enter counted as a click

	b.Back()
	b.SubmitTwice("#send")
	require.Equal(t, "ada", b.Text("h1"))
	var clicks string
	b.Evaluate("sessionStorage.clicks", &clicks)
	require.Equal(t, "2", clicks)
}
