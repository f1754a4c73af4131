package desk_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

func setupForm(token string) desk.SetupForm {
	return desk.SetupForm{Token: token, Email: "ada@example.org", Name: "Ada", Password: good, Again: good}
}

func setupToken(t testing.TB, d *desk.Desk) string {
	token, err := d.SetupToken(ctx)
	require.NoError(t, err)
	return token
}

func TestSetupMakesTheFirstSuperAdministratorAndSignsNobodyIn(t *testing.T) {
	o := newOffice(t)
	require.NoError(t, o.SetUp(ctx, home, setupForm(setupToken(t, o.Desk))))

	op, err := o.Mem.FindOperatorByLogin(ctx, "ada")
	require.NoError(t, err)
	require.True(t, op.IsActiveSuperAdministrator())
	require.Equal(t, "ada@example.org", op.EmailKey)
	sessions := o.SessionsOf(op.ID)
	require.Empty(t, sessions)
	require.Equal(t, 1, o.Count("setup.completed"))

	passed, err := o.Login("Ada", good)
	require.NoError(t, err)
	require.False(t, passed.SignedIn, "the second factor is still to come")
}

func TestSetupWorksOnce(t *testing.T) {
	o := newOffice(t)
	token := setupToken(t, o.Desk)
	other := setupToken(t, o.Another())
	require.NoError(t, o.SetUp(ctx, home, setupForm(token)))

	for name, token := range map[string]string{"the same link": token, "another replica's link": other} {
		f := setupForm(token)
		f.Name, f.Email = "Eve", "eve@example.org"
		require.ErrorIs(t, o.SetUp(ctx, home, f), desk.ErrSetUp, name)
	}
	_, err := o.SetupToken(ctx)
	require.ErrorIs(t, err, desk.ErrSetUp)
	_, err = o.Mem.FindOperatorByLogin(ctx, "eve")
	require.ErrorIs(t, err, store.ErrNotFound)
}

func TestSetupRefusesLinksThatDoNotWork(t *testing.T) {
	o := newOffice(t)
	token := setupToken(t, o.Desk)
	require.ErrorIs(t, o.SetUp(ctx, home, setupForm("")), desk.ErrLink)
	require.ErrorIs(t, o.SetUp(ctx, home, setupForm(strings.ToLower(token))), desk.ErrLink)

	o.Clock.Add(24*time.Hour - time.Microsecond)
	require.Error(t, o.SetUp(ctx, home, desk.SetupForm{Token: token}), "still known, but the form is empty")
	o.Clock.Add(time.Microsecond)
	require.ErrorIs(t, o.SetUp(ctx, home, setupForm(token)), desk.ErrLink)
	has, err := o.Mem.HasOperators(ctx)
	require.NoError(t, err)
	require.False(t, has)
}

func TestSetupKeepsTheLinkWhileTheFormIsRefused(t *testing.T) {
	o := newOffice(t)
	token := setupToken(t, o.Desk)
	for _, c := range []struct {
		field, code string
		form        desk.SetupForm
	}{
		{"password", "too_short", desk.SetupForm{Email: "ada@example.org", Name: "Ada", Password: "short", Again: "short"}},
		{"password_again", "differs", desk.SetupForm{Email: "ada@example.org", Name: "Ada", Password: good, Again: better}},
		{"password", "required", desk.SetupForm{Email: "ada@example.org", Name: "Ada"}},
		{"name", "required", desk.SetupForm{Email: "ada@example.org", Name: " \t ", Password: good, Again: good}},
		{"name", "at_sign", desk.SetupForm{Email: "ada@example.org", Name: "a@b", Password: good, Again: good}},
		{"name", "not_text", desk.SetupForm{Email: "ada@example.org", Name: "A\u200bda", Password: good, Again: good}},
		{"email", "not_address", desk.SetupForm{Email: "nobody", Name: "Ada", Password: good, Again: good}},
		{"email", "required", desk.SetupForm{Name: "Ada", Password: good, Again: good}},
		{"password", "context", desk.SetupForm{Email: "ada@example.org", Name: "Marigold Fernandez", Password: "MarigoldFernandez1!", Again: "MarigoldFernandez1!"}},
	} {
		t.Run(c.field+" "+c.code, func(t *testing.T) {
			c.form.Token = token
			requireProblem(t, o.SetUp(ctx, home, c.form), c.field, c.code)
		})
	}
	require.NoError(t, o.SetUp(ctx, home, setupForm(token)))
}

func TestSetupForgivesManySlipsButNotManyWrongLinks(t *testing.T) {
	o := newOffice(t)
	token := setupToken(t, o.Desk)
	for range 30 {
		requireProblem(t, o.SetUp(ctx, home, desk.SetupForm{Token: token}), "password", "required")
	}
	began := o.Now()
	for range 20 {
		require.ErrorIs(t, o.SetUp(ctx, home, setupForm("")), desk.ErrLink)
	}
	requireLimited(t, o.SetUp(ctx, home, setupForm("")), began.Add(45*time.Second))
	require.NoError(t, o.SetUp(ctx, home, setupForm(token)))
}

func TestOfManySetupsAtOnceOneWins(t *testing.T) {
	o := newOffice(t)
	tokens := make([]string, 100)
	for i := range tokens {
		tokens[i] = setupToken(t, o.Desk)
	}
	errs := testoffice.Race(len(tokens), func(i int) error {
		f := setupForm(tokens[i])
		f.Name, f.Email = fmt.Sprintf("Ada %d", i), fmt.Sprintf("ada%d@example.org", i)
		return o.SetUp(ctx, from(fmt.Sprintf("198.51.100.%d", i)), f)
	})
	require.Equal(t, 1, winners(errs))
	for _, err := range errs {
		if err != nil {
			require.ErrorIs(t, err, desk.ErrSetUp)
		}
	}
	operators, err := o.Mem.ListOperators(ctx, store.OperatorQuery{Limit: 500})
	require.NoError(t, err)
	require.Len(t, operators.Rows, 1)
}
