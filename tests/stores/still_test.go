package stores_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// TestAStreamAsksOnEachStore asks who is signed in while a step-up gives the session
// another token, and signing out ends it.
func TestAStreamAsksOnEachStore(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		d.store(t)
		db, sent := d.record(t)
		o := browse.Over(testoffice.NewRig(t, d.over(t, db)))
		var stream context.Context
		o.Inside.HandleFunc("/live", func(_ http.ResponseWriter, r *http.Request) { stream = context.WithoutCancel(r.Context()) })
		ada := o.Enrolled("Ada", backoffice.Moderator)
		require.Equal(t, http.StatusOK, ada.Get("/live").Status)
		still := func() {
			t.Helper()
			op, err := backoffice.StillSignedIn(stream)
			require.NoError(t, err)
			require.Equal(t, "Ada", op.Name)
		}
		one := func() {
			t.Helper()
			sent.take()
			still()
			require.Len(t, sent.take(), 1, "statements")
		}
		one()
		o.Clock.Add(6 * time.Minute)
		require.Equal(t, "/", ada.Submit(ada.Get("/step-up"), "/step-up", "password", testoffice.Good, "code", o.Code(ada.Secret)).Location)
		still()
		one()
		require.Equal(t, http.StatusSeeOther, ada.Submit(ada.Get("/account"), "/logout").Status)
		_, err := backoffice.StillSignedIn(stream)
		require.ErrorIs(t, err, backoffice.ErrSignedOut)
	})
}
