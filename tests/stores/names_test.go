package stores_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// TestANameIsOnePersonsOnEachStore takes other spellings of a name, which no one else
// may have and with which its owner signs in.
func TestANameIsOnePersonsOnEachStore(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		members := testoffice.NewDirectory("Mia")
		o := testoffice.Open(testoffice.NewRig(t, d.store(t)), func(c *desk.Config) { c.Members = members })
		o.Rules(map[string]string{"two_factor.who": "recommended"})
		boss := o.Actor(o.Person("Boss", desk.RoleSuperAdministrator))
		mod := []string{desk.RoleModerator}
		for n, name := range []string{"José", "علی\u200cرضا", "ശ്രീജിത്ത്", "👩\u200D👧", "ΣΊΣΥΦΟΣ", "İpek"} {
			op := o.Person(name, desk.RoleModerator)
			looks := []string{"Jose\u0301", "علیرضا", "ശ്രീജിത്ത്\u200D", "👩👧", "σίσυφος", "ipek"}[n]
			_, _, err := o.Invite(t.Context(), boss, testoffice.Home, desk.InviteForm{Email: "other@example.org", Name: looks, Roles: mod})
			var bad *desk.InvalidError
			require.ErrorAs(t, err, &bad, looks)
			require.ErrorContains(t, err, "Another operator has this name")
			passed, err := o.Login(looks, testoffice.Good)
			require.NoError(t, err, looks)
			require.Equal(t, op.ID, o.Identity(passed.Token).Operator.ID)
			require.Equal(t, name, o.Find(op.ID).Name)
		}

		encoded, err := o.Hasher.Hash(t.Context(), testoffice.Better)
		require.NoError(t, err)
		lea := o.Add(store.Operator{State: store.OperatorActive, Password: encoded}, "Lea", desk.RoleModerator)
		mia, err := o.Grant(t.Context(), boss, testoffice.Home, "m-mia", mod)
		require.NoError(t, err)
		members.Rename("m-mia", "Lea")
		for password, id := range map[string]string{testoffice.Better: lea.ID, testoffice.Good: mia.ID} {
			passed, err := o.Login("Lea", password)
			require.NoError(t, err, "two who share a login each sign in with their own password")
			require.Equal(t, id, o.Identity(passed.Token).Operator.ID)
		}
	})
}
