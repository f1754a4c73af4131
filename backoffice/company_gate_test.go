package backoffice_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

const logout = backoffice.DefaultLogoutPath

// echo is a community that says all that it gets.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s %s %v %q %v", r.Method, r.RequestURI, r.URL.RawQuery, r.Header, body, err)
}

// rawWith sends a request with headers and a body as they are.
func rawWith(t testing.TB, server, request string) string {
	t.Helper()
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(server, "http://"), 10*time.Second)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = io.WriteString(conn, strings.ReplaceAll(request, "\n", "\r\n"))
	require.NoError(t, err)
	answer, err := io.ReadAll(bufio.NewReader(conn))
	require.NoError(t, err)
	return dateLine.ReplaceAllString(string(answer), "")
}

func TestThePathsOfTheProviderAreTheCommunitysToEveryoneElse(t *testing.T) {
	o, p := withCompany(t, insecure)
	const head = "Host: community.example\nConnection: close\nUser-Agent: " + testoffice.Agent + "\n"
	const form = head + "Content-Type: application/x-www-form-urlencoded\n"
	state := strings.Repeat("a", 43)
	requests := map[string]string{
		"the callback":                      "GET " + callback + " HTTP/1.1\n" + head + "\n",
		"an answer that nobody asked for":   "GET " + callback + "?code=x&state=" + state + " HTTP/1.1\n" + head + "\n",
		"with a cookie of another's making": "GET " + callback + "?code=x&state=" + state + " HTTP/1.1\n" + head + "Cookie: theirs=1; " + o.Named(flowCookie) + "=abc.def\n\n",
		"HEAD":                              "HEAD " + callback + " HTTP/1.1\n" + head + "\n",
		"posted":                            "POST " + callback + " HTTP/1.1\n" + form + "Content-Length: 12\n\ncode=1&sta=2",
		"a query that does not parse":       "GET " + callback + "?%zz;;&state=" + state + " HTTP/1.1\n" + head + "\n",
		"a slash behind":                    "GET " + callback + "/ HTTP/1.1\n" + head + "\n",
		"a letter encoded":                  "GET /%61uth/callback HTTP/1.1\n" + head + "\n",
		"a logout path that is fetched":     "GET " + logout + " HTTP/1.1\n" + head + "\n",
		"a logout without a token":          "POST " + logout + " HTTP/1.1\n" + form + "Content-Length: 3\n\na=b",
		"a logout token of someone else":    "POST " + logout + " HTTP/1.1\n" + form + "Content-Length: 16\n\nlogout_token=abc",
		"two logout tokens":                 "POST " + logout + " HTTP/1.1\n" + form + "Content-Length: 31\n\nlogout_token=a&logout_token=bcd",
		"a logout of another kind":          "POST " + logout + " HTTP/1.1\n" + head + "Content-Type: application/json\nContent-Length: 2\n\n{}",
		"a logout in chunks":                "POST " + logout + " HTTP/1.1\n" + form + "Transfer-Encoding: chunked\n\n10\nlogout_token=abc\n0\n\n",
		"a logout that waits to be asked":   "POST " + logout + " HTTP/1.1\n" + form + "Expect: 100-continue\nContent-Length: 16\n\nlogout_token=abc",
		"a logout that is too long":         "POST " + logout + " HTTP/1.1\n" + form + "Content-Length: 20000\n\nlogout_token=" + strings.Repeat("x", 20000-13),
		"a logout that ends too early":      "POST " + logout + " HTTP/1.1\n" + form + "Content-Length: 16\n\nlogout_token=abc",
	}
	for name, host := range map[string]http.HandlerFunc{"one that says what it gets": echo, "one that answers at once": missing} {
		gated, bare := httptest.NewServer(o.Wrap(host)), httptest.NewServer(host)
		t.Cleanup(gated.Close)
		t.Cleanup(bare.Close)
		for what, request := range requests {
			if what == "a logout that is too long" && name != "one that says what it gets" {
				continue // the server resets the connection, and the answer may be lost
			}
			want := rawWith(t, bare.URL, strings.ReplaceAll(request, "; "+o.Named(flowCookie)+"=abc.def", ""))
			require.Equal(t, want, rawWith(t, gated.URL, request), "%s: %s", name, what)
		}
	}
	p.Down(true)
	gated := httptest.NewServer(o.Wrap(http.HandlerFunc(missing)))
	t.Cleanup(gated.Close)
	require.Contains(t, rawWith(t, gated.URL, requests["a logout token of someone else"]), "404", "nor while the provider is down")
}

