package desk_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// crowd is an office with an account of every kind, and a community around it.
func crowd(t testing.TB, change ...func(*desk.Config)) (*office, *testoffice.Directory) {
	members := testoffice.NewDirectory("Mia", "Moe", "Max")
	o := newOffice(t, append([]func(*desk.Config){func(c *desk.Config) { c.Members = members }}, change...)...)
	o.Person("Ada", desk.RoleSuperAdministrator)
	o.Person("Norole")
	o.Change(o.Person("Disa", desk.RoleModerator).ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
	o.Add(store.Operator{State: store.OperatorInvited, InviteExpiresAt: o.Now().Add(time.Hour)}, "Ivan", desk.RoleModerator)
	o.Add(store.Operator{State: store.OperatorActive, MemberID: "m-mia", Email: "mia@members.example"}, "Mia", desk.RoleModerator)
	o.Add(store.Operator{State: store.OperatorActive, MemberID: "gone"}, "Gus", desk.RoleModerator)
	return o, members
}

func TestSignInAnswersTheSameForEverybodyWhoMayNotEnter(t *testing.T) {
	o, members := crowd(t)
	for _, c := range []struct{ name, login, password, reason string }{
		{"a wrong password", "Ada", better, "wrong password"},
		{"no password", "Ada", "", "wrong password"},
		{"an over-long password", "Ada", strings.Repeat("x", 5000), "wrong password"},
		{"nobody", "Zoe", good, "unknown"},
		{"nothing at all", "", "", "unknown"},
		{"a name longer than any", strings.Repeat("x", 300), good, "unknown"},
		{"a name that is no text", "\xff\x00", good, "unknown"},
		{"a disabled operator", "Disa", good, "account is disabled"},
		{"an invited operator", "Ivan", good, "wrong password"},
		{"an invited operator without password", "Ivan", "", "wrong password"},
		{"an operator without a role", "Norole", good, "no role"},
		{"a plain member", "moe", good, "unknown"},
		{"a plain member by address", "moe@members.example", good, "unknown"},
		{"a linked member with a wrong password", "mia", better, "wrong password"},
		{"a member who left", "Gus", good, "wrong password"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o.Clock.Add(time.Hour)
			hashes, checks := o.Hasher.Runs(), members.Checks()
			passed, err := o.Login(c.login, c.password)
			require.Equal(t, desk.ErrCredentials, err)
			require.Zero(t, passed)
			require.EqualValues(t, 1, o.Hasher.Runs()-hashes, "slow hashes")
			require.Equal(t, 1, members.Checks()-checks, "checks by the community")
			require.Equal(t, "signin.refused", o.Last().Code)
			require.Equal(t, c.reason, o.Last().Reason)
		})
	}
}

func TestSignInPassesThosePeopleWhoMayEnter(t *testing.T) {
	o, _ := crowd(t)
	for name, login := range map[string]string{
		"by name":                          "Ada",
		"by name in another case":          "aDA",
		"by name with spaces around":       "  Ada ",
		"by e-mail address":                "ada@example.org",
		"by e-mail address, case and all":  " ADA@Example.org",
		"a linked member by member login":  "mia",
		"a linked member by their address": "mia@members.example",
	} {
		t.Run(name, func(t *testing.T) {
			hashes := o.Hasher.Runs()
			passed, err := o.Login(login, good)
			require.NoError(t, err)
			require.False(t, passed.SignedIn)
			require.Equal(t, "/next", passed.Next)
			require.EqualValues(t, 1, o.Hasher.Runs()-hashes)
			require.False(t, o.Alive(passed.Token), "a sign-in begun opens nothing")
		})
	}
}

func TestASessionTokenIsNoSignInBegun(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	require.True(t, o.Alive(ada.Token))
	_, err := o.PreSession(ctx, ada.Token)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	_, err = o.SubmitCode(ctx, home, ada.Token, o.Code(ada.Secret))
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	_, err = o.PreSession(ctx, "")
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	_, err = o.Authenticate(ctx, home, "")
	require.ErrorIs(t, err, desk.ErrNoSession)
}

func TestUnderSSOTheMemberPasswordIsNeverAskedFor(t *testing.T) {
	o, members := crowd(t, func(c *desk.Config) { c.SSO = &desk.SSO{URL: "https://sso.example"} })
	_, err := o.Login("mia", good)
	require.ErrorIs(t, err, desk.ErrCredentials, "there is no password of the office's yet")
	require.Zero(t, members.Checks())

	op, err := o.Mem.FindOperatorByMember(ctx, "m-mia")
	require.NoError(t, err)
	encoded, err := o.Hasher.Hash(ctx, better)
	require.NoError(t, err)
	o.Change(op.ID, func(op *store.Operator) { op.Password, op.PasswordSetAt = encoded, o.Now() })
	_, err = o.Login("mia", better)
	require.NoError(t, err)

	members.Forget("m-mia")
	_, err = o.Login("Mia", better)
	require.ErrorIs(t, err, desk.ErrCredentials)
	require.Equal(t, "no longer a member", o.Last().Reason)
}

func TestABrokenDirectoryLetsNobodyInAndCountsNothing(t *testing.T) {
	o, members := crowd(t)
	members.Break(true)
	for range 20 {
		for _, login := range []string{"Ada", "mia", "Zoe"} {
			_, err := o.Login(login, good)
			require.ErrorIs(t, err, testoffice.ErrDirectory)
		}
	}
	members.Break(false)
	_, err := o.Login("mia", good)
	require.NoError(t, err)
}

