package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// crowded gives the office a hasher with two slots, one of which a stranger holds
// until the test ends. It returns a desk that sees the store through a wrapper.
func (o *office) crowded(st store.Store, queue int) *desk.Desk {
	params := o.Cfg.Hasher.Params()
	type strangerKey struct{}
	began, end, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	hasher, err := password.NewHasher(password.Config{
		Params: params, InsecureParams: true, Concurrency: 2, Queue: queue,
		Trace: func(ctx context.Context, operation string) (context.Context, func(error)) {
			if operation == password.TraceHash && ctx.Value(strangerKey{}) != nil {
				close(began)
				<-end
			}
			return ctx, nil
		},
	})
	require.NoError(o.T, err)
	go func() {
		defer close(ended)
		_, _ = hasher.Verify(context.WithValue(ctx, strangerKey{}, true), nonsense, "")
	}()
	<-began
	o.T.Cleanup(func() { close(end); <-ended })
	o.Cfg.Hasher = hasher
	return o.Over(st)
}

func TestStrangersNeverKeepInsidersFromHashing(t *testing.T) {
	strangers := map[string]bool{
		"sign in with a password": true, "sign in where a password is enough": true, "sign in as a member": true,
		"sign in with a wrong password": true, "sign in as nobody": true, "sign in while sign-ins are paused": true,
		"ask for a reset": true, "ask for a reset of a member's": true,
	}
	for _, f := range flows {
		t.Run(f.name, func(t *testing.T) {
			o := keyed(t, func(c *desk.Config) { c.Members = testoffice.NewDirectory("Mia") })
			act := f.prepare(t, o)
			_, err := act(ctx, o.crowded(o.Cfg.Store, -1))
			if strangers[f.name] {
				require.ErrorIs(t, err, password.ErrBusy)
				return
			}
			require.NotErrorIs(t, err, password.ErrBusy)
			require.Equal(t, f.refused, err != nil, "%v", err)
		})
	}
}

func TestStrangersNeverKeepAKnownBrowserFromHashing(t *testing.T) {
	o := newOffice(t)
	ada := o.Person("Ada", desk.RoleSuperAdministrator)
	dearer, err := password.NewHasher(password.Config{Params: password.Params{MemoryKiB: 16, Time: 1, Threads: 1}, InsecureParams: true})
	require.NoError(t, err)
	encoded, err := dearer.Hash(ctx, good)
	require.NoError(t, err)
	o.Change(ada.ID, func(op *store.Operator) { op.Password = encoded })
	o.Write(store.PutBrowser{Browser: store.Browser{ID: "browser", Digest: store.DigestOf("token"), OperatorID: ada.ID, SeenAt: o.Now()}})
	d := o.crowded(o.Cfg.Store, -1)
	for login, v := range map[string]desk.Visit{"Zoe": keeping("token"), "Ada": home} {
		_, err = d.SignIn(ctx, v, desk.SignInForm{Login: login, Password: good})
		require.ErrorIs(t, err, password.ErrBusy, "%s from somewhere else", login)
	}
	_, err = d.SignIn(ctx, keeping("token"), desk.SignInForm{Login: "Ada", Password: good})
	require.NoError(t, err)
	require.NotEqual(t, encoded, o.Find(ada.ID).Password, "the hash is brought up to date")
}

func TestStrangersShareHashingByNetwork(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	var last <-chan error
	t.Cleanup(func() { require.ErrorIs(t, <-last, desk.ErrCredentials) }) // once the slot is free
	d := o.crowded(o.Cfg.Store, 1)
	signIn := func(ip string, waiting int) <-chan error {
		done := make(chan error, 1)
		go func() {
			_, err := d.SignIn(ctx, from(ip), desk.SignInForm{Login: "nobody at " + ip, Password: good})
			done <- err
		}()
		require.Eventually(t, func() bool { return o.Cfg.Hasher.Load().Waiting == waiting }, time.Minute, time.Millisecond)
		return done
	}
	first := signIn("2001:db8:1:1::1", 1)
	second := signIn("2001:db8:1:1::2", 1)
	require.ErrorIs(t, <-second, password.ErrBusy)
	last = signIn("192.0.2.1", 1)
	require.ErrorIs(t, <-first, password.ErrBusy, "its network wanted a turn twice")
}
