package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// A sealed secret is bound to its operator and row, so that someone who writes to
// the database cannot give an operator an authenticator whose secret they know.
func TestASecretMovedToAnotherRowDoesNotOpen(t *testing.T) {
	for name, move := range map[string]func(f *store.Factor, ben string){
		"of the same operator": func(f *store.Factor, _ string) { f.ID = "moved" },
		"of another operator":  func(f *store.Factor, ben string) { f.OperatorID = ben },
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			op, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
			ben, _ := o.Enrolled("Ben", desk.RoleSuperAdministrator)
			moved := o.factors(op.ID)[0]
			owner := op
			move(&moved, ben.ID)
			if moved.OperatorID == ben.ID {
				owner = ben
			}
			o.Write(store.RemoveFactors{OperatorID: op.ID, ID: o.factors(op.ID)[0].ID},
				store.RemoveFactors{OperatorID: ben.ID, ID: o.factors(ben.ID)[0].ID}, store.PutFactor{Factor: moved})
			o.Clock.Add(totp.Period)
			_, err := o.SubmitCode(ctx, home, o.Begun(owner.Name), o.Code(ada.Secret))
			require.ErrorIs(t, err, desk.ErrUnreadable)
		})
	}
}

func TestASignInIsOverOnceItHasPassed(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	pre, e := o.enrolling("Ada")
	_, codes, err := o.ConfirmSignInEnrolment(ctx, home, pre, e.Sealed, o.Code(e.Key.Secret))
	require.NoError(t, err)
	_, err = o.PreSession(ctx, pre)
	require.ErrorIs(t, err, desk.ErrSignInEnded, "with an enrolment")
	for _, code := range []func() string{func() string { return o.Code(e.Key.Secret) }, func() string { return codes[0] }} {
		o.Clock.Add(totp.Period)
		pre := o.Begun("Ada")
		_, err := o.SubmitCode(ctx, home, pre, code())
		require.NoError(t, err)
		_, err = o.PreSession(ctx, pre)
		require.ErrorIs(t, err, desk.ErrSignInEnded)
	}
}
