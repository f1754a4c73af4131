package desk_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// meanwhile is a store in which something else happens at the worst moment:
// after everything was checked, right before the commit that holds a certain
// write.
type meanwhile struct {
	store.Store
	write  string
	happen func()
}

func (m *meanwhile) Commit(ctx context.Context, writes ...store.Write) error {
	for _, w := range writes {
		if happen := m.happen; happen != nil && strings.TrimPrefix(fmt.Sprintf("%T", w), "store.") == m.write {
			m.happen = nil
			happen()
		}
	}
	return m.Store.Commit(ctx, writes...)
}

// while is a desk that is overtaken by something once, right before a write.
func (o *office) while(write string, happen func()) *desk.Desk {
	return o.over(&meanwhile{strict(o.mem), write, happen})
}

func disable(op *store.Operator) { op.State = store.OperatorDisabled }

func TestAnAccountDisabledDuringASignInStaysShut(t *testing.T) {
	for _, rule := range []string{"everyone", "recommended"} {
		t.Run(rule, func(t *testing.T) {
			o := newOffice(t)
			o.person("Root", desk.RoleSuperAdministrator)
			op := o.person("Ada", desk.RoleModerator)
			o.rules(map[string]string{"two_factor.who": rule})
			write := map[string]string{"everyone": "PutPreSession", "recommended": "PutSession"}[rule]
			d := o.while(write, func() { o.change(op.ID, disable) })
			passed, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Ada", Password: good})
			require.ErrorIs(t, err, desk.ErrSignInEnded)
			require.Zero(t, passed)
			sessions, err := o.mem.ListSessions(ctx, op.ID)
			require.NoError(t, err)
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
		{"the account is disabled", func(o *office, op store.Operator, _ in, _ string) { o.change(op.ID, disable) }, desk.ErrSignInEnded},
		{"the account is deleted", func(o *office, op store.Operator, _ in, _ string) {
			require.NoError(o.t, o.mem.Commit(ctx, store.DeleteOperator{ID: op.ID, Version: o.find(op.ID).Version}))
		}, desk.ErrSignInEnded},
		{"the password is changed", func(o *office, op store.Operator, _ in, _ string) {
			o.change(op.ID, func(op *store.Operator) { op.Password = "$other" })
		}, desk.ErrSignInEnded},
		{"the same sign-in is finished with the code before", func(o *office, _ store.Operator, ada in, pre string) {
			_, err := o.SubmitCode(ctx, home, pre, codeAt(o.t, ada.secret, o.Now().Add(-totp.Period)))
			require.NoError(o.t, err)
		}, desk.ErrSignInEnded},
		{"another sign-in is finished with the same code", func(o *office, _ store.Operator, ada in, _ string) {
			_, err := o.SubmitCode(ctx, home, o.begun("Ada"), o.code(ada.secret))
			require.NoError(o.t, err)
		}, desk.ErrCode},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.person("Root", desk.RoleSuperAdministrator)
			op, ada := o.enrolled("Ada", desk.RoleModerator)
			o.clock.Add(totp.Period)
			pre := o.begun("Ada")
			d := o.while("PutSession", func() { c.happen(o, op, ada, pre) })
			passed, err := d.SubmitCode(ctx, home, pre, o.code(ada.secret))
			require.ErrorIs(t, err, c.want)
			require.Zero(t, passed)
		})
	}
}

func TestASignInBegunIsOverAsSoonAsTheOperatorChanges(t *testing.T) {
	o := newOffice(t)
	op := o.person("Ada", desk.RoleSuperAdministrator)
	pre := o.begun("Ada")
	o.change(op.ID, func(op *store.Operator) { op.UpdatedAt = o.Now() })
	_, err := o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	_, err = o.BeginSignInEnrolment(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded)
}

