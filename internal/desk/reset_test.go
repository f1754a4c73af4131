package desk_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// form is a filled-in reset or welcome form.
func form(token, code string) desk.LinkForm {
	return desk.LinkForm{Token: token, Password: better, Again: better, Code: code}
}

func (o *office) mails() []store.Mail {
	mails, err := o.Mem.ListMails(ctx, store.MailQuery{Limit: 500})
	require.NoError(o.T, err)
	return mails.Rows
}

func TestAskingForAResetAnswersTheSameForEverybody(t *testing.T) {
	for _, c := range []struct {
		email, reason, kind string
	}{
		{"ada@example.org", "", "password-reset"},
		{" ADA@example.ORG ", "", "password-reset"},
		{"zoe@example.org", "unknown", ""},
		{"moe@members.example", "unknown", ""},
		{"disa@example.org", "account is disabled", "access-closed"},
		{"ivan@example.org", "", "invitation"},
		{"norole@example.org", "no role", "access-closed"},
		{"gus@example.org", "no longer a member", "access-closed"},
		{"mia@members.example", "", "password-elsewhere"},
	} {
		t.Run(c.email, func(t *testing.T) {
			o, _ := crowd(t)
			hashes := o.Hasher.Runs()
			require.NoError(t, o.RequestReset(ctx, home, c.email))
			require.EqualValues(t, 1, o.Hasher.Runs()-hashes)
			require.Equal(t, "password.reset_requested", o.Last().Code)
			require.Equal(t, c.reason, o.Last().Reason)
			require.Equal(t, c.reason == "", o.Last().Outcome == desk.Success)
			require.Equal(t, c.kind, o.Last().Detail["sent"])
			mails := o.mails()
			require.Equal(t, c.kind != "", len(mails) == 1)
			if c.kind != "" {
				require.Equal(t, c.kind, mails[0].Kind)
			}

			hashes = o.Hasher.Runs()
			require.NoError(t, o.RequestReset(ctx, home, c.email), "too early for a second one, and nobody can tell")
			require.EqualValues(t, 1, o.Hasher.Runs()-hashes)
			require.Equal(t, desk.Refused, o.Last().Outcome)
			require.Len(t, o.mails(), len(mails))
		})
	}
	t.Run("what is no address", func(t *testing.T) {
		o := newOffice(t)
		for _, email := range []string{"", "Ada", "\xff@example.org", strings.Repeat("x", 300) + "@example.org"} {
			bad := (*desk.InvalidError)(nil)
			require.ErrorAs(t, o.RequestReset(ctx, home, email), &bad, "%q", email)
		}
	})
}

func TestResetRequestsOfAWholeIPv6NetworkAreLimitedTogether(t *testing.T) {
	for _, network := range []struct {
		of   string
		pass int
	}{{"2001:db8:1:%x::1", 4}, {"2001:db8:1:%x00::1", 16}} {
		o := newOffice(t)
		o.Rules(map[string]string{"reset.per_address": "1"})
		ask := func(i int) error {
			return o.RequestReset(ctx, from(fmt.Sprintf(network.of, i)), fmt.Sprintf("zoe%d@example.org", i))
		}
		for i := range network.pass {
			require.NoError(t, ask(i), network.of)
		}
		limited := (*desk.LimitedError)(nil)
		require.ErrorAs(t, ask(network.pass), &limited, network.of)
	}
}

func TestResetRequestsAreLimitedPerAccountAndPerIP(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	began := o.Now()
	for i := range 10 {
		require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
		require.NoError(t, o.RequestReset(ctx, home, "zoe@example.org"))
		require.Len(t, o.mails(), min(i+1, 5))
		o.Clock.Add(time.Minute)
	}
	for range 10 + 5 { // five were forgotten
		require.NoError(t, o.RequestReset(ctx, home, "zoe@example.org"))
	}
	for _, email := range []string{"ada@example.org", "zoe@example.org"} {
		requireLimited(t, o.RequestReset(ctx, home, email), o.Now().Add(2*time.Minute))
	}
	require.NoError(t, o.RequestReset(ctx, from("203.0.113.8"), "ada@example.org"))
	require.Len(t, o.mails(), 5)
	o.Clock.Set(began.Add(12 * time.Minute))
	require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
	require.Len(t, o.mails(), 6)
}

