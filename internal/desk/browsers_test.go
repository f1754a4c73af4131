package desk_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

// keeping is a visit of a browser that keeps these tokens.
func keeping(tokens ...string) desk.Visit {
	v := home
	v.Browsers = tokens
	return v
}

// knows returns the browser of the operator that one of the tokens finds, or "".
func (o *office) knows(login string, tokens ...string) string {
	o.T.Helper()
	q := store.SignInQuery{Login: login}
	for _, token := range tokens {
		q.Browsers = append(q.Browsers, store.DigestOf(token))
	}
	v, err := o.Under.FindSignIn(ctx, q)
	require.NoError(o.T, err)
	return v.Browser.ID
}

// enters signs in an operator without a second factor, and returns the tokens that the
// browser keeps.
func (o *office) enters(login string, tokens ...string) []string {
	o.T.Helper()
	passed, err := o.SignIn(ctx, keeping(tokens...), desk.SignInForm{Login: login, Password: good})
	require.NoError(o.T, err)
	require.True(o.T, passed.SignedIn)
	require.NotEmpty(o.T, passed.Browsers)
	return passed.Browsers
}

func staffedWithAda(t *testing.T) *office {
	o := newOffice(t)
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	o.Person("Root", desk.RoleSuperAdministrator)
	o.Person("Ada", desk.RoleModerator)
	return o
}

func TestABrowserIsKnownFromACompletedSignInOn(t *testing.T) {
	o := newOffice(t)
	_, ada := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	had := len(o.browsers("ada"))
	passed, err := o.SignIn(ctx, home, desk.SignInForm{Login: "ada", Password: good})
	require.NoError(t, err)
	require.False(t, passed.SignedIn)
	require.Nil(t, passed.Browsers, "the password alone makes nothing known")
	o.Clock.Add(totp.Period)
	passed, err = o.SubmitCode(ctx, home, passed.Token, o.Code(ada.Secret))
	require.NoError(t, err)
	require.Len(t, passed.Browsers, 1)
	require.Len(t, o.browsers("ada"), had+1)
	known := o.browsers("ada")[0]
	require.Equal(t, o.knows("ada", passed.Browsers[0]), known.ID)
	require.Equal(t, store.Browser{
		ID: known.ID, OperatorID: o.Find("id-of-ada").ID, Digest: store.DigestOf(passed.Browsers[0]),
		CreatedAt: o.Now(), SeenAt: o.Now(), IP: home.IP, UserAgent: home.UserAgent,
	}, known)

	// It opens nothing, and skips nothing.
	require.False(t, o.Alive(passed.Browsers[0]))
	_, err = o.SignIn(ctx, keeping(passed.Browsers...), desk.SignInForm{Login: "ada", Password: nonsense})
	require.ErrorIs(t, err, desk.ErrCredentials)
	again, err := o.SignIn(ctx, keeping(passed.Browsers...), desk.SignInForm{Login: "ada", Password: good})
	require.NoError(t, err)
	require.False(t, again.SignedIn, "the code is still to come")
	_, err = o.PreSession(ctx, passed.Browsers[0])
	require.ErrorIs(t, err, desk.ErrSignInEnded)
}

// browsers lists an operator's browsers, the last seen first.
func (o *office) browsers(login string) []store.Browser {
	o.T.Helper()
	op, err := o.Under.FindOperatorByLogin(ctx, login)
	require.NoError(o.T, err)
	all, err := o.Under.ListBrowsers(ctx, op.ID)
	require.NoError(o.T, err)
	return all
}

func TestEachSignInGivesAKnownBrowserAnotherToken(t *testing.T) {
	o := staffedWithAda(t)
	first := o.enters("ada")
	id := o.knows("ada", first[0])
	o.Clock.Add(time.Hour)
	second := o.enters("ada", first...)
	require.Len(t, second, 1, "it replaces the first")
	require.NotEqual(t, first, second)
	require.Equal(t, id, o.knows("ada", second[0]))
	require.Equal(t, id, o.knows("ada", first[0]), "the answer may have been lost")
	known := o.browsers("ada")[0]
	require.Equal(t, o.Now(), known.SeenAt)
	require.Equal(t, o.Now().Add(-time.Hour), known.CreatedAt)

	third := o.enters("ada", second...)
	require.Equal(t, id, o.knows("ada", third[0]))
	require.Equal(t, id, o.knows("ada", second[0]))
	require.Empty(t, o.knows("ada", first[0]), "the second one did arrive")
	require.Len(t, o.browsers("ada"), 1)
}