func TestOfTwoSetupsTheOneThatStoresFirstWins(t *testing.T) {
	o := newOffice(t)
	tokens := []string{setupToken(t, o.Desk), setupToken(t, o.Desk)}
	d := o.while("PutOperator", func() {
		f := setupForm(tokens[1])
		f.Name, f.Email = "Ben", "ben@example.org"
		require.NoError(t, o.SetUp(ctx, home, f))
	})
	require.ErrorIs(t, d.SetUp(ctx, home, setupForm(tokens[0])), desk.ErrSetUp)
	_, err := o.mem.FindOperatorByLogin(ctx, "ada")
	require.ErrorIs(t, err, store.ErrNotFound)

	t.Run("and no link is made for an office that was just set up", func(t *testing.T) {
		o := newOffice(t)
		d := o.while("PutToken", func() { o.person("Ada", desk.RoleSuperAdministrator) })
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
			_, err := o.SubmitCode(ctx, home, o.begun("Ada"), ada.codes[0])
			require.NoError(o.t, err)
		}, desk.ErrCode, true},
		{"the same link is used with another code", func(o *office, _ store.Operator, ada in, token string) {
			require.NoError(o.t, o.Reset(ctx, home, form(token, ada.codes[1])))
		}, desk.ErrLink, false},
		{"the same link is used with the same code", func(o *office, _ store.Operator, ada in, token string) {
			require.NoError(o.t, o.Reset(ctx, home, form(token, ada.codes[0])))
		}, desk.ErrLink, false},
		{"another link is asked for", func(o *office, _ store.Operator, _ in, _ string) {
			require.NoError(o.t, o.RequestReset(ctx, home, "ada@example.org"))
		}, desk.ErrLink, false},
		{"the account is disabled", func(o *office, op store.Operator, _ in, _ string) { o.change(op.ID, disable) }, desk.ErrChanged, false},
		{"two-factor is reset", func(o *office, op store.Operator, _ in, _ string) {
			require.NoError(o.t, o.ResetTwoFactor(ctx, desk.CommandLine(), home, op.ID, "lost phone"))
		}, desk.ErrChanged, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			o.person("Root", desk.RoleSuperAdministrator)
			op, ada := o.enrolled("Ada", desk.RoleModerator)
			token := o.resetLink("ada@example.org")
			o.clock.Add(totp.Period * 2) // past the gap between two requests
			d := o.while("ConsumeToken", func() { c.happen(o, op, ada, token) })
			f := desk.LinkForm{Token: token, Password: nonsense, Again: nonsense, Code: ada.codes[0]}
			require.ErrorIs(t, d.Reset(ctx, home, f), c.want)
			_, err := o.signIn("Ada", nonsense)
			require.ErrorIs(t, err, desk.ErrCredentials, "the password was not set")
			if c.usable {
				require.NoError(t, o.Reset(ctx, home, form(token, ada.codes[2])))
			}
		})
	}
}

func TestWhatHappensToASessionWhileItIsUsedDecides(t *testing.T) {
	calls := map[string]func(d *desk.Desk, o *office, id *desk.Identity, ada in) (string, error){
		"step up": func(d *desk.Desk, o *office, id *desk.Identity, ada in) (string, error) {
			return d.StepUp(ctx, home, id, good, o.code(ada.secret))
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
				require.NoError(o.t, o.SignOut(ctx, home, id))
			}, desk.ErrNoSession},
			{"its operator is disabled", func(o *office, op store.Operator, _ *desk.Identity) { o.change(op.ID, disable) }, desk.ErrChanged},
			{"its operator loses the role", func(o *office, op store.Operator, _ *desk.Identity) {
				o.change(op.ID, func(op *store.Operator) { op.PrimaryRole = "" })
			}, desk.ErrChanged},
		} {
			t.Run(name+" while "+c.name, func(t *testing.T) {
				o := newOffice(t)
				o.person("Root", desk.RoleSuperAdministrator)
				op, ada := o.enrolled("Ada", desk.RoleModerator)
				id := o.identity(ada.token)
				before, codes := o.find(op.ID).Password, dump(o.mem, "operators", "sessions", "sessionIDs", "events", "counters")
				d := o.while("ReplaceSession", func() { c.happen(o, op, id) })
				handedOut, err := call(d, o, id, ada)
				require.ErrorIs(t, err, c.want)
				require.Empty(t, handedOut)
				require.Equal(t, before, o.find(op.ID).Password)
				require.True(t, codes == dump(o.mem, "operators", "sessions", "sessionIDs", "events", "counters"))
			})
		}
	}
}

func TestOfTwoNewAddressesTheFirstOneStoredHolds(t *testing.T) {
	o := newOffice(t)
	var first string
	d := o.while("PutParameters", func() {
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
