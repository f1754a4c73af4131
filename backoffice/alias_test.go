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

// moved is the same browser at another alias.
func (b *browser) moved(base string) *browser {
	other, o := *b, *b.o
	o.base = base
	other.o = &o
	return &other
}

func TestAChangedAddress(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	replica := o.replica()
	there := ada.at(replica)
	require.Equal(t, http.StatusOK, there.get("/account").status)

	address, err := o.RotateAlias(ctx)
	require.NoError(t, err)
	require.Equal(t, address, o.HomeURL())
	base := strings.TrimSuffix(strings.TrimPrefix(address, o.cfg.Origin), "/")
	require.NotEqual(t, o.base, base)
	for name, b := range map[string]*browser{"here": ada.browser, "on another replica": there} {
		for _, path := range []string{"/", "/login", "/account", "/static/x"} {
			require.Equal(t, "meadow", b.get(path).header.Get("X-Community"), "%s: the old address is dead at once", name)
		}
	}
	require.Equal(t, http.StatusOK, ada.moved(base).get("/account").status, "sessions go on")
	require.Equal(t, 1, o.count("alias.changed"))
}

func TestANewAddressIsKnownWhereRunRuns(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	run(t, o.Office)
	other := o.another()
	address, err := other.RotateAlias(ctx)
	require.NoError(t, err)
	base := strings.TrimSuffix(strings.TrimPrefix(address, o.cfg.Origin), "/")
	require.Eventually(t, func() bool { return ada.moved(base).get("/account").status == http.StatusOK },
		20*time.Second, 20*time.Millisecond)
	require.Equal(t, address, o.HomeURL())
}

func TestAnAddressThatNobodyConfirmedRollsBack(t *testing.T) {
	o := newOffice(t)
	ada := o.enrolled("Ada", backoffice.Moderator)
	const pending = "/brand-new-address"
	o.set(func(p *store.Parameters) {
		p.PreviousAlias, p.Alias, p.ConfirmBy = p.Alias, pending[1:], o.clock.Now().Add(15*time.Minute)
	})
	require.Equal(t, http.StatusNotFound, ada.get("/account").status, "the old one is dead at once")
	require.Equal(t, http.StatusOK, ada.moved(pending).get("/account").status)
	o.clock.Add(15*time.Minute - time.Second)
	require.Equal(t, http.StatusOK, ada.moved(pending).get("/account").status)
	o.clock.Add(time.Second)
	require.Equal(t, http.StatusNotFound, ada.moved(pending).get("/account").status)
	require.Equal(t, http.StatusOK, ada.get("/account").status, "by the clock alone, before anything is written")
	run(t, o.Office)
	require.Eventually(t, func() bool { return o.count("alias.rolled_back") == 1 }, 20*time.Second, 20*time.Millisecond)
	p, err := o.mem.LoadParameters(ctx)
	require.NoError(t, err)
	require.Equal(t, o.base[1:], p.Alias)
	require.Empty(t, p.PreviousAlias)
}
