package backoffice_test

import (
	"bufio"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

func insecure(c *backoffice.Config) { c.InsecurePlainHTTP = true }

var dateLine = regexp.MustCompile(`(?m)^Date: .*\r\n`)

// raw sends a request line as it is and returns the whole answer but its date.
func raw(t testing.TB, server, method, target string) string {
	t.Helper()
	conn, err := net.DialTimeout("tcp", strings.TrimPrefix(server, "http://"), 10*time.Second)
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(20*time.Second)))
	_, err = fmt.Fprintf(conn, "%s %s HTTP/1.1\r\nHost: community.example\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", method, target)
	require.NoError(t, err)
	answer, err := io.ReadAll(bufio.NewReader(conn))
	require.NoError(t, err)
	return dateLine.ReplaceAllString(string(answer), "")
}

// almost are request targets that are not the alias.
func almost(alias string) map[string]string {
	letter := strings.IndexFunc(alias, unicode.IsLetter) // the first that has an upper case
	targets := map[string]string{
		"a path that nobody has":          "/nothing/here",
		"the home page":                   "/",
		"upper case":                      "/" + strings.ToUpper(alias),
		"one letter in upper case":        "/" + alias[:letter] + strings.ToUpper(alias[letter:letter+1]) + alias[letter+1:],
		"one character short":             "/" + alias[:len(alias)-1],
		"one character missing in front":  "/" + alias[1:],
		"one character more":              "/" + alias + "a",
		"one character more in front":     "/a" + alias,
		"the alias twice":                 "/" + alias + alias,
		"another last character":          "/" + alias[:len(alias)-1] + "0",
		"a dot behind":                    "/" + alias + ".",
		"a dot in front":                  "/." + alias,
		"a file name":                     "/" + alias + ".html",
		"a slash encoded behind":          "/" + alias + "%2f",
		"a slash encoded behind, upper":   "/" + alias + "%2Flogin",
		"a slash encoded in front":        "/%2f" + alias + "/",
		"a double slash in front":         "//" + alias + "/",
		"three slashes in front":          "///" + alias,
		"a dot segment in front":          "/./" + alias + "/",
		"a double dot in front":           "/../" + alias + "/",
		"back out of another folder":      "/x/../" + alias + "/",
		"encoded dots in front":           "/%2e%2e/" + alias,
		"the alias as second segment":     "/x/" + alias,
		"a semicolon behind":              "/" + alias + ";v=1",
		"a semicolon in front":            "/;" + alias,
		"a NUL, encoded":                  "/" + alias + "%00",
		"a NUL, raw":                      "/" + alias + "\x00",
		"a space, encoded":                "/" + alias + "%20",
		"a space in front":                "/%20" + alias,
		"a plus":                          "/" + alias + "+",
		"a tab, encoded":                  "/" + alias + "%09",
		"a new line, encoded":             "/" + alias + "%0a",
		"a question mark, encoded":        "/" + alias + "%3f",
		"a hash, encoded":                 "/" + alias + "%23",
		"a back slash behind":             "/" + alias + "\\",
		"a back slash in front":           "/\\" + alias,
		"a back slash, encoded":           "/" + alias + "%5c",
		"a percent sign alone":            "/" + alias + "%",
		"unicode behind":                  "/" + alias + "é",
		"unicode that looks alike":        "/" + string(rune(alias[0])-'!'+'！') + alias[1:],
		"a soft hyphen":                   "/" + alias[:3] + "%c2%ad" + alias[3:],
		"a byte order mark":               "/%ef%bb%bf" + alias,
		"bytes that are not UTF-8":        "/" + alias + "%ff",
		"a very long path":                "/" + strings.Repeat(alias, 400),
		"a very long path behind a slash": "/x/" + strings.Repeat("a", 8000),
		"the alias in the query":          "/?" + alias,
		"the alias as a value":            "/nothing?next=/" + alias,
		"no slash in front":               alias,
		"the star":                        "*",
		"an authority":                    "community.example:443",
		"an address with another path":    "http://community.example/x" + alias + "/",
		"an address in upper case":        "http://community.example/" + strings.ToUpper(alias) + "/",
		"an address without path":         "http://" + alias,
		"the alias as a host":             "http://" + alias + "/",
		"nothing at all":                  "",
	}
	for i := range alias {
		targets[fmt.Sprintf("character %d encoded", i)] = fmt.Sprintf("/%s%%%02x%s/", alias[:i], alias[i], alias[i+1:])
		targets[fmt.Sprintf("character %d encoded twice", i)] = fmt.Sprintf("/%s%%25%02x%s", alias[:i], alias[i], alias[i+1:])
		if upper := fmt.Sprintf("%02X", alias[i]); upper != fmt.Sprintf("%02x", alias[i]) {
			targets[fmt.Sprintf("character %d encoded in upper case", i)] = "/" + alias[:i] + "%" + upper + alias[i+1:]
		}
	}
	return targets
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "POSTERN"}

