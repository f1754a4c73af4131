package desk_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

func TestACodeSignsIn(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	passed, err := o.SubmitCode(ctx, home, o.Begun("Ada"), o.Code(ada.Secret))
	require.NoError(t, err)
	require.True(t, passed.SignedIn)
	require.Equal(t, "/next", passed.Next)
	id := o.Identity(passed.Token)
	require.Equal(t, "Ada", id.Operator.Name)
	require.True(t, id.TwoFactor)
	require.False(t, id.MustEnrol)
	require.True(t, id.Proved())
	require.Equal(t, "signin.succeeded", o.Last().Code)
	require.Equal(t, id.Session.ID, o.Last().SessionID)
}

func TestFiveWrongCodesEndTheSignIn(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	pre := o.Begun("Ada")
	for range 4 {
		_, err := o.SubmitCode(ctx, home, pre, o.WrongCode(ada.Secret))
		require.Equal(t, desk.ErrCode, err)
	}
	_, err := o.SubmitCode(ctx, home, pre, o.WrongCode(ada.Secret))
	require.ErrorIs(t, err, desk.ErrTooManyCodes)
	_, err = o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	_, err = o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	require.Equal(t, 5, o.Count("code.refused"))

	pre = o.Begun("Ada")
	_, err = o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
	requireLimited(t, err, o.Now().Add(30*time.Second))
	o.Clock.Add(30 * time.Second)
	_, err = o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
	require.NoError(t, err)
}

func TestWhatIsNoCodeOrWasNotLookedAtCostsNoTry(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	pre := o.Begun("Ada")
	for _, input := range []string{"", " ", "12345", "1234567", "abcdef", "12 34 5x", "123456 654321", strings.Repeat("1", 5000), "\xff\xfe", "otp"} {
		for range 2 {
			_, err := o.SubmitCode(ctx, home, pre, input)
			requireProblem(t, err, "code", map[bool]string{false: "not_code", true: "several_codes"}[input == "123456 654321"])
		}
	}
	for range 4 {
		_, err := o.SubmitCode(ctx, home, pre, o.WrongCode(ada.Secret))
		require.ErrorIs(t, err, desk.ErrCode)
	}
	code := o.Code(ada.Secret)
	_, err := o.SubmitCode(ctx, home, pre, " "+code[:3]+" "+code[3:]+"\n")
	require.NoError(t, err, "the fifth, as people paste it")

	t.Run("limited posts do not end the sign-in", func(t *testing.T) {
		o.Clock.Add(time.Minute)
		pre := o.Begun("Ada")
		for range 5 {
			_, err := o.SubmitCode(ctx, home, pre, o.WrongCode(ada.Secret))
			require.Error(t, err)
		}
		pre = o.Begun("Ada")
		for range 10 {
			_, err := o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
			requireLimited(t, err, o.Now().Add(30*time.Second))
		}
		o.Clock.Add(30 * time.Second)
		_, err := o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
		require.NoError(t, err)
	})
}

// begun is the token of a sign-in that waits for its second step, one of so many that no
// more could be begun.
func (o *office) begun(login string) string {
	op, err := o.Mem.FindOperatorByLogin(ctx, strings.ToLower(login))
	require.NoError(o.T, err)
	token := vault.Token()
	o.Write(store.PutPreSession{PreSession: store.PreSession{
		Digest: store.DigestOf(token), OperatorID: op.ID, OperatorVersion: op.Version, CreatedAt: o.Now(), ExpiresAt: o.Now().Add(time.Minute),
	}})
	return token
}

func TestOfManyGuessesOverManySignInsFiveAreEvaluated(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	pres := make([]string, 50)
	for i := range pres {
		pres[i] = o.begun("Ada")
	}
	wrong := o.WrongCode(ada.Secret)
	errs := testoffice.Race(len(pres), func(i int) error {
		_, err := o.SubmitCode(ctx, from(fmt.Sprintf("198.51.100.%d", i)), pres[i], wrong)
		return err
	})
	require.Zero(t, winners(errs))
	require.Equal(t, 5, o.Count("code.refused"))
	require.Equal(t, 45, o.Count("code.limited"))
}

func TestTwentyWrongCodesDisableTheAppButNotTheRecoveryCodes(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	evaluated := 0
	for evaluated < 20 {
		pre := o.Begun("Ada")
		_, err := o.SubmitCode(ctx, home, pre, o.WrongCode(ada.Secret))
		if err == desk.ErrCode {
			evaluated++
		}
		o.Clock.Add(time.Hour)
	}
	pre := o.Begun("Ada")
	_, err := o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
	requireLimited(t, err, time.Time{})
	passed, err := o.SubmitCode(ctx, home, pre, ada.Codes[0])
	require.NoError(t, err)
	require.True(t, o.Alive(passed.Token))
	_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), o.Code(ada.Secret))
	require.NoError(t, err, "the app works again")
}

