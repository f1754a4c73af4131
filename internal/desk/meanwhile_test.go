package desk_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

func TestAnAccountDisabledDuringASignInStaysShut(t *testing.T) {
	for _, rule := range []string{"everyone", "recommended"} {
		t.Run(rule, func(t *testing.T) {
			o := newOffice(t)
			o.Person("Root", desk.RoleSuperAdministrator)
			op := o.Person("Ada", desk.RoleModerator)
			o.Rules(map[string]string{"two_factor.who": rule})
			write := map[string]string{"everyone": "PutPreSession", "recommended": "PutSession"}[rule]
			d := o.While(write, func() { o.Change(op.ID, disable) })
			passed, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Ada", Password: good})
			require.ErrorIs(t, err, desk.ErrSignInEnded)
			require.Zero(t, passed)
			sessions := o.SessionsOf(op.ID)
			require.Empty(t, sessions)
		})
	}
}

func TestWhatHappensWhileACodeIsCheckedDecides(t *testing.T) {
	for _, c := range []struct {
		name   string
		happen func(o *office, op store.Operator, ada in, pre string)
		want   error
	}{
		{"the account is disabled", func(o *office, op store.Operator, _ in, _ string) { o.Change(op.ID, disable) }, desk.ErrSignInEnded},
		{"the account is deleted", func(o *office, op store.Operator, _ in, _ string) {
			o.Write(store.DeleteOperator{ID: op.ID, Version: o.Find(op.ID).Version})
		}, desk.ErrSignInEnded},
		{"the password is changed", func(o *office, op store.Operator, _ in, _ string) {
			o.Change(op.ID, func(op *store.Operator) { op.Password = "$other" })
		}, desk.ErrSignInEnded},
		{"the same sign-in is finished with the code before", func(o *office, _ store.Operator, ada in, pre string) {
			_, err := o.SubmitCode(ctx, home, pre, testoffice.CodeAt(o.T, ada.Secret, o.Now().Add(-totp.Period)))
			require.NoError(o.T, err)
		}, desk.ErrSignInEnded},
		{"another sign-in is finished with the same code", func(o *office, _ store.Operator, ada in, _ string) {
			_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), o.Code(ada.Secret))
			require.NoError(o.T, err)
		}, desk.ErrCode},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.Person("Root", desk.RoleSuperAdministrator)
			op, ada := o.Enrolled("Ada", desk.RoleModerator)
			o.Clock.Add(totp.Period)
			pre := o.Begun("Ada")
			d := o.While("PutSession", func() { c.happen(o, op, ada, pre) })
			passed, err := d.SubmitCode(ctx, home, pre, o.Code(ada.Secret))
			require.ErrorIs(t, err, c.want)
			require.Zero(t, passed)
		})
	}
}

