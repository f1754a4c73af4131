package desk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// enrolling is a sign-in that shows a QR code.
func (o *office) enrolling(login string) (string, desk.Enrolment) {
	pre := o.Begun(login)
	p, err := o.PreSession(ctx, pre)
	require.NoError(o.T, err)
	require.Equal(o.T, desk.StepEnrol, p.Step)
	e, err := o.BeginSignInEnrolment(ctx, pre)
	require.NoError(o.T, err)
	return pre, e
}

func (o *office) factors(operatorID string) []store.Factor {
	factors, err := o.Mem.ListFactors(ctx, operatorID)
	require.NoError(o.T, err)
	return factors
}

func TestEnrolmentAttachesAnAuthenticatorAndSignsIn(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleSuperAdministrator)
	pre, e := o.enrolling("Ada")
	require.Equal(t, "Meadow", e.Key.Issuer)
	require.Equal(t, "ada@example.org", e.Key.Account)
	require.Empty(t, o.factors(op.ID), "showing changes nothing")

	passed, codes, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.Code(e.Key.Secret))
	require.NoError(t, err)
	require.True(t, passed.SignedIn)
	require.Len(t, codes, desk.RecoveryCodes)
	require.True(t, o.Alive(passed.Token))
	require.Len(t, o.factors(op.ID), 1)
	require.Contains(t, o.Letter("ada@example.org").Subject, "uthenticat")

	o.Clock.Add(totp.Period)
	require.True(t, o.Alive(o.Again("Ada", e.Key.Secret)))
	_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), codes[9])
	require.NoError(t, err)

	t.Run("the same form again does nothing", func(t *testing.T) {
		_, codes, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.Code(e.Key.Secret))
		require.ErrorIs(t, err, desk.ErrSignInEnded)
		require.Nil(t, codes)
		require.Len(t, o.factors(op.ID), 1)
	})
}

func TestEnrolmentNeedsACodeOfTheKeyShown(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleSuperAdministrator)
	pre, e := o.enrolling("Ada")

	_, err := o.SubmitCode(ctx, home, pre, o.Code(e.Key.Secret))
	require.ErrorIs(t, err, desk.ErrSignInEnded, "there is no code to ask for yet")
	_, _, err = o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, "")
	requireProblem(t, err, "code", "not_code")
	_, _, err = o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, "AAAA-AAAA-AAAA-AAAA")
	requireProblem(t, err, "code", "not_code")
	for range 4 {
		_, codes, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.WrongCode(e.Key.Secret))
		require.Equal(t, desk.ErrCode, err)
		require.Nil(t, codes)
		shown, err := o.ShownSignInEnrolment(ctx, pre, e.Sealed)
		require.NoError(t, err)
		require.True(t, shown.Key.Secret.Equal(e.Key.Secret), "the QR code already scanned stays")
	}
	require.Empty(t, o.factors(op.ID))
	_, _, err = o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.Code(e.Key.Secret))
	require.NoError(t, err)
}

func TestAPageThatAPhoneLoadsAgainShowsTheKeyThatItsAppHas(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	pre, e := o.enrolling("Ada")
	again, err := o.BeginSignInEnrolment(ctx, pre)
	require.NoError(t, err)
	require.Equal(t, e.Key.URI(), again.Key.URI())
	require.Len(t, again.Key.Secret.Bytes(), 20)

	_, other := o.enrolling("Ada")
	require.NotEqual(t, e.Key.URI(), other.Key.URI(), "another sign-in")
	_, _, err = o.ConfirmSignInEnrolment(ctx, home, pre, again.Sealed, o.Code(e.Key.Secret))
	require.NoError(t, err)
}

func TestEnrolmentSaysWhenThePhonesClockIsWrong(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	// One secret in some thousands has the code of an hour ago at a nearer moment, too.
	once := func(e desk.Enrolment, off time.Duration) bool {
		for near := -off.Abs() + 30*time.Second; near < off.Abs(); near += 30 * time.Second {
			if testoffice.CodeAt(t, e.Key.Secret, o.Now().Add(near)) == testoffice.CodeAt(t, e.Key.Secret, o.Now().Add(off)) {
				return false
			}
		}
		return true
	}
	pre, e := o.enrolling("Ada")
	for !once(e, -time.Hour) || !once(e, 4*time.Minute) {
		pre, e = o.enrolling("Ada")
	}
	for _, off := range []time.Duration{4 * time.Minute, -time.Hour} {
		_, _, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, testoffice.CodeAt(t, e.Key.Secret, o.Now().Add(off)))
		clock := (*desk.ClockError)(nil)
		require.ErrorAs(t, err, &clock)
		require.Equal(t, off, clock.Off)
	}
}

