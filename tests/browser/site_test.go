package browser_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"database/sql"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/internal/testoffice"
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
	store   *testoffice.Store
	sink    *smtpsink.Sink
	pages   *record
	log     *bytes.Buffer
	forward time.Duration
	mu      sync.Mutex

	// config is what every office of this community is made of, but for the
	// store; dsn is the database that all of them share.
	config backoffice.Config
	dsn    string
	// answers is the office that requests go to.
	answers atomic.Pointer[http.Handler]
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
func newSite(t *testing.T, change ...func(*backoffice.Config)) *site {
	t.Helper()
	return newSiteOn(t, "127.0.0.1:0", 0, change...)
}

// newSiteOn is newSite at an address that pictures may show, begun some time
// ago.
func newSiteOn(t *testing.T, addr string, ago time.Duration, change ...func(*backoffice.Config)) *site {
	t.Helper()
	s := &site{t: t, log: &bytes.Buffer{}, pages: &record{}, forward: -ago}
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
	s.dsn = "file:" + filepath.Join(t.TempDir(), "community.db") +
		"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)&_pragma=foreign_keys(1)&_txlock=immediate"
	kept := s.database()
	require.NoError(t, kept.Migrate(t.Context()))
	s.store = testoffice.Wrap(kept)

	server := httptest.NewUnstartedServer(nil)
	require.NoError(t, server.Listener.Close())
	server.Listener, err = net.Listen("tcp", addr)
	require.NoError(t, err, "listen on the address that pictures show")
	s.origin = strings.Replace("http://"+server.Listener.Addr().String(), "127.0.0.1", "localhost", 1)
	secret := make([]byte, 32)
	_, err = rand.Read(secret)
	require.NoError(t, err)
	s.config = backoffice.Config{
		Origin: s.origin, Secret: secret, Mail: sender,
		Name: "Riverside Gardeners", InsecurePlainHTTP: true, Now: s.now,
		PasswordHashing: password.Config{
			Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true,
		},
		Log: slog.New(slog.NewTextHandler(s.log, nil)),
		Permissions: []backoffice.Permission{
			{Key: "analytics.view", Label: "See statistics", Group: "Community", Roles: []string{backoffice.CommunityManager}},
			{Key: "posts.moderate", Label: "Moderate posts", Group: "Community", Roles: []string{backoffice.CommunityManager, backoffice.Moderator}},
		},
		Menu: []backoffice.MenuItem{
			{Group: "Community", Label: "Analytics", Text: "New members, posts and visits, week by week.", Path: "/analytics", Permission: "analytics.view", Icon: "chart"},
			{Group: "Community", Label: "Moderation", Text: "Posts that members have reported.", Path: "/moderation", Permission: "posts.moderate", Icon: "flag"},
			{Group: "Community", Label: "Newsletter", Text: "Write the next one, and see who reads it.", Path: "/newsletter", Permission: "analytics.view", Icon: "mail"},
		},
		HandlerTemplates: fstest.MapFS{
			"analytics.html": {Data: []byte(`{{define "content"}}<h1>Analytics</h1><p class="lede">{{.Page}} new members this week.</p>{{end}}`)},
		},
	}
	if *language != "en" {
		s.config.Languages = []string{*language}
	}
	for _, c := range change {
		c(&s.config)
	}
	office, handler := s.open(s.store)
	s.office = office
	s.sendTo(handler)
	server.Config.Handler = s.pages.of(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		(*s.answers.Load()).ServeHTTP(w, r)
	}))
	server.Start()
	t.Cleanup(server.Close)
	return s
}

// database opens the database as a process does.
func (s *site) database() *sqlstore.Store {
	s.t.Helper()
	db, err := sql.Open("sqlite", s.dsn)
	require.NoError(s.t, err)
	s.t.Cleanup(func() { require.NoError(s.t, db.Close()) })
	kept, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{})
	require.NoError(s.t, err)
	return kept
}