func TestACodeWorksOnceOverAllRoutes(t *testing.T) {
	type used func(t *testing.T, o *office, ada in, code string) error
	signIn := func(t *testing.T, o *office, _ in, code string) error {
		_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), code)
		return err
	}
	stepUp := func(t *testing.T, o *office, ada in, code string) error {
		_, err := o.StepUp(ctx, home, o.Identity(ada.Token), good, code)
		return err
	}
	reset := func(t *testing.T, o *office, _ in, code string) error {
		return o.Reset(ctx, home, desk.LinkForm{Token: o.ResetLink("ada@example.org"), Password: good, Again: good, Code: code})
	}
	elsewhere := func(t *testing.T, o *office, _ in, code string) error {
		d := o.Another()
		passed, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Ada", Password: good})
		require.NoError(t, err)
		_, err = d.SubmitCode(ctx, home, passed.Token, code)
		return err
	}
	for _, c := range []struct {
		name          string
		first, second used
	}{
		{"at another sign-in", signIn, signIn},
		{"at a step-up", signIn, stepUp},
		{"at a reset", signIn, reset},
		{"after a step-up", stepUp, signIn},
		{"after a reset", reset, signIn},
		{"after a restart", signIn, elsewhere},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
			code := o.Code(ada.Secret)
			require.NoError(t, c.first(t, o, ada, code))
			require.Equal(t, desk.ErrCode, c.second(t, o, ada, code))
			require.Equal(t, 1, o.Count("code.replayed"))
			o.Clock.Add(totp.Period)
			require.NoError(t, c.second(t, o, ada, o.Code(ada.Secret)))
		})
	}
	t.Run("nor does the one it was enrolled with", func(t *testing.T) {
		o := newOffice(t)
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		require.Equal(t, desk.ErrCode, signIn(t, o, ada, testoffice.CodeAt(t, ada.Secret, o.Now().Add(-totp.Period))))
	})
}

func TestAnEarlierStepIsRefusedAfterALaterOne(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Clock.Add(5 * time.Minute)
	now := o.Now()
	for _, c := range []struct {
		name string
		step time.Duration
		want error
	}{
		{"two steps ahead", 2, desk.ErrCode},
		{"two steps behind", -2, desk.ErrCode},
		{"now", 0, nil},
		{"one step behind, after now", -1, desk.ErrCode},
		{"one step ahead, after now", 1, nil},
		{"now, after one step ahead", 0, desk.ErrCode},
	} {
		_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), testoffice.CodeAt(t, ada.Secret, now.Add(c.step*totp.Period)))
		require.ErrorIs(t, err, c.want, c.name)
	}
}

func TestARightCodePostedManyTimesAtOnceSignsInOnce(t *testing.T) {
	for _, kind := range []string{"code", "recovery code"} {
		for _, split := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, a sign-in for each: %t", kind, split), func(t *testing.T) {
				o := newOffice(t)
				op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
				o.Write(store.EndSessions{OperatorID: op.ID, All: true})
				o.Rules(map[string]string{"session.per_operator": "20"})
				pres := make([]string, 50)
				for i := range pres {
					if pres[i] = pres[0]; i == 0 || split {
						pres[i] = o.begun("Ada")
					}
				}
				code := o.Code(ada.Secret)
				if kind != "code" {
					code = ada.Codes[3]
				}
				var mu sync.Mutex
				var tokens []string
				errs := testoffice.Race(len(pres), func(i int) error {
					passed, err := o.SubmitCode(ctx, home, pres[i], code)
					if err == nil {
						mu.Lock()
						defer mu.Unlock()
						tokens = append(tokens, passed.Token)
					}
					return err
				})
				require.Equal(t, 1, winners(errs))
				require.True(t, o.Alive(tokens[0]))
				sessions := o.SessionsOf(op.ID)
				require.Len(t, sessions, 1)
			})
		}
	}
}

