package desk_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/totp"
)

const (
	origin   = "https://community.example"
	browser  = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
	good     = "orbit velvet canyon 93 maple"
	better   = "quartz lagoon 58 thimble wren"
	nonsense = "tundra 71 spindle mango orchid"
)

// ctx is the context of requests that nobody breaks off.
var ctx = context.Background()

// office is a desk with everything around it: what a test holds on to.
type office struct {
	*desk.Desk
	t      testing.TB
	mem    *memstore.Store
	clock  *clock
	vault  *vault.Vault
	hasher *password.Hasher
	sent   *postbox
	log    *logbook
	cfg    desk.Config
}

// newOffice opens an office over a fresh memory, after the configuration was
// changed as the test likes it.
func newOffice(t testing.TB, change ...func(*desk.Config)) *office {
	o := &office{
		t: t, mem: memstore.New(), sent: &postbox{}, log: &logbook{},
		clock: &clock{now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)},
	}
	var err error
	secret := make([]byte, vault.SecretSize)
	for i := range secret {
		secret[i] = byte(7*i + 128)
	}
	o.vault, err = vault.New([][]byte{secret})
	require.NoError(t, err)
	o.hasher, err = password.NewHasher(password.Config{
		Params:      password.Params{MemoryKiB: 8, Time: 1, Threads: 1},
		Concurrency: 2, Queue: 10_000, QueueWait: 10 * time.Second,
		InsecureParams: true,
	})
	require.NoError(t, err)
	o.cfg = desk.Config{
		Store: strict(o.mem), Vault: o.vault, Hasher: o.hasher, Sender: o.sent,
		Origin: origin, Name: "Meadow", Contact: "help@community.example",
		Permissions: []desk.Permission{
			{Key: "analytics.view", Label: "See the numbers", Roles: []string{desk.RoleCommunityManager}},
			{Key: "posts.delete", Label: "Delete posts", Roles: []string{desk.RoleModerator}},
		},
		Clock: o.clock.Now,
		Log:   slog.New(slog.NewJSONHandler(o.log, nil)),
	}
	for _, f := range change {
		f(&o.cfg)
	}
	o.Desk = o.another()
	return o
}

// another is a second desk over the same store: another replica, or the same
// one after a restart.
func (o *office) another() *desk.Desk {
	d, err := desk.New(o.cfg)
	require.NoError(o.t, err)
	require.NoError(o.t, d.Open(ctx))
	return d
}

// over is the same office with its store seen through a wrapper.
func (o *office) over(st store.Store) *desk.Desk {
	cfg := o.cfg
	cfg.Store = st
	d, err := desk.New(cfg)
	require.NoError(o.t, err)
	require.NoError(o.t, d.Open(ctx))
	return d
}

// from is a visit from an address with the usual browser.
func from(address string) desk.Visit {
	return desk.Visit{Address: address, UserAgent: browser, Route: "POST /login", RequestID: "r-1"}
}

var home = from("203.0.113.7")

// person makes an active operator with a password of this office.
func (o *office) person(name string, roles ...string) store.Operator {
	op := store.Operator{State: store.OperatorActive, PasswordSetAt: o.Now()}
	encoded, err := o.hasher.Hash(ctx, good)
	require.NoError(o.t, err)
	op.Password = encoded
	return o.add(op, name, roles...)
}

// add stores an operator under a name, with an address made of it.
func (o *office) add(op store.Operator, name string, roles ...string) store.Operator {
	id := vault.ID()
	op.ID, op.Name, op.NameKey = id, name, strings.ToLower(name)
	op.Email = strings.ToLower(name) + "@example.org"
	op.EmailKey, op.SearchKey = op.Email, op.NameKey+" "+op.Email
	op.CreatedAt, op.UpdatedAt = o.Now(), o.Now()
	if len(roles) > 0 {
		op.PrimaryRole, op.Roles = roles[0], roles[1:]
	}
	require.NoError(o.t, o.mem.Commit(ctx, store.PutOperator{Operator: op}))
	return o.find(id)
}

func (o *office) find(id string) store.Operator {
	op, err := o.mem.FindOperator(ctx, id)
	require.NoError(o.t, err)
	return op
}

// change rewrites a stored operator, as another operator's page would.
func (o *office) change(id string, f func(*store.Operator)) {
	op := o.find(id)
	f(&op)
	require.NoError(o.t, o.mem.Commit(ctx, store.PutOperator{Operator: op}))
}

// set stores parameters, as the Parameters page would, without telling any
// desk.
func (o *office) set(values map[string]string) {
	p, err := o.mem.LoadParameters(ctx)
	require.NoError(o.t, err)
	p.Values = values
	require.NoError(o.t, o.mem.Commit(ctx, store.PutParameters{Parameters: p}))
}

// rules sets parameters and lets the desk read them.
func (o *office) rules(values map[string]string) {
	o.set(values)
	_, err := o.Reload(ctx)
	require.NoError(o.t, err)
}

func (o *office) signIn(login, password string) (desk.Passed, error) {
	return o.SignIn(ctx, home, desk.SignInForm{Login: login, Password: password, Next: "/next"})
}

// begun is the token of a sign-in that waits for its second step.
func (o *office) begun(login string) string {
	passed, err := o.signIn(login, good)
	require.NoError(o.t, err)
	require.False(o.t, passed.SignedIn)
	return passed.Token
}

// in is somebody signed in with two factors.
type in struct {
	token  string
	secret totp.Secret
	codes  []string
}

