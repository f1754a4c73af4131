package backoffice_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

const floor = "frame-ancestors 'none'; form-action 'self'; base-uri 'self'; object-src 'none'"

// passedOn are headers of another server, and what of them and of ours a browser gets;
// "ours" stands for what every page has.
var passedOn = map[string]struct{ theirs, want []string }{
	// What keeps the answer private.
	"Cache-Control":                {[]string{"public, max-age=3600"}, []string{"ours"}},
	"Expires":                      {[]string{"Thu, 01 Jan 2099 00:00:00 GMT"}, nil},
	"Pragma":                       {[]string{"cache"}, nil},
	"Surrogate-Control":            {[]string{"max-age=60"}, nil},
	"Cdn-Cache-Control":            {[]string{"max-age=60"}, nil},
	"Cloudflare-Cdn-Cache-Control": {[]string{"max-age=60"}, nil},
	"X-Accel-Expires":              {[]string{"60"}, nil},
	"Referrer-Policy":              {[]string{"unsafe-url"}, []string{"ours"}},
	"X-Content-Type-Options":       {[]string{"none"}, []string{"ours"}},
	"X-Robots-Tag":                 {[]string{"all"}, []string{"ours"}},
	"X-Frame-Options":              {[]string{"SAMEORIGIN"}, []string{"ours"}},
	"Cross-Origin-Opener-Policy":   {[]string{"unsafe-none"}, []string{"ours"}},
	"Cross-Origin-Resource-Policy": {[]string{"cross-origin"}, []string{"ours"}},
	"Permissions-Policy":           {[]string{"camera=*"}, []string{"ours"}},
	"Strict-Transport-Security":    {[]string{"max-age=0"}, []string{"ours"}},
	// What opens it, or the whole origin, to others.
	"Access-Control-Allow-Origin":         {[]string{"https://evil.example"}, nil},
	"Access-Control-Allow-Credentials":    {[]string{"true"}, nil},
	"Access-Control-Expose-Headers":       {[]string{"*"}, nil},
	"Timing-Allow-Origin":                 {[]string{"*"}, nil},
	"Clear-Site-Data":                     {[]string{`"cookies"`}, nil},
	"Service-Worker-Allowed":              {[]string{"/"}, nil},
	"Reporting-Endpoints":                 {[]string{`x="https://reports.example"`}, nil},
	"Report-To":                           {[]string{`{"endpoints":[{"url":"https://reports.example"}]}`}, nil},
	"Nel":                                 {[]string{`{"report_to":"x","max_age":60}`}, nil},
	"Origin-Agent-Cluster":                {[]string{"?0"}, nil},
	"Use-As-Dictionary":                   {[]string{`match="/*"`}, nil},
	"Secure-Session-Registration":         {[]string{`(ES256);path="/session"`}, nil},
	"Alt-Svc":                             {[]string{`h3="other.example:443"`}, []string{`h3=":443"`}}, // the one of the server in front
	"Server":                              {[]string{"tool/1.2.3"}, nil},
	"X-Powered-By":                        {[]string{"tool"}, nil},
	"Content-Security-Policy-Report-Only": {[]string{"default-src 'self'; report-uri https://reports.example"}, nil},
	"Permissions-Policy-Report-Only":      {[]string{"camera=()"}, nil},
	// What is the tool's own.
	"Content-Security-Policy": {[]string{"default-src 'self'; script-src 'unsafe-inline'; report-uri https://reports.example; REPORT-TO x; img-src *,report-uri\thttps://reports.example; font-src *"},
		[]string{"default-src 'self'; script-src 'unsafe-inline'; img-src *, font-src *, " + floor}},
	"Cross-Origin-Embedder-Policy": {[]string{"require-corp"}, []string{"require-corp"}},
	"Refresh":                      {[]string{"5; url=/other"}, []string{"5; url=/other"}},
	"Link":                         {[]string{"</a.css>; rel=preload; as=style"}, []string{"</a.css>; rel=preload; as=style"}},
	"Etag":                         {[]string{`"1"`}, []string{`"1"`}},
	"Vary":                         {[]string{"Accept"}, []string{"Accept"}},
	"X-Accel-Buffering":            {[]string{"no"}, []string{"no"}},
	"Www-Authenticate":             {[]string{"Basic"}, []string{"Basic"}},
	"Content-Disposition":          {[]string{"attachment"}, []string{"attachment"}},
}

