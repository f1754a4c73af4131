package backoffice_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

func TestAPageOfTheHostGrantsAccessWithTheRightsOfWhoIsSignedIn(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) { c.Members = members{} })
	var err error
	o.admin.HandleFunc("GET /grant/{member}/{role}", func(_ http.ResponseWriter, r *http.Request) {
		err = o.Grant(r.Context(), r.PathValue("member"), r.PathValue("role"))
	})
	require.Error(t, o.Grant(ctx, "m-mel", backoffice.Moderator), "outside the office")

	o.enrolled("Mod", backoffice.Moderator).get("/grant/m-mel/moderator")
	require.ErrorIs(t, err, backoffice.ErrForbidden)
	ada := o.enrolled("Ada", backoffice.Administrator)
	ada.get("/grant/m-nobody/moderator")
	require.ErrorIs(t, err, backoffice.ErrNotFound)
	ada.get("/grant/m-mel/super-administrator")
	require.ErrorContains(t, err, "only what you hold yourself")
	ada.get("/grant/m-mel/moderator")
	require.NoError(t, err)

	var granted store.Event
	for _, e := range o.events() {
		if e.Code == "operator.granted" {
			granted = e
		}
	}
	require.Equal(t, ada.ID, granted.ActorID, "the audit names who did it")
	require.NotEmpty(t, granted.Address)
}

func TestHSTSCanLeaveSubdomainsOut(t *testing.T) {
	for _, hostOnly := range []bool{false, true} {
		o := newOffice(t, func(c *backoffice.Config) { c.HSTSHostOnly = hostOnly })
		want := "max-age=31536000; includeSubDomains"
		if hostOnly {
			want = "max-age=31536000"
		}
		b := o.browser()
		res, err := b.client.Do(b.request(http.MethodGet, "/login", nil))
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, want, res.Header.Get("Strict-Transport-Security"))
	}
}

func TestAMistakeIsNamedByItsOwnField(t *testing.T) {
	cfg := least(t)
	cfg.OldSecrets = [][]byte{make([]byte, 32)}
	cfg.Look.Accent = "teal"
	_, err := backoffice.New(ctx, cfg)
	require.ErrorContains(t, err, "Config.OldSecrets[0]")
	require.ErrorContains(t, err, "Config.Look")
	require.NotContains(t, err.Error(), "Config.Templates")
	require.NotContains(t, err.Error(), "Config.Secret:")
}
