package desk_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// secrets are what a whole run made or was told, by what they are.
type secrets map[string][]string

func (s secrets) add(what string, values ...string) { s[what] = append(s[what], values...) }

func (s secrets) seed(secret totp.Secret) {
	raw := secret.Bytes()
	s.add("authenticator secret", secret.Base32(), string(raw), hex.EncodeToString(raw), base64.StdEncoding.EncodeToString(raw))
}

func (s secrets) codes(codes []string) {
	for _, c := range codes {
		s.add("recovery code", c, strings.ReplaceAll(c, "-", ""))
	}
}

// run goes through everything an office does, well and badly, and returns what
// must not be found anywhere.
func run(t *testing.T, o *office) secrets {
	s := secrets{}
	s.add("address", o.Alias())
	s.add("password", good, better, nonsense)

	token := setupToken(t, o.Desk)
	s.add("link", token)
	require.Error(t, o.SetUp(ctx, home, desk.SetupForm{Token: token, Password: "canary-short"}))
	s.add("password", "canary-short")
	unknown := strings.Repeat("A", len(token))
	require.ErrorIs(t, o.SetUp(ctx, home, setupForm(unknown)), desk.ErrLink)
	require.NoError(t, o.SetUp(ctx, home, setupForm(token)))
	require.ErrorIs(t, o.SetUp(ctx, home, setupForm(token)), desk.ErrSetUp)

	// Sign-in.
	s.add("what somebody typed", "canary-login-hunter2", "canary.mail@example.net")
	for range 6 {
		_, err := o.Login("canary-login-hunter2", nonsense)
		require.Error(t, err)
	}
	require.NoError(t, o.RequestReset(ctx, home, "canary.mail@example.net"))
	pre, e := o.enrolling("Ada")
	s.add("sign-in", pre)
	s.add("enrolment", e.Sealed)
	s.seed(e.Key.Secret)
	wrong := o.WrongCode(e.Key.Secret)
	_, _, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, wrong)
	require.ErrorIs(t, err, desk.ErrCode)
	code := o.Code(e.Key.Secret)
	s.add("code", code)
	passed, codes, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, code)
	require.NoError(t, err)
	s.add("session", passed.Token)
	s.codes(codes)
	ada := in{Token: passed.Token, Secret: e.Key.Secret, Codes: codes}
	o.Clock.Add(totp.Period)

	pre = o.Begun("Ada")
	s.add("sign-in", pre)
	code = o.Code(ada.Secret)
	s.add("code", code)
	for range 2 { // the second is a replay
		_, err = o.SubmitCode(ctx, home, pre, code)
		pre = o.Begun("Ada")
	}
	require.ErrorIs(t, err, desk.ErrCode)
	for range 9 {
		if _, err = o.SubmitCode(ctx, home, pre, o.WrongCode(ada.Secret)); err != nil {
			pre = o.Begun("Ada")
		}
	}
	_, err = o.SubmitCode(ctx, home, pre, "ABCD-EFGH-ABCD-EFGH")
	require.ErrorIs(t, err, desk.ErrCode)
	s.codes([]string{"ABCD-EFGH-ABCD-EFGH"})
	passed, err = o.SubmitCode(ctx, home, pre, ada.Codes[0])
	require.NoError(t, err)
	o.Clock.Add(totp.Period)

	// The account.
	id := o.Identity(passed.Token)
	_, err = o.StepUp(ctx, home, id, nonsense, o.Code(ada.Secret))
	require.Error(t, err)
	session, err := o.StepUp(ctx, home, id, good, o.Code(ada.Secret))
	require.NoError(t, err)
	o.Clock.Add(totp.Period)
	_, err = o.ChangePassword(ctx, home, o.Identity(session), nonsense, better, better)
	require.Error(t, err)
	session, err = o.ChangePassword(ctx, home, o.Identity(session), good, better, better)
	require.NoError(t, err)
	second, err := o.BeginEnrolment(o.Identity(session))
	require.NoError(t, err)
	s.add("enrolment", second.Sealed)
	s.seed(second.Key.Secret)
	session, _, err = o.ConfirmEnrolment(ctx, home, o.Identity(session), second.Sealed, o.Code(second.Key.Secret), "Tablet")
	require.NoError(t, err)
	session, err = o.RemoveAuthenticator(ctx, home, o.Identity(session), o.factors(o.Identity(session).Operator.ID)[1].ID)
	require.NoError(t, err)
	session, codes, err = o.ReplaceRecoveryCodes(ctx, home, o.Identity(session))
	require.NoError(t, err)
	s.codes(codes)
	s.add("session", session)
	require.NoError(t, o.Rename(ctx, home, o.Identity(session), "Ada L"))
	require.NoError(t, o.ChooseLanguage(ctx, o.Identity(session), home, "en"))
	require.NoError(t, o.EndOtherSessions(ctx, home, o.Identity(session)))
	s.add("browser", passed.Browsers[0])
	require.NoError(t, o.RemoveOtherBrowsers(ctx, home, o.Identity(session)))

	// People.
	ben, token := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
	s.add("link", token)
	require.Error(t, o.Welcome(ctx, home, form(token[:len(token)-1], "")))
	require.NoError(t, o.Welcome(ctx, home, form(token, "")))
	_, err = o.Grant(ctx, desk.CommandLine(), home, "m-moe", []string{desk.RoleModerator})
	require.NoError(t, err)
	require.NoError(t, o.EndMemberSessions(ctx, "m-moe"))
	require.NoError(t, o.Unlock(ctx, desk.CommandLine(), home, ben.ID))
	require.NoError(t, o.ResetTwoFactor(ctx, desk.CommandLine(), home, ben.ID, "lost phone"))
	for range 4 {
		for range 6 {
			_, err = o.Login("moe", nonsense)
			require.Error(t, err)
		}
		o.Clock.Add(time.Hour)
	}
	token = o.ResetLink("ben@example.org")
	s.add("link", token)
	require.NoError(t, o.Reset(ctx, home, desk.LinkForm{Token: token, Password: nonsense, Again: nonsense}))
	require.Error(t, o.Reset(ctx, home, desk.LinkForm{Token: token, Password: nonsense, Again: nonsense}))

	// The office.
	o.Rules(map[string]string{"signin.paused": "on", "session.idle": "canary"})
	_, err = o.Login("Ben", nonsense)
	require.ErrorIs(t, err, desk.ErrPaused)
	o.Rules(nil)
	passed, err = o.SignIn(ctx, home, desk.SignInForm{Login: "Ada L", Password: better})
	require.NoError(t, err)
	s.add("sign-in", passed.Token)
	passed, err = o.SubmitCode(ctx, home, passed.Token, o.Code(ada.Secret))
	require.NoError(t, err)
	s.add("session", passed.Token)
	id = o.Identity(passed.Token)
	o.Denied(ctx, home, id, "posts.delete")
	o.Forged(ctx, home, "no token")
	o.Malformed(ctx, home, id, "another method")
	o.Limited(ctx, home, nil, &desk.LimitedError{})
	o.Clock.Add(totp.Period)
	for confirm := range 2 {
		token, actor := o.Prove(passed.Token, better, ada.Secret)
		s.add("session", token)
		passed.Token = token
		alias, err := o.RotateAlias(ctx, actor, home)
		require.NoError(t, err)
		s.add("address", alias)
		if confirm == 1 {
			require.NoError(t, o.ConfirmAlias(ctx, actor, home))
			runOthers(t, o, s, actor)
		}
		o.Clock.Add(15 * time.Minute)
		require.True(t, o.Alive(passed.Token))
	}
	v := home
	v.UserAgent = "another"
	_, err = o.Authenticate(ctx, v, passed.Token)
	require.Error(t, err)
	o.Clock.Add(time.Hour)
	passed, err = o.SignIn(ctx, home, desk.SignInForm{Login: "Ada L", Password: better})
	require.NoError(t, err)
	passed, err = o.SubmitCode(ctx, home, passed.Token, o.Code(ada.Secret))
	require.NoError(t, err)
	require.NoError(t, o.SignOut(ctx, home, o.Identity(passed.Token)))
	o.Clock.Add(totp.Period)
	require.NoError(t, o.EndAllSessions(ctx, desk.CommandLine(), home, "cookies were stolen"))
	_, err = o.Deliver(ctx)
	require.NoError(t, err)
	return s
}