func TestRecoveryCodesAreReadAsPeopleTypeThem(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	require.Len(t, ada.Codes, 10)
	seen := map[string]bool{}
	for _, code := range ada.Codes {
		require.Regexp(t, `^[A-KM-Z2-7]{4}(-[A-KM-Z2-7]{4}){3}$`, code)
		require.False(t, seen[code])
		seen[code] = true
	}
	look := strings.NewReplacer("O", "0", "I", "1", "B", "8")
	for i, typed := range []func(string) string{
		func(c string) string { return c },
		strings.ToLower,
		func(c string) string { return strings.ReplaceAll(c, "-", "") },
		func(c string) string { return "  " + strings.ReplaceAll(c, "-", " \t") + "\r\n" },
		func(c string) string { return strings.ReplaceAll(c, "-", "\u00a0") },
		func(c string) string { return look.Replace(c) },
	} {
		_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), typed(ada.Codes[i]))
		require.NoError(t, err, "form %d", i)
		set, err := o.Mem.FindRecoverySet(ctx, op.ID)
		require.NoError(t, err)
		require.Len(t, set.Hashes, 9-i)
		m := o.Letter("ada@example.org")
		require.Contains(t, m.Text, fmt.Sprint(9-i))
	}
	o.Clock.Add(time.Minute)
	_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), ada.Codes[0])
	require.Equal(t, desk.ErrCode, err, "used before")
	require.Equal(t, 1, o.Count("recovery.refused"))
	_, err = o.SubmitCode(ctx, home, o.Begun("Ada"), ada.Codes[9])
	require.NoError(t, err)
}

func TestWrongRecoveryCodesAreLimitedApartFromTheApp(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	pre := o.Begun("Ada")
	for range 4 {
		hashes := o.Hasher.Runs()
		_, err := o.SubmitCode(ctx, home, pre, "AAAA-AAAA-AAAA-AAAA")
		require.Equal(t, desk.ErrCode, err)
		require.EqualValues(t, 1, o.Hasher.Runs()-hashes)
	}
	_, err := o.SubmitCode(ctx, home, pre, "AAAA-AAAA-AAAA-AAAA")
	require.ErrorIs(t, err, desk.ErrTooManyCodes)
	pre = o.Begun("Ada")
	hashes := o.Hasher.Runs()
	_, err = o.SubmitCode(ctx, home, pre, ada.Codes[0])
	requireLimited(t, err, o.Now().Add(30*time.Second))
	require.Equal(t, hashes, o.Hasher.Runs())
	_, err = o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
	require.NoError(t, err, "the app is not concerned")
}

func TestASecretThatDoesNotOpenIsNeverNoSecondFactor(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	_, ben := o.Enrolled("Ben", desk.RoleSuperAdministrator)
	factors, err := o.Mem.ListFactors(ctx, op.ID)
	require.NoError(t, err)
	other, err := o.Mem.FindOperatorByLogin(ctx, "ben")
	require.NoError(t, err)
	his, err := o.Mem.ListFactors(ctx, other.ID)
	require.NoError(t, err)

	swapped := factors[0]
	swapped.Secret = his[0].Secret
	o.Write(store.RemoveFactors{OperatorID: op.ID, ID: swapped.ID}, store.PutFactor{Factor: swapped})
	pre := o.Begun("Ada")
	for _, secret := range []totp.Secret{ada.Secret, ben.Secret} {
		_, err := o.SubmitCode(ctx, home, pre, o.Code(secret))
		require.ErrorIs(t, err, desk.ErrUnreadable)
		require.NotErrorIs(t, err, desk.ErrCode)
		require.Equal(t, []string{"two_factor.unreadable", op.ID, swapped.ID}, []string{o.Last().Code, o.Last().TargetID, o.Last().Detail["factor"]})
	}
	entries := func() int {
		page, err := o.Mem.ListEvents(ctx, store.EventQuery{Code: "two_factor.unreadable", Limit: 100})
		require.NoError(t, err)
		return len(page.Rows)
	}
	for range 70 {
		_, err := o.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
		require.ErrorIs(t, err, desk.ErrUnreadable)
	}
	require.Equal(t, 60, entries(), "what does not count fills no audit log")
	_, err = o.BeginSignInEnrolment(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	_, err = o.SubmitCode(ctx, home, pre, ada.Codes[0])
	require.NoError(t, err, "recovery codes are the way out")
}

func TestOnlyTheCurrentCodeIsAcceptedIfTheParameterSaysSo(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Rules(map[string]string{"two_factor.strict": "on"})
	for offset, want := range map[time.Duration]error{-totp.Period: desk.ErrCode, totp.Period: desk.ErrCode, 0: nil} {
		_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), testoffice.CodeAt(t, ada.Secret, o.Now().Add(offset)))
		require.ErrorIs(t, err, want, "%v away", offset)
		o.Clock.Add(10 * totp.Period)
	}
	o.Rules(nil)
	_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), testoffice.CodeAt(t, ada.Secret, o.Now().Add(-totp.Period)))
	require.NoError(t, err, "off unless chosen")
}
