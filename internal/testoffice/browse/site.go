package browse

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store/memstore"
)

var ctx = context.Background()

// Site is an office in front of a community, on a real server.
type Site struct {
	*testoffice.Rig
	*backoffice.Office
	Server *httptest.Server
	// Cfg is what offices over this store are made of.
	Cfg backoffice.Config
	// Base is the alias of the start, as a path, below the path of the community.
	Base string
	// Inside is the host's handler inside the office.
	Inside *http.ServeMux
	// Secrets are the tokens of links that were read.
	Secrets []string
	// Seen, when set, is shown every answer that a browser gets.
	Seen func(b *Browser, r *http.Request, p Page)

	outbox string
}

// New starts a site, after the configuration was changed as the test likes it.
// It is served over TLS, but for InsecurePlainHTTP. An Origin that is only a path
// is below the server's.
func New(t testing.TB, change ...func(*backoffice.Config)) *Site {
	t.Helper()
	return Over(testoffice.NewRig(t, memstore.New()), change...)
}

// Over starts a site over a rig.
func Over(rig *testoffice.Rig, change ...func(*backoffice.Config)) *Site {
	rig.T.Helper()
	s := begin(rig, change...)
	s.Office = s.Another()
	s.serve(s.Wrap(http.HandlerFunc(Community)))
	return s
}

// Mounted starts a site whose office was made by a program of the host's, from the
// configuration it was given, like what it serves, after the server was changed as the
// test likes it.
func Mounted(t testing.TB, mount func(backoffice.Config) (*backoffice.Office, http.Handler), change ...func(*httptest.Server)) *Site {
	t.Helper()
	s := begin(testoffice.NewRig(t, memstore.New()))
	for _, f := range change {
		f(s.Server)
	}
	s.Cfg.Guards = nil // the program says who may open its pages
	office, handler := mount(s.Cfg)
	s.Office = office
	s.serve(handler)
	return s
}

// begin is a site without an office.
func begin(rig *testoffice.Rig, change ...func(*backoffice.Config)) *Site {
	t := rig.T
	t.Helper()
	s := &Site{Rig: rig, outbox: t.TempDir(), Inside: http.NewServeMux()}
	outbox := &mail.Outbox{Dir: s.outbox, Sender: "Meadow <office@community.example>"}
	s.Server = httptest.NewUnstartedServer(nil)
	require.NoError(t, errCertificate)
	s.Server.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	t.Cleanup(s.Server.Close)
	s.Cfg = backoffice.Config{
		Secret: testoffice.Secret(), Store: s.Store, Mail: outbox, Name: "Meadow", Contact: "help@community.example",
		Handler: s.Inside, Guards: Open(inside...), NotFound: http.HandlerFunc(Missing), PasswordHashing: testoffice.Hashing,
		Menu: []backoffice.MenuItem{{Label: "Analytics", Path: "/analytics", Permission: "analytics.view"}},
		Permissions: []backoffice.Permission{
			{Key: "analytics.view", Label: "See the numbers", Group: "Numbers", Roles: []string{backoffice.CommunityManager}},
			{Key: "posts.delete", Label: "Delete posts", Group: "Posts", Roles: []string{backoffice.Moderator}},
		},
		Now: s.Clock.Now,
		Log: slog.New(slog.NewJSONHandler(s.Log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&s.Cfg)
	}
	if path := s.Cfg.Origin; path == "" || path[0] == '/' {
		s.Cfg.Origin = "https://" + s.Server.Listener.Addr().String() + path
		if s.Cfg.InsecurePlainHTTP {
			s.Cfg.Origin = "http://" + s.Server.Listener.Addr().String() + path
		}
	}
	return s
}

// serve opens the site.
func (s *Site) serve(handler http.Handler) {
	s.T.Helper()
	home, err := url.Parse(s.HomeURL())
	require.NoError(s.T, err)
	s.Base = strings.TrimSuffix(home.Path, "/")
	s.Server.Config.Handler = handler
	s.Server.Config.ErrorLog = slog.NewLogLogger(s.Cfg.Log.Handler(), slog.LevelError)
	if s.Cfg.InsecurePlainHTTP {
		s.Server.Start()
	} else {
		s.Server.StartTLS()
		s.Server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs.AddCert(usual())
	}
}

// CookiePath is the path of the office's cookies.
func (s *Site) CookiePath() string {
	u, err := url.Parse(s.Cfg.Origin)
	require.NoError(s.T, err)
	return u.Path + "/"
}

// Another is a second office over the same store: another replica.
func (s *Site) Another() *backoffice.Office {
	s.T.Helper()
	office, err := backoffice.New(ctx, s.Cfg)
	require.NoError(s.T, err)
	return office
}

// Community is the host's own site: a home page, and a missing page of its own
// for everything else.
func Community(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" {
		_, _ = io.WriteString(w, "<h1>Meadow</h1>")
		return
	}
	Missing(w, r)
}

// Missing is the community's answer to what it does not have.
func Missing(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Community", "meadow")
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, "<h1>There is no such page in the meadow</h1>")
}

// Letters delivers what is queued and returns all mails, as they came.
func (s *Site) Letters() []string {
	s.T.Helper()
	_, err := s.DeliverMail(ctx)
	require.NoError(s.T, err)
	names, err := filepath.Glob(filepath.Join(s.outbox, "*.eml"))
	require.NoError(s.T, err)
	var all []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(s.T, err)
		all = append(all, string(text))
	}
	return all
}

// LinkIn finds the token of the newest link to a page in the mails.
func (s *Site) LinkIn(page string) string {
	s.T.Helper()
	all := s.Letters()
	for i := len(all) - 1; i >= 0; i-- {
		if _, rest, ok := strings.Cut(all[i], s.HomeURL()+page+"#"); ok {
			token := strings.Fields(rest)[0]
			s.Secrets = append(s.Secrets, token)
			return token
		}
	}
	require.Fail(s.T, "no mail has a link to "+page)
	return ""
}

// SetupToken is the token of a new setup link.
func (s *Site) SetupToken() string {
	s.T.Helper()
	link, err := s.SetupURL(ctx)
	require.NoError(s.T, err)
	u, err := url.Parse(link)
	require.NoError(s.T, err)
	require.NotEmpty(s.T, u.Fragment)
	s.Secrets = append(s.Secrets, u.Fragment)
	return u.Fragment
}