func TestAKnownBrowserStaysOneWhateverBecomesOfTheAnswers(t *testing.T) {
	t.Run("an answer is lost", func(t *testing.T) {
		o := staffedWithAda(t)
		first := o.enters("ada")
		lost := o.enters("ada", first...)
		require.Equal(t, lost, o.enters("ada", first...), "the old token leads to the same new one")
		o.enters("ada", lost...)
		require.Len(t, o.browsers("ada"), 1)
	})
	t.Run("two tabs sign in at once", func(t *testing.T) {
		o := staffedWithAda(t)
		first := o.enters("ada")
		var between []string
		d := o.While("PutBrowser", func() { between = o.enters("ada", first...) })
		passed, err := d.SignIn(ctx, keeping(first...), desk.SignInForm{Login: "ada", Password: good})
		require.NoError(t, err)
		require.Equal(t, between, passed.Browsers, "either answer may be the last to arrive")
		require.NotEmpty(t, o.knows("ada", passed.Browsers[0]))
		require.Len(t, o.browsers("ada"), 1)
	})
	t.Run("the database could not store it", func(t *testing.T) {
		o := staffedWithAda(t)
		first := o.enters("ada")
		d, st := o.Faulty()
		st.FailMethod("PutBrowser", store.ErrReadOnly)
		_, err := d.SignIn(ctx, keeping(first...), desk.SignInForm{Login: "ada", Password: good})
		require.Error(t, err, "the session neither: they are one commit")
		require.NotEmpty(t, o.knows("ada", first[0]))
	})
}

func TestATokenIsBoundToItsAccount(t *testing.T) {
	o := staffedWithAda(t)
	o.Person("Eve", desk.RoleModerator)
	eves := o.enters("eve")
	require.Empty(t, o.knows("ada", eves[0]))
	both := o.enters("ada", eves...)
	require.Len(t, both, 2, "a browser of two accounts keeps a token for each")
	require.Equal(t, eves[0], both[1])
	require.Len(t, o.browsers("ada"), 1)
	require.NotEqual(t, o.knows("ada", both...), o.knows("eve", both...))
	again := o.enters("eve", both...)
	require.Equal(t, both[0], again[1], "the other account's stays as it is")
}

func TestABrowserKeepsFourTokensTheNewestFirst(t *testing.T) {
	o := staffedWithAda(t)
	var kept []string
	for _, name := range []string{"Ben", "Cem", "Dov", "Eva", "Fay"} {
		o.Person(name, desk.RoleModerator)
		kept = o.enters(name, kept...)
	}
	require.Len(t, kept, desk.BrowserTokens)
	require.Empty(t, o.knows("ben", kept...))
	require.NotEmpty(t, o.knows("cem", kept...))

	// Further tokens of a browser are ignored.
	garbage := slices.Repeat([]string{"garbage"}, 100)
	require.Len(t, o.enters("ada", append(garbage, kept...)...), desk.BrowserTokens)
}

func TestAnOperatorHasTenKnownBrowsers(t *testing.T) {
	o := staffedWithAda(t)
	o.Rules(map[string]string{"two_factor.who": "recommended", "session.per_operator": "2"})
	var first []string
	for i := range 11 {
		kept := o.enters("ada")
		if i == 0 {
			first = kept
		}
		o.Clock.Add(time.Hour)
	}
	require.Len(t, o.browsers("ada"), 10)
	require.Empty(t, o.knows("ada", first[0]), "the one unused for longest made room")
}

func TestABrowserIsForgottenWhenItWasNotUsedForLong(t *testing.T) {
	o := staffedWithAda(t)
	kept := o.enters("ada")
	o.Clock.Add(desk.BrowserLife - time.Second)
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	again := o.enters("ada", kept...)
	require.Len(t, o.browsers("ada"), 1, "known until then")
	o.Clock.Add(desk.BrowserLife)
	late := o.enters("ada", again...)
	require.Len(t, o.browsers("ada"), 2, "no longer known, although nothing is purged yet")
	o.Clock.Add(time.Second)
	require.NoError(t, o.PurgeAt(ctx, o.Now()))
	require.Len(t, o.browsers("ada"), 1)
	require.NotEmpty(t, o.knows("ada", late[0]))
}

func TestAClockThatWasWrongKeepsNoBrowserKnown(t *testing.T) {
	o := staffedWithAda(t)
	now := o.Now()
	o.Clock.Set(now.AddDate(5, 0, 0))
	kept := o.enters("ada")
	o.Clock.Set(now)
	o.enters("ada", kept...)
	require.Len(t, o.browsers("ada"), 2)
}

func TestAStolenBrowserTokenGivesTenGuessesInItsWholeLife(t *testing.T) {
	o := staffedWithAda(t)
	ada, thief := o.enters("ada"), home
	thief.Browsers, thief.IP = ada, "198.51.100.1"
	guesses := 0
	for range 180 { // days, each with fewer attempts than end it
		for range 8 {
			if len(o.knows("ada", ada...)) == 0 {
				break
			}
			if _, err := o.signIn(thief, "ada", nonsense); errors.Is(err, desk.ErrCredentials) {
				guesses++
			}
			o.Clock.Add(8 * time.Minute)
		}
		o.Clock.Add(23 * time.Hour)
	}
	require.Equal(t, 10, guesses)
	require.Contains(t, o.Letter("ada@example.org").Text, "no longer knows this browser", "and its owner is told")
}
