package desk_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// action is one thing done at a desk. It returns what it handed out.
type action func(ctx context.Context, d *desk.Desk) (handedOut string, err error)

// flow is an action with what must have happened before.
type flow struct {
	name string
	// refused says that even without a fault it ends in an error.
	refused bool
	prepare func(t *testing.T, o *office) action
}

// inside wraps an action of somebody signed in with two factors.
func inside(f func(ctx context.Context, d *desk.Desk, o *office, id *desk.Identity, ada in) (string, error)) func(*testing.T, *office) action {
	return func(t *testing.T, o *office) action {
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		o.Identity(ada.Token) // so that the session need not be touched again
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			id, err := d.Authenticate(ctx, home, ada.Token)
			if err != nil {
				return "", err
			}
			return f(ctx, d, o, id, ada)
		}
	}
}

var flows = []flow{
	{"make a setup link", false, func(*testing.T, *office) action {
		return func(ctx context.Context, d *desk.Desk) (string, error) { return d.SetupToken(ctx) }
	}},
	{"set up", false, func(t *testing.T, o *office) action {
		token := setupToken(t, o.Desk)
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			return "", d.SetUp(ctx, home, setupForm(token))
		}
	}},
	{"sign in with a password", false, func(_ *testing.T, o *office) action {
		o.Enrolled("Ada", desk.RoleSuperAdministrator)
		return signingIn("Ada", good)
	}},
	{"sign in where a password is enough", false, func(_ *testing.T, o *office) action {
		o.Person("Mod", desk.RoleModerator)
		o.Rules(map[string]string{"two_factor.who": "recommended"})
		return signingIn("Mod", good)
	}},
	{"sign in as a member", false, func(t *testing.T, o *office) action {
		o.Add(store.Operator{State: store.OperatorActive, MemberID: "m-mia", Email: "mia@members.example"}, "Mia", desk.RoleModerator)
		return signingIn("mia", good)
	}},
	{"sign in with a wrong password", true, func(_ *testing.T, o *office) action {
		o.Person("Ada", desk.RoleSuperAdministrator)
		return signingIn("Ada", nonsense)
	}},
	{"sign in as nobody", true, func(*testing.T, *office) action { return signingIn("Zoe", good) }},
	{"sign in while sign-ins are paused", true, func(_ *testing.T, o *office) action {
		o.Person("Mod", desk.RoleModerator)
		o.Rules(map[string]string{"signin.paused": "on"})
		return signingIn("Mod", good)
	}},
	{"sign in too often", true, func(_ *testing.T, o *office) action {
		o.Person("Ada", desk.RoleSuperAdministrator)
		for range 5 {
			o.fail(home, "Ada")
		}
		return signingIn("Ada", good)
	}},
	{"post a code", false, func(_ *testing.T, o *office) action {
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		return posting(o.Begun("Ada"), o.Code(ada.Secret))
	}},
	{"post a wrong code", true, func(_ *testing.T, o *office) action {
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		return posting(o.Begun("Ada"), o.WrongCode(ada.Secret))
	}},
	{"post a code again", true, func(t *testing.T, o *office) action {
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		code := o.Code(ada.Secret)
		_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), code)
		require.NoError(t, err)
		return posting(o.Begun("Ada"), code)
	}},
	{"post a recovery code", false, func(_ *testing.T, o *office) action {
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		return posting(o.Begun("Ada"), ada.Codes[0])
	}},
	{"post a wrong recovery code", true, func(_ *testing.T, o *office) action {
		o.Enrolled("Ada", desk.RoleSuperAdministrator)
		return posting(o.Begun("Ada"), "AAAA-AAAA-AAAA-AAAA")
	}},
	{"show an authenticator", false, func(_ *testing.T, o *office) action {
		o.Person("Ada", desk.RoleSuperAdministrator)
		pre := o.Begun("Ada")
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			e, err := d.BeginSignInEnrolment(ctx, pre)
			return e.Sealed, err
		}
	}},
	{"attach an authenticator while signing in", false, func(_ *testing.T, o *office) action {
		o.Person("Ada", desk.RoleSuperAdministrator)
		pre, e := o.enrolling("Ada")
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			passed, codes, err := d.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.Code(e.Key.Secret))
			return passed.Token + strings.Join(codes, ""), err
		}
	}},
	{"step up", false, inside(func(ctx context.Context, d *desk.Desk, o *office, id *desk.Identity, ada in) (string, error) {
		return d.StepUp(ctx, home, id, good, o.Code(ada.Secret))
	})},
	{"step up with a recovery code", false, inside(func(ctx context.Context, d *desk.Desk, _ *office, id *desk.Identity, ada in) (string, error) {
		return d.StepUp(ctx, home, id, good, ada.Codes[0])
	})},
	{"step up with a wrong password", true, inside(func(ctx context.Context, d *desk.Desk, o *office, id *desk.Identity, ada in) (string, error) {
		return d.StepUp(ctx, home, id, nonsense, o.Code(ada.Secret))
	})},
	{"change the password", false, inside(func(ctx context.Context, d *desk.Desk, _ *office, id *desk.Identity, _ in) (string, error) {
		return d.ChangePassword(ctx, home, id, good, better, better)
	})},
	{"rename", false, inside(func(ctx context.Context, d *desk.Desk, _ *office, id *desk.Identity, _ in) (string, error) {
		return "", d.Rename(ctx, home, id, "Ada Lovelace")
	})},
	{"choose a language", false, inside(func(ctx context.Context, d *desk.Desk, _ *office, id *desk.Identity, _ in) (string, error) {
		return "", d.ChooseLanguage(ctx, id, home, "en")
	})},
	{"attach a second authenticator", false, inside(func(ctx context.Context, d *desk.Desk, o *office, id *desk.Identity, _ in) (string, error) {
		e, err := d.BeginEnrolment(id)
		if err != nil {
			return e.Sealed, err
		}
		token, codes, err := d.ConfirmEnrolment(ctx, home, id, e.Sealed, o.Code(e.Key.Secret), "Tablet")
		return token + strings.Join(codes, ""), err
	})},
	{"remove an authenticator", false, func(t *testing.T, o *office) action {
		op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		o.Rules(map[string]string{"two_factor.who": "recommended"})
		o.Identity(ada.Token)
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			id, err := d.Authenticate(ctx, home, ada.Token)
			if err != nil {
				return "", err
			}
			return d.RemoveAuthenticator(ctx, home, id, o.factors(op.ID)[0].ID)
		}
	}},
	{"make new recovery codes", false, inside(func(ctx context.Context, d *desk.Desk, _ *office, id *desk.Identity, _ in) (string, error) {
		token, codes, err := d.ReplaceRecoveryCodes(ctx, home, id)
		return token + strings.Join(codes, ""), err
	})},
	{"sign out", false, inside(func(ctx context.Context, d *desk.Desk, _ *office, id *desk.Identity, _ in) (string, error) {
		return "", d.SignOut(ctx, home, id)
	})},
	{"end a session", false, inside(func(ctx context.Context, d *desk.Desk, _ *office, id *desk.Identity, _ in) (string, error) {
		return "", d.EndSession(ctx, home, id, id.Session.ID)
	})},
	{"end other sessions", false, func(_ *testing.T, o *office) action {
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		o.Again("Ada", ada.Secret)
		o.Identity(ada.Token)
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			id, err := d.Authenticate(ctx, home, ada.Token)
			if err != nil {
				return "", err
			}
			return "", d.EndOtherSessions(ctx, home, id)
		}
	}},
	{"ask for a reset", false, func(_ *testing.T, o *office) action {
		o.Person("Ada", desk.RoleSuperAdministrator)
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			return "", d.RequestReset(ctx, home, "ada@example.org")
		}
	}},
	{"ask for a reset of a member's", false, func(_ *testing.T, o *office) action {
		o.Add(store.Operator{State: store.OperatorActive, MemberID: "m-mia", Email: "mia@members.example"}, "Mia", desk.RoleModerator)
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			return "", d.RequestReset(ctx, home, "mia@members.example")
		}
	}},
	{"reset with a code", false, func(_ *testing.T, o *office) action {
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		token := o.ResetLink("ada@example.org")
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			_, err := d.Reset(ctx, home, form(token, o.Code(ada.Secret)))
			return "", err
		}
	}},
	{"reset with a recovery code", false, func(_ *testing.T, o *office) action {
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		o.Rules(map[string]string{"password.history": "3"})
		token := o.ResetLink("ada@example.org")
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			_, err := d.Reset(ctx, home, form(token, ada.Codes[0]))
			return "", err
		}
	}},
	{"reset with a wrong code", true, func(_ *testing.T, o *office) action {
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		token := o.ResetLink("ada@example.org")
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			_, err := d.Reset(ctx, home, form(token, o.WrongCode(ada.Secret)))
			return "", err
		}
	}},
	{"invite", false, func(*testing.T, *office) action {
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			op, url, err := d.Invite(ctx, desk.CommandLine(), home, desk.InviteForm{Email: "ben@example.org", Roles: []string{desk.RoleModerator}})
			return op.ID + url, err
		}
	}},
	{"accept an invitation", false, func(_ *testing.T, o *office) action {
		_, token := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			_, err := d.Welcome(ctx, home, form(token, ""))
			return "", err
		}
	}},
	{"grant access to a member", false, func(*testing.T, *office) action {
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			op, err := d.Grant(ctx, desk.CommandLine(), home, "m-mia", []string{desk.RoleModerator})
			return op.ID, err
		}
	}},
	{"reset two-factor", false, func(_ *testing.T, o *office) action {
		o.Enrolled("Ada", desk.RoleSuperAdministrator)
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			return "", d.ResetTwoFactor(ctx, desk.CommandLine(), home, "Ada", "lost phone")
		}
	}},
	{"rotate the address", false, func(*testing.T, *office) action {
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			return d.RotateAlias(ctx, desk.CommandLine(), home)
		}
	}},
	{"confirm the address", false, func(t *testing.T, o *office) action {
		_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
		_, err := o.RotateAlias(ctx, o.Identity(ada.Token).Actor(), home)
		require.NoError(t, err)
		return func(ctx context.Context, d *desk.Desk) (string, error) {
			return "", d.ConfirmAlias(ctx, desk.CommandLine(), home)
		}
	}},
}

func signingIn(login, password string) action {
	return func(ctx context.Context, d *desk.Desk) (string, error) {
		passed, err := d.SignIn(ctx, home, desk.SignInForm{Login: login, Password: password})
		return passed.Token, err
	}
}

func posting(pre, code string) action {
	return func(ctx context.Context, d *desk.Desk) (string, error) {
		passed, err := d.SubmitCode(ctx, home, pre, code)
		return passed.Token, err
	}
}
