package backoffice_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// path is where the community is on an origin that it shares.
const path = "/our/forum"

func below(c *backoffice.Config) { c.Origin = path }

func TestAnOfficeBelowAPath(t *testing.T) {
	proxied := func(t *testing.T, h http.Handler, rewrite func(*httputil.ProxyRequest)) http.Handler {
		back := httptest.NewServer(h)
		t.Cleanup(back.Close)
		target, err := url.Parse(back.URL)
		require.NoError(t, err)
		return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.SetXForwarded()
			rewrite(r)
		}}
	}
	for name, mount := range map[string]func(*testing.T, http.Handler) http.Handler{
		"on the server itself":            func(_ *testing.T, office http.Handler) http.Handler { return office },
		"whose path http.StripPrefix cut": func(_ *testing.T, office http.Handler) http.Handler { return http.StripPrefix(path, office) },
		"behind a proxy": func(t *testing.T, office http.Handler) http.Handler {
			return proxied(t, office, func(*httputil.ProxyRequest) {})
		},
		"behind a proxy that cuts the path": func(t *testing.T, office http.Handler) http.Handler {
			return http.StripPrefix(path, proxied(t, office, func(*httputil.ProxyRequest) {}))
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t, below, func(c *backoffice.Config) {
				c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
				c.PolicyReports = true
			})
			o.Server.Config.Handler = mount(t, o.Wrap(http.HandlerFunc(community)))
			o.Tour()
		})
	}
}

func TestWhatIsTheOfficesBelowAPath(t *testing.T) {
	o := newOffice(t, below)
	alias := o.Base[len(path):]
	var reached []*http.Request
	gate := o.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached = append(reached, r) }))
	for target, ours := range map[string]bool{
		path + alias + "/login":           true,
		path + alias:                      true,
		alias + "/login":                  true, // its path was cut off on the way
		path + "/":                        false,
		path:                              false,
		path + "/x" + alias:               false,
		path + alias + "x":                false,
		path + path + alias:               false,
		"/our" + alias:                    false,
		"/forum" + alias:                  false,
		"/Our/Forum" + alias:              false,
		"/our//forum" + alias:             false,
		path + "/" + alias:                false,
		"/our/%66orum" + alias:            false,
		"/our%2fforum" + alias:            false,
		"/our/forum/%2e%2e/forum" + alias: false,
		"/our/forumx" + alias:             false,
		"/":                               false,
	} {
		r := httptest.NewRequest(http.MethodGet, o.Cfg.Origin[:len(o.Cfg.Origin)-len(path)]+target, nil)
		r.Header.Set("Cookie", o.Named(sessionCookie)+"=x; theme=dark; "+o.Named(preCookie)+"=x; "+o.Named(browserCookie)+"=x")
		before, w := len(reached), httptest.NewRecorder()
		gate.ServeHTTP(w, r)
		if ours {
			require.Len(t, reached, before, target)
			require.NotEmpty(t, w.Header().Get("Content-Security-Policy"), target)
			continue
		}
		require.Len(t, reached, before+1, target)
		require.Equal(t, r.URL, reached[before].URL, "the community gets the path as it came")
		require.Equal(t, "theme=dark", reached[before].Header.Get("Cookie"))
		require.Empty(t, w.Header(), target)
	}
	r := httptest.NewRequest(http.MethodGet, path+"/topics", nil)
	require.Zero(t, testing.AllocsPerRun(100, func() { backoffice.UnderAlias(r, path, alias[1:]) }))
}

func TestTheOriginOfAFormHasNoPath(t *testing.T) {
	o := newOffice(t, below)
	ada := o.Plain("Ada", backoffice.Moderator)
	live := 0
	o.Inside.HandleFunc("/live", func(http.ResponseWriter, *http.Request) { live++ })
	for origin, ok := range map[string]bool{strings.TrimSuffix(o.Cfg.Origin, path): true, o.Cfg.Origin: false, o.Cfg.Origin + "/": false} {
		form := ada.Get("/account/name").Form("/account/name")
		form.Set("name", "Ada")
		for path, r := range map[string]*http.Request{"form": ada.With(http.MethodPost, "/account/name", form), "handshake": ada.Request(http.MethodGet, "/live", nil)} {
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set("Origin", origin)
			if path == "handshake" {
				r.Header.Set("Connection", "Upgrade")
				r.Header.Set("Upgrade", "websocket")
			}
			require.Equal(t, !ok, ada.Send(r).Status == http.StatusForbidden, "%s from %s", path, origin)
		}
	}
	require.Equal(t, 1, live)
}

func TestNoAliasIsMistakenForThePathOfTheCommunity(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) { c.Origin = "/community/forums" })
	sue := o.Plain("Sue", backoffice.SuperAdministrator)
	for alias, says := range map[string]string{
		"community":           "The community’s own address begins with this word",
		"forums":              "12 to 64",
		"community-forums-24": "from the community’s name or address: “community”",
		"walnut-otter-forums": "",
	} {
		answer := sue.Press(sue.Get("/parameters/address"), "/parameters/address", "Review", "alias="+alias)
		require.Contains(t, answer.Problems()["alias"], says, alias)
	}

	o.ChangeParameters(func(p *store.Parameters) { p.Alias = "community" })
	_, err := backoffice.New(ctx, o.Cfg)
	require.ErrorContains(t, err, "the alias is the first word of Origin's path")
}
