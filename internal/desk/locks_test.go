package desk_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// shown is the state of an operator as the list shows it.
func (o *office) shown(id string) store.OperatorShow { return o.Find(id).Show(o.Now()) }

// warned is how many emails warned an operator of failures.
func (o *office) warned(to string) int {
	o.deliver()
	n := 0
	for _, m := range o.Sent.All() {
		if m.To == to && strings.Contains(m.Subject, "Many failed sign-ins") {
			n++
		}
	}
	return n
}

func TestALockIsShownAndToldOnceADay(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleModerator)
	version := o.Find(op.ID).Version
	for i := range 140 {
		o.fail(from(fmt.Sprintf("198.51.%d.1", i)), "Ada")
		o.Clock.Add(3 * time.Minute)
		want := 0
		if i >= 29 {
			want++ // that someone is trying
		}
		if i >= 99 {
			want++ // that the password is disabled
		}
		require.Equal(t, want, o.warned(op.Email), "%d", i)
		require.Equal(t, i >= 99, o.shown(op.ID) == store.ShowLocked, "%d", i)
	}
	o.Clock.Add(24 * time.Hour)
	o.fail(home, "Ada")
	require.Equal(t, 3, o.warned(op.Email))
	require.Equal(t, version, o.Find(op.ID).Version, "a stranger cannot end what the owner is doing")
}

func TestALockIsNotedForTheOperatorAloneAndCostsTheSameForNobody(t *testing.T) {
	for _, failures := range []int{30, 100} {
		o, _ := crowd(t)
		calls := func(login string) []string {
			for i := range failures - 1 {
				o.fail(from(fmt.Sprintf("198.51.%d.1", i)), login)
				o.Clock.Add(3 * time.Minute)
			}
			d, st := o.Faulty()
			_, err := d.SignIn(ctx, home, desk.SignInForm{Login: login, Password: nonsense})
			require.ErrorIs(t, err, desk.ErrCredentials)
			o.Clock.Add(16 * time.Minute)
			return slices.DeleteFunc(st.Calls(), func(c string) bool { return c == "FindSignIn" })
		}
		locked := map[bool]string{true: "MarkLocked, "}[failures == 100]
		known := calls("Ada")
		require.Equal(t, "Commit("+locked+"EnqueueMail, AppendEvent)", known[len(known)-1])
		for _, login := range []string{"Zoe", "zoe@example.org", "Disa"} {
			unknown := calls(login)
			require.Equal(t, "Commit("+locked+"AppendEvent)", unknown[len(unknown)-1])
			require.Equal(t, known[:len(known)-1], unknown[:len(unknown)-1], login)
		}
		o.deliver()
		require.Len(t, o.Sent.All(), map[int]int{30: 1, 100: 2}[failures])
		for _, l := range []string{"Disa", "Ivan", "Norole"} {
			op, err := o.Mem.FindOperatorByLogin(ctx, strings.ToLower(l))
			require.NoError(t, err)
			require.True(t, op.LockedUntil.IsZero(), l)
		}
	}
}

func TestWrongCodesOfEachKindShowALock(t *testing.T) {
	for _, c := range []struct {
		name  string
		guess func(o *office, ada in) error
	}{
		{"of the authenticator", func(o *office, ada in) error {
			_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), o.WrongCode(ada.Secret))
			return err
		}},
		{"of the recovery set", func(o *office, _ in) error {
			_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), "ABCD-EFGH-ABCD-EFGH")
			return err
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
			for range 5 {
				require.Equal(t, store.ShowActive, o.shown(op.ID))
				require.Error(t, c.guess(o, ada))
			}
			require.Equal(t, store.ShowLocked, o.shown(op.ID))
			require.Equal(t, 1, o.warned(op.Email))
			require.NoError(t, o.ResetTwoFactor(ctx, desk.CommandLine(), home, op.ID, "phone lost"))
			require.Equal(t, store.ShowActive, o.shown(op.ID), "what kept them out is gone")
		})
	}
	t.Run("of a first authenticator", func(t *testing.T) {
		o := newOffice(t)
		op := o.Person("Ada", desk.RoleSuperAdministrator)
		pre := o.Begun("Ada")
		e, err := o.BeginSignInEnrolment(ctx, pre)
		require.NoError(t, err)
		for range 5 {
			_, _, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.WrongCode(e.Key.Secret))
			require.Error(t, err)
		}
		require.Equal(t, store.ShowLocked, o.shown(op.ID))
	})
}

func TestALockThatStaysIsShownAfterAnotherIsGone(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	for range 20 {
		_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), o.WrongCode(ada.Secret))
		require.Error(t, err)
		o.Clock.Add(time.Hour)
	}
	require.Equal(t, store.ShowLocked, o.shown(op.ID))
	require.True(t, o.Find(op.ID).LockedUntil.After(o.Now().Add(365*24*time.Hour)), "no time ends it")
	form := desk.LinkForm{Token: o.ResetLink(op.Email), Password: better, Again: better, Code: ada.Codes[0]}
	o.fail(home, "Ada")
	require.NoError(t, o.Reset(ctx, home, form), "with a recovery code, which ends the row of wrong codes")
	require.Equal(t, store.ShowActive, o.shown(op.ID))

	o.Clock.Add(time.Minute) // between two reset mails
	for range 5 {
		_, err := o.SubmitCode(ctx, home, passed(o.Login("Ada", better)), o.WrongCode(ada.Secret))
		require.Error(t, err)
	}
	o.disablePassword("ada@example.org")
	require.Equal(t, store.ShowLocked, o.shown(op.ID))
	form = desk.LinkForm{Token: o.ResetLink(op.Email), Password: good, Again: good, Code: ada.Codes[1]}
	require.NoError(t, o.Reset(ctx, home, form))
	require.Equal(t, store.ShowActive, o.shown(op.ID))
}

func passed(p desk.Passed, _ error) string { return p.Token }