func wholeRun(t *testing.T) (*office, secrets) {
	members := testoffice.NewDirectory("Moe")
	o := newOffice(t, func(c *desk.Config) { c.Members = members })
	return o, run(t, o)
}

func TestAWholeRunLeavesNoSecretInStoreOrLog(t *testing.T) {
	o, s := wholeRun(t)
	stored, logged := o.Dump("parameters"), o.Log.String()
	require.Contains(t, stored, "operator.invited", "the dump shows what is stored")
	require.Contains(t, stored, "Tablet")
	require.Contains(t, logged, "operator.invited")
	require.Greater(t, len(s), 8)
	for what, values := range s {
		for _, value := range values {
			require.NotEmpty(t, value)
			holds := strings.Contains
			if len(value) < 8 {
				// The six digits of a code are in some hash or other by chance.
				word := regexp.MustCompile(`\b` + regexp.QuoteMeta(value) + `\b`)
				holds = func(text, _ string) bool { return word.MatchString(text) }
			}
			require.False(t, holds(stored, value), "%s in the store", what)
			require.False(t, holds(logged, value), "%s in the log", what)
		}
	}
}

func TestMailBodiesAreSealedWhileTheyWait(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	_, invited := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
	require.NoError(t, o.RequestReset(ctx, home, "ada@example.org"))
	stored := o.Dump("parameters")
	o.deliver()
	m, ok := o.Sent.Newest("ada@example.org", "")
	require.True(t, ok)
	for _, secret := range []string{invited, o.LinkIn(m, "reset"), o.Alias(), "Reset password", "<html"} {
		require.NotContains(t, stored, secret)
	}
}

