package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// impatient is a store whose caller hangs up once a try was counted, before it
// is looked at.
type impatient struct {
	store.Store
	hangUp context.CancelFunc
	// hits is the count after which the caller is gone; zero: a look at the
	// name.
	hits int
}

func (i *impatient) Hit(ctx context.Context, key string, l store.Limit, now time.Time) (store.Counter, time.Time, bool, error) {
	c, retryAt, ok, err := i.Store.Hit(ctx, key, l, now)
	if i.hits--; i.hits == 0 {
		i.hangUp()
	}
	return c, retryAt, ok, err
}

func (i *impatient) FindOperatorByLogin(ctx context.Context, login string) (store.Operator, error) {
	o, err := i.Store.FindOperatorByLogin(ctx, login)
	i.hangUp()
	return o, err
}

func TestHangingUpMakesNoGuessFree(t *testing.T) {
	const recovery = "AAAA-AAAA-AAAA-AAAA"
	for name, c := range map[string]struct {
		hits, tries int
		prepare     func(o *office, ada in) func(ctx context.Context, d *desk.Desk) error
		refusal     error
		event       string
	}{
		"signing in": {0, 5, func(*office, in) func(context.Context, *desk.Desk) error {
			return func(ctx context.Context, d *desk.Desk) error {
				_, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Ada", Password: nonsense})
				return err
			}
		}, desk.ErrCredentials, "signin.refused"},
		"signing in as nobody": {0, 5, func(*office, in) func(context.Context, *desk.Desk) error {
			return func(ctx context.Context, d *desk.Desk) error {
				_, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Zoe", Password: nonsense})
				return err
			}
		}, desk.ErrCredentials, "signin.refused"},
		"stepping up": {1, 5, func(o *office, ada in) func(context.Context, *desk.Desk) error {
			id := o.identity(ada.token)
			return func(ctx context.Context, d *desk.Desk) error {
				_, err := d.StepUp(ctx, home, id, nonsense, "000000")
				return err
			}
		}, desk.ErrCredentials, "step_up.refused"},
		"a code": {1, 4, func(o *office, ada in) func(context.Context, *desk.Desk) error {
			pre := o.begun("Ada")
			return func(ctx context.Context, d *desk.Desk) error {
				_, err := d.SubmitCode(ctx, home, pre, o.wrong(ada.secret))
				return err
			}
		}, desk.ErrCode, "code.refused"},
		"a recovery code": {1, 4, func(o *office, _ in) func(context.Context, *desk.Desk) error {
			pre := o.begun("Ada")
			return func(ctx context.Context, d *desk.Desk) error {
				_, err := d.SubmitCode(ctx, home, pre, recovery)
				return err
			}
		}, desk.ErrCode, "recovery.refused"},
		"a reset": {2, 5, func(o *office, _ in) func(context.Context, *desk.Desk) error {
			link := o.resetLink("ada@example.org")
			return func(ctx context.Context, d *desk.Desk) error {
				return d.Reset(ctx, home, desk.LinkForm{Token: link, Password: better, Again: better, Code: recovery})
			}
		}, desk.ErrCode, "recovery.refused"},
		"a first code": {1, 5, func(o *office, ada in) func(context.Context, *desk.Desk) error {
			id := o.identity(ada.token)
			e, err := o.BeginEnrolment(ctx, id)
			require.NoError(o.t, err)
			return func(ctx context.Context, d *desk.Desk) error {
				_, _, err := d.ConfirmEnrolment(ctx, home, id, e.Sealed, o.wrong(e.Key.Secret), "")
				return err
			}
		}, desk.ErrCode, "code.refused"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			_, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
			guess := c.prepare(o, ada)
			for range c.tries {
				gone, hangUp := context.WithCancel(ctx)
				d := o.over(&impatient{strict(o.mem), hangUp, c.hits})
				require.ErrorIs(t, guess(gone, d), c.refusal)
				require.Error(t, gone.Err())
			}
			require.Equal(t, c.tries, o.count(c.event), "and each is in the audit")
			hashes := o.hasher.Runs()
			err := guess(ctx, o.Desk)
			require.Error(t, err)
			if c.tries == 5 {
				requireLimited(t, err, o.Now().Add(30*time.Second))
				require.Equal(t, hashes, o.hasher.Runs())
			} else {
				require.ErrorIs(t, err, desk.ErrTooManyCodes)
			}
		})
	}
}

func TestHangingUpAfterARightCodeSignsInAllTheSame(t *testing.T) {
	o := newOffice(t)
	_, ada := o.enrolled("Ada", desk.RoleSuperAdministrator)
	pre := o.begun("Ada")
	gone, hangUp := context.WithCancel(ctx)
	passed, err := o.over(&impatient{strict(o.mem), hangUp, 1}).SubmitCode(gone, home, pre, o.code(ada.secret))
	require.NoError(t, err)
	require.True(t, o.alive(passed.Token))
	o.clock.Add(totp.Period)
	for range 4 {
		_, err := o.SubmitCode(ctx, home, o.begun("Ada"), o.wrong(ada.secret))
		require.ErrorIs(t, err, desk.ErrCode, "the right one left no failure behind")
	}
}