func TestGuessesAtTheFirstCodeAreLimited(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	pre, e := o.enrolling("Ada")
	for range 5 {
		_, _, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.WrongCode(e.Key.Secret))
		require.ErrorIs(t, err, desk.ErrCode)
	}
	_, _, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.Code(e.Key.Secret))
	requireLimited(t, err, o.Now().Add(30*time.Second))
	o.Clock.Add(30 * time.Second)
	_, _, err = o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.Code(e.Key.Secret))
	require.NoError(t, err)
}

func TestAnEnrolmentFormIsGoodForItsOwnSignInOnlyAndForTenMinutes(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	o.Person("Ben", desk.RoleSuperAdministrator)
	_, first := o.enrolling("Ada")
	second, own := o.enrolling("Ada")
	his, _ := o.enrolling("Ben")
	for _, c := range []struct{ name, pre, sealed string }{
		{"another sign-in of the same person", second, first.Sealed},
		{"another person's", his, first.Sealed},
		{"nothing", second, ""},
		{"no hexadecimal", second, "zz"},
		{"a changed one", second, "00" + own.Sealed[2:]},
		{"a cut one", second, own.Sealed[:len(own.Sealed)-2]},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, _, err := o.ConfirmSignInEnrolment(ctx, home, c.pre, c.sealed, o.Code(first.Key.Secret))
			require.ErrorIs(t, err, desk.ErrStale)
			_, err = o.ShownSignInEnrolment(ctx, c.pre, c.sealed)
			require.ErrorIs(t, err, desk.ErrStale)
		})
	}
	t.Run("ten minutes after it was shown", func(t *testing.T) {
		o := newOffice(t)
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		id := o.Identity(ada.Token)
		e, err := o.BeginEnrolment(id)
		require.NoError(t, err)
		o.Rules(map[string]string{"session.proof": "15m"})
		o.Clock.Add(10*time.Minute - time.Microsecond)
		_, err = o.ShownEnrolment(id, e.Sealed)
		require.NoError(t, err)
		o.Clock.Add(time.Microsecond)
		_, _, err = o.ConfirmEnrolment(ctx, home, o.Identity(ada.Token), e.Sealed, o.Code(e.Key.Secret), "")
		require.ErrorIs(t, err, desk.ErrStale)
	})
}

func TestOfTwoSignInsThatEnrolOneWinsAndTheOtherStartsAgain(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleSuperAdministrator)
	var pres []string
	var shown []desk.Enrolment
	for range 8 {
		pre, e := o.enrolling("Ada")
		pres, shown = append(pres, pre), append(shown, e)
	}
	errs := testoffice.Race(4, func(i int) error {
		_, _, err := o.ConfirmSignInEnrolment(ctx, home, pres[i], shown[i].Sealed, o.Code(shown[i].Key.Secret))
		return err
	})
	require.Equal(t, 1, winners(errs))
	for _, err := range errs {
		if err != nil {
			require.ErrorIs(t, err, desk.ErrSignInEnded)
		}
	}
	require.Len(t, o.factors(op.ID), 1)
	_, _, err := o.ConfirmSignInEnrolment(ctx, home, pres[7], shown[7].Sealed, o.Code(shown[7].Key.Secret))
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	p, err := o.PreSession(ctx, o.Begun("Ada"))
	require.NoError(t, err)
	require.Equal(t, desk.StepCode, p.Step)
}