func TestEveryEventOfAWholeRunIsRegisteredAndChained(t *testing.T) {
	o, _ := wholeRun(t)
	events := o.Events()
	seen := map[string]bool{}
	ids := map[string]bool{}
	for _, e := range events {
		require.Contains(t, desk.Events, e.Code)
		require.Contains(t, []string{desk.Success, desk.Failure, desk.Refused}, e.Outcome)
		require.False(t, ids[e.ID])
		seen[e.Code], ids[e.ID] = true, true
	}
	// What other tests bring about.
	for _, code := range []string{"two_factor.unreadable", "mail.failed", "session.expired", "alias.rolled_back", "audit.purged", "request.refused", "mail.written", "password.breached", "password.breaches_unknown", "session.evicted", "keys.resealed", "keys.ended", "session.network_changed", "session.network_refused", "policy.violated", "request.allowed", "request.failed", "office.started", "office.stopped", "office.failed", "session.unknown", "browser.ended", "audit.accepted", "operator.invitation_renewed", "password.link_ended", "office.links_replaced", "operator.refreshed", "mail.arrived", "office.checklist",
		"office_approval.asked", "office_approval.approved", "office_approval.refused", "office_approval.withdrawn", "office_approval.expired", "operator.vouched", "operator.end_changed", "operator.ended", "operator.dormant", "operator.kept", "see_as.began", "see_as.ended", "passkey.added", "passkey.removed", "passkey.refused", "passkey.replayed", "passkey.cloned",
		"signin.company", "company.linked", "company.unlinked", "company.refused", "company.unavailable", "company.logout", "operator.company_unlinked", "operator.roles_followed"} {
		seen[code] = true
	}
	for code, meaning := range desk.Meanings() {
		require.NotEmpty(t, meaning)
		require.True(t, seen[code], "nothing writes %s", code)
	}
	require.Equal(t, -1, o.broken(events))

	for name, change := range map[string]func([]store.Event) []store.Event{
		"a changed reason":  func(e []store.Event) []store.Event { e[7].Reason = "other"; return e },
		"a changed detail":  func(e []store.Event) []store.Event { e[len(e)-1].Detail = map[string]string{"x": "y"}; return e },
		"a changed time":    func(e []store.Event) []store.Event { e[7].At = e[7].At.Add(time.Microsecond); return e },
		"a removed row":     func(e []store.Event) []store.Event { return append(e[:7], e[8:]...) },
		"two rows swapped":  func(e []store.Event) []store.Event { e[7], e[8] = e[8], e[7]; return e },
		"a removed MAC":     func(e []store.Event) []store.Event { e[7].MAC = nil; return e },
		"the first removed": func(e []store.Event) []store.Event { return e[1:] },
	} {
		require.GreaterOrEqual(t, o.broken(change(o.Events())), 0, name)
	}
}

