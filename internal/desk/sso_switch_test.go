package desk_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// sso restarts the office with company sign-in or without.
func (o *office) sso(on bool) {
	o.Cfg.SSO = nil
	if on {
		withSSO(&o.Cfg)
	}
	o.Desk = o.Another()
}

// TestWhatWasOpenWhenCompanySignInIsTurnedOnOrOff is about a member who is an
// operator. Without SSO the community's password opens the office and nothing else
// does; with SSO the office's does and the community's never.
func TestWhatWasOpenWhenCompanySignInIsTurnedOnOrOff(t *testing.T) {
	const members, offices = good, better
	enter := func(password string) func(*office) error {
		return func(o *office) error {
			_, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Mia", Password: password})
			return err
		}
	}
	session := func(o *office, password string) func(*office) error {
		passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Mia", Password: password})
		require.NoError(o.T, err)
		return func(o *office) error {
			id, err := o.Authenticate(ctx, home, passed.Token)
			if err == nil {
				require.False(o.T, id.MustChangePassword)
			}
			return err
		}
	}
	proof := func(o *office, password, typed string) func(*office) error {
		passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Mia", Password: password})
		require.NoError(o.T, err)
		return func(o *office) error {
			_, err := o.StepUp(ctx, home, o.Identity(passed.Token), typed, "")
			return err
		}
	}
	begun := func(o *office, password string) func(*office) error {
		o.Rules(map[string]string{"two_factor.who": "everyone"})
		passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Mia", Password: password})
		require.NoError(o.T, err)
		require.False(o.T, passed.SignedIn)
		return func(o *office) error {
			e, err := o.BeginSignInEnrolment(ctx, passed.Token)
			require.NoError(o.T, err)
			_, _, err = o.ConfirmSignInEnrolment(ctx, home, passed.Token, e.Sealed, o.Code(e.Key.Secret))
			return err
		}
	}
	link := func(make func(*office) string, use func(*office, desk.LinkForm) error) func(*office) func(*office) error {
		return func(o *office) func(*office) error {
			link := make(o)
			return func(o *office) error {
				return o.opens(link, func(f desk.LinkForm) error { return use(o, f) })
			}
		}
	}
	mailed := func(o *office) string { return "#" + o.ResetLink("mia@members.example") }
	handed := func(o *office) string {
		url, _, err := o.PasswordLink(ctx, o.Boss, home, "id-of-mia")
		require.NoError(o.T, err)
		return url
	}
	spend := func(o *office, f desk.LinkForm) error { return o.Reset(ctx, home, f) }
	temporary := func(then string) func(*office) func(*office) error {
		return func(o *office) func(*office) error {
			plain, _, err := o.TemporaryPassword(ctx, o.Boss, home, "id-of-mia")
			require.NoError(o.T, err)
			if then == "" {
				then = plain
			}
			return func(o *office) error {
				passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "Mia", Password: then})
				if err == nil {
					require.Equal(o.T, then == plain, o.Identity(passed.Token).MustChangePassword)
				}
				return err
			}
		}
	}
	for _, c := range []struct {
		name    string
		on      bool // before the switch
		prepare func(*office) func(*office) error
		want    error
	}{
		{"a session goes on", false, func(o *office) func(*office) error { return session(o, members) }, nil},
		{"a session goes on", true, func(o *office) func(*office) error { return session(o, offices) }, nil},
		{"a sign-in that waits for the second factor goes on", false, func(o *office) func(*office) error { return begun(o, members) }, nil},
		{"a sign-in that waits for the second factor goes on", true, func(o *office) func(*office) error { return begun(o, offices) }, nil},
		{"inside, the community's password confirms nothing any more", false, func(o *office) func(*office) error { return proof(o, members, members) }, desk.ErrCredentials},
		{"inside, the office's password confirms at once", false, func(o *office) func(*office) error { return proof(o, members, offices) }, nil},
		{"inside, the office's password confirms nothing any more", true, func(o *office) func(*office) error { return proof(o, offices, offices) }, desk.ErrCredentials},
		{"inside, the community's password confirms at once", true, func(o *office) func(*office) error { return proof(o, offices, members) }, nil},
		{"the community's password ends", false, func(*office) func(*office) error { return enter(members) }, desk.ErrCredentials},
		{"the office's password begins", false, func(*office) func(*office) error { return enter(offices) }, nil},
		{"the community's password begins", true, func(*office) func(*office) error { return enter(members) }, nil},
		{"the office's password ends", true, func(*office) func(*office) error { return enter(offices) }, desk.ErrCredentials},
		{"a mailed link ends", true, link(mailed, spend), desk.ErrLink},
		{"a link that was handed over ends", true, link(handed, spend), desk.ErrLink},
		{"a temporary password ends", true, temporary(""), desk.ErrCredentials},
		{"a temporary password keeps nobody from signing in", true, temporary(members), nil},
	} {
		t.Run(c.name+", "+map[bool]string{false: "turned on", true: "turned off"}[c.on], func(t *testing.T) {
			o := staffed(t, withMembers(testoffice.NewDirectory("Mia")))
			o.Rules(map[string]string{"two_factor.who": "recommended", "password.temporary": "on"})
			hash, err := o.Hasher.Hash(ctx, offices)
			require.NoError(t, err)
			o.Add(store.Operator{State: store.OperatorActive, MemberID: "m-mia", Email: "mia@members.example", Password: hash}, "Mia", desk.RoleModerator)
			o.Change("id-of-mia", func(op *store.Operator) { op.Email, op.EmailKey = "mia@members.example", "mia@members.example" })
			o.sso(c.on)
			use := c.prepare(o)
			o.sso(!c.on)
			events := len(o.Events())
			if err := use(o); c.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.want)
				require.Greater(t, len(o.Events()), events, "a refusal is audited")
			}
			// Switched back, everything is as it was.
			if c.want != nil && !strings.HasPrefix(c.name, "inside") {
				o.sso(c.on)
				o.Clock.Add(time.Minute)
				require.NoError(t, use(o))
			}
		})
	}
}