func TestASecondAuthenticatorWorksBesideTheFirst(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	other := o.Again("Ada", ada.Secret)
	pre := o.Begun("Ada")
	e, err := o.BeginEnrolment(o.Identity(ada.Token))
	require.NoError(t, err)

	_, _, err = o.ConfirmEnrolment(ctx, home, o.Identity(other), e.Sealed, o.Code(e.Key.Secret), "Tablet")
	require.ErrorIs(t, err, desk.ErrStale, "of another session")
	_, _, err = o.ConfirmEnrolment(ctx, home, o.Identity(ada.Token), e.Sealed, o.Code(e.Key.Secret), "Tab\x07let")
	requireProblem(t, err, "label", "not_text")
	token, codes, err := o.ConfirmEnrolment(ctx, home, o.Identity(ada.Token), e.Sealed, o.Code(e.Key.Secret), "Tablet")
	require.NoError(t, err)
	require.Nil(t, codes, "the recovery codes stay")
	require.True(t, o.Alive(token))
	require.False(t, o.Alive(ada.Token), "the old token is dead")
	require.False(t, o.Alive(other), "other sessions end")
	_, err = o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)

	_, _, err = o.ConfirmEnrolment(ctx, home, o.Identity(token), e.Sealed, o.Code(e.Key.Secret), "Tablet")
	require.ErrorIs(t, err, desk.ErrStale, "the same form again")
	require.Len(t, o.factors(op.ID), 2)

	o.Clock.Add(totp.Period)
	for _, secret := range []totp.Secret{ada.Secret, e.Key.Secret} {
		require.True(t, o.Alive(o.Again("Ada", secret)))
	}
	_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), ada.Codes[0])
	require.NoError(t, err)
	list, err := o.Authenticators(ctx, o.Identity(o.Again("Ada", ada.Secret)))
	require.NoError(t, err)
	require.Len(t, list.Apps, 2)
	require.Equal(t, "Tablet", list.Apps[1].Label)
	require.Equal(t, 9, list.RecoveryCodes)
	require.True(t, list.Required)
}

func TestTheLastAuthenticatorStaysWhileTwoFactorIsRequired(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleAdministrator)
	first := o.factors(op.ID)[0].ID
	for _, c := range []struct {
		rule string
		want error
	}{{"everyone", desk.ErrRequired}, {"roles", desk.ErrRequired}, {"recommended", nil}} {
		o.Rules(map[string]string{"two_factor.who": c.rule})
		token, err := o.RemoveAuthenticator(ctx, home, o.Identity(ada.Token), first)
		require.ErrorIs(t, err, c.want)
		if c.want != nil {
			require.Len(t, o.factors(op.ID), 1)
			continue
		}
		require.Empty(t, o.factors(op.ID))
		require.True(t, o.Alive(token))
		_, err = o.Mem.FindRecoverySet(ctx, op.ID)
		require.ErrorIs(t, err, store.ErrNotFound, "the recovery codes go with it")
	}
	passed, err := o.Login("Ada", good)
	require.NoError(t, err)
	require.True(t, passed.SignedIn)

	o.Rules(nil)
	id := o.Identity(passed.Token)
	require.True(t, id.MustEnrol, "a session from before leads to the one page that ends it")
}

func TestRemovingAnAuthenticatorEndsOtherSessionsAndVoidsItsCodes(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	e, err := o.BeginEnrolment(o.Identity(ada.Token))
	require.NoError(t, err)
	token, _, err := o.ConfirmEnrolment(ctx, home, o.Identity(ada.Token), e.Sealed, o.Code(e.Key.Secret), "")
	require.NoError(t, err)
	o.Clock.Add(totp.Period)
	other := o.Again("Ada", ada.Secret)
	pre := o.Begun("Ada")

	removed := o.factors(op.ID)[0].ID
	id := o.Identity(token)
	fresh, err := o.RemoveAuthenticator(ctx, home, id, removed)
	require.NoError(t, err)
	require.True(t, o.Alive(fresh))
	require.False(t, o.Alive(token))
	require.False(t, o.Alive(other))
	_, err = o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), o.Code(ada.Secret))
	require.Equal(t, desk.ErrCode, err)
	require.Len(t, o.factors(op.ID), 1)
	require.Contains(t, o.Letter("ada@example.org").Subject, "removed")

	_, err = o.RemoveAuthenticator(ctx, home, id, removed)
	require.Error(t, err)
	_, err = o.RemoveAuthenticator(ctx, home, o.Identity(fresh), removed)
	require.ErrorIs(t, err, desk.ErrNotFound)
	_, ben := o.Enrolled("Ben", desk.RoleSuperAdministrator)
	_, err = o.RemoveAuthenticator(ctx, home, o.Identity(ben.Token), o.factors(op.ID)[0].ID)
	require.ErrorIs(t, err, desk.ErrNotFound, "somebody else's")
}