func TestWhatIsNotTheAliasIsTheCommunitysByteForByte(t *testing.T) {
	o := newOffice(t, insecure)
	alias := o.Base[1:]
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", community)
	mux.HandleFunc("/nothing/", missing)
	for name, host := range map[string]http.Handler{"a handler": http.HandlerFunc(community), "a mux that cleans paths": mux} {
		gated, bare := httptest.NewServer(o.Wrap(host)), httptest.NewServer(host)
		defer gated.Close()
		defer bare.Close()
		o.Store.Reset()
		for what, target := range almost(alias) {
			for _, method := range methods {
				if method != "GET" && strings.HasPrefix(what, "character ") {
					continue
				}
				got, want := raw(t, gated.URL, method, target), raw(t, bare.URL, method, target)
				require.Equal(t, want, got, "%s: %s: %s %s", name, what, method, target)
				if name == "a handler" {
					require.NotContains(t, got, alias, "%s: %s", what, method)
				}
			}
		}
		require.Empty(t, o.Store.Calls(), "nothing is looked up for the community")
	}
}

func TestTheAliasIsTheOffice(t *testing.T) {
	o := newOffice(t, insecure)
	for what, target := range map[string]string{
		"with a slash":       o.Base + "/",
		"without a slash":    o.Base,
		"with a query":       o.Base + "?x=1",
		"with a path":        o.Base + "/login",
		"as a whole address": "http://community.example" + o.Base + "/login",
	} {
		methods := methods
		if strings.HasPrefix(target, "http") {
			methods = []string{"GET", "POST", "TRACE"} // CONNECT names no path there
		}
		for _, method := range methods {
			answer := raw(t, o.Server.URL, method, target)
			require.Contains(t, answer, "X-Robots-Tag: noindex, nofollow", "%s: %s", what, method)
			require.NotContains(t, answer, "X-Community", "%s: %s", what, method)
		}
	}
}

func TestARetiredAliasIsAMissingPage(t *testing.T) {
	o := newOffice(t, insecure)
	bare := httptest.NewServer(http.HandlerFunc(community))
	defer bare.Close()
	p := o.Browser()
	require.Equal(t, http.StatusOK, p.Get("/login").Status)
	// Another replica moves the office; this one has not heard of it.
	o.ChangeParameters(func(s *store.Parameters) { s.Alias = "elsewhere" })
	for _, path := range []string{"", "/", "/login", "/static/x", "/a/../b"} {
		for _, method := range methods {
			require.Equal(t, raw(t, bare.URL, method, o.Base+path), raw(t, o.Server.URL, method, o.Base+path), "%s %s", method, path)
		}
	}
}

func TestACommunityThatPanicsAtARetiredAliasPanicsAsEver(t *testing.T) {
	o := newOffice(t, insecure)
	host := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("the community fell over") })
	gated, bare := httptest.NewUnstartedServer(o.Wrap(host)), httptest.NewUnstartedServer(host)
	for _, srv := range []*httptest.Server{gated, bare} {
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		srv.Start()
		defer srv.Close()
	}
	o.ChangeParameters(func(s *store.Parameters) { s.Alias = "elsewhere" })
	require.Equal(t, raw(t, bare.URL, "GET", o.Base+"/"), raw(t, gated.URL, "GET", o.Base+"/"))
	require.NotContains(t, o.Log.String(), "panic")
}

