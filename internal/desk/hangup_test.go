package desk_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/totp"
)

func TestHangingUpMakesNoGuessFree(t *testing.T) {
	const recovery = "AAAA-AAAA-AAAA-AAAA"
	for name, c := range map[string]struct {
		// hashed says that the caller hangs up after a slow hash, and not only after the
		// attempt was counted.
		hashed  bool
		tries   int
		prepare func(o *office, ada in) func(ctx context.Context, d *desk.Desk) error
		refusal error
		event   string
	}{
		"signing in": {true, 5, func(*office, in) func(context.Context, *desk.Desk) error {
			return func(ctx context.Context, d *desk.Desk) error {
				_, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Ada", Password: nonsense})
				return err
			}
		}, desk.ErrCredentials, "signin.refused"},
		"signing in as nobody": {true, 5, func(*office, in) func(context.Context, *desk.Desk) error {
			return func(ctx context.Context, d *desk.Desk) error {
				_, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Zoe", Password: nonsense})
				return err
			}
		}, desk.ErrCredentials, "signin.refused"},
		"stepping up": {true, 5, func(o *office, ada in) func(context.Context, *desk.Desk) error {
			id := o.Identity(ada.Token)
			return func(ctx context.Context, d *desk.Desk) error {
				_, err := d.StepUp(ctx, home, id, nonsense, "000000")
				return err
			}
		}, desk.ErrCredentials, "step_up.refused"},
		"a code": {false, 4, func(o *office, ada in) func(context.Context, *desk.Desk) error {
			pre := o.Begun("Ada")
			return func(ctx context.Context, d *desk.Desk) error {
				_, err := d.SubmitCode(ctx, home, pre, o.WrongCode(ada.Secret))
				return err
			}
		}, desk.ErrCode, "code.refused"},
		"a recovery code": {true, 4, func(o *office, _ in) func(context.Context, *desk.Desk) error {
			pre := o.Begun("Ada")
			return func(ctx context.Context, d *desk.Desk) error {
				_, err := d.SubmitCode(ctx, home, pre, recovery)
				return err
			}
		}, desk.ErrCode, "recovery.refused"},
		"a reset": {true, 5, func(o *office, _ in) func(context.Context, *desk.Desk) error {
			link := o.ResetLink("ada@example.org")
			return func(ctx context.Context, d *desk.Desk) error {
				_, err := d.Reset(ctx, home, desk.LinkForm{Token: link, Password: better, Again: better, Code: recovery})
				return err
			}
		}, desk.ErrCode, "recovery.refused"},
		"a first code": {false, 5, func(o *office, ada in) func(context.Context, *desk.Desk) error {
			id := o.Identity(ada.Token)
			e, err := o.BeginEnrolment(id)
			require.NoError(o.T, err)
			return func(ctx context.Context, d *desk.Desk) error {
				_, _, err := d.ConfirmEnrolment(ctx, home, id, e.Sealed, o.WrongCode(e.Key.Secret), "")
				return err
			}
		}, desk.ErrCode, "code.refused"},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
			guess := c.prepare(o, ada)
			for range c.tries {
				gone, hangUp := context.WithCancel(ctx)
				d, st := o.Faulty()
				if c.hashed {
					st.Before("AppendEvent", hangUp)
				} else {
					st.After("Hit", 1, hangUp)
				}
				require.ErrorIs(t, guess(gone, d), c.refusal)
				require.Error(t, gone.Err())
			}
			require.Equal(t, c.tries, o.Count(c.event), "and each is in the audit")
			hashes := o.Hasher.Runs()
			err := guess(ctx, o.Desk)
			require.Error(t, err)
			if c.tries == 5 {
				requireLimited(t, err, o.Now().Add(30*time.Second))
				require.Equal(t, hashes, o.Hasher.Runs())
			} else {
				require.ErrorIs(t, err, desk.ErrTooManyCodes)
			}
		})
	}
}

func TestHangingUpAfterARightCodeSignsInAllTheSame(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	pre := o.Begun("Ada")
	gone, hangUp := context.WithCancel(ctx)
	d, st := o.Faulty()
	st.After("Hit", 1, hangUp)
	passed, err := d.SubmitCode(gone, home, pre, o.Code(ada.Secret))
	require.NoError(t, err)
	require.True(t, o.Alive(passed.Token))
	o.Clock.Add(totp.Period)
	for range 4 {
		_, err := o.SubmitCode(ctx, home, o.Begun("Ada"), o.WrongCode(ada.Secret))
		require.ErrorIs(t, err, desk.ErrCode, "the right one left no failure behind")
	}
}

func TestWhoHangsUpBeforeTheHashBeginsIsNotHashedAndHasNotTried(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	id, pre, link := o.Identity(ada.Token), o.Begun("Ada"), o.ResetLink("ada@example.org")
	before, hashes := o.Dump("counters"), o.Hasher.Runs()
	for range 6 {
		for _, try := range []func(context.Context, *desk.Desk) error{
			func(ctx context.Context, d *desk.Desk) error { _, err := signingIn("Ada", good)(ctx, d); return err },
			func(ctx context.Context, d *desk.Desk) error { _, err := signingIn("Zoe", good)(ctx, d); return err },
			func(ctx context.Context, d *desk.Desk) error {
				_, err := posting(pre, ada.Codes[0])(ctx, d)
				return err
			},
			func(ctx context.Context, d *desk.Desk) error {
				_, err := d.StepUp(ctx, home, id, good, o.Code(ada.Secret))
				return err
			},
			func(ctx context.Context, d *desk.Desk) error {
				_, err := d.Reset(ctx, home, form(link, ada.Codes[0]))
				return err
			},
		} {
			gone, hangUp := context.WithCancel(ctx)
			d, st := o.Faulty()
			st.Before("Hit", func() { st.After("Hit", 1, hangUp) })
			st.After("FindSignIn", 1, func() { st.After("Hit", 1, hangUp) })
			require.ErrorIs(t, try(gone, d), context.Canceled)
		}
	}
	require.Equal(t, hashes, o.Hasher.Runs())
	require.Equal(t, before, o.Dump("counters"))
	_, err := o.Login("Ada", good)
	require.NoError(t, err)
	_, err = o.SubmitCode(ctx, home, pre, ada.Codes[0])
	require.NoError(t, err)
	require.NoError(t, o.Reset(ctx, home, form(link, ada.Codes[1])))
}

// hangsUp is a checker of passwords during which the client leaves.
type hangsUp struct{ leave func() }

func (h *hangsUp) Breached(context.Context, string) (bool, error) {
	h.leave()
	return false, nil
}

func TestWhoHangsUpAfterAHashGetsNoMoreOfThemForNothing(t *testing.T) {
	checker := &hangsUp{func() {}}
	o := newOffice(t, func(c *desk.Config) { c.Breaches = checker })
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	link := o.ResetLink("ada@example.org")
	gone, hangUp := context.WithCancel(ctx)
	checker.leave = hangUp
	hashes := o.Hasher.Runs()
	require.NoError(t, o.Reset(gone, home, form(link, ada.Codes[0])), "the code was hashed, so the rest is done, too")
	require.Error(t, gone.Err())
	require.Greater(t, o.Hasher.Runs(), hashes+1)
	checker.leave = func() {}
	require.ErrorIs(t, o.Reset(ctx, home, form(link, ada.Codes[1])), desk.ErrLink)
}