// open makes an office over a store, and the whole community around it.
func (s *site) open(kept store.Store) (*backoffice.Office, http.Handler) {
	s.t.Helper()
	cfg, host := s.config, http.NewServeMux()
	cfg.Store = kept
	if cfg.Handler == nil {
		cfg.Handler = host
	}
	office, err := backoffice.New(s.t.Context(), cfg)
	require.NoError(s.t, err)
	host.HandleFunc("GET /analytics", func(w http.ResponseWriter, r *http.Request) {
		office.Render(w, r, "analytics.html", "Analytics", 17)
	})
	host.Handle("GET /moderation", office.RequireStepUp()(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		office.Render(w, r, "analytics.html", "Moderation", 3)
	})))
	host.HandleFunc("/", office.NotFound)

	community := http.NewServeMux()
	community.HandleFunc("GET /favicon.ico", func(http.ResponseWriter, *http.Request) {})
	community.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<!DOCTYPE html><html lang="en"><title>Riverside Gardeners</title><h1>Riverside Gardeners</h1>`)
	})
	community.HandleFunc("GET /walnut-otter-news", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `<!DOCTYPE html><html lang="en"><title>News of otters</title><h1>News</h1>`)
	})
	return office, office.Wrap(community)
}

// replica is another process of the same community, over the same database.
func (s *site) replica() (*backoffice.Office, http.Handler) {
	s.t.Helper()
	return s.open(s.database())
}

// sendTo has a replica answer from now on, as the balancer in front of several
// does.
func (s *site) sendTo(replica http.Handler) { s.answers.Store(&replica) }

// run does an office's periodic work until the test ends.
func (s *site) run(office *backoffice.Office) {
	ctx, stop := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = office.Run(ctx)
	}()
	s.t.Cleanup(func() { stop(); <-done })
}

// at is the address of a path inside the office.
func (s *site) at(path string) string { return strings.TrimSuffix(s.office.HomeURL(), "/") + path }

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
	sent, err := s.office.DeliverMail(s.t.Context())
	require.NoError(s.t, err)
	require.Positive(s.t, sent, "a mail waits")
	messages := s.sink.Await(before + sent)
	for i := len(messages) - 1; i >= before; i-- {
		m, err = messages[i].Body()
		require.NoError(s.t, err)
		if link = mailed.FindString(m.Text); link != "" {
			require.Contains(s.t, m.HTML, link[strings.Index(link, "#"):], "the same link in both parts")
			return link, inEnglish(s.t, m)
		}
	}
	require.Fail(s.t, "no mail with a link", "%+v", m)
	return "", m
}

// letter delivers what waits and returns the newest mail to an address whose
// subject has these words, as the mail server took it.
func (s *site) letter(to, subject string) smtpsink.Body {
	s.t.Helper()
	_, err := s.office.DeliverMail(s.t.Context())
	require.NoError(s.t, err)
	return awaitLetter(s.t, s.sink, to, subject)
}

// awaitLetter waits for a mail that somebody sends in the background.
func awaitLetter(t *testing.T, sink *smtpsink.Sink, to, subject string) (found smtpsink.Body) {
	t.Helper()
	require.Eventually(t, func() bool {
		for _, m := range slices.Backward(sink.Messages()) {
			body, err := m.Body()
			if err == nil && slices.Contains(m.To, to) && strings.Contains(read(body.Subject), subject) {
				found = inEnglish(t, body)
				return true
			}
		}
		return false
	}, 30*time.Second, 20*time.Millisecond, "no mail to %s about %q", to, subject)
	return found
}

// mails are the mails of one kind so far, the newest first, delivered or not.
func (s *site) mails(kind string) []store.Mail {
	s.t.Helper()
	list, err := s.store.ListMails(s.t.Context(), store.MailQuery{Kind: kind, Limit: 100})
	require.NoError(s.t, err)
	return list.Rows
}

// answer is all of what the site answers to a path, but for the date, to
// somebody who has no cookies.
func (s *site) answer(path string) string {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, s.origin+path, nil)
	require.NoError(s.t, err)
	response, err := http.DefaultTransport.RoundTrip(request)
	require.NoError(s.t, err)
	defer response.Body.Close()
	response.Header.Del("Date")
	all, err := httputil.DumpResponse(response, true)
	require.NoError(s.t, err)
	return string(all)
}
