package backoffice_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// TestTextsAreSaidFromSeveralGoroutines has something to find only with the race detector.
func TestTextsAreSaidFromSeveralGoroutines(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var said [4]string
			var all sync.WaitGroup
			for i := range said {
				all.Go(func() { said[i] = backoffice.Text(r.Context(), "common.cancel") })
			}
			all.Wait()
			_, _ = w.Write([]byte(said[0] + said[3]))
		})
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	require.Equal(t, "CancelCancel", ada.Get("/page").Body)
}