func TestTwoRemovalsAtOnceLeaveOneAuthenticator(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	e, err := o.BeginEnrolment(o.Identity(ada.Token))
	require.NoError(t, err)
	token, _, err := o.ConfirmEnrolment(ctx, home, o.Identity(ada.Token), e.Sealed, o.Code(e.Key.Secret), "")
	require.NoError(t, err)
	id := o.Identity(token)
	factors := o.factors(op.ID)
	errs := testoffice.Race(2, func(i int) error {
		_, err := o.RemoveAuthenticator(ctx, home, id, factors[i].ID)
		return err
	})
	require.Equal(t, 1, winners(errs))
	require.Len(t, o.factors(op.ID), 1)
}

func TestNewRecoveryCodesVoidTheOldOnes(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	other := o.Again("Ada", ada.Secret)
	token, codes, err := o.ReplaceRecoveryCodes(ctx, home, o.Identity(ada.Token))
	require.NoError(t, err)
	require.Len(t, codes, desk.RecoveryCodes)
	require.True(t, o.Alive(token))
	require.False(t, o.Alive(ada.Token))
	require.False(t, o.Alive(other))
	_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), ada.Codes[0])
	require.Equal(t, desk.ErrCode, err)
	_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), codes[0])
	require.NoError(t, err)

	t.Run("there are none without an authenticator", func(t *testing.T) {
		o := newOffice(t)
		o.Person("Ada", desk.RoleModerator)
		o.Rules(map[string]string{"two_factor.who": "recommended"})
		passed, err := o.Login("Ada", good)
		require.NoError(t, err)
		_, _, err = o.ReplaceRecoveryCodes(ctx, home, o.Identity(passed.Token))
		require.ErrorIs(t, err, desk.ErrNotFound)
	})
}

func TestWhatTouchesTheSecondFactorNeedsAStepUp(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Clock.Set(o.Identity(ada.Token).Session.ProvedAt.Add(5*time.Minute - time.Microsecond))
	e, err := o.BeginEnrolment(o.Identity(ada.Token))
	require.NoError(t, err)
	o.Clock.Add(time.Microsecond)
	id := o.Identity(ada.Token)
	for name, call := range map[string]func() error{
		"begin": func() error { _, err := o.BeginEnrolment(id); return err },
		"confirm": func() error {
			_, _, err := o.ConfirmEnrolment(ctx, home, id, e.Sealed, o.Code(e.Key.Secret), "")
			return err
		},
		"remove":  func() error { _, err := o.RemoveAuthenticator(ctx, home, id, o.factors(op.ID)[0].ID); return err },
		"replace": func() error { _, _, err := o.ReplaceRecoveryCodes(ctx, home, id); return err },
		"end one session": func() error {
			return o.EndSession(ctx, home, id, id.Session.ID)
		},
		"end other sessions": func() error { return o.EndOtherSessions(ctx, home, id) },
	} {
		require.ErrorIs(t, call(), desk.ErrStepUp, name)
	}
}

func TestResettingSomebodysTwoFactorShowsThemANewCodeAtTheNextSignIn(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	pre := o.Begun("Ada")
	requireProblem(t, o.ResetTwoFactor(ctx, desk.CommandLine(), home, op.ID, ""), "reason", "required")
	require.ErrorIs(t, o.ResetTwoFactor(ctx, desk.Actor{}, home, op.ID, "lost phone"), desk.ErrForbidden)
	require.ErrorIs(t, o.ResetTwoFactor(ctx, desk.CommandLine(), home, "nobody", "lost phone"), desk.ErrNotFound)
	require.NoError(t, o.ResetTwoFactor(ctx, desk.CommandLine(), home, "Ada", "lost phone"))
	require.False(t, o.Alive(ada.Token))
	_, err := o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	require.Equal(t, "lost phone", o.Last().Reason)
	_, found := o.enrolling("Ada")
	require.False(t, found.Key.Secret.Equal(ada.Secret))
	m := o.Letter("ada@example.org")
	require.NotContains(t, m.Text, "#", "no link")
}