func TestTheLogIsAWitnessOfTheAudit(t *testing.T) {
	o, _ := wholeRun(t)
	places := map[string]store.Event{}
	for _, e := range o.Events() {
		places[e.ID] = e
	}
	lines := 0
	for line := range strings.Lines(o.Log.String()) {
		var entry struct {
			Message string `json:"msg"`
			ID, MAC string
			Seq     int64
		}
		require.NoError(t, json.Unmarshal([]byte(line), &entry))
		if entry.Message != "audit" {
			continue
		}
		lines++
		e := places[entry.ID]
		require.Equal(t, e.Seq, entry.Seq)
		require.Equal(t, desk.ShortMAC(e.MAC), entry.MAC)
		require.Len(t, entry.MAC, 16)
	}
	require.Equal(t, len(places), lines)
}

// broken is the first row at which the chain breaks; -1 when it holds.
func (o *office) broken(events []store.Event) int {
	var previous []byte
	for i, e := range events {
		mac := e.MAC
		e.MAC = nil
		if len(e.Detail) == 0 {
			e.Detail = nil
		}
		text, err := json.Marshal(e)
		require.NoError(o.T, err)
		if !o.Vault.CheckMAC(vault.AuditChain, mac, string(previous), string(text)) {
			return i
		}
		previous = mac
	}
	return -1
}

func TestWhatComesFromOutsideIsOnePrintableLineInTheAudit(t *testing.T) {
	o := newOffice(t)
	v := desk.Visit{
		IP: "203.0.113.7\r\nforged: yes", UserAgent: strings.Repeat("\x1b[31mé", 400),
		Route: "POST /login\n\x00\u202e\u200b\u2066", RequestID: "r\xff" + strings.Repeat("x", 1000),
	}
	_, err := o.SignIn(ctx, v, desk.SignInForm{Login: "a\nb", Password: nonsense})
	require.ErrorIs(t, err, desk.ErrCredentials)
	e := o.Last()
	for _, s := range []string{e.IP, e.UserAgent, e.Route, e.RequestID, fmt.Sprint(e.Detail)} {
		require.NotRegexp(t, `[\x00-\x1f\x7f\p{Cf}]`, s, "nor anything that hides or turns text around")
		require.LessOrEqual(t, len(s), 512)
	}
	require.Equal(t, map[string]string{"login_hash": e.Detail["login_hash"], "login_length": "3"}, e.Detail)
	require.NotEmpty(t, e.Detail["login_hash"])
}

func TestHangingUpKeepsNoRefusalOutOfTheAudit(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	pre := o.Begun("Ada")
	gone, hangUp := context.WithCancel(ctx)
	d, st := o.Faulty()
	st.After("Hit", 1, hangUp)
	_, err := d.SubmitCode(gone, home, pre, o.WrongCode(ada.Secret))
	require.ErrorIs(t, err, desk.ErrCode)
	require.Error(t, gone.Err())
	require.Equal(t, 1, o.Count("code.refused"))
}

func TestOneAddressCannotFillTheAuditWithRefusalsThatCostItNothing(t *testing.T) {
	o := newOffice(t)
	for range 5 {
		o.fail(home, "Zoe")
	}
	gone, hangUp := context.WithCancel(ctx)
	hangUp()
	for range 100 {
		o.Forged(gone, home, "no token")
		_, err := o.Login("Zoe", nonsense)
		require.Error(t, err)
	}
	require.Equal(t, 60, o.Count("request.forged"), "those who hang up included")
	require.Equal(t, 60, o.Count("signin.limited"))
	o.Forged(ctx, from("198.51.100.1"), "no token")
	require.Equal(t, 61, o.Count("request.forged"))
	require.Equal(t, "40", o.Last().Detail["left_out"], "which the next entry says")
	o.Clock.Add(15 * time.Minute)
	o.Forged(ctx, home, "no token")
	require.Equal(t, 62, o.Count("request.forged"))
	require.Empty(t, o.Last().Detail)
}