func TestABusyHasherCountsNothing(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	ended, cancel := context.WithCancel(ctx)
	cancel()
	// One hash that takes far longer than all that follows holds the only slot.
	cfg := o.Cfg
	var err error
	cfg.Hasher, err = password.NewHasher(password.Config{
		Params: password.Params{MemoryKiB: 8, Time: 60_000, Threads: 1}, InsecureParams: true,
		Concurrency: 1, Queue: -1,
	})
	require.NoError(t, err)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = cfg.Hasher.Hash(ctx, good)
	}()
	require.Eventually(t, func() bool { return cfg.Hasher.Runs() == 1 }, time.Minute, time.Millisecond)
	busy, err := desk.New(cfg)
	require.NoError(t, err)
	require.NoError(t, busy.Open(ctx))
	for range 10 {
		_, err = busy.SignIn(ctx, home, desk.SignInForm{Login: "Ada", Password: good})
		require.ErrorIs(t, err, password.ErrBusy)
		_, err = busy.SignIn(ended, home, desk.SignInForm{Login: "Ada", Password: good})
		require.Error(t, err)
	}
	<-done
	_, err = o.Login("Ada", good)
	require.NoError(t, err)
}

func TestAnOldHashIsUpgradedAtSignIn(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleSuperAdministrator)
	dearer := o.Cfg
	var err error
	dearer.Hasher, err = password.NewHasher(password.Config{
		Params: password.Params{MemoryKiB: 16, Time: 1, Threads: 1}, Concurrency: 2, InsecureParams: true,
	})
	require.NoError(t, err)
	d, err := desk.New(dearer)
	require.NoError(t, err)
	require.NoError(t, d.Open(ctx))
	passed, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Ada", Password: good})
	require.NoError(t, err)
	upgraded := o.Find(op.ID)
	require.Contains(t, upgraded.Password, "m=16,")
	require.Equal(t, op.Version, upgraded.Version)
	_, err = d.PreSession(ctx, passed.Token)
	require.NoError(t, err, "the upgrade must not end the sign-in it came with")
}

func TestWhileSignInsArePausedOnlySuperAdministratorsEnter(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	o.Person("Mod", desk.RoleModerator)
	inside := o.Enrol("Mod")
	o.Rules(map[string]string{"signin.paused": "on", "signin.paused_text": "Back at noon."})
	require.Equal(t, "Back at noon.", o.Settings().PausedText)

	for range 20 {
		_, err := o.Login("Mod", good)
		require.ErrorIs(t, err, desk.ErrPaused)
	}
	_, err := o.Login("Mod", better)
	require.ErrorIs(t, err, desk.ErrCredentials)
	_, err = o.Login("Ada", good)
	require.NoError(t, err)
	require.True(t, o.Alive(inside.Token), "who is inside stays inside")
	require.Equal(t, "signin.paused", o.Events()[len(o.Events())-3].Code)

	o.Rules(nil)
	_, err = o.Login("Mod", good)
	require.NoError(t, err)
}

func TestASignInBegunEndsWhenItsTimeIsOverOrTheOperatorChanged(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Person("Ben", desk.RoleSuperAdministrator)

	pre := o.Begun("Ada")
	o.Clock.Add(10*time.Minute - time.Microsecond)
	p, err := o.PreSession(ctx, pre)
	require.NoError(t, err)
	require.Equal(t, desk.StepCode, p.Step)
	o.Clock.Add(time.Microsecond)
	_, err = o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	_, err = o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
	require.ErrorIs(t, err, desk.ErrSignInEnded)

	for name, change := range map[string]func(*store.Operator){
		"disabled":     func(op *store.Operator) { op.State = store.OperatorDisabled },
		"new password": func(op *store.Operator) { op.Password = "$other" },
		"anything":     func(op *store.Operator) { op.UpdatedAt = o.Now() },
	} {
		t.Run(name, func(t *testing.T) {
			pre := o.Begun("Ada")
			before := o.Find(op.ID)
			o.Change(op.ID, change)
			_, err := o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
			require.ErrorIs(t, err, desk.ErrSignInEnded)
			o.Change(op.ID, func(op *store.Operator) { op.State, op.Password = before.State, before.Password })
		})
	}
}

func TestWhereTwoFactorIsOnlyRecommendedAPasswordSignsIn(t *testing.T) {
	for _, c := range []struct {
		name, rule, role string
		signedIn         bool
	}{
		{"everyone", "everyone", desk.RoleModerator, false},
		{"recommended", "recommended", desk.RoleSuperAdministrator, true},
		{"a role that does not ask", "roles", desk.RoleModerator, true},
		{"a role that asks", "roles", desk.RoleAdministrator, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.Person("Ada", c.role)
			o.Rules(map[string]string{"two_factor.who": c.rule})
			passed, err := o.Login("Ada", good)
			require.NoError(t, err)
			require.Equal(t, c.signedIn, passed.SignedIn)
			require.Equal(t, c.signedIn, o.Alive(passed.Token))
		})
	}
	t.Run("never without it for somebody who has it", func(t *testing.T) {
		o := newOffice(t)
		_, ada := o.Enrolled("Ada", desk.RoleModerator)
		o.Rules(map[string]string{"two_factor.who": "recommended"})
		require.NotEmpty(t, o.Again("Ada", ada.Secret))
	})
}