func TestASignInBegunIsOverAsSoonAsTheOperatorChanges(t *testing.T) {
	o := newOffice(t)
	op := o.Person("Ada", desk.RoleSuperAdministrator)
	pre := o.Begun("Ada")
	o.Change(op.ID, func(op *store.Operator) { op.UpdatedAt = o.Now() })
	_, err := o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	_, err = o.BeginSignInEnrolment(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
}

func TestOfTwoSetupsTheOneThatStoresFirstWins(t *testing.T) {
	o := newOffice(t)
	tokens := []string{setupToken(t, o.Desk), setupToken(t, o.Desk)}
	d := o.While("PutOperator", func() {
		f := setupForm(tokens[1])
		f.Name, f.Email = "Ben", "ben@example.org"
		require.NoError(t, o.SetUp(ctx, home, f))
	})
	require.ErrorIs(t, d.SetUp(ctx, home, setupForm(tokens[0])), desk.ErrSetUp)
	_, err := o.Mem.FindOperatorByLogin(ctx, "ada")
	require.ErrorIs(t, err, store.ErrNotFound)

	t.Run("and no link is made for an office that was just set up", func(t *testing.T) {
		o := newOffice(t)
		d := o.While("PutToken", func() { o.Person("Ada", desk.RoleSuperAdministrator) })
		_, err := d.SetupToken(ctx)
		require.ErrorIs(t, err, desk.ErrSetUp)
	})
}

func TestWhatHappensWhileAPasswordIsResetDecides(t *testing.T) {
	for _, c := range []struct {
		name   string
		happen func(o *office, op store.Operator, ada in, token string)
		want   error
		usable bool
	}{
		{"the same recovery code signs in", func(o *office, _ store.Operator, ada in, _ string) {
			_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), ada.Codes[0])
			require.NoError(o.T, err)
		}, desk.ErrCode, true},
		{"the same link is used with another code", func(o *office, _ store.Operator, ada in, token string) {
			require.NoError(o.T, o.Reset(ctx, home, form(token, ada.Codes[1])))
		}, desk.ErrLink, false},
		{"the same link is used with the same code", func(o *office, _ store.Operator, ada in, token string) {
			require.NoError(o.T, o.Reset(ctx, home, form(token, ada.Codes[0])))
		}, desk.ErrLink, false},
		{"another link is asked for", func(o *office, _ store.Operator, _ in, _ string) {
			require.NoError(o.T, o.RequestReset(ctx, home, "ada@example.org"))
		}, desk.ErrLink, false},
		{"the account is disabled", func(o *office, op store.Operator, _ in, _ string) { o.Change(op.ID, disable) }, desk.ErrChanged, false},
		{"two-factor is reset", func(o *office, op store.Operator, _ in, _ string) {
			require.NoError(o.T, o.ResetTwoFactor(ctx, desk.CommandLine(), home, op.ID, "lost phone"))
		}, desk.ErrChanged, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.Person("Root", desk.RoleSuperAdministrator)
			op, ada := o.Enrolled("Ada", desk.RoleModerator)
			token := o.ResetLink("ada@example.org")
			o.Clock.Add(totp.Period * 2) // past the gap between two requests
			d := o.While("ConsumeToken", func() { c.happen(o, op, ada, token) })
			f := desk.LinkForm{Token: token, Password: nonsense, Again: nonsense, Code: ada.Codes[0]}
			_, err := d.Reset(ctx, home, f)
			require.ErrorIs(t, err, c.want)
			_, err = o.Login("Ada", nonsense)
			require.ErrorIs(t, err, desk.ErrCredentials, "the password was not set")
			if c.usable {
				require.NoError(t, o.Reset(ctx, home, form(token, ada.Codes[2])))
			}
		})
	}
}

func TestWhatHappensToASessionWhileItIsUsedDecides(t *testing.T) {
	calls := map[string]func(d *desk.Desk, o *office, id *desk.Identity, ada in) (string, error){
		"step up": func(d *desk.Desk, o *office, id *desk.Identity, ada in) (string, error) {
			return d.StepUp(ctx, home, id, good, o.Code(ada.Secret))
		},
		"change the password": func(d *desk.Desk, _ *office, id *desk.Identity, _ in) (string, error) {
			return d.ChangePassword(ctx, home, id, good, better, better)
		},
		"new recovery codes": func(d *desk.Desk, _ *office, id *desk.Identity, _ in) (string, error) {
			token, codes, err := d.ReplaceRecoveryCodes(ctx, home, id)
			return token + strings.Join(codes, ""), err
		},
	}
	for name, call := range calls {
		for _, c := range []struct {
			name   string
			happen func(o *office, op store.Operator, id *desk.Identity)
			want   error
		}{
			{"it is ended", func(o *office, _ store.Operator, id *desk.Identity) {
				require.NoError(o.T, o.SignOut(ctx, home, id))
			}, desk.ErrNoSession},
			{"its operator is disabled", func(o *office, op store.Operator, _ *desk.Identity) { o.Change(op.ID, disable) }, desk.ErrChanged},
			{"its operator loses the role", func(o *office, op store.Operator, _ *desk.Identity) {
				o.Change(op.ID, func(op *store.Operator) { op.PrimaryRole = "" })
			}, desk.ErrChanged},
		} {
			t.Run(name+" while "+c.name, func(t *testing.T) {
				o := newOffice(t)
				o.Person("Root", desk.RoleSuperAdministrator)
				op, ada := o.Enrolled("Ada", desk.RoleModerator)
				id := o.Identity(ada.Token)
				before, codes := o.Find(op.ID).Password, o.Dump("operators", "sessions", "sessionIDs", "events", "counters")
				d := o.While("ReplaceSession", func() { c.happen(o, op, id) })
				handedOut, err := call(d, o, id, ada)
				require.ErrorIs(t, err, c.want)
				require.Empty(t, handedOut)
				require.Equal(t, before, o.Find(op.ID).Password)
				require.True(t, codes == o.Dump("operators", "sessions", "sessionIDs", "events", "counters"))
			})
		}
	}
}