func TestAResetSetsThePasswordAndNothingElse(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	pre := o.Begun("Ada")
	token := o.ResetLink("ada@example.org")
	factors := o.factors(op.ID)
	require.NoError(t, o.Reset(ctx, home, form(token, o.Code(ada.Secret))))

	require.False(t, o.Alive(ada.Token), "sessions end")
	_, err := o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	sessions := o.SessionsOf(op.ID)
	require.Empty(t, sessions, "it signs nobody in")
	after := o.factors(op.ID)
	require.Len(t, after, 1)
	require.Equal(t, factors[0].Secret, after[0].Secret)
	_, err = o.Login("Ada", good)
	require.ErrorIs(t, err, desk.ErrCredentials)
	passed, err := o.Login("Ada", better)
	require.NoError(t, err)
	require.False(t, passed.SignedIn, "two-factor is still asked for")
	require.Contains(t, o.Letter("ada@example.org").Subject, "changed")
	require.ErrorIs(t, o.Reset(ctx, home, form(token, o.Code(ada.Secret))), desk.ErrLink)
	require.Contains(t, o.Last().Reason, "used")
}

func TestAResetMailLeadsToTheConfiguredOriginOnly(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	token := o.ResetLink("ada@example.org")
	m := o.Letter("ada@example.org")
	for _, part := range []string{m.Text, m.HTML} {
		require.Contains(t, part, origin+"/"+o.Alias()+"/reset#"+token)
		for _, rest := range strings.Split(part, "://")[1:] {
			require.True(t, strings.HasPrefix(rest, "community.example"), rest)
		}
		for _, place := range []string{"?" + token, "/" + token, "=" + token} {
			require.NotContains(t, part, place)
		}
	}
	require.NotContains(t, m.Subject, token)
}

func TestALinkThatDoesNotWorkSaysNoMoreThanThat(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	older := o.ResetLink("ada@example.org")
	o.Clock.Add(time.Minute)
	newer := o.ResetLink("ada@example.org")
	_, invited := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
	for _, c := range []struct{ name, token, reason string }{
		{"an older one", older, "unknown"},
		{"one of another kind", invited, "unknown"},
		{"nothing", "", "not a token"},
		{"something", "hello", "not a token"},
		{"never made", strings.Repeat("A", 43), "unknown"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := o.Reset(ctx, home, form(c.token, ""))
			require.ErrorIs(t, err, desk.ErrLink)
			require.Equal(t, "password.reset_refused", o.Last().Code)
			require.Contains(t, o.Last().Reason, c.reason)
		})
	}
	require.ErrorIs(t, o.Welcome(ctx, home, form(newer, "")), desk.ErrLink, "a reset link is no invitation")

	o.Clock.Add(30*time.Minute - time.Microsecond)
	requireProblem(t, o.Reset(ctx, home, desk.LinkForm{Token: newer}), "password", "required")
	o.Clock.Add(time.Microsecond)
	require.ErrorIs(t, o.Reset(ctx, home, form(newer, "")), desk.ErrLink)
	require.Contains(t, o.Last().Reason, "expired")
	require.NoError(t, o.Welcome(ctx, home, form(invited, "")))
}

func TestARefusedResetFormLeavesTheLinkAndTheSecondFactorUsable(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Rules(map[string]string{"password.history": "3"})
	token := o.ResetLink("ada@example.org")
	code := o.Code(ada.Secret)

	err := o.Reset(ctx, home, desk.LinkForm{Token: token, Password: "short", Again: "shorter"})
	require.ErrorIs(t, err, desk.ErrCodeNeeded, "both are said at once")
	requireProblem(t, err, "password", "too_short")
	requireProblem(t, err, "password_again", "differs")
	require.Equal(t, desk.ErrCodeNeeded, unjoined(o.Reset(ctx, home, form(token, "  "))))
	requireProblem(t, o.Reset(ctx, home, form(token, "12345")), "code", "not_code")
	for range 2 {
		require.Equal(t, desk.ErrCode, o.Reset(ctx, home, form(token, o.WrongCode(ada.Secret))))
	}
	for range 2 {
		requireProblem(t, o.Reset(ctx, home, desk.LinkForm{Token: token, Password: "short", Again: "short", Code: code}), "password", "too_short")
		err := o.Reset(ctx, home, desk.LinkForm{Token: token, Password: good, Again: good, Code: code})
		requireProblem(t, err, "password", "reused")
	}
	require.Equal(t, op.Password, o.Find(op.ID).Password)
	require.NoError(t, o.Reset(ctx, home, form(token, code)))
}