// cookiesOf are the names of the office's cookies that browsers got.
func cookiesOf(o *office) (names []string) {
	for _, e := range o.wire.all {
		for _, c := range (&http.Response{Header: e.Header}).Cookies() {
			if !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

// headersOf are what the browser gets, without what an answer of anyone has.
func headersOf(p page) http.Header {
	h := p.Header.Clone()
	for _, name := range []string{"Date", "Content-Length", "Content-Type", "Last-Modified"} {
		h.Del(name)
	}
	return h
}

// proxyTo passes requests on to another server.
func proxyTo(t *testing.T, srv *httptest.Server) http.Handler {
	to, err := url.Parse(srv.URL)
	require.NoError(t, err)
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.SetXForwarded() }}
}

func TestHeadersOfAnotherServerAndOursAreOne(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	passedOn := maps.Clone(passedOn)
	set := []string{"theme=dark; Path=/"}
	names := cookiesOf(o)
	require.Len(t, names, 3)
	for _, name := range names {
		set = append(set, name+"=x; Path=/; Secure", name+"=; Max-Age=0", name+"=x; Domain=example", " "+name+" = x", "="+name+"=x", name)
	}
	set = append(set, names[0]+"2=x; HttpOnly", "office2=x")
	passedOn["Set-Cookie"] = struct{ theirs, want []string }{set, []string{set[0], names[0] + "2=x; HttpOnly", "office2=x"}}
	tool := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, c := range passedOn {
			w.Header()[name] = slices.Clone(c.theirs)
		}
		switch r.URL.Path {
		case "/proxied":
			w.Header().Set("X-Early", "yes")
			w.WriteHeader(http.StatusEarlyHints)
			_, _ = io.WriteString(w, "tool")
		case "/redirect":
			w.Header().Set("Location", "https://other.example/")
			w.WriteHeader(http.StatusFound)
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer tool.Close()
	proxy := proxyTo(t, tool)
	copied := func(put func(h http.Header, name string, values []string)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/cleared" {
				clear(w.Header())
			}
			for name, c := range passedOn {
				put(w.Header(), name, slices.Clone(c.theirs))
			}
			switch r.URL.Path {
			case "/flushed":
				w.(http.Flusher).Flush()
			case "/status":
				w.WriteHeader(http.StatusTeapot)
			case "/silent":
			default:
				_, _ = io.WriteString(w, "tool")
			}
		}
	}
	assigned := copied(func(h http.Header, name string, values []string) { h[name] = values })
	added := copied(func(h http.Header, name string, values []string) { h[name] = append(h[name], values...) })
	lower := copied(func(h http.Header, name string, values []string) {
		if passedOn[name].want == nil || name == "Alt-Svc" {
			h[strings.ToLower(name)] = values // as no one who uses Set writes it
		} else {
			h[name] = values
		}
	})
	for path, h := range map[string]http.Handler{
		"/proxied": proxy, "/redirect": proxy, "/missing": proxy, "/set": assigned, "/added": added, "/flushed": assigned, "/status": added, "/silent": assigned, "/cleared": assigned, "/lower": lower,
	} {
		o.Inside.Handle(path, h)
	}
	gated := o.Server.Config.Handler
	o.Server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Alt-Svc", `h3=":443"`)
		gated.ServeHTTP(w, r)
	})
	ours := headersOf(ada.Get("/account"))
	ada.Bare = true
	for _, path := range []string{"/proxied", "/redirect", "/missing", "/set", "/added", "/flushed", "/status", "/silent", "/cleared", "/lower"} {
		got := headersOf(ada.Get(path))
		for name, c := range passedOn {
			want := c.want
			if slices.Equal(want, []string{"ours"}) {
				want = ours[name]
				require.Len(t, want, 1, name)
			}
			require.Equal(t, want, got[name], "%s of %s", name, path)
			delete(got, name)
		}
		delete(got, "X-Early")
		delete(got, "Location")
		require.Empty(t, got, path)
	}
	require.True(t, ada.SignedIn(), "Its cookies are as they were.")
}

