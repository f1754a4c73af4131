package backoffice_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

const (
	good   = "orbit velvet canyon 93 maple"
	better = "quartz lagoon 58 thimble wren"
	wrong  = "tundra 71 spindle mango orchid"
)

// ctx is the context of calls that nobody breaks off.
var ctx = context.Background()

// masterSecret is one that package vault believes to be random.
func masterSecret() []byte {
	secret := make([]byte, 32)
	for i := range secret {
		secret[i] = byte(7*i + 128)
	}
	return secret
}

// cheap is hashing for tests.
var cheap = password.Config{
	Params:      password.Params{MemoryKiB: 8, Time: 1, Threads: 1},
	Concurrency: 4, Queue: 1000, QueueWait: 10 * time.Second, InsecureParams: true,
}

// office is an office in front of a community, on a real server, with
// everything that a test holds on to.
type office struct {
	*backoffice.Office
	t      testing.TB
	srv    *httptest.Server
	cfg    backoffice.Config
	mem    *memstore.Store
	faults *testoffice.Store
	clock  *clock
	log    *record
	wire   *wire
	outbox string
	// secrets are the tokens of links that were read.
	secrets []string
	// admin is the host's handler inside the office.
	admin *http.ServeMux
	// base is the alias of the start, as a path.
	base string
}

// newOffice starts an office, after the configuration was changed as the test
// likes it. It is served over TLS, but for InsecurePlainHTTP.
func newOffice(t testing.TB, change ...func(*backoffice.Config)) *office {
	t.Helper()
	o := &office{
		t: t, mem: memstore.New(), log: &record{}, wire: &wire{}, outbox: t.TempDir(), admin: http.NewServeMux(),
		clock: &clock{now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)},
	}
	o.faults = testoffice.Wrap(o.mem)
	outbox, err := mail.NewOutbox(o.outbox, "Meadow <office@community.example>")
	require.NoError(t, err)
	o.srv = httptest.NewUnstartedServer(nil)
	t.Cleanup(o.srv.Close)
	o.cfg = backoffice.Config{
		Secret: masterSecret(), Store: o.faults, Mail: outbox, Name: "Meadow", Contact: "help@community.example",
		Handler: o.admin, NotFound: http.HandlerFunc(missing), PasswordHashing: cheap,
		Menu: []backoffice.MenuItem{{Label: "Analytics", Path: "/analytics", Permission: "analytics.view"}},
		Permissions: []backoffice.Permission{
			{Key: "analytics.view", Label: "See the numbers", Group: "Numbers", Roles: []string{backoffice.CommunityManager}},
			{Key: "posts.delete", Label: "Delete posts", Group: "Posts", Roles: []string{backoffice.Moderator}},
		},
		Now: o.clock.Now,
		Log: slog.New(slog.NewJSONHandler(o.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&o.cfg)
	}
	if o.cfg.Origin == "" {
		o.cfg.Origin = "https://" + o.srv.Listener.Addr().String()
		if o.cfg.InsecurePlainHTTP {
			o.cfg.Origin = "http://" + o.srv.Listener.Addr().String()
		}
	}
	o.Office = o.another()
	o.base = strings.TrimSuffix(strings.TrimPrefix(o.HomeURL(), o.cfg.Origin), "/")
	o.srv.Config.Handler = o.Wrap(http.HandlerFunc(community))
	o.srv.Config.ErrorLog = slog.NewLogLogger(o.cfg.Log.Handler(), slog.LevelError)
	if o.cfg.InsecurePlainHTTP {
		o.srv.Start()
	} else {
		o.srv.StartTLS()
	}
	return o
}

// another is a second office over the same store: another replica.
func (o *office) another() *backoffice.Office {
	office, err := backoffice.New(ctx, o.cfg)
	require.NoError(o.t, err)
	return office
}

// community is the host's own site: a home page, and a missing page of its own
// for everything else.
func community(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" {
		_, _ = io.WriteString(w, "<h1>Meadow</h1>")
		return
	}
	missing(w, r)
}