// unjoined takes the one error out of a join of one.
func unjoined(err error) error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok && len(joined.Unwrap()) == 1 {
		return joined.Unwrap()[0]
	}
	return err
}

func TestAPasswordThatMustBeChangedIsNotSetAgain(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleModerator)
	reset := func() error {
		token := o.ResetLink("ada@example.org")
		f := desk.LinkForm{Token: token, Password: good, Again: good}
		err := o.Reset(ctx, home, f)
		o.Clock.Add(time.Hour)
		return err
	}
	require.NoError(t, reset(), "nobody said that it is known to others")
	require.NoError(t, o.RequireNewPassword(ctx, desk.CommandLine(), home, op.ID, "seen on a note"))
	requireProblem(t, reset(), "password", "reused")
	require.True(t, o.Find(op.ID).MustChangePassword)
}

func TestALinkAloneTellsNothingAboutPasswordsUsedBefore(t *testing.T) {
	o := newOffice(t)
	o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Rules(map[string]string{"password.history": "3"})
	token := o.ResetLink("ada@example.org")
	hashes := o.Hasher.Runs()
	for _, guess := range []string{good, nonsense} {
		err := o.Reset(ctx, home, desk.LinkForm{Token: token, Password: guess, Again: guess})
		require.Equal(t, desk.ErrCodeNeeded, unjoined(err))
		err = o.Reset(ctx, home, desk.LinkForm{Token: token, Password: guess, Again: guess, Code: "000000"})
		require.Equal(t, desk.ErrCode, err)
	}
	require.Equal(t, hashes, o.Hasher.Runs())
}

func TestARecoveryCodeIsGoodForAReset(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	token := o.ResetLink("ada@example.org")
	require.NoError(t, o.Reset(ctx, home, form(token, ada.Codes[2])))
	set, err := o.Mem.FindRecoverySet(ctx, op.ID)
	require.NoError(t, err)
	require.Len(t, set.Hashes, 9)
	require.Equal(t, 1, o.Count("recovery.used"))
	passed, err := o.Login("Ada", better)
	require.NoError(t, err)
	_, err = o.SubmitCode(ctx, home, passed.Token, ada.Codes[2])
	require.Equal(t, desk.ErrCode, err)
}

func TestOfManyResetsWithOneLinkOneWins(t *testing.T) {
	for _, kind := range []string{"without a second factor", "with a code", "with a recovery code"} {
		t.Run(kind, func(t *testing.T) {
			o := newOffice(t)
			var ada in
			op := o.Person("Ada", desk.RoleModerator)
			code := ""
			if kind != "without a second factor" {
				ada = o.Enrol("Ada")
				code = o.Code(ada.Secret)
			}
			if kind == "with a recovery code" {
				code = ada.Codes[0]
			}
			o.Rules(map[string]string{"two_factor.who": "recommended"})
			token := o.ResetLink("ada@example.org")
			before := o.Find(op.ID)
			errs := testoffice.Race(100, func(i int) error {
				f := form(token, code)
				f.Password = fmt.Sprintf("%s %d", better, i)
				f.Again = f.Password
				return o.Reset(ctx, from(fmt.Sprintf("198.51.100.%d", i)), f)
			})
			require.Equal(t, 1, winners(errs))
			require.Equal(t, before.Version+1, o.Find(op.ID).Version)
			for i, err := range errs {
				limited := (*desk.LimitedError)(nil)
				if err == nil {
					_, err := o.Login("Ada", fmt.Sprintf("%s %d", better, i))
					require.NoError(t, err)
				} else if code == "" {
					require.ErrorIs(t, err, desk.ErrLink)
				} else if !errors.As(err, &limited) && err != desk.ErrCode {
					require.ErrorIs(t, err, desk.ErrLink)
				}
			}
			require.Zero(t, o.Count("code.replayed"), "nobody listened: a link was used twice")
		})
	}
}