func TestOnlyTheBrowserThatBeganAFlowIsAnswered(t *testing.T) {
	o, p := withCompany(t)
	o.linked(p, "Ada")
	b := o.Browser()
	query := p.SignsIn(going(b).Refresh(), account("Ada"))
	theirs := func(what string, answer page) {
		require.Equal(t, http.StatusNotFound, answer.Status, what)
		require.Equal(t, "meadow", answer.Header.Get("X-Community"), what)
		require.Empty(t, answer.Header["Set-Cookie"], what)
	}
	other := o.Browser()
	going(other)
	theirs("another browser, with a flow of its own", other.Return(callback, query))
	theirs("a browser without one", o.Browser().Return(callback, query))
	theirs("another state", b.Return(callback, url.Values{"code": {"x"}, "state": {strings.Repeat("a", 43)}}))
	theirs("the state twice", b.Return(callback, url.Values{"code": query["code"], "state": {query.Get("state"), query.Get("state")}}))
	moved := *b
	moved.Agent = "Gopher/1.0"
	theirs("the cookie in another browser", moved.Return(callback, query))

	o.Store.Reset()
	answer := b.Return(callback, query)
	require.Equal(t, http.StatusOK, answer.Status)
	require.Empty(t, o.Store.Calls(), "nothing is looked up")
	for _, secret := range []string{query.Get("code"), query.Get("state")} {
		require.NotContains(t, answer.Body, url.QueryEscape(secret))
		require.NotContains(t, o.Log.String(), secret)
	}
	require.Equal(t, "/login/code", b.Get(answer.Refresh()).Location)

	late := o.Browser()
	query = p.SignsIn(going(late).Refresh(), account("Ada"))
	o.Clock.Add(10 * time.Minute)
	theirs("too late", late.Return(callback, query))
	query = p.SignsIn(going(late).Refresh(), account("Ada"))
	o.ChangeParameters(func(s *store.Parameters) { s.Alias = "another-place-to-be" })
	o.Browser().Get("/login") // so that this process has heard of it
	theirs("the office has moved, and no one is told where to", late.Return(callback, query))
}

func TestTheCommunityNeverGetsTheCookieOfAFlow(t *testing.T) {
	o, _ := withCompany(t)
	b := o.Browser()
	going(b)
	flow := b.Cookie(flowCookie)
	require.NotEmpty(t, flow)
	srv := httptest.NewServer(o.Wrap(http.HandlerFunc(echo)))
	t.Cleanup(srv.Close)
	for _, path := range []string{"/", callback, callback + "?state=x", logout} {
		answer := rawWith(t, srv.URL, "GET "+path+" HTTP/1.1\nHost: x\nConnection: close\nCookie: theirs=1; "+o.Named(flowCookie)+"="+flow+"\n\n")
		require.Contains(t, answer, "theirs=1")
		require.NotContains(t, answer, flow, path)
	}
}

func TestTheProviderOfAnOfficeBelowAPath(t *testing.T) {
	for name, cut := range map[string]bool{"kept": false, "cut": true} {
		t.Run(name, func(t *testing.T) {
			o, p := withCompany(t, below)
			gate := o.Wrap(http.HandlerFunc(community))
			if o.Server.Config.Handler = gate; cut {
				o.Server.Config.Handler = http.StripPrefix(path, gate)
			}
			require.Equal(t, path+callback, o.callback())
			o.linked(p, "Ada")
			b := o.Browser()
			require.Equal(t, "/", b.Through(going(b), o.callback(), p.As(proves(account("Ada")))).Location)
		})
	}
}

func TestTheProvidersOfTwoOfficesInsideOneAnother(t *testing.T) {
	outer, p := withCompany(t)
	inner, q := withCompany(t)
	both := httptest.NewTLSServer(outer.Wrap(inner.Wrap(http.HandlerFunc(community))))
	t.Cleanup(both.Close)
	for _, o := range []struct {
		*office
		p *testoffice.Provider
	}{{outer, p}, {inner, q}} {
		o.linked(o.p, "Ada")
		b := o.Browser().At(both)
		require.Equal(t, "/", b.Through(going(b), callback, o.p.As(proves(account("Ada")))).Location)
	}
}

func TestTheProviderSignsSomeoneOut(t *testing.T) {
	o, p := withCompany(t, func(c *backoffice.Config) { c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")} })
	ada := o.linked(p, "Ada")
	b := o.Browser()
	require.Equal(t, "/", b.Through(going(b), callback, p.As(proves(account("Ada")))).Location)
	post := func(token string) *http.Response {
		res, err := o.Server.Client().PostForm(o.Server.URL+logout, url.Values{"logout_token": {token}})
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res
	}
	token := p.SignsOut(desk.LogoutNotice{Issuer: testoffice.Issuer, Subject: "Ada", Session: "session of Ada", ID: "1"})
	res := post(token)
	require.Equal(t, http.StatusOK, res.StatusCode)
	require.Equal(t, "no-store", res.Header.Get("Cache-Control"))
	require.False(t, b.SignedIn(), "the session that began there has ended")
	require.True(t, ada.SignedIn(), "the one that began here has not")
	require.Equal(t, http.StatusNotFound, post(token).StatusCode, "once")
}

func TestAProviderCostsTheCommunityNothing(t *testing.T) {
	o, _ := withCompany(t)
	h := o.Wrap(silent)
	for _, target := range []string{"/members/ada?tab=posts", callback + "x", callback[:len(callback)-1] + "0", logout + "/", "/a%2fb"} {
		u, err := url.ParseRequestURI(target)
		require.NoError(t, err)
		r := &http.Request{Method: http.MethodGet, URL: u}
		require.Zero(t, testing.AllocsPerRun(1000, func() { h.ServeHTTP(nowhere{}, r) }), target)
	}
}
