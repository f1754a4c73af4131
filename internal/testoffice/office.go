package testoffice

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/totp"
)

// Origin is where the community of an office without a server is.
const Origin = "https://community.example"

// Home is a visit from where people usually are.
var Home = From("203.0.113.7")

// From is a visit from an IP address with the usual browser.
func From(ip string) desk.Visit {
	return desk.Visit{IP: ip, UserAgent: Agent, Route: "POST /login", RequestID: "r-1"}
}

// Office is the services of an office, with everything around them.
type Office struct {
	*Rig
	*desk.Desk
	Sent *Postbox
	// Cfg is what desks over this store are made of.
	Cfg desk.Config
	// Boss is the super-administrator at work in an office that is [Staffed].
	Boss desk.Actor
}

// New opens an office over a fresh memory, after the configuration was changed
// as the test likes it.
func New(t testing.TB, change ...func(*desk.Config)) *Office {
	t.Helper()
	return Open(NewRig(t, memstore.New()), change...)
}

// Open opens an office over a rig.
func Open(r *Rig, change ...func(*desk.Config)) *Office {
	r.T.Helper()
	o := &Office{Rig: r, Sent: &Postbox{}}
	v, err := vault.New([][]byte{Secret()})
	require.NoError(r.T, err)
	o.Cfg = desk.Config{
		Store: r.Store, Vault: v, Hasher: r.hasher, Sender: o.Sent,
		Origin: Origin, Name: "Meadow", Contact: "help@community.example", WitnessEvery: time.Hour,
		Permissions: []desk.Permission{
			{Key: "analytics.view", Label: "See the numbers", Group: "Community", Roles: []string{desk.RoleCommunityManager}},
			{Key: "posts.delete", Label: "Delete posts", Group: "Community", Roles: []string{desk.RoleModerator}},
		},
		Clock: r.Clock.Now, Log: slog.New(slog.NewJSONHandler(r.Log, nil)),
	}
	for _, f := range change {
		f(&o.Cfg)
	}
	o.Desk = o.Another()
	return o
}

// Staffed is an office in which a password is enough to sign in, with a
// super-administrator at work.
func Staffed(t testing.TB, change ...func(*desk.Config)) *Office {
	t.Helper()
	o := New(t, change...)
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	o.Boss = o.Actor(o.Person("Boss", desk.RoleSuperAdministrator))
	return o
}

// Reset is [desk.Desk.Reset] in a browser that keeps nothing.
func (o *Office) Reset(ctx context.Context, v desk.Visit, f desk.LinkForm) error {
	_, err := o.Desk.Reset(ctx, v, f)
	return err
}

// Welcome is [desk.Desk.Welcome] in a browser that keeps nothing.
func (o *Office) Welcome(ctx context.Context, v desk.Visit, f desk.LinkForm) error {
	_, err := o.Desk.Welcome(ctx, v, f)
	return err
}

// Another is a second desk over the same store: another replica, or the same one
// after a restart.
func (o *Office) Another() *desk.Desk { return o.Over(o.Cfg.Store) }

// Over is another desk of the office that sees the store through a wrapper.
func (o *Office) Over(st store.Store) *desk.Desk {
	o.T.Helper()
	cfg := o.Cfg
	cfg.Store = st
	d, err := desk.New(cfg)
	require.NoError(o.T, err)
	require.NoError(o.T, d.Open(ctx))
	return d
}

// Faulty is another desk of the office, with a store of its own to make go wrong.
func (o *Office) Faulty() (*desk.Desk, *Store) {
	o.T.Helper()
	st := Wrap(o.Under)
	d := o.Over(st)
	st.Reset()
	return d, st
}

// While is another desk of the office in which something happens once, right
// before it makes a call, or commits a write, of a name.
func (o *Office) While(name string, happen func()) *desk.Desk {
	o.T.Helper()
	d, st := o.Faulty()
	st.Before(name, happen)
	return d
}

// Rules sets parameters and lets the desk read them.
func (o *Office) Rules(values map[string]string) {
	o.T.Helper()
	o.Set(values)
	_, err := o.Reload(ctx)
	require.NoError(o.T, err)
}

// CustomRole makes a role of permissions and returns its id.
func (o *Office) CustomRole(name string, permissions ...string) string {
	o.T.Helper()
	id, err := o.CreateRole(ctx, o.Boss, Home, desk.RoleForm{Name: name, Permissions: permissions})
	require.NoError(o.T, err)
	return id
}

// Must passes on what Invite returned without an error.
func (o *Office) Must(op store.Operator, link string, err error) (store.Operator, string) {
	o.T.Helper()
	require.NoError(o.T, err)
	return op, link
}

// Login tries to sign in with a password.
func (o *Office) Login(login, password string) (desk.Passed, error) {
	return o.SignIn(ctx, Home, desk.SignInForm{Login: login, Password: password, Next: "/next"})
}

// Enter signs in an operator for whom a password is enough, and returns the token.
func (o *Office) Enter(login string) string {
	o.T.Helper()
	passed, err := o.Login(login, Good)
	require.NoError(o.T, err)
	require.True(o.T, passed.SignedIn)
	return passed.Token
}