func TestAnotherServerIsNotToldTheAlias(t *testing.T) {
	var seen []byte
	tool := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen, _ = httputil.DumpRequest(r, true) }))
	defer tool.Close()
	for _, where := range []func(*backoffice.Config){func(*backoffice.Config) {}, below} {
		o := newOffice(t, where)
		o.Inside.Handle("/tool/", proxyTo(t, tool))
		ada := o.Enrolled("Ada", backoffice.Moderator)
		token := ada.Get("/account").Form("/logout").Get("csrf")
		r := ada.Request(http.MethodPost, "/tool/api?x=1", strings.NewReader(`{"a":1}`))
		for name, value := range map[string]string{
			"Content-Type": "application/json", "X-Csrf-Token": token, "Referer": o.Cfg.Origin + o.Base[len(o.CookiePath())-1:] + "/tool/", "Hx-Current-Url": o.HomeURL() + "tool/?a=b",
			"X-Forwarded-Prefix": o.Base, "X-Original-Url": o.Base + "/tool/api",
		} {
			r.Header.Set(name, value)
		}
		require.Equal(t, http.StatusOK, ada.Send(r).Status)
		require.Contains(t, string(seen), "POST /tool/api?x=1")
		require.Contains(t, string(seen), `{"a":1}`)
		require.Contains(t, string(seen), "/tool/?a=b\r\n")
		require.NotContains(t, string(seen), "X-Forwarded-Prefix", "which a router inside would redirect to below")
		for _, secret := range append(cookiesOf(o), strings.TrimPrefix(o.Base, path)[1:], token) {
			require.NotContains(t, string(seen), secret)
		}
	}
}

func TestTheCommunityIsNotToldTheAlias(t *testing.T) {
	one, two := newOffice(t), newOffice(t)
	var seen http.Header
	community := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.Header })
	for _, gated := range []http.Handler{one.Wrap(two.Wrap(community)), two.Wrap(one.Wrap(community))} {
		for _, o := range []*office{one, two} {
			r := httptest.NewRequest(http.MethodGet, "/members", nil)
			r.Header.Set("Hx-Current-Url", o.HomeURL()+"orders")
			r.Header.Set("Referer", o.HomeURL())
			r.Header.Set("Accept", "text/html")
			gated.ServeHTTP(httptest.NewRecorder(), r)
			require.Equal(t, http.Header{"Accept": {"text/html"}}, seen)
			require.Len(t, r.Header, 3, "Middleware outside keeps its request.")
		}
	}
}