func TestOneAddressTriesTwentyWrongLinks(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	token := o.ResetLink("ada@example.org")
	began := o.Now()
	for range 20 {
		require.ErrorIs(t, o.Reset(ctx, home, form("hello", "")), desk.ErrLink)
	}
	requireLimited(t, o.Reset(ctx, home, form("hello", "")), began.Add(45*time.Second))
	requireMisplaced(t, o.Welcome(ctx, home, form(token, "")), "/reset")
	require.ErrorIs(t, o.Reset(ctx, from("203.0.113.8"), form("hello", "")), desk.ErrLink)
	require.NoError(t, o.Reset(ctx, home, form(token, "")), "one that works is none of them")
}

func TestAResetLinkDiesWithTheAccountItIsFor(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	op := o.Person("Ben", desk.RoleModerator)
	token := o.ResetLink("ben@example.org")
	o.Change(op.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
	require.ErrorIs(t, o.Reset(ctx, home, form(token, "")), desk.ErrLink)
	require.Equal(t, "account is disabled", o.Last().Reason)
	o.Write(store.DeleteOperator{ID: op.ID, Version: o.Find(op.ID).Version})
	require.ErrorIs(t, o.Reset(ctx, home, form(token, "")), desk.ErrLink)
}

func TestAPasswordChangedMeanwhileVoidsTheLink(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	token := o.ResetLink("ada@example.org")
	_, err := o.ChangePassword(ctx, home, o.Identity(ada.Token), good, nonsense, nonsense)
	require.NoError(t, err)
	require.ErrorIs(t, o.Reset(ctx, home, form(token, o.Code(ada.Secret))), desk.ErrLink)
}

func TestALinkedMemberIsToldThatThePasswordIsKeptElsewhere(t *testing.T) {
	o, _ := crowd(t)
	require.NoError(t, o.RequestReset(ctx, home, "mia@members.example"))
	m := o.Letter("mia@members.example")
	require.Contains(t, m.Text, "community account")
	require.NotContains(t, m.Text, "#")
}

func TestUnderSSOALinkedMemberMakesAPasswordOfTheirOwn(t *testing.T) {
	o, members := crowd(t, func(c *desk.Config) { c.SSO = &desk.SSO{URL: "https://sso.example"} })
	token := o.ResetLink("mia@members.example")
	require.NoError(t, o.Reset(ctx, home, form(token, "")))
	_, err := o.Login("mia", better)
	require.NoError(t, err)
	require.Zero(t, members.Checks())

	t.Run("which counts for nothing once SSO is off", func(t *testing.T) {
		o.Cfg.SSO = nil
		d := o.Another()
		_, err := d.SignIn(ctx, home, desk.SignInForm{Login: "mia", Password: better})
		require.ErrorIs(t, err, desk.ErrCredentials)
		_, err = d.SignIn(ctx, home, desk.SignInForm{Login: "mia", Password: good})
		require.NoError(t, err)
	})
}

func TestAResetClearsWhatKeptThePersonOut(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.disablePassword("Ada")
	for range 30 {
		o.fail(from("198.51.100.1"), "ada@example.org")
		o.Clock.Add(time.Hour)
	}
	for i := range 30 {
		_, _ = o.SignIn(ctx, from(fmt.Sprintf("198.51.100.%d", i)), desk.SignInForm{Login: "Ada", Password: nonsense})
	}
	limited := (*desk.LimitedError)(nil)
	_, err := o.Login("Ada", good)
	require.ErrorAs(t, err, &limited)
	browsers, err := o.Desk.Reset(ctx, home, form(o.ResetLink("ada@example.org"), o.Code(ada.Secret)))
	require.NoError(t, err)
	_, err = o.Login("Ada", better)
	require.ErrorAs(t, err, &limited, "strangers must not see the reset")
	v := home
	v.Browsers = browsers
	_, err = o.SignIn(ctx, v, desk.SignInForm{Login: "Ada", Password: better})
	require.NoError(t, err, "the browser that used the link is no stranger")
}
