package stores_test

import (
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// TestOfAFormSentToManyReplicasOneIsHandled sends one form many times at once, to two
// replicas with connections of their own.
func TestOfAFormSentToManyReplicasOneIsHandled(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		st := d.store(t)
		site := browse.New(t, func(c *backoffice.Config) { c.Store = st })
		site.Under = st
		site.Cfg.Store = d.over(t, d.open(t))
		there := httptest.NewTLSServer(site.Another().Wrap(http.HandlerFunc(browse.Community)))
		t.Cleanup(there.Close)
		ada := site.Enrolled("Ada", backoffice.Moderator)
		form := ada.Get("/account/recovery-codes/new").Form("/account/recovery-codes")
		answers := make([]browse.Page, 12)
		var all sync.WaitGroup
		for i := range answers {
			b := ada.Browser
			if i%2 == 1 {
				b = b.At(there)
			}
			all.Go(func() { answers[i] = b.Post("/account/recovery-codes", form) })
		}
		all.Wait()
		for _, answer := range answers {
			require.Equal(t, http.StatusOK, answer.Status, answer.Text())
			require.Equal(t, answers[0].RecoveryCodes(), answer.RecoveryCodes())
		}
		require.True(t, ada.SignedIn())
		require.Equal(t, 1, site.Count("two_factor.codes_replaced"))
	})
}
