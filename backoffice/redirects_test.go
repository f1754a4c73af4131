package backoffice_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// lazily is how gin answers: the status is noted, and sent with the first byte or at
// the end.
type lazily struct {
	http.ResponseWriter
	status int
	sent   bool
}

func (l *lazily) WriteHeader(status int) { l.status = status }

func (l *lazily) send() {
	if !l.sent {
		l.sent = true
		l.ResponseWriter.WriteHeader(l.status)
	}
}

func (l *lazily) Write(b []byte) (int, error) {
	l.send()
	return l.ResponseWriter.Write(b)
}

// asked sends a request whose answer a client of net/http might not take.
func asked(p *person, r *http.Request) *http.Response {
	r.Header.Set("User-Agent", p.Agent)
	for _, c := range p.Client.Jar.Cookies(r.URL) {
		r.AddCookie(c)
	}
	res, err := p.Client.Transport.RoundTrip(r)
	require.NoError(p.T, err)
	require.NoError(p.T, res.Body.Close())
	return res
}

func TestWhereRedirectsOfTheHostLead(t *testing.T) {
	// ~ is the office's address.
	const inside = "~"
	ways := map[string]func(w http.ResponseWriter, r *http.Request, to string){
		"raw": func(w http.ResponseWriter, _ *http.Request, to string) {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusFound)
		},
		"http.Redirect": func(w http.ResponseWriter, r *http.Request, to string) { http.Redirect(w, r, to, http.StatusSeeOther) },
		"lazily": func(w http.ResponseWriter, r *http.Request, to string) {
			l := &lazily{ResponseWriter: w}
			http.Redirect(l, r, to, http.StatusPermanentRedirect)
			l.send()
		},
		"created": func(w http.ResponseWriter, _ *http.Request, to string) {
			w.Header()["Location"] = []string{to}
			w.WriteHeader(http.StatusCreated)
		},
	}
	cases := []struct {
		name, asked, to string
		// raw is where the reference leads as it is, made where http.Redirect makes
		// it lead; empty if that is the same.
		raw, made string
	}{
		{"the same page", "/orders/7", "/orders/7", "~/orders/7", ""},
		{"the same page, at the top", "/save", "/save", "~/save", ""},
		{"the same page by another slash", "/orders/7", "/orders/7/", "~/orders/7/", ""},
		{"the same page without its slash", "/orders/", "/orders", "~/orders", ""},
		{"the same page with another query", "/orders/7?a=b", "/orders/7?c=d", "~/orders/7?c=d", ""},
		{"the same page with a fragment", "/orders/7", "/orders/7#notes", "~/orders/7#notes", ""},
		{"the same page, escaped", "/caf%C3%A9/a%20b", "/caf%C3%A9/a%20b", "~/caf%C3%A9/a%20b", ""},
		{"the same page, as the host saw it", "/caf%C3%A9/a%20b", "/café/a b", "~/caf%C3%A9/a%20b", "~/caf%c3%a9/a%20b"},
		{"the same page with a slash in a segment", "/orders/a%2Fb/c", "/orders/a%2Fb/c", "~/orders/a%2Fb/c", ""},
		{"the same page with that slash read", "/orders/a%2Fb/c", "/orders/a/b/c", "~/orders/a/b/c", ""},
		{"the same page with a percent sign", "/orders/100%25/x", "/orders/100%/x", "~/orders/100%25/x", ""},
		{"the same page, in the case that a router has it in", "/orders/7", "/Orders/7", "~/Orders/7", ""},
		{"the same page of this host", "/orders/7/", "//own.example/orders/7?a=b", "~/orders/7?a=b", ""},
		{"the community's page of this host", "/orders/7/", "//own.example/topics/7", "//own.example/topics/7", ""},
		{"a host that begins so", "/orders/7/", "//own.example.evil.example/orders/7", "//own.example.evil.example/orders/7", ""},
		{"a host within this host", "/orders/7/", "//own.example//orders/7", "//own.example//orders/7", ""},
		{"a page beside it", "/orders/7", "/orders/8?tab=2", "~/orders/8?tab=2", ""},
		{"the list above it", "/orders/7/cancel", "/orders", "~/orders", ""},
		{"a page below it", "/orders", "/orders/7", "~/orders/7", ""},
		{"only a query", "/orders/7?a=b", "?tab=2", "~/orders/7?tab=2", "~/orders/?tab=2"},
		{"only a query, at the top", "/save", "?tab=2", "~/save?tab=2", "/?tab=2"},
		{"only a fragment", "/orders/7?a=b", "#notes", "~/orders/7?a=b#notes", "~/orders/#notes"},
		{"nothing", "/orders/7?a=b", "", "~/orders/7?a=b", "~/orders/"},
		{"a name", "/orders/7", "list", "~/orders/list", ""},
		{"a name with a slash", "/orders/7", "list/", "~/orders/list/", ""},
		{"a name, from a folder", "/orders/", "list", "~/orders/list", ""},
		{"a name, from the top", "/save", "nowhere", "~/nowhere", "/nowhere"},
		{"a name, from the top, that the host's mux has", "/save", "list", "~/list", ""},
		{"a name behind a dot", "/orders/7", "./list", "~/orders/list", ""},
		{"a dot", "/orders/7", ".", "~/orders/", "~/orders"},
		{"two dots", "/orders/7/edit", "..", "~/orders/", "~/orders"},
		{"two dots and a name", "/orders/7/edit", "../list", "~/orders/list", ""},
		{"two dots and a name, to the top", "/orders/7", "../nowhere", "~/nowhere", "/nowhere"},
		{"two dots and a name of the mux, to the top", "/orders/7", "../list", "~/list", ""},
		{"more dots than there are folders", "/orders/7", "../../../nowhere", "~/nowhere", "/nowhere"},
		{"escaped dots", "/orders/7", "%2e%2E/%2e./nowhere", "~/nowhere", "/orders/%2e%2E/%2e./nowhere"},
		{"a name with a colon", "/orders/7", "./a:b", "~/orders/a:b", ""},
		{"a name that looks like a host", "/orders/7", "evil.example/x", "~/orders/evil.example/x", ""},
		{"a query that looks like a URL", "/orders/7", "?next=https://a.example//b", "~/orders/7?next=https://a.example//b", "~/orders/?next=https://a.example//b"},
		{"a page of the host's mux", "/save", "/list?tab=2", "~/list?tab=2", ""},
		{"a folder of the host's mux", "/save", "/files/a/b", "~/files/a/b", ""},
		{"a folder of the host's mux, from outside it", "/orders/7", "/files", "~/files", ""},
		{"below a page of the host's mux", "/save", "/list/7", "/list/7", ""},
		{"a page that the host's mux takes only posts for", "/save", "/send", "/send", ""},
		{"the home page of the community", "/orders/7", "/", "/", ""},
		{"the home page, with a query", "/orders/7", "/?from=office", "/?from=office", ""},
		{"a page of the community", "/orders/7", "/topics/7", "/topics/7", ""},
		{"a page whose name begins so", "/orders/7", "/orders2", "/orders2", ""},
		{"the address of the office", "/orders/7", "~/topics/7", "~/topics/7", ""},
		{"the address of the office, alone", "/orders/7", "~", "~", ""},
		{"the address of the office, with a query", "/orders/7", "~?a=b", "~?a=b", ""},
		{"what begins like the address of the office", "/orders/7", "~x/orders", "~x/orders", ""},
		{"out of the folder", "/orders/7", "/orders/../topics", "/orders/../topics", "/topics"},
		{"out of the folder, escaped", "/orders/7", "/orders/%2e%2e/topics", "/orders/%2e%2e/topics", ""},
		{"out of the office", "/orders/7", "/orders/../../x", "/orders/../../x", "/x"},
		{"into the folder", "/orders/7", "/topics/../orders/8", "~/orders/8", ""},
		{"a whole URL", "/orders/7", "https://community.example/orders/7", "https://community.example/orders/7", ""},
		{"a URL without a scheme", "/orders/7", "//orders/7", "//orders/7", ""},
		{"a mail address", "/orders/7", "mailto:ada@example.org", "mailto:ada@example.org", ""},
		{"an application", "/orders/7", "web+app:x", "web+app:x", ""},
		{"a script", "/orders/7", "javascript:alert(1)", "javascript:alert(1)", ""},
		{"a backslash", "/orders/7", `/\evil.example`, `/\evil.example`, ""},
		{"a backslash first", "/orders/7", `\\evil.example`, `~/orders/%5C%5Cevil.example`, ""},
		{"a backslash and a slash", "/orders/7", `\/evil.example`, `~/orders/%5C/evil.example`, ""},
		{"dots behind backslashes", "/orders/7", `..\..\evil`, `~/orders/..%5C..%5Cevil`, ""},
		{"a tab between slashes", "/orders/7", "/\t/evil.example", "/\t/evil.example", ""},
		{"a tab in a scheme", "/orders/7", "java\tscript:alert(1)", "~/orders/java%09script:alert(1)", ""},
		{"empty segments, relative", "/orders/7", "..//evil.example", "~//evil.example", "/evil.example"},
		{"empty segments, from the folder", "/orders/7", "/orders/..//evil.example", "/orders/..//evil.example", "/evil.example"},
		{"an escaped slash", "/orders/7", "/%2Fevil.example", "/%2Fevil.example", ""},
		{"spaces around", "/orders/7", "  list ", "~/orders/list", "~/orders/%20%20list"},
	}
	for where, change := range map[string]func(*backoffice.Config){
		"":             func(*backoffice.Config) {},
		"below a path": below,
	} {
		o := newOffice(t, change, func(c *backoffice.Config) { c.Guards = browse.Open("café", "orders", "save", "topics") })
		var to string
		var answer func(w http.ResponseWriter, r *http.Request, to string)
		o.Inside.HandleFunc("/{rest...}", func(w http.ResponseWriter, r *http.Request) { answer(w, r, to) })
		o.Inside.Handle("/list", silent)
		o.Inside.Handle("/files/", silent)
		o.Inside.Handle("POST /send", silent)
		ada := o.Enrolled("Ada", backoffice.Moderator)
		here := strings.NewReplacer(inside, o.Base, "own.example", o.Server.Listener.Addr().String())
		for _, c := range cases {
			for way, redirect := range ways {
				to, answer = here.Replace(c.to), redirect
				want := c.raw
				if way != "raw" && way != "created" && c.made != "" {
					want = c.made
				}
				r := ada.Request(http.MethodGet, c.asked, nil)
				res := asked(ada, r)
				what := strings.Join([]string{c.name, way, where}, ", ")
				got := strings.Join(res.Header.Values("Location"), " and ")
				require.Equal(t, here.Replace(want), got, what)
				if res.StatusCode == http.StatusCreated || strings.ContainsAny(c.to, "\\\t") {
					continue
				}
				if leads, err := res.Location(); err == nil && strings.HasPrefix(want, inside+"/") {
					require.Equal(t, r.URL.Host, leads.Host, what)
					require.True(t, strings.HasPrefix(leads.Path, o.Base+"/"), "%s leads to %s", what, leads)
				}
			}
		}
		form := url.Values{"csrf": {ada.Get("/account").Form("/logout").Get("csrf")}}
		for status, want := range map[int]string{http.StatusSeeOther: "/send", http.StatusTemporaryRedirect: inside + "/send", http.StatusPermanentRedirect: inside + "/send"} {
			answer = func(w http.ResponseWriter, r *http.Request, _ string) { http.Redirect(w, r, "/send", status) }
			res := asked(ada, ada.With(http.MethodPost, "/save", form))
			require.Equal(t, here.Replace(want), res.Header.Get("Location"), "a post, to a page that the host's mux takes only posts for: %d", status)
		}
	}
}

