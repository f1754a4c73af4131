package desk_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

func TestKnownAndUnknownNamesCostTheStoreTheSame(t *testing.T) {
	o, _ := crowd(t)
	n := 0
	writes := func(login string) []string {
		n++
		d, faults := o.Faulty()
		_, err := d.SignIn(ctx, from(fmt.Sprintf("192.0.2.%d", n)), desk.SignInForm{Login: login, Password: nonsense})
		require.ErrorIs(t, err, desk.ErrCredentials)
		return slices.DeleteFunc(faults.Calls(), func(c string) bool { return strings.HasPrefix(c, "Find") })
	}
	want := writes("Ada")
	require.Equal(t, []string{"Hit", "Hit", "Commit(AppendEvent)"}, want)
	for _, login := range []string{"Zoe", "Disa", "Ivan", "Norole", "moe", "mia", "", strings.Repeat("x", 3000), "ada@example.org", "Zoe", "Ada"} {
		require.Equal(t, want, writes(login), "%.10q", login)
	}
}

// keys collects the counters that are hit, with their limits.
type keys struct {
	store.Store
	mu  sync.Mutex
	hit map[string]store.Limit
}

func (k *keys) Hit(ctx context.Context, now time.Time, hits ...store.Hit) ([]store.HitResult, bool, error) {
	k.mu.Lock()
	for _, h := range hits {
		k.hit[h.Key] = h.Limit
	}
	k.mu.Unlock()
	return k.Store.Hit(ctx, now, hits...)
}

func TestFailuresUnderANameAreForgottenAfterADay(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleSuperAdministrator)
	for _, login := range []string{"Ada", "Zoe"} {
		seen := &keys{Store: o.Cfg.Store, hit: map[string]store.Limit{}}
		_, err := o.Over(seen).SignIn(ctx, home, desk.SignInForm{Login: login, Password: nonsense})
		require.ErrorIs(t, err, desk.ErrCredentials)
		long := 0
		for key, l := range seen.hit {
			if l.Window > 0 {
				require.LessOrEqual(t, l.Window, 24*time.Hour, key)
				continue
			}
			if l.Every > 0 {
				require.LessOrEqual(t, l.Every, time.Hour, key)
				continue
			}
			if l.Keep != 24*time.Hour {
				require.Contains(t, []string{"password:" + op.ID, "failed:" + op.ID}, key)
				long++
			}
		}
		require.Equal(t, map[string]int{"Ada": 2, "Zoe": 0}[login], long)
	}
	// The same can be seen of both from outside.
	for _, login := range []string{"Ada", "Zoe"} {
		for range 4 {
			o.fail(home, login)
		}
		_, err := o.Login(login, nonsense)
		requireLimited(t, err, o.Now().Add(30*time.Second))
	}
	o.Clock.Add(24 * time.Hour)
	for _, login := range []string{"Ada", "Zoe"} {
		for range 5 {
			o.fail(home, login)
		}
		_, err := o.Login(login, nonsense)
		requireLimited(t, err, o.Now().Add(30*time.Second))
	}
}

func TestReplacingTheMasterSecretForgetsNoFailuresOfAnOperator(t *testing.T) {
	replaced := func(o *office) *desk.Desk {
		older, newer := make([]byte, vault.SecretSize), make([]byte, vault.SecretSize)
		for i := range older {
			older[i], newer[i] = byte(7*i+128), byte(11*i+129)
		}
		v, err := vault.New([][]byte{newer, older})
		require.NoError(o.T, err)
		o.Cfg.Vault = v
		return o.Another()
	}
	t.Run("a password that is disabled", func(t *testing.T) {
		o := newOffice(t)
		o.Person("Ada", desk.RoleModerator)
		for i := range 100 {
			o.fail(from(fmt.Sprintf("198.51.%d.7", i)), "Ada")
			o.Clock.Add(time.Hour)
		}
		d := replaced(o)
		_, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Ada", Password: good})
		require.ErrorIs(t, err, desk.ErrCredentials)
		require.Contains(t, o.Last().Reason, "disabled")
	})
	t.Run("codes and proofs", func(t *testing.T) {
		o := newOffice(t)
		op, ada := o.Enrolled("Ada", desk.RoleModerator)
		id := o.Identity(ada.Token)
		for range 5 {
			_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), o.WrongCode(ada.Secret))
			require.ErrorIs(t, err, desk.ErrCode)
			_, err = o.StepUp(ctx, home, id, nonsense, "")
			require.ErrorIs(t, err, desk.ErrCredentials)
		}
		d := replaced(o)
		passed, err := d.SignIn(ctx, home, desk.SignInForm{Login: op.Email, Password: good})
		require.NoError(t, err)
		_, err = d.SubmitCode(ctx, home, passed.Token, o.Code(ada.Secret))
		requireLimited(t, err, o.Now().Add(30*time.Second))
		id, err = d.Authenticate(ctx, home, ada.Token)
		require.NoError(t, err)
		_, err = d.StepUp(ctx, home, id, good, o.Code(ada.Secret))
		requireLimited(t, err, o.Now().Add(30*time.Second))
	})
}

func TestAPauseHoldsForWhoHadBegunToSignIn(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleModerator)
	_, root := o.Enrolled("Root", desk.RoleSuperAdministrator)
	o.Person("New", desk.RoleModerator)
	pre, rootPre, newPre := o.Begun("Ada"), o.Begun("Root"), o.Begun("New")
	e, err := o.BeginSignInEnrolment(ctx, newPre)
	require.NoError(t, err)
	o.Rules(map[string]string{"signin.paused": "on"})
	sessions := o.Dump("counters", "events", "parameters")
	for range 20 {
		passed, err := o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
		require.ErrorIs(t, err, desk.ErrPaused)
		require.Zero(t, passed)
		passed, codes, err := o.ConfirmSignInEnrolment(ctx, home, newPre, e.Sealed, o.Code(e.Key.Secret))
		require.ErrorIs(t, err, desk.ErrPaused)
		require.Zero(t, passed)
		require.Empty(t, codes)
	}
	require.True(t, sessions == o.Dump("counters", "events", "parameters"))
	_, err = o.SubmitCode(ctx, home, rootPre, o.Code(root.Secret))
	require.NoError(t, err)
	o.Rules(nil)
	_, err = o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
	require.NoError(t, err)

	t.Run("and when it begins while the code is checked", func(t *testing.T) {
		o := newOffice(t)
		_, ada := o.Enrolled("Ada", desk.RoleModerator)
		pre := o.Begun("Ada")
		d, st := o.Faulty()
		st.Before("Hit", func() {
			o.Set(map[string]string{"signin.paused": "on"})
			_, err := d.Reload(ctx)
			require.NoError(t, err)
		})
		_, err := d.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
		require.ErrorIs(t, err, desk.ErrPaused)
	})
}