// Entered signs in an operator for whom a password is enough.
func (o *Office) Entered(op store.Operator) *desk.Identity {
	o.T.Helper()
	return o.Identity(o.Enter(op.Name))
}

// Actor is Entered for tests that need an actor.
func (o *Office) Actor(op store.Operator) desk.Actor {
	o.T.Helper()
	return o.Entered(op).Actor()
}

// Begun is the token of a sign-in that waits for its second step.
func (o *Office) Begun(login string) string {
	o.T.Helper()
	passed, err := o.Login(login, Good)
	require.NoError(o.T, err)
	require.False(o.T, passed.SignedIn)
	return passed.Token
}

// In has the secrets of an operator signed in with two factors.
type In struct {
	Token  string
	Secret totp.Secret
	Codes  []string
}

// Enrol signs in an operator without a second factor, and adds one.
func (o *Office) Enrol(login string) In {
	o.T.Helper()
	pre := o.Begun(login)
	e, err := o.BeginSignInEnrolment(ctx, pre)
	require.NoError(o.T, err)
	passed, codes, err := o.ConfirmSignInEnrolment(ctx, Home, pre, e.Sealed, o.Code(e.Key.Secret))
	require.NoError(o.T, err)
	require.True(o.T, passed.SignedIn)
	o.Clock.Add(totp.Period) // the code just shown is spent
	return In{passed.Token, e.Key.Secret, codes}
}

// Enrolled creates an operator and signs them in with two factors.
func (o *Office) Enrolled(name string, roles ...string) (store.Operator, In) {
	o.T.Helper()
	op := o.Person(name, roles...)
	in := o.Enrol(name)
	return o.Find(op.ID), in
}

// Again signs an operator in once more, with both factors.
func (o *Office) Again(login string, secret totp.Secret) string {
	o.T.Helper()
	passed, err := o.SubmitCode(ctx, Home, o.Begun(login), o.Code(secret))
	require.NoError(o.T, err)
	o.Clock.Add(totp.Period)
	return passed.Token
}

// Prove confirms the identity of a signed-in operator, and returns the new token and
// the actor.
func (o *Office) Prove(token, password string, secret totp.Secret) (string, desk.Actor) {
	o.T.Helper()
	token, err := o.StepUp(ctx, Home, o.Identity(token), password, o.Code(secret))
	require.NoError(o.T, err)
	o.Clock.Add(totp.Period)
	return token, o.Identity(token).Actor()
}

// Identity returns the operator of a session token.
func (o *Office) Identity(token string) *desk.Identity {
	o.T.Helper()
	id, err := o.Authenticate(ctx, Home, token)
	require.NoError(o.T, err)
	return id
}

// Alive reports whether a session token still opens the office.
func (o *Office) Alive(token string) bool {
	o.T.Helper()
	_, err := o.Authenticate(ctx, Home, token)
	if err != nil {
		require.ErrorIs(o.T, err, desk.ErrNoSession)
	}
	return err == nil
}

// Delivered delivers the queue and returns the postbox.
func (o *Office) Delivered() *Postbox {
	o.T.Helper()
	_, err := o.Deliver(ctx)
	require.NoError(o.T, err)
	return o.Sent
}

// Letter delivers the queue and returns the newest message to an email address.
func (o *Office) Letter(to string) mail.Message {
	o.T.Helper()
	m, ok := o.Delivered().Newest(to, "")
	require.True(o.T, ok, "no mail to %s", to)
	return m
}

// LinkIn finds the one-time token in an email.
func (o *Office) LinkIn(m mail.Message, page string) string {
	o.T.Helper()
	_, rest, ok := strings.Cut(m.Text, Origin+"/"+o.Alias()+"/"+page+"#")
	require.True(o.T, ok, "no link to %s in the mail", page)
	token, _, _ := strings.Cut(rest, "\n")
	require.NotEmpty(o.T, token)
	return token
}

// ResetLink asks for a reset link and reads it from the mail.
func (o *Office) ResetLink(email string) string {
	o.T.Helper()
	o.Delivered() // what was waiting
	require.NoError(o.T, o.RequestReset(ctx, Home, email))
	all := o.Delivered().To(email)
	slices.Reverse(all) // the newest first
	i := slices.IndexFunc(all, func(m mail.Message) bool { return strings.Contains(m.Text, "/reset#") })
	require.GreaterOrEqual(o.T, i, 0)
	return o.LinkIn(all[i], "reset")
}

// Invited invites an operator from the command line and returns the token.
func (o *Office) Invited(email, name string, roles ...string) (store.Operator, string) {
	o.T.Helper()
	op, link := o.Must(o.Invite(ctx, desk.CommandLine(), desk.Visit{}, desk.InviteForm{Email: email, Name: name, Roles: roles}))
	return op, Token(link)
}

// Token is the one-time token of a link.
func Token(link string) string {
	_, token, _ := strings.Cut(link, "#")
	return token
}