// TestAMemberInvitedUnderCompanySignInIsNotLeftOutside: no link works, because there
// is no password to choose, and they are not active until they choose one.
func TestAMemberInvitedUnderCompanySignInIsNotLeftOutside(t *testing.T) {
	for name, again := range map[string]func(o *office, op store.Operator) (string, error){
		"sent again": func(o *office, op store.Operator) (string, error) {
			return o.ResendInvitation(ctx, o.Boss, home, op.ID)
		},
		"invited again": func(o *office, op store.Operator) (string, error) {
			_, link, err := o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: op.Email, Roles: []string{desk.RoleModerator}})
			return link, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := staffed(t, withMembers(testoffice.NewDirectory("Mia")), withSSO)
			op, err := o.Grant(ctx, o.Boss, home, "m-mia", []string{desk.RoleModerator})
			require.NoError(t, err)
			link := "#" + o.LinkIn(o.Letter(op.Email), "welcome")
			o.sso(false)
			welcome := func(f desk.LinkForm) error { return o.Welcome(ctx, home, f) }
			require.ErrorIs(t, o.opens(link, welcome), desk.ErrLink)
			_, err = o.Login("Mia", good)
			require.ErrorIs(t, err, desk.ErrCredentials, "invited is not active")
			o.Clock.Add(8 * 24 * time.Hour) // expired
			o.Boss = o.Actor(o.Find("id-of-boss"))

			none, err := again(o, op)
			require.NoError(t, err)
			require.Empty(t, none)
			require.Contains(t, o.Letter(op.Email).Text, "your member password")
			require.Equal(t, store.OperatorActive, o.Find(op.ID).State)
			o.Entered(o.Find(op.ID))
			o.sso(true)
			require.ErrorIs(t, o.opens(link, welcome), desk.ErrLink, "nor does it come back")
			require.NotEmpty(t, o.ResetLink(op.Email), "but there is a way on")
		})
	}
}
