package officetest

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/reach"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// Origin is Config.Origin unless the test sets it.
const Origin = "https://community.example"

// Password is the password of every operator that [Office.SignIn] makes, unless the
// community checks it: for a sign-in through the pages.
const Password = "orbit velvet canyon 93 maple"

// Start is when the clock of an office starts: noon of a Monday in 2026.
func Start() time.Time { return time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC) }

// Office is an office under test. Its methods may be called from parallel tests. If something is
// wrong, they end the test that they are given or, if they are given none, the one that the
// office was made for.
type Office struct {
	// Office is the office itself, with all its services: office.CommandLine().Invite(…). Its
	// own Events, which follows the audit log, is office.Office.Events.
	*backoffice.Office

	t       testing.TB
	reach   reach.Parts
	clock   *clock // nil if Config.Now was set
	outbox  *outbox
	people  people
	wire    *wire
	handler handler
	// began is the number of the last audit entry from before the test.
	began int64
}

// New makes an office. It keeps what cfg has, and fills in what is required or slow:
//
//   - Origin is [Origin], Secret a fixed one, and Store a memory of its own;
//   - Mail keeps emails, for [Office.Mails], and passes them on if cfg has a Sender;
//   - Now is a clock that stands at [Start] until [Office.Advance] moves it;
//   - PasswordHashing costs next to nothing;
//   - Log shows warnings and errors with the test.
//
// The test fails with every mistake in cfg. Nothing runs in the background, and no port is
// opened. Offices of parallel tests share nothing, unless cfg has the same Store. Any store
// works, including one over a migrated database, but never use the store of a real office:
// [Office.SignIn] leaves operators there whose password is public, in this file.
func New(t testing.TB, cfg backoffice.Config) *Office {
	return Mount(t, cfg, func(cfg backoffice.Config) (*backoffice.Office, error) { return backoffice.New(t.Context(), cfg) })
}

// Mount is New for an application that makes its office in a function of its own: mount gets
// cfg, filled as by [New], adds what is the application's, such as the Handler and
// Permissions, and calls [backoffice.New]. It may replace what was filled in: with a Sender, a
// clock or a Store of its own the office still works, but [Office.Mails] and [Office.Advance]
// then say what they lack.
//
// Mount and New panic outside of tests: anyone who can call them can sign in as anyone.
func Mount(t testing.TB, cfg backoffice.Config, mount func(backoffice.Config) (*backoffice.Office, error)) *Office {
	if !testing.Testing() {
		panic("officetest: this is no test")
	}
	t.Helper()
	o := &Office{t: t, outbox: &outbox{next: cfg.Mail}}
	office, err := mount(o.fill(cfg))
	if err != nil {
		t.Fatalf("officetest: %v", err)
	}
	if office == nil {
		t.Fatal("officetest: mount returned no office, and no error")
	}
	o.Office, o.reach = office, reach.Of(office)
	o.reach.Desk.ByHand()
	// What comes for the host passes a place where Request takes it over.
	o.reach.Server.Handler = taking{office, o.reach.Server.Handler}
	o.handler.set(office.Wrap(http.NotFoundHandler()))
	o.wire = newWire(t, &o.handler)
	ends, err := o.reach.Desk.Store.AuditEnds(t.Context())
	if err != nil {
		t.Fatalf("officetest: read the audit log: %v", err)
	}
	o.began = ends.LastSeq
	return o
}

// fill sets what was left out.
func (o *Office) fill(cfg backoffice.Config) backoffice.Config {
	if cfg.Origin == "" {
		cfg.Origin = Origin
		if cfg.InsecurePlainHTTP {
			cfg.Origin = "http://localhost"
		}
	}
	if len(cfg.Secret) == 0 && cfg.SecretFile == "" {
		cfg.Secret = make([]byte, 32)
		for i := range cfg.Secret {
			cfg.Secret[i] = byte(7*i + 128)
		}
	}
	if cfg.Store == nil {
		cfg.Store = memstore.New()
	}
	cfg.Mail = o.outbox
	if cfg.Now == nil {
		o.clock = &clock{now: Start()}
		cfg.Now = o.clock.Now
	}
	if h := &cfg.PasswordHashing; h.Params == (password.Params{}) {
		h.Params, h.InsecureParams = password.Params{MemoryKiB: 8, Time: 1, Threads: 1}, true
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(problems{slog.NewTextHandler(newLog(o.t), nil)})
	}
	return cfg
}

// Serve makes browsers talk to handler: the whole application, with [backoffice.Office.Wrap] in
// it. Until then, the office wraps a community without pages.
func (o *Office) Serve(handler http.Handler) { o.handler.set(handler) }

// Dial connects, in memory, to what browsers talk to, over TLS if Origin begins with https. Use
// it as the dial function of a client of another protocol, such as WebSocket. The arguments
// after ctx are ignored.
func (o *Office) Dial(ctx context.Context, _, _ string) (net.Conn, error) {
	if o.root().Scheme == "http" {
		return o.wire.dial(ctx, addr{})
	}
	return o.wire.dial(ctx, tlsAddr{})
}

// URL returns the address of a path inside the office, such as "/analytics".
func (o *Office) URL(path string) string {
	return strings.TrimSuffix(o.HomeURL(), "/") + path
}

// Now returns the office's current time.
func (o *Office) Now() time.Time { return store.Time(o.reach.Desk.Now()) }

// Advance moves the clock on, and then does once what [backoffice.Office.Run] does: sends
// emails, ends an alias that nobody confirmed, reminds people, asks the community about
// operators who are members, and deletes what has expired. It does nothing for the time in
// between. Sessions end after half an hour without use, and a step-up is asked for after five
// minutes, unless a parameter says otherwise.
//
// If the test set Config.Now, move that clock, and call Advance(0).
func (o *Office) Advance(d time.Duration) {
	o.t.Helper()
	o.move(d)
	o.reach.Desk.Once(context.WithoutCancel(o.t.Context()))
}

func (o *Office) move(d time.Duration) {
	o.t.Helper()
	switch {
	case d < 0:
		o.t.Fatalf("officetest: Advance(%v): the clock goes forward only", d)
	case d == 0:
	case o.clock == nil:
		o.t.Fatalf("officetest: Config.Now was set, so the clock is yours: move it by %v, then call Advance(0)", d)
	default:
		o.clock.add(d)
	}
}
