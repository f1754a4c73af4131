package stores_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// TestAKnownBrowserThatSignsInManyTimesAtOnce is a browser that restores its tabs: all of
// them sign in with the same token, on two replicas.
func TestAKnownBrowserThatSignsInManyTimesAtOnce(t *testing.T) {
	test := func(t *testing.T, st store.Store) {
		const tabs = 3 // as many sessions as an operator may have
		a := testoffice.Open(testoffice.NewRig(t, st))
		a.Rules(map[string]string{"two_factor.who": "recommended"})
		b := a.Another()
		ada := a.Person("Ada", desk.RoleModerator)
		signIn := func(d *desk.Desk, tokens []string) ([]string, error) {
			v := testoffice.Home
			v.Browsers = tokens
			passed, err := d.SignIn(t.Context(), v, desk.SignInForm{Login: "ada", Password: testoffice.Good})
			return passed.Browsers, err
		}
		first, err := signIn(a.Desk, nil)
		require.NoError(t, err)
		var kept [tabs][]string
		var results []<-chan error
		for i := range tabs {
			d := []*desk.Desk{a.Desk, b}[i%2]
			results = append(results, start(func() (err error) {
				kept[i], err = signIn(d, first)
				return err
			}))
		}
		for i, result := range results {
			require.NoError(t, <-result)
			require.Equal(t, kept[0], kept[i], "whichever answer comes last, the browser keeps a token that counts")
		}
		require.NotEqual(t, first, kept[0])
		all, err := st.ListBrowsers(t.Context(), ada.ID)
		require.NoError(t, err)
		require.Len(t, all, 1)
		require.Equal(t, store.DigestOf(kept[0][0]), all[0].Digest)
	}
	t.Run("memory", func(t *testing.T) { test(t, memstore.New()) })
	onEach(t, func(t *testing.T, d database) { test(t, d.store(t)) })
}