func TestAHostKeepsHeadersOfItsOwn(t *testing.T) {
	o := newOffice(t)
	all := []string{"cache-control", "Content-Security-Policy", "X-Frame-Options", "Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy",
		"Referrer-Policy", "Access-Control-Allow-Origin", "Set-Cookie", "Strict-Transport-Security", "X-Content-Type-Options", "Clear-Site-Data", "Nonsense"}
	values := map[string]string{}
	o.Inside.HandleFunc("/kept", func(w http.ResponseWriter, r *http.Request) {
		backoffice.KeepHeaders(r.Context(), all...)
		for name, value := range values {
			w.Header().Add(name, value)
		}
	})
	// What the office answers in its place is the office's in full.
	instead := map[string]http.Handler{
		"/fail": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { o.Fail(w, r, io.ErrUnexpectedEOF) }), "/missing": http.HandlerFunc(o.NotFound),
		"/denied": o.Require("analytics.view")(nil), "/role": o.RequireRole("owner")(nil), "/proof": o.RequireStepUp()(nil),
		"/panic":   http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("on purpose") }),
		"/timeout": http.TimeoutHandler(http.HandlerFunc(o.NotFound), time.Hour, ""),
	}
	for path, h := range instead {
		o.Inside.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			backoffice.KeepHeaders(r.Context(), all...)
			for name, value := range values {
				w.Header().Set(name, value)
			}
			h.ServeHTTP(w, r)
		})
	}
	ada := o.Enrolled("Ada", backoffice.Moderator)
	ours := headersOf(ada.Get("/account"))
	ada.Bare = true
	policy := func(h http.Header) { h.Del("Content-Security-Policy") } // whose nonce differs
	got := headersOf(ada.Get("/kept"))
	policy(got)
	policy(ours)
	require.Empty(t, got["Vary"], "it is in one language")
	got.Set("Vary", ours.Get("Vary"))
	require.Equal(t, ours, got, "what it does not have is ours")
	for name, c := range passedOn {
		values[name] = c.theirs[0]
	}
	values["Set-Cookie"] = cookiesOf(o)[0] + "=x"
	got = headersOf(ada.Get("/kept"))
	for _, name := range []string{"Cache-Control", "Expires", "Pragma", "Content-Security-Policy", "Content-Security-Policy-Report-Only", "X-Frame-Options", "Permissions-Policy", "Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy"} {
		require.Equal(t, []string{values[name]}, got[name], name)
	}
	for _, name := range []string{"Referrer-Policy", "Strict-Transport-Security", "X-Content-Type-Options"} {
		require.Equal(t, ours[name], got[name], name)
	}
	for _, name := range []string{"Access-Control-Allow-Origin", "Set-Cookie", "Clear-Site-Data", "Surrogate-Control", "Permissions-Policy-Report-Only"} {
		require.Empty(t, got[name], name)
	}
	maps.DeleteFunc(values, func(name, _ string) bool {
		return passedOn[name].want != nil && name != "Content-Security-Policy" && name != "Content-Disposition" && name != "Etag" && name != "Set-Cookie" && !slices.Equal(passedOn[name].want, []string{"ours"})
	})
	o.Clock.Add(10 * time.Minute)
	for path := range instead {
		got := headersOf(ada.Get(path))
		require.Len(t, got["Content-Security-Policy"], 1, path)
		require.Contains(t, got.Get("Content-Security-Policy"), "script-src 'nonce-", path)
		policy(got)
		got.Del("Location")
		require.Equal(t, ours, got, path)
	}
	backoffice.KeepHeaders(t.Context(), "Cache-Control") // outside, it does nothing
}

func TestWhatNetHTTPDeletesIsThereAgain(t *testing.T) {
	o := newOffice(t)
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "a.txt"), []byte("text"), 0o600))
	files := http.FileServer(http.Dir(folder))
	o.Inside.Handle("/files/", http.StripPrefix("/files", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		files.ServeHTTP(w, r)
	})))
	o.Inside.HandleFunc("/error", func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusConflict) })
	ada := o.Enrolled("Ada", backoffice.Moderator)
	for _, c := range []struct {
		path, name, value string
		status            int
	}{
		{"/files/a.txt", "", "", 200},
		{"/files/none", "", "", 404},
		{"/files/a.txt", "Range", "bytes=9-", 416},
		{"/files/a.txt", "If-Modified-Since", "Thu, 01 Jan 2099 00:00:00 GMT", 304},
		{"/files/a.txt", "Range", "bytes=1-2", 206},
		{"/error", "", "", 409},
	} {
		r := ada.Request(http.MethodGet, c.path, nil)
		if c.name != "" {
			r.Header.Set(c.name, c.value)
		}
		require.Equal(t, c.status, ada.Send(r).Status) // It looks at all headers.
	}
}

// TestAProtocolThatReverseProxySwitchesTo is the answer that ReverseProxy writes to a
// connection it took over.
func TestAProtocolThatReverseProxySwitchesTo(t *testing.T) {
	o := newOffice(t)
	tool := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		require.NoError(t, err)
		defer conn.Close()
		_, _ = buffered.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\nSet-Cookie: " + o.Named(sessionCookie) + "=x\r\nSet-Cookie: a=b\r\nAccess-Control-Allow-Origin: *\r\n\r\n")
		_ = buffered.Flush()
	}))
	defer tool.Close()
	o.Inside.Handle("/socket", proxyTo(t, tool))
	ada := o.Enrolled("Ada", backoffice.Moderator)
	_, answer := begun(ada, o.Server, "GET /socket", "Connection: Upgrade", "Upgrade: echo", "Sec-Fetch-Site: same-origin")
	res, err := http.ReadResponse(answer, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusSwitchingProtocols, res.StatusCode)
	require.Equal(t, []string{"a=b"}, res.Header["Set-Cookie"])
	require.Empty(t, res.Header["Access-Control-Allow-Origin"])
	require.Equal(t, []string{"no-store"}, res.Header["Cache-Control"])
}
