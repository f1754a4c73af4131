package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/mail"
)

func TestTenantsComeAndGo(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "host.db")+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	h := &host{db: db, secret: make([]byte, 32), sender: &mail.Outbox{Dir: t.TempDir()}}
	rand.Read(h.secret)
	handler := h.offices.Wrap(http.HandlerFunc(community))
	get := func(url string) (status int, community bool) {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
		return w.Code, w.Header().Get("X-Frame-Options") == "" && w.Header().Get("Content-Security-Policy") == ""
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- h.offices.Run(ctx) }()

	require.NoError(t, h.open(ctx, "garden"))
	require.NoError(t, h.open(ctx, "pasture"))
	require.ErrorContains(t, h.open(ctx, "No_such"), "small letters")
	require.ErrorContains(t, h.open(ctx, "garden"), "there is one of that name")
	garden, pasture := h.offices.Get("garden").HomeURL(), h.offices.Get("pasture").HomeURL()
	for _, home := range []string{garden, pasture} {
		status, community := get(home + "login")
		require.Equal(t, http.StatusOK, status)
		require.False(t, community)
	}
	require.Eventually(t, func() bool { return h.offices.Get("pasture").Stats().Run.Running }, 10*time.Second, time.Millisecond)

	office := h.offices.Get("garden")
	h.close("garden")
	require.False(t, office.Stats().Run.Running)
	_, community := get(garden + "login")
	require.True(t, community, "a tenant that has gone has no office")
	status, _ := get(pasture + "login")
	require.Equal(t, http.StatusOK, status)
	require.NoError(t, h.open(ctx, "garden"))
	require.Equal(t, garden, h.offices.Get("garden").HomeURL(), "it comes back as it was")

	secret, err := h.offices.Get("garden").SetupURL(ctx)
	require.NoError(t, err)
	require.Contains(t, secret, "http://garden.localhost:8080/")
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)
}