func missing(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("X-Community", "meadow")
	w.WriteHeader(http.StatusNotFound)
	_, _ = io.WriteString(w, "<h1>There is no such page in the meadow</h1>")
}

// add stores an operator with the password good, without going through a page.
func (o *office) add(op store.Operator, name string, roles ...string) store.Operator {
	o.t.Helper()
	hasher, err := password.NewHasher(cheap)
	require.NoError(o.t, err)
	if op.State == "" {
		op.State = store.OperatorActive
	}
	if op.Password == "" && op.State == store.OperatorActive {
		op.Password, err = hasher.Hash(ctx, good)
		require.NoError(o.t, err)
	}
	op.ID, op.Name, op.NameKey = "id-of-"+strings.ToLower(name), name, strings.ToLower(name)
	op.Email = op.NameKey + "@example.org"
	op.EmailKey, op.SearchKey = op.Email, op.NameKey+" "+op.Email
	op.CreatedAt, op.UpdatedAt, op.PasswordSetAt = o.clock.Now(), o.clock.Now(), o.clock.Now()
	if len(roles) > 0 {
		op.PrimaryRole, op.Roles = roles[0], roles[1:]
	}
	require.NoError(o.t, o.mem.Commit(ctx, store.PutOperator{Operator: op}))
	return o.find(op.ID)
}

func (o *office) find(id string) store.Operator {
	o.t.Helper()
	op, err := o.mem.FindOperator(ctx, id)
	require.NoError(o.t, err)
	return op
}

// change rewrites a stored operator, as another replica would.
func (o *office) change(id string, f func(*store.Operator)) {
	o.t.Helper()
	op := o.find(id)
	f(&op)
	require.NoError(o.t, o.mem.Commit(ctx, store.PutOperator{Operator: op}))
}

// set stores parameters, as another replica would.
func (o *office) set(change func(*store.Parameters)) {
	o.t.Helper()
	p, err := o.mem.LoadParameters(ctx)
	require.NoError(o.t, err)
	change(&p)
	require.NoError(o.t, o.mem.Commit(ctx, store.PutParameters{Parameters: p}))
}

func (o *office) rules(values map[string]string) {
	o.t.Helper()
	o.set(func(p *store.Parameters) { p.Values = values })
}

// events lists the codes of all audit rows, oldest first.
func (o *office) events() []store.Event {
	o.t.Helper()
	newest, err := o.mem.ListEvents(ctx, store.EventQuery{Limit: 500})
	require.NoError(o.t, err)
	var all []store.Event
	for _, e := range newest.Rows {
		all = append([]store.Event{e}, all...)
	}
	return all
}

// count is how often an event was written.
func (o *office) count(code string) int {
	n := 0
	for _, e := range o.events() {
		if e.Code == code {
			n++
		}
	}
	return n
}

// dump is everything that the store holds, as text that shows any change.
func (o *office) dump() string { return testoffice.Dump(o.mem) }

// letters delivers what is queued and returns all mails, as they came.
func (o *office) letters() []string {
	o.t.Helper()
	_, err := o.DeliverMail(ctx)
	require.NoError(o.t, err)
	names, err := filepath.Glob(filepath.Join(o.outbox, "*.eml"))
	require.NoError(o.t, err)
	var all []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(o.t, err)
		all = append(all, string(text))
	}
	return all
}

// linkIn finds the token of the newest link to a page in the mails.
func (o *office) linkIn(page string) string {
	o.t.Helper()
	all := o.letters()
	for i := len(all) - 1; i >= 0; i-- {
		if _, rest, ok := strings.Cut(all[i], o.HomeURL()+page+"#"); ok {
			o.secrets = append(o.secrets, rest[:43])
			return rest[:43]
		}
	}
	require.Fail(o.t, "no mail has a link to "+page)
	return ""
}

// setupToken is the token of a new setup link.
func (o *office) setupToken() string {
	o.t.Helper()
	link, err := o.SetupURL(ctx)
	require.NoError(o.t, err)
	u, err := url.Parse(link)
	require.NoError(o.t, err)
	require.NotEmpty(o.t, u.Fragment)
	o.secrets = append(o.secrets, u.Fragment)
	return u.Fragment
}
