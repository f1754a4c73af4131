package desk_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// What failures at the sign-in page and failures in a session have to do with
// each other.

func TestWrongPasswordsInsideAreLimitedLikeThoseAtTheDoorInARowOfTheirOwn(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	id := o.Identity(ada.Token)
	for i := range 5 {
		var err error
		if i%2 == 0 {
			_, err = o.StepUp(ctx, home, id, nonsense, o.Code(ada.Secret))
			require.Equal(t, desk.ErrCredentials, err)
		} else {
			_, err = o.ChangePassword(ctx, home, id, nonsense, better, better)
			requireProblem(t, err, "current_password", "wrong")
			require.Equal(t, "password.change_refused", o.Last().Code)
		}
	}
	until := o.Now().Add(30 * time.Second)
	hashes := o.Hasher.Runs()
	_, err := o.StepUp(ctx, from("198.51.100.9"), id, good, o.Code(ada.Secret))
	requireLimited(t, err, until)
	_, err = o.ChangePassword(ctx, home, id, good, better, better)
	requireLimited(t, err, until)
	require.Equal(t, hashes, o.Hasher.Runs())
	_, err = o.Login("ada@example.org", good)
	require.NoError(t, err, "the door has a row of its own")
	require.True(t, o.Alive(ada.Token))
}

func TestStrangersAtTheDoorKeepNobodyFromWhatTheyAreIn(t *testing.T) {
	for _, c := range []struct {
		name     string
		failures int
		apart    time.Duration
	}{
		{"who made the name wait", 30, 0},
		{"who disabled the password", 100, time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice(t)
			op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
			for i := range c.failures {
				o.Clock.Add(c.apart)
				o.fail(from(fmt.Sprintf("198.51.%d.1", i)), []string{op.Email, "Ada"}[i/50])
			}
			token := o.sessionOf(op)
			o.Clock.Add(6 * time.Minute)
			_, err := o.StepUp(ctx, home, o.Identity(token), nonsense, o.Code(ada.Secret))
			require.ErrorIs(t, err, desk.ErrCredentials)
			token, err = o.StepUp(ctx, home, o.Identity(token), good, o.Code(ada.Secret))
			require.NoError(t, err)
			if c.failures == 100 {
				o.Clock.Add(time.Hour)
				token = o.sessionOf(op)
				_, err = o.Login("Ada", good)
				require.NoError(t, err, "a proof inside ends the row, as a sign-in does")
			}
			_, err = o.ChangePassword(ctx, home, o.Identity(token), good, better, better)
			require.NoError(t, err)
			o.Clock.Add(3 * time.Minute)
			_, err = o.Login("Ada", better)
			require.NoError(t, err, "the failures were with the old password")
		})
	}
}

// sessionOf begins a session without the sign-in page: one that was open all
// the time.
func (o *office) sessionOf(op store.Operator) string {
	token := vault.Token()
	id := vault.ID()
	o.Write(store.PutSession{Session: store.Session{
		Digest: store.DigestOf(token), ID: id, OperatorID: op.ID, CreatedAt: o.Now(), SeenAt: o.Now(), ProvedAt: o.Now(), EndsAt: o.Now().Add(time.Hour), UserAgent: browser,
	}})
	return token
}

func TestWrongPasswordsInsideCountTowardsDisablingThePassword(t *testing.T) {
	o := newOffice(t)
	op, _ := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	for i := range 100 {
		o.Clock.Add(time.Hour)
		if i%2 == 0 {
			_, err := o.StepUp(ctx, home, o.Identity(o.sessionOf(op)), nonsense, "000000")
			require.ErrorIs(t, err, desk.ErrCredentials)
		} else {
			o.fail(home, "Ada")
		}
	}
	o.Clock.Add(time.Hour)
	_, err := o.Login("Ada", good)
	require.ErrorIs(t, err, desk.ErrCredentials)
	require.Contains(t, o.Last().Reason, "disabled after too many failures")
}

func TestGuessingInsideStopsAtAHundredToo(t *testing.T) {
	o := newOffice(t)
	op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	for range 100 {
		_, err := o.StepUp(ctx, home, o.Identity(o.sessionOf(op)), nonsense, "000000")
		require.ErrorIs(t, err, desk.ErrCredentials)
		o.Clock.Add(time.Hour)
	}
	_, err := o.StepUp(ctx, home, o.Identity(o.sessionOf(op)), good, o.Code(ada.Secret))
	requireLimited(t, err, time.Time{})
	require.NoError(t, o.Unlock(ctx, desk.CommandLine(), home, op.ID))
	_, err = o.StepUp(ctx, home, o.Identity(o.sessionOf(op)), good, o.Code(ada.Secret))
	require.NoError(t, err)
}
