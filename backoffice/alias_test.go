package backoffice_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// run does an office's periodic work until the test ends.
func run(t testing.TB, o *backoffice.Office) {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- o.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		require.ErrorIs(t, <-ended, context.Canceled)
	})
}

func TestAChangedAddress(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	replica := o.replica()
	there := ada.At(replica)
	require.Equal(t, http.StatusOK, there.Get("/account").Status)

	address, err := o.RotateAlias(ctx)
	require.NoError(t, err)
	require.Equal(t, address, o.HomeURL())
	base := strings.TrimSuffix(strings.TrimPrefix(address, o.Cfg.Origin), "/")
	require.NotEqual(t, o.Base, base)
	for name, b := range map[string]*browser{"here": ada.Browser, "on another replica": there} {
		for _, path := range []string{"/", "/login", "/account", "/static/x"} {
			require.Equal(t, "meadow", b.Get(path).Header.Get("X-Community"), "%s: the old address is dead at once", name)
		}
	}
	require.Equal(t, http.StatusOK, ada.Moved(base).Get("/account").Status, "sessions go on")
	require.Equal(t, 1, o.Count("alias.changed"))
}

func TestANewAddressIsKnownWhereRunRuns(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	run(t, o.Office)
	other := o.Another()
	address, err := other.RotateAlias(ctx)
	require.NoError(t, err)
	base := strings.TrimSuffix(strings.TrimPrefix(address, o.Cfg.Origin), "/")
	require.Eventually(t, func() bool { return ada.Moved(base).Get("/account").Status == http.StatusOK },
		20*time.Second, 20*time.Millisecond)
	require.Equal(t, address, o.HomeURL())
}

func TestAnAddressThatNobodyConfirmedRollsBack(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	const pending = "/brand-new-address"
	o.ChangeParameters(func(p *store.Parameters) {
		p.PreviousAlias, p.Alias, p.ConfirmBy = p.Alias, pending[1:], o.Clock.Now().Add(15*time.Minute)
	})
	require.Equal(t, http.StatusNotFound, ada.Get("/account").Status, "the old one is dead at once")
	require.Equal(t, http.StatusOK, ada.Moved(pending).Get("/account").Status)
	o.Clock.Add(15*time.Minute - time.Second)
	require.Equal(t, http.StatusOK, ada.Moved(pending).Get("/account").Status)
	o.Clock.Add(time.Second)
	require.Equal(t, http.StatusNotFound, ada.Moved(pending).Get("/account").Status)
	require.Equal(t, http.StatusOK, ada.Get("/account").Status, "by the clock alone, before anything is written")
	run(t, o.Office)
	require.Eventually(t, func() bool { return o.Count("alias.rolled_back") == 1 }, 20*time.Second, 20*time.Millisecond)
	p, err := o.Mem.LoadParameters(ctx)
	require.NoError(t, err)
	require.Equal(t, o.Base[1:], p.Alias)
	require.Empty(t, p.PreviousAlias)
}
