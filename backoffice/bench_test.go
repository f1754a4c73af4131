package backoffice_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// BenchmarkPassThrough is what the gate costs every request of the community.
func BenchmarkPassThrough(b *testing.B) {
	o := newOffice(b)
	h := o.Wrap(silent)
	r := httptest.NewRequest(http.MethodGet, "/members/ada?tab=posts", nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(nowhere{}, r)
	}
}

// BenchmarkGuarded is a page of the host's for somebody signed in, over
// memstore.
func BenchmarkGuarded(b *testing.B) { benchmarkGuarded(b) }

// BenchmarkRuled is the same where a rule of the host's is asked first.
func BenchmarkRuled(b *testing.B) {
	benchmarkGuarded(b, func(c *backoffice.Config) {
		c.Decide = func(context.Context, backoffice.Access) error { return nil }
	})
}

func benchmarkGuarded(b *testing.B, change ...func(*backoffice.Config)) {
	o := newOffice(b, change...)
	o.Inside.Handle("/analytics", o.Require("analytics.view")(silent))
	ada := o.Enrolled("Ada", backoffice.CommunityManager)
	h := o.Wrap(silent)
	r := to(ada, http.MethodGet, "/analytics")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(b, http.StatusOK, w.Code)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(nowhere{http.Header{}}, r)
	}
}