func TestLinksInOtherHeadersOfTheHost(t *testing.T) {
	o := newOffice(t)
	var header, value string
	o.Inside.HandleFunc("/orders/{id}", func(w http.ResponseWriter, _ *http.Request) { w.Header().Set(header, value) })
	o.Inside.HandleFunc("/orders/{$}", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Link", "</app.css>; rel=preload")
		w.WriteHeader(http.StatusEarlyHints)
		w.Header().Set("Location", "7")
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for _, c := range []struct{ header, value, want string }{
		{"Content-Location", "8.json", "~/orders/8.json"},
		{"Content-Location", "/topics/8", "/topics/8"},
		{"Refresh", "5", "5"},
		{"Refresh", "5; url=list", "5; url=~/orders/list"},
		{"Refresh", "0;URL='/orders/8'", "0;URL='~/orders/8'"},
		{"Refresh", "1, url = /topics", "1, url = /topics"},
		{"Refresh", "1; url=https://other.example/orders", "1; url=https://other.example/orders"},
		{"Refresh", "1; /orders/8", "1; ~/orders/8"},
		{"Refresh", "0.5 list", "0.5 ~/orders/list"},
		{"HX-Redirect", "/orders/8", "~/orders/8"},
		{"HX-Redirect", "/", "/"},
		{"HX-Redirect", "list", "list"},
		{"HX-Redirect", "https://other.example/orders", "https://other.example/orders"},
		{"HX-Push", "/orders/7?page=2", "~/orders/7?page=2"},
		{"HX-Push-Url", "/orders/7?page=2", "~/orders/7?page=2"},
		{"HX-Push-Url", "false", "false"},
		{"HX-Replace-Url", "/orders/7?page=2", "~/orders/7?page=2"},
		{"HX-Location", "/orders/8", "~/orders/8"},
		{"HX-Location", `{"path":"/orders/8","target":"#main"}`, `{"path":"~/orders/8","target":"#main"}`},
		{"HX-Location", `{"path":"/topics","target":"#main"}`, `{"path":"/topics","target":"#main"}`},
		{"HX-Location", `{"target":"#main"}`, `{"target":"#main"}`},
		{"HX-Location", `{"path`, `{"path`},
		{"X-Anything", "/orders/8", "/orders/8"},
	} {
		header, value = c.header, c.value
		answer := ada.Get("/orders/7")
		require.Equal(t, http.StatusOK, answer.Status)
		require.Equal(t, strings.Replace(c.want, "~", o.Base, 1), answer.Header.Get(c.header), "%s: %s", c.header, c.value)
	}
	hinted := ada.Get("/orders/")
	require.Equal(t, http.StatusOK, hinted.Status, "hints begin no answer")
	require.Equal(t, "/orders/7", hinted.Location)
}
