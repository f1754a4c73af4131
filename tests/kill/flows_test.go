package kill_test

import (
	"errors"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// values are what people have in their hands: links, cookies, keys.
type values map[string]string

// flow is something that a person does, perhaps in several steps.
type flow struct {
	name string
	// prepare brings about what has to be there. "boss" signs in for the acts
	// of an operator on others.
	prepare func(o *office, v values)
	act     func(o *office, v values) error
	// event is the row of the audit that tells of it, and mail the kind of
	// letter that goes with it, if any.
	event, mail string
	// done says whether its effect is there, all of it.
	done func(o *office) bool
	// said are the answers that tell somebody who tries again that it is done.
	said []error
	// wait is how long somebody waits before they try again.
	wait time.Duration
	// twice says that it can be done twice, and then has been.
	twice bool
	// instead is what they do who cannot do it again.
	instead func(o *office, v values) error
}

// boss is the operator who acts on others.
func boss(o *office, v values) (desk.Actor, error) {
	id, err := o.Authenticate(ctx, home, v["boss"])
	if err != nil {
		return desk.Actor{}, err
	}
	return id.Actor(), nil
}

// byBoss is an act of the boss.
func byBoss(act func(o *office, v values, a desk.Actor) error) func(*office, values) error {
	return func(o *office, v values) error {
		a, err := boss(o, v)
		if err != nil {
			return err
		}
		return act(o, v, a)
	}
}

// errInvalid is any answer that says that something is wrong with a field: that a
// name or an address is taken, say.
var errInvalid = errors.New("a field is refused")

func said(err error, answers []error) bool {
	for _, answer := range answers {
		if errors.Is(err, answer) || answer == errInvalid && errors.As(err, new(*desk.InvalidError)) {
			return true
		}
	}
	return false
}

func grace(o *office, _ values) { o.Person("Grace", desk.RoleModerator) }

var flows = []flow{
	{
		name: "invite", event: "operator.invited", mail: "invitation", twice: true,
		act: byBoss(func(o *office, _ values, a desk.Actor) error {
			_, _, err := o.Invite(ctx, a, home, desk.InviteForm{Email: "ivy@example.org", Name: "Ivy", Roles: []string{desk.RoleModerator}})
			return err
		}),
		done: func(o *office) bool { return o.named("Ivy").State == store.OperatorInvited },
	},
	{
		name: "accept an invitation", event: "operator.invitation_used", said: []error{desk.ErrLink},
		prepare: func(o *office, v values) {
			_, link, err := o.Invite(ctx, desk.CommandLine(), home, desk.InviteForm{Email: "ivy@example.org", Name: "Ivy", Roles: []string{desk.RoleModerator}})
			require.NoError(o.T, err)
			v["link"] = testoffice.Token(link)
		},
		act: func(o *office, v values) error {
			return o.Welcome(ctx, home, desk.LinkForm{Token: v["link"], Password: better, Again: better})
		},
		done: func(o *office) bool {
			op := o.named("Ivy")
			return op.State == store.OperatorActive && op.Password != "" && op.InviteExpiresAt.IsZero()
		},
	},
	{
		name: "change roles", event: "operator.roles_changed", mail: "role-changed", prepare: grace, said: []error{desk.ErrChanged}, twice: true,
		act: byBoss(func(o *office, _ values, a desk.Actor) error {
			return o.ChangeRoles(ctx, a, home, "id-of-grace", desk.RolesForm{Version: o.named("Grace").Version, Primary: desk.RoleAdministrator})
		}),
		done: func(o *office) bool { return o.named("Grace").PrimaryRole == desk.RoleAdministrator },
	},
	{
		name: "disable", event: "operator.disabled", mail: "account-disabled", said: []error{desk.ErrChanged},
		prepare: func(o *office, v values) { grace(o, v); v["grace"] = o.Enter("Grace") },
		act: byBoss(func(o *office, _ values, a desk.Actor) error {
			return o.Disable(ctx, a, home, "id-of-grace", "left")
		}),
		done: func(o *office) bool {
			sessions, err := o.Under.ListSessions(ctx, "id-of-grace")
			require.NoError(o.T, err)
			return o.named("Grace").State == store.OperatorDisabled && len(sessions) == 0
		},
	},
	{
		name: "delete an operator", event: "operator.deleted", prepare: grace, said: []error{desk.ErrNotFound},
		act: byBoss(func(o *office, _ values, a desk.Actor) error {
			return o.Delete(ctx, a, home, "id-of-grace", "left")
		}),
		done: func(o *office) bool { return o.named("Grace").ID == "" },
	},
	{
		name: "save parameters", event: "parameters.changed", said: []error{desk.ErrChanged},
		prepare: func(o *office, v values) { v["idle"] = "50m" },
		act: byBoss(func(o *office, v values, a desk.Actor) error {
			_, err := o.SaveParameters(ctx, a, home, desk.ParametersForm{Revision: o.State().Stored.Revision, Values: map[string]string{"session.idle": v["idle"]}})
			return err
		}),
		done: func(o *office) bool { return o.Settings().Session.Idle == 50*time.Minute },
	},
	{
		name: "change the address", event: "alias.changed", said: []error{errInvalid},
		act:  byBoss(changeAddress),
		done: func(o *office) bool { return o.Alias() == "quiet-side-door" },
	},
	{
		name: "confirm the address", event: "alias.confirmed", mail: "alias-changed", said: []error{desk.ErrChanged},
		prepare: func(o *office, v values) { require.NoError(o.T, byBoss(changeAddress)(o, v)) },
		act:     byBoss(func(o *office, _ values, a desk.Actor) error { return o.ConfirmAlias(ctx, a, home) }),
		done:    func(o *office) bool { return o.State().Stored.ConfirmBy.IsZero() },
	},
	{
		name: "take the address back", event: "alias.rolled_back", said: []error{desk.ErrChanged},
		prepare: func(o *office, v values) { require.NoError(o.T, byBoss(changeAddress)(o, v)) },
		act:     byBoss(func(o *office, _ values, a desk.Actor) error { return o.RevertAlias(ctx, a, home) }),
		done:    func(o *office) bool { return o.Alias() != "quiet-side-door" },
	},
	{
		name: "reset two-factor", event: "two_factor.reset", mail: "two-factor-reset", said: []error{desk.ErrChanged}, twice: true,
		prepare: func(o *office, v values) { grace(o, v); o.enrol("Grace") },
		act: byBoss(func(o *office, _ values, a desk.Actor) error {
			return o.ResetTwoFactor(ctx, a, home, "id-of-grace", "phone lost")
		}),
		done: func(o *office) bool { return !o.hasFactor("id-of-grace") },
	},
	{
		name: "delete a role that people have", event: "role.deleted", said: []error{desk.ErrNotFound},
		prepare: func(o *office, v values) {
			a, err := boss(o, v)
			require.NoError(o.T, err)
			v["role"], err = o.CreateRole(ctx, a, home, desk.RoleForm{Name: "Readers", Permissions: []string{desk.PermissionOperatorsView}})
			require.NoError(o.T, err)
			o.Person("Grace", v["role"])
			o.Person("Linus", desk.RoleAdministrator, v["role"])
		},
		act: byBoss(func(o *office, v values, a desk.Actor) error {
			return o.DeleteRole(ctx, a, home, v["role"], 1, desk.RoleModerator)
		}),
		done: func(o *office) bool {
			primary, additional := o.named("Grace").PrimaryRole == desk.RoleModerator, strings.Join(o.named("Linus").Roles, " ") == desk.RoleModerator
			require.Equal(o.T, primary, additional, "everybody or nobody")
			return primary
		},
	},
	{
		name: "send a failed mail again", event: "mail.retried", said: []error{desk.ErrChanged},
		prepare: func(o *office, v values) {
			a, err := boss(o, v)
			require.NoError(o.T, err)
			require.NoError(o.T, o.TestMail(ctx, a, home))
			o.Sent.Refuse(&mail.DeliveryError{Permanent: true, Reply: "550 no"})
			_, err = o.Deliver(ctx)
			require.NoError(o.T, err)
			failed, err := o.Mails(ctx, a, store.MailQuery{State: store.MailFailed, Kind: "test-message"})
			require.NoError(o.T, err)
			v["mail"] = failed.Rows[0].ID
		},
		act: byBoss(func(o *office, v values, a desk.Actor) error { return o.ResendMail(ctx, a, home, v["mail"]) }),
		done: func(o *office) bool {
			queued, err := o.Under.ListMails(ctx, store.MailQuery{State: store.MailQueued, Kind: "test-message"})
			require.NoError(o.T, err)
			return len(queued.Rows) == 1
		},
	},
	{
		name: "sign in with a code", event: "signin.succeeded", wait: totp.Period, twice: true,
		prepare: func(o *office, v values) { grace(o, v); v["secret"] = o.enrol("Grace").Base32() },
		act:     signInWithCode,
		done:    func(o *office) bool { return o.sessionSince("id-of-grace") },
	},
	{
		name: "attach an authenticator while signing in", event: "two_factor.added", mail: "two-factor-added",
		prepare: func(o *office, v values) { grace(o, v); o.Rules(map[string]string{"two_factor.who": "everyone"}) },
		act: func(o *office, v values) error {
			passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: good})
			if err != nil {
				return err
			}
			e, err := o.BeginSignInEnrolment(ctx, passed.Token)
			if err != nil {
				return err
			}
			o.note(v, "secret", e.Key.Secret.Base32())
			_, _, err = o.ConfirmSignInEnrolment(ctx, home, passed.Token, e.Sealed, o.Code(e.Key.Secret))
			return err
		},
		done: func(o *office) bool { return o.hasFactor("id-of-grace") && o.sessionSince("id-of-grace") },
		wait: totp.Period,
		// Their phone has the key: they sign in with its code. The recovery codes
		// were never shown; they make new ones inside.
		instead: signInWithCode,
	},
	{
		name: "ask for a reset", event: "password.reset_requested", mail: "password-reset", prepare: grace, wait: 2 * time.Minute, twice: true,
		act:  func(o *office, _ values) error { return o.RequestReset(ctx, home, "grace@example.org") },
		done: func(o *office) bool { return o.letters("password-reset") > 0 },
	},
	{
		name: "reset a password", event: "password.reset", mail: "password-changed", said: []error{desk.ErrLink},
		prepare: func(o *office, v values) {
			grace(o, v)
			v["grace"] = o.Enter("Grace")
			a, err := boss(o, v)
			require.NoError(o.T, err)
			link, _, err := o.PasswordLink(ctx, a, home, "id-of-grace")
			require.NoError(o.T, err)
			v["link"] = testoffice.Token(link)
		},
		act: func(o *office, v values) error {
			return o.Reset(ctx, home, desk.LinkForm{Token: v["link"], Password: better, Again: better})
		},
		done: func(o *office) bool {
			result, err := o.Hasher.Verify(ctx, better, o.named("Grace").Password)
			require.NoError(o.T, err)
			return result.Match
		},
	},
	{
		name: "change a password", event: "password.changed", mail: "password-changed", said: []error{desk.ErrNoSession, errInvalid},
		prepare: func(o *office, v values) { grace(o, v); v["grace"] = o.Enter("Grace") },
		act: func(o *office, v values) error {
			id, err := o.Authenticate(ctx, home, v["grace"])
			if err != nil {
				return err
			}
			_, err = o.ChangePassword(ctx, home, id, good, better, better)
			return err
		},
		done: func(o *office) bool {
			result, err := o.Hasher.Verify(ctx, better, o.named("Grace").Password)
			require.NoError(o.T, err)
			return result.Match
		},
	},
	{
		name: "deliver a mail", wait: time.Hour,
		prepare: func(o *office, v values) {
			a, err := boss(o, v)
			require.NoError(o.T, err)
			require.NoError(o.T, o.TestMail(ctx, a, home))
		},
		act: func(o *office, _ values) error {
			_, err := o.Deliver(ctx)
			return err
		},
		done: func(o *office) bool {
			sent, err := o.Under.ListMails(ctx, store.MailQuery{State: store.MailSent, Kind: "test-message"})
			require.NoError(o.T, err)
			return len(sent.Rows) == 1
		},
	},
	{
		name: "purge", event: "audit.purged",
		prepare: func(o *office, _ values) { o.Clock.Add(400 * 24 * time.Hour) },
		act:     func(o *office, _ values) error { return o.PurgeAt(ctx, o.Now()) },
		done: func(o *office) bool {
			ends, err := o.Under.AuditEnds(ctx)
			require.NoError(o.T, err)
			return ends.PurgedSeq > 0
		},
	},
}

func changeAddress(o *office, _ values, a desk.Actor) error {
	return o.ChangeAlias(ctx, a, home, "quiet-side-door")
}

func signInWithCode(o *office, v values) error {
	secret, err := totp.ParseSecret(v["secret"])
	require.NoError(o.T, err)
	passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Grace", Password: good})
	if err != nil {
		return err
	}
	_, err = o.SubmitCode(ctx, home, passed.Token, o.Code(secret))
	return err
}

// hasFactor says whether somebody has an authenticator, and requires that they
// have recovery codes exactly then.
func (o *office) hasFactor(id string) bool {
	factors, err := o.Under.ListFactors(ctx, id)
	require.NoError(o.T, err)
	_, err = o.Under.FindRecoverySet(ctx, id)
	require.Equal(o.T, len(factors) > 0, err == nil, "an authenticator and recovery codes come together, and go together")
	return len(factors) > 0
}

// sessionSince says whether somebody has a session that began since the flow was
// prepared.
func (o *office) sessionSince(id string) bool {
	sessions, err := o.Under.ListSessions(ctx, id)
	require.NoError(o.T, err)
	for _, s := range sessions {
		if !s.CreatedAt.Before(o.began) {
			return true
		}
	}
	return false
}
