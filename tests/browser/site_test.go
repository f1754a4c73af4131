package browser_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/faultstore"
	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// site is a community with a back office.
type site struct {
	t       *testing.T
	office  *backoffice.Office
	origin  string
	store   *faultstore.Store
	sink    *smtpsink.Sink
	pages   *record
	log     *bytes.Buffer
	forward time.Duration
	mu      sync.Mutex
}

// start is when the clocks stand: when codes are tried against the browser's
// own idea of time, theirs must agree, so it is today.
var start = time.Now().Truncate(30 * time.Second)

// now is the site's clock.
func (s *site) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return start.Add(s.forward)
}

// later moves the site's clock.
func (s *site) later(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.forward += d
}

// newSite opens a community and its office, which nobody has set up yet.
func newSite(t *testing.T) *site {
	t.Helper()
	return newSiteOn(t, "127.0.0.1:0")
}

// newSiteOn is newSite at an address that pictures may show.
func newSiteOn(t *testing.T, addr string) *site {
	t.Helper()
	s := &site{t: t, log: &bytes.Buffer{}, pages: &record{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the office's log:\n%s", s.log)
		}
	})
	s.sink = smtpsink.Start(t, smtpsink.Options{})
	sender, err := mail.NewSMTP(mail.SMTPConfig{
		Addr: s.sink.Addr, From: "Riverside Gardeners <office@riverside.example>", PlainToLoopback: true,
	})
	require.NoError(t, err)
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "community.db")+
		"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	kept, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{})
	require.NoError(t, err)
	require.NoError(t, kept.Migrate(t.Context()))
	s.store = faultstore.Wrap(kept)

	server := httptest.NewUnstartedServer(nil)
	require.NoError(t, server.Listener.Close())
	server.Listener, err = net.Listen("tcp", addr)
	require.NoError(t, err, "listen on the address that pictures show")
	s.origin = strings.Replace("http://"+server.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	secret := make([]byte, 32)
	_, err = rand.Read(secret)
	require.NoError(t, err)
	host := http.NewServeMux()
	cfg := backoffice.Config{
		Origin: s.origin, Secret: secret, Store: s.store, Mail: sender,
		Name: "Riverside Gardeners", InsecureCookies: true, Now: s.now, Admin: host,
		Password: password.Config{
			Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true,
		},
		Log: slog.New(slog.NewTextHandler(s.log, nil)),
		Permissions: []backoffice.Permission{
			{Key: "analytics.view", Label: "See statistics", Group: "Community"},
			{Key: "posts.moderate", Label: "Moderate posts", Group: "Community"},
		},
		Menu: []backoffice.MenuItem{
			{Group: "Community", Label: "Analytics", Text: "New members, posts and visits, week by week.", Path: "/analytics", Permission: "analytics.view"},
			{Group: "Community", Label: "Moderation", Text: "Posts that members have reported.", Path: "/moderation", Permission: "posts.moderate"},
			{Group: "Community", Label: "Newsletter", Text: "Write the next one, and see who reads it.", Path: "/newsletter", Permission: "analytics.view"},
		},
		Pages: fstest.MapFS{
			"analytics.html": {Data: []byte(`{{define "content"}}<h1>Analytics</h1><p class="lede">{{.Page}} new members this week.</p>{{end}}`)},
		},
	}
	s.office, err = backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	host.Handle("GET /analytics", s.office.Require("analytics.view")(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.office.Render(w, r, "analytics.html", "Analytics", 17)
	})))
	host.Handle("GET /moderation", s.office.Require("posts.moderate")(s.office.RequireStepUp()(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.office.Render(w, r, "analytics.html", "Moderation", 3)
	}))))
	host.HandleFunc("/", s.office.NotFound)

	community := http.NewServeMux()
	community.HandleFunc("GET /favicon.ico", func(http.ResponseWriter, *http.Request) {})
	community.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<!DOCTYPE html><html lang="en"><title>Riverside Gardeners</title><h1>Riverside Gardeners</h1>`)
	})
	server.Config.Handler = s.pages.of(s.office.Wrap(community))
	server.Start()
	t.Cleanup(server.Close)
	return s
}

// at is the address of a path inside the office.
func (s *site) at(path string) string { return strings.TrimSuffix(s.office.Address(), "/") + path }

// setupLink is what the program prints at its start.
func (s *site) setupLink() string {
	s.t.Helper()
	link, err := s.office.SetupURL(s.t.Context())
	require.NoError(s.t, err)
	require.Contains(s.t, link, "/setup#")
	return link
}

// set changes parameters, as another replica would.
func (s *site) set(values map[string]string) {
	s.t.Helper()
	p, err := s.store.LoadParameters(s.t.Context())
	require.NoError(s.t, err)
	p.Values = values
	require.NoError(s.t, s.store.Commit(s.t.Context(), store.PutParameters{Parameters: p}))
}

var mailed = regexp.MustCompile(`http://localhost:\d+/\S+#\S+`)

// mailedLink delivers what waits and returns the one-time link of the newest
// mail, as it came through the mail server.
func (s *site) mailedLink() (link string, m smtpsink.Body) {
	s.t.Helper()
	before := len(s.sink.Messages())
	sent, err := s.office.CommandLine().DeliverMail(s.t.Context())
	require.NoError(s.t, err)
	require.Positive(s.t, sent, "a mail waits")
	messages := s.sink.Await(before + sent)
	for i := len(messages) - 1; i >= before; i-- {
		m, err = messages[i].Body()
		require.NoError(s.t, err)
		if link = mailed.FindString(m.Text); link != "" {
			require.Contains(s.t, m.HTML, link[strings.Index(link, "#"):], "the same link in both parts")
			return link, m
		}
	}
	require.Fail(s.t, "no mail with a link", "%+v", m)
	return "", m
}

// record keeps what the server sent: a browser mends mistakes of a page, so
// its own words are no evidence.
type record struct {
	mu       sync.Mutex
	last     []byte
	seen     map[[32]byte]bool
	requests []string
}

func (r *record) of(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		copied := &tee{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(copied, request)
		r.mu.Lock()
		defer r.mu.Unlock()
		if !strings.Contains(request.URL.Path, "/static/") {
			r.requests = append(r.requests, request.Method+" "+request.URL.Path)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && copied.status != http.StatusSeeOther {
			r.last = copied.body.Bytes()
		}
	})
}

// page returns the last page that was sent, and whether it is one never
// returned before.
func (r *record) page() (html []byte, fresh bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[[32]byte]bool{}
	}
	sum := sha256.Sum256(r.last)
	fresh = !r.seen[sum]
	r.seen[sum] = true
	return r.last, fresh
}

// posts counts the requests to a path inside the office.
func (r *record) posts(path string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, request := range r.requests {
		if strings.HasPrefix(request, "POST ") && strings.HasSuffix(request, path) {
			n++
		}
	}
	return n
}

type tee struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (t *tee) WriteHeader(status int) {
	t.status = status
	t.ResponseWriter.WriteHeader(status)
}

func (t *tee) Write(b []byte) (int, error) {
	t.body.Write(b)
	return t.ResponseWriter.Write(b)
}