func TestTheGateStandsOutsideTheCommunitysMux(t *testing.T) {
	o := newOffice(t, insecure)
	mux := http.NewServeMux()
	mux.HandleFunc(o.Base+"/login", func(http.ResponseWriter, *http.Request) { t.Error("the community was asked") })
	mux.HandleFunc("/{any...}", missing)
	srv := httptest.NewServer(o.Wrap(mux))
	defer srv.Close()
	require.Contains(t, raw(t, srv.URL, "GET", o.Base+"/login"), "Sign in")
}

func TestTwoOfficesInOneProcess(t *testing.T) {
	one, two := newOffice(t), newOffice(t)
	both := httptest.NewTLSServer(one.Wrap(two.Wrap(http.HandlerFunc(community))))
	defer both.Close()
	for _, o := range []*office{one, two} {
		res, err := both.Client().Get(both.URL + o.Base + "/login")
		require.NoError(t, err)
		res.Body.Close()
		require.Equal(t, http.StatusOK, res.StatusCode)
	}
	// A handler guarded by one office is missing inside the other one.
	called := false
	one.Inside.Handle("/theirs", two.RequireRole(backoffice.SuperAdministrator)(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { called = true })))
	one.Inside.HandleFunc("/render", func(w http.ResponseWriter, r *http.Request) { two.Render(w, r, "x", "x", nil) })
	one.Inside.HandleFunc("/values", func(w http.ResponseWriter, r *http.Request) {
		_, err := two.SessionStore().New(r, "x")
		require.Error(t, err)
		missing(w, r)
	})
	ada := one.Enrolled("Ada", backoffice.SuperAdministrator)
	for _, path := range []string{"/theirs", "/render", "/values"} {
		answer := ada.Get(path)
		require.Equal(t, http.StatusNotFound, answer.Status)
		require.Equal(t, "meadow", answer.Header.Get("X-Community"))
	}
	require.False(t, called)
}

// nowhere is a writer that costs nothing.
type nowhere struct{ header http.Header }

func (n nowhere) Header() http.Header         { return n.header }
func (n nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n nowhere) WriteHeader(int)             {}

var silent = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

func TestThePassThroughAllocatesNothing(t *testing.T) {
	o := newOffice(t)
	h := o.Wrap(silent)
	for what, target := range map[string]string{
		"an ordinary path": "/members/ada?tab=posts", "almost the alias": o.Base + "x", "as long as the alias": o.Base[:len(o.Base)-1] + "0", "an encoded path": "/a%2fb",
	} {
		u, err := url.ParseRequestURI(target)
		require.NoError(t, err)
		r := &http.Request{Method: http.MethodGet, URL: u}
		require.Zero(t, testing.AllocsPerRun(1000, func() { h.ServeHTTP(nowhere{}, r) }), what)
	}
	longest := strings.Repeat("a", 64)
	r := &http.Request{URL: &url.URL{Path: "/" + longest[1:] + "b/x"}}
	require.Zero(t, testing.AllocsPerRun(1000, func() { backoffice.UnderAlias(r, "", longest) }))
}

func TestAGuardedRequestCostsOneRead(t *testing.T) {
	o := newOffice(t)
	o.Inside.Handle("/analytics", o.Require("analytics.view")(silent))
	ada := o.Enrolled("Ada", backoffice.CommunityManager)
	require.Equal(t, http.StatusOK, ada.Get("/analytics").Status)
	o.Store.Reset()
	require.Equal(t, http.StatusOK, ada.Get("/analytics").Status)
	require.Equal(t, []string{"FindSession"}, o.Store.Calls())
	o.Clock.Add(time.Minute)
	o.Store.Reset()
	require.Equal(t, http.StatusOK, ada.Get("/analytics").Status)
	require.Equal(t, []string{"FindSession", "TouchSession"}, o.Store.Calls(), "now and then it is noted that the session lives")
	o.Store.Reset()
	require.Equal(t, http.StatusOK, o.Browser().Get("/login").Status)
	require.Equal(t, []string{"ParametersRevision"}, o.Store.Calls())
}
