package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

func TestTheCommunityEndsTheSessionsOfAMember(t *testing.T) {
	o, _ := crowd(t)
	mia := o.enrol("Mia")
	ada := o.enrol("Ada")
	half := o.begun("Mia")
	require.NoError(t, o.EndMemberSessions(ctx, "m-1"))
	require.False(t, o.alive(mia.token))
	_, err := o.SubmitCode(ctx, home, half, o.code(mia.secret))
	require.ErrorIs(t, err, desk.ErrSignInEnded)
	require.True(t, o.alive(ada.token))
	e := o.last()
	require.Equal(t, "session.member_ended", e.Code)
	require.Equal(t, "system", e.ActorID)
	require.Equal(t, "Mia", e.TargetName)
	require.NotEmpty(t, o.again("Mia", mia.secret), "they sign in again")

	t.Run("of nobody is no error", func(t *testing.T) {
		before := dump(o.mem)
		for _, id := range []string{"m-2", "no such", "", "\x00", "\xff"} {
			require.NoError(t, o.EndMemberSessions(ctx, id))
		}
		require.True(t, before == dump(o.mem))
	})
	t.Run("also those about to begin with the password before", func(t *testing.T) {
		d := o.while("PutPreSession", func() { require.NoError(t, o.EndMemberSessions(ctx, "m-1")) })
		_, err := d.SignIn(ctx, home, desk.SignInForm{Login: "Mia", Password: good})
		require.ErrorIs(t, err, desk.ErrSignInEnded)
	})
	t.Run("although something else changes at the same moment", func(t *testing.T) {
		token := o.again("Mia", mia.secret)
		op, err := o.mem.FindOperatorByMember(ctx, "m-1")
		require.NoError(t, err)
		d := o.while("EndSessions", func() { o.change(op.ID, func(op *store.Operator) { op.UpdatedAt = o.Now() }) })
		require.NoError(t, d.EndMemberSessions(ctx, "m-1"))
		require.False(t, o.alive(token))
	})
}