// enrol signs somebody in who has no second factor yet, and attaches one.
func (o *office) enrol(login string) in {
	pre := o.begun(login)
	e, err := o.BeginSignInEnrolment(ctx, pre)
	require.NoError(o.t, err)
	passed, codes, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.code(e.Key.Secret))
	require.NoError(o.t, err)
	require.True(o.t, passed.SignedIn)
	o.clock.Add(totp.Period) // the code just shown is spent
	return in{passed.Token, e.Key.Secret, codes}
}

// enrolled is a new person who is signed in with two factors.
func (o *office) enrolled(name string, roles ...string) (store.Operator, in) {
	op := o.person(name, roles...)
	signedIn := o.enrol(name)
	return o.find(op.ID), signedIn
}

// again signs somebody in once more, with both factors.
func (o *office) again(login string, secret totp.Secret) string {
	passed, err := o.SubmitCode(ctx, home, o.begun(login), o.code(secret))
	require.NoError(o.t, err)
	o.clock.Add(totp.Period)
	return passed.Token
}

// code is what an authenticator app shows now.
func (o *office) code(s totp.Secret) string { return codeAt(o.t, s, o.clock.Now()) }

func codeAt(t testing.TB, s totp.Secret, at time.Time) string {
	code, err := totp.Code(s, at, totp.Options{})
	require.NoError(t, err)
	return code
}

// wrong is a code that no step near now has.
func (o *office) wrong(s totp.Secret) string {
	taken := map[string]bool{}
	for step := -totp.DriftSteps; step <= totp.DriftSteps; step++ {
		taken[codeAt(o.t, s, o.clock.Now().Add(time.Duration(step)*totp.Period))] = true
	}
	for n := 0; ; n++ {
		if code := fmt.Sprintf("%06d", n); !taken[code] {
			return code
		}
	}
}

func (o *office) identity(token string) *desk.Identity {
	id, err := o.Authenticate(ctx, home, token)
	require.NoError(o.t, err)
	return id
}

// alive says whether a session token still opens the office.
func (o *office) alive(token string) bool {
	_, err := o.Authenticate(ctx, home, token)
	if err != nil {
		require.ErrorIs(o.t, err, desk.ErrNoSession)
	}
	return err == nil
}

// events lists all events, oldest first.
func (o *office) events() []store.Event {
	var all []store.Event
	q := store.EventQuery{Limit: 500}
	for {
		page, err := o.mem.ListEvents(ctx, q)
		require.NoError(o.t, err)
		for _, e := range page.Rows {
			all = append([]store.Event{e}, all...)
		}
		if page.Next == 0 {
			return all
		}
		q.BeforeSeq = page.Next
	}
}

// last is the newest event.
func (o *office) last() store.Event {
	events := o.events()
	require.NotEmpty(o.t, events)
	return events[len(events)-1]
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

// letter delivers what is queued and returns the newest message to somebody.
func (o *office) letter(to string) mail.Message {
	_, err := o.Deliver(ctx)
	require.NoError(o.t, err)
	m, ok := o.sent.newest(to, "")
	require.True(o.t, ok, "no mail to %s", to)
	return m
}

// linkIn finds the one-time token in a mail.
func (o *office) linkIn(m mail.Message, page string) string {
	_, rest, ok := strings.Cut(m.Text, origin+"/"+o.Alias()+"/"+page+"#")
	require.True(o.t, ok, "no link to %s in the mail", page)
	require.GreaterOrEqual(o.t, len(rest), vault.TokenLength)
	return rest[:vault.TokenLength]
}

// resetLink asks for a reset link and reads it from the mail.
func (o *office) resetLink(email string) string {
	o.deliver() // what was waiting
	require.NoError(o.t, o.RequestReset(ctx, home, email))
	o.deliver()
	m, ok := o.sent.newest(email, "Reset")
	require.True(o.t, ok)
	return o.linkIn(m, "reset")
}

// prove is somebody signed in who has proved again who they are.
func (o *office) prove(token, password string, secret totp.Secret) (string, desk.Actor) {
	token, err := o.StepUp(ctx, home, o.identity(token), password, o.code(secret))
	require.NoError(o.t, err)
	o.clock.Add(totp.Period)
	return token, o.identity(token).Actor()
}

// invite invites somebody from the command line and returns the token.
func (o *office) invite(email, name string, roles ...string) (store.Operator, string) {
	op, url, err := o.Invite(ctx, desk.CommandLine(), desk.Visit{}, desk.InviteForm{Email: email, Name: name, Roles: roles})
	require.NoError(o.t, err)
	_, token, ok := strings.Cut(url, "#")
	require.True(o.t, ok)
	return op, token
}

// requireLimited checks that an error says "too many", and until when.
func requireLimited(t testing.TB, err error, retryAt time.Time) {
	t.Helper()
	limited := (*desk.LimitedError)(nil)
	require.ErrorAs(t, err, &limited)
	require.Equal(t, retryAt, limited.RetryAt)
}

// requireProblem checks that an error puts a problem beside a field.
func requireProblem(t testing.TB, err error, field, code string) {
	t.Helper()
	bad := (*desk.InvalidError)(nil)
	require.ErrorAs(t, err, &bad)
	for _, p := range bad.Problems {
		if p.Field == field && p.Code == code {
			require.NotEmpty(t, p.Text)
			return
		}
	}
	require.Fail(t, "no such problem", "want %s at %s in %v", code, field, bad.Problems)
}