func TestOfTwoNewAddressesTheFirstOneStoredHolds(t *testing.T) {
	o := newOffice(t)
	var first string
	d := o.While("PutParameters", func() {
		var err error
		first, err = o.RotateAlias(ctx, desk.CommandLine(), home)
		require.NoError(t, err)
	})
	alias, err := d.RotateAlias(ctx, desk.CommandLine(), home)
	require.ErrorIs(t, err, desk.ErrChanged)
	require.Empty(t, alias)
	_, err = d.Fresh(ctx)
	require.NoError(t, err)
	require.Equal(t, first, d.Alias())
}

func TestWhatHappensWhileAnInvitationIsAskedForAgainDecides(t *testing.T) {
	for _, c := range []struct {
		name   string
		happen func(o *office, op store.Operator, made string)
		// mailed is how many links both email, and works how many of them do.
		mailed, works int
	}{
		{"it is accepted", func(o *office, _ store.Operator, made string) {
			require.NoError(o.T, o.Welcome(ctx, home, form(made, "")))
		}, 1, 0},
		{"it is cancelled", func(o *office, op store.Operator, _ string) {
			require.NoError(o.T, o.CancelInvitation(ctx, o.Boss, home, op.ID))
		}, 0, 0},
		{"its operator is disabled", func(o *office, op store.Operator, _ string) { o.Change(op.ID, disable) }, 1, 0},
		{"it is sent again", func(o *office, op store.Operator, _ string) {
			_, err := o.ResendInvitation(ctx, o.Boss, home, op.ID)
			require.NoError(o.T, err)
		}, 2, 2},
		{"it is asked for twice", func(o *office, _ store.Operator, _ string) {
			o.Clock.Add(time.Minute)
			require.NoError(o.T, o.RequestReset(ctx, home, "ben@example.org"))
		}, 2, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := staffed(t)
			op, made := o.Invited("ben@example.org", "Ben", desk.RoleModerator)
			o.Delivered().Clear()
			var left store.Operator
			d := o.While("MoveInvitation", func() {
				c.happen(o, op, made)
				left, _ = o.Under.FindOperator(ctx, op.ID)
			})
			require.NoError(t, d.RequestReset(ctx, home, "ben@example.org"))
			now, _ := o.Under.FindOperator(ctx, op.ID)
			require.Equal(t, left.State, now.State)
			require.Equal(t, left.Version, now.Version)
			if left.State != store.OperatorInvited {
				require.Equal(t, left, now)
			}
			links := slices.DeleteFunc(o.Delivered().All(), func(m mail.Message) bool { return !strings.Contains(m.Text, "/welcome#") })
			require.Len(t, links, c.mailed)
			works := 0
			for _, m := range links {
				if !errors.Is(o.Welcome(ctx, home, desk.LinkForm{Token: o.LinkIn(m, "welcome")}), desk.ErrLink) {
					works++
				}
			}
			require.Equal(t, c.works, works)
		})
	}
}

func TestWhatHappensWhileAMemberIsGivenAccessDecides(t *testing.T) {
	roles := []string{desk.RoleModerator}
	for _, c := range []struct {
		name, typed string
		happen      func(o *office)
		problem     string
		called      string
	}{
		{"they get it by another name", "Mimi", func(o *office) {
			_, err := o.GrantAs(ctx, o.Boss, home, "m-mia", desk.GrantForm{Name: "Maria", Roles: roles})
			require.NoError(o.T, err)
		}, "member", "Maria"},
		{"their typed name is taken", "Mimi", func(o *office) { o.Person("Mimi", roles...) }, "name", ""},
		{"their derived name is taken", "", func(o *office) { o.Person("Mia", roles...) }, "", "Mia 2"},
		{"their email address is taken", "", func(o *office) {
			o.Must(o.Invite(ctx, o.Boss, home, desk.InviteForm{Email: oldMailbox, Name: "Eve", Roles: roles}))
		}, "member", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := staffed(t, withMembers(testoffice.NewDirectory("Mia")))
			d := o.While("PutOperator", func() { c.happen(o) })
			_, err := d.GrantAs(ctx, o.Boss, home, "m-mia", desk.GrantForm{Name: c.typed, Roles: roles})
			if c.problem != "" {
				requireProblem(t, err, c.problem, "taken")
			} else {
				require.NoError(t, err)
			}
			op, err := o.Under.FindOperatorByMember(ctx, "m-mia")
			require.Equal(t, c.called == "", errors.Is(err, store.ErrNotFound))
			require.Equal(t, c.called, op.Name)
			require.Equal(t, map[bool]int{true: 1}[c.called != ""], o.Count("operator.granted"))
		})
	}
}
