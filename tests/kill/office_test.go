package kill_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/totp"
)

var (
	ctx   = context.Background()
	noon  = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	visit = desk.Visit{Address: "203.0.113.7", UserAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", Route: "POST /", RequestID: "r-1"}
)

const (
	good   = "marble quilt seventeen lanterns"
	better = "nineteen copper violins asleep"
)

// office is an office over a file, as one process of a host has it.
type office struct {
	*desk.Desk
	t     testing.TB
	now   time.Time
	box   *postbox
	store *testoffice.Store
	db    *sql.DB
	// began is when the flow did. What people come to know meanwhile is kept in
	// the file notes.
	began time.Time
	notes string
}

// open starts an office on a file. inside, when set, is called in the middle of
// each transaction that appends to the audit.
func open(t testing.TB, file string, now time.Time, inside func()) *office {
	t.Helper()
	o := &office{t: t, now: now, box: &postbox{}}
	var err error
	o.db, err = sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(500)&_pragma=synchronous(NORMAL)")
	require.NoError(t, err)
	st, err := sqlstore.New(o.db, sqlstore.SQLite(), sqlstore.Config{})
	require.NoError(t, err)
	require.NoError(t, st.Migrate(ctx))
	o.store = testoffice.Wrap(within{st, inside})
	secret := make([]byte, vault.SecretSize)
	for i := range secret {
		secret[i] = byte(7*i + 128)
	}
	v, err := vault.New([][]byte{secret})
	require.NoError(t, err)
	hasher, err := password.NewHasher(password.Config{Params: password.Params{MemoryKiB: 8, Time: 1, Threads: 1}, InsecureParams: true})
	require.NoError(t, err)
	d, err := desk.New(desk.Config{
		Store: o.store, Vault: v, Hasher: hasher, Sender: o.box, Origin: "https://community.example", Name: "Meadow",
		Clock: func() time.Time { return o.now }, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	require.NoError(t, d.Open(ctx))
	o.Desk = d
	o.store.Reset()
	return o
}

func (o *office) close() { require.NoError(o.t, o.db.Close()) }

// within calls a function in the middle of transactions.
type within struct {
	store.Store
	inside func()
}

func (s within) Commit(ctx context.Context, writes ...store.Write) error {
	if s.inside == nil {
		return s.Store.Commit(ctx, writes...)
	}
	writes = slices.Clone(writes)
	for i, w := range writes {
		if w, ok := w.(store.AppendEvent); ok && w.MAC != nil {
			compute := w.MAC
			w.MAC = func(previous []byte, e store.Event) []byte {
				s.inside()
				return compute(previous, e)
			}
			writes[i] = w
		}
	}
	return s.Store.Commit(ctx, writes...)
}

// postbox is a mail server that takes everything.
type postbox struct {
	mu   sync.Mutex
	sent []mail.Message
	fail error
}

func (b *postbox) Send(_ context.Context, m mail.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail == nil {
		b.sent = append(b.sent, m)
	}
	return b.fail
}

// note keeps what somebody came to know.
func (o *office) note(v values, name, value string) {
	v[name] = value
	text, err := json.Marshal(v)
	require.NoError(o.t, err)
	require.NoError(o.t, os.WriteFile(o.notes, text, 0o600))
}

// person makes somebody active with a password.
func (o *office) person(name string, roles ...string) store.Operator {
	o.t.Helper()
	encoded, err := o.Hasher.Hash(ctx, good)
	require.NoError(o.t, err)
	op := store.Operator{
		ID: "id-of-" + strings.ToLower(name), Name: name, Email: strings.ToLower(name) + "@community.example", State: store.OperatorActive,
		Password: encoded, PasswordSetAt: o.now, CreatedAt: o.now, UpdatedAt: o.now, PrimaryRole: roles[0], Roles: roles[1:],
	}
	desk.Keyed(&op)
	require.NoError(o.t, o.store.Commit(ctx, store.PutOperator{Operator: op}))
	return o.find(name)
}

// find reads an operator by name; the zero one when there is none.
func (o *office) find(name string) store.Operator {
	op, err := o.store.FindOperatorByLogin(ctx, desk.NameKey(name))
	if desk.IsNotFound(err) {
		return store.Operator{}
	}
	require.NoError(o.t, err)
	return op
}

// enter signs somebody in for whom a password is enough, and returns the token.
func (o *office) enter(name string) string {
	o.t.Helper()
	passed, err := o.SignIn(ctx, visit, desk.SignInForm{Login: name, Password: good})
	require.NoError(o.t, err)
	require.True(o.t, passed.SignedIn)
	return passed.Token
}

// enrol gives somebody an authenticator and returns its secret.
func (o *office) enrol(name string) totp.Secret {
	o.t.Helper()
	id, err := o.Authenticate(ctx, visit, o.enter(name))
	require.NoError(o.t, err)
	e, err := o.BeginEnrolment(ctx, id)
	require.NoError(o.t, err)
	_, _, err = o.ConfirmEnrolment(ctx, visit, id, e.Sealed, o.code(e.Key.Secret), "Phone")
	require.NoError(o.t, err)
	o.now = o.now.Add(totp.Period)
	return e.Key.Secret
}

func (o *office) code(s totp.Secret) string {
	code, err := totp.Code(s, o.now, totp.Options{})
	require.NoError(o.t, err)
	return code
}

// rules sets parameters.
func (o *office) rules(values map[string]string) {
	o.t.Helper()
	p, err := o.store.LoadParameters(ctx)
	require.NoError(o.t, err)
	p.Values = values
	require.NoError(o.t, o.store.Commit(ctx, store.PutParameters{Parameters: p}))
	_, err = o.Reload(ctx)
	require.NoError(o.t, err)
}

// events counts the rows of the audit with a code that tell of a success.
func (o *office) events(code string) int {
	page, err := o.store.ListEvents(ctx, store.EventQuery{Code: code, Limit: 500})
	require.NoError(o.t, err)
	return len(slices.DeleteFunc(page.Rows, func(e store.Event) bool { return e.Outcome != desk.Success }))
}

// letters counts the mails of a kind.
func (o *office) letters(kind string) int {
	page, err := o.store.ListMails(ctx, store.MailQuery{Kind: kind, Limit: 500})
	require.NoError(o.t, err)
	return len(page.Rows)
}

// copyFile copies what a closed office left.
func copyFile(t testing.TB, from string) string {
	t.Helper()
	b, err := os.ReadFile(from)
	require.NoError(t, err)
	to := filepath.Join(t.TempDir(), "office.db")
	require.NoError(t, os.WriteFile(to, b, 0o600))
	return to
}
