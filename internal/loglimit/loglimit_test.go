package loglimit_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/loglimit"
)

func TestAMessageIsLoggedAHundredTimesInAQuarterOfAnHour(t *testing.T) {
	now := time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	limiter := loglimit.New(slog.NewTextHandler(&out, nil), func() time.Time { return now })
	log := limiter.Logger().With("office", "Meadow")
	lines := func() []string {
		defer out.Reset()
		return strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	}
	for range 350 {
		log.ErrorContext(t.Context(), "request failed", "error", "down")
	}
	log.ErrorContext(t.Context(), "page not shown")
	inside := context.WithValue(t.Context(), loglimit.SignedIn{}, true)
	log.ErrorContext(inside, "request failed", "error", "of an operator")
	all := lines()
	require.Len(t, all, 102)
	require.Contains(t, all[0], `msg="request failed" office=Meadow error=down`)
	require.Contains(t, all[100], "page not shown")
	require.Contains(t, all[101], "of an operator")

	limiter.Report(t.Context())
	require.Equal(t, []string{""}, lines(), "not before the window is over")
	now = now.Add(15 * time.Minute)
	limiter.Report(t.Context())
	limiter.Report(t.Context())
	all = lines()
	require.Len(t, all, 1, "and only once")
	require.Contains(t, all[0], `msg="log lines left out" message="request failed" left_out=250`)

	log.ErrorContext(t.Context(), "request failed")
	log.ErrorContext(t.Context(), "request failed")
	all = lines()
	require.Contains(t, all[0], "left_out=250")
	require.NotContains(t, all[1], "left_out")

	t.Run("a clock that is set back begins another window", func(t *testing.T) {
		for range 200 {
			log.InfoContext(t.Context(), "request failed")
		}
		require.Len(t, lines(), 98)
		now = now.Add(-time.Hour)
		log.InfoContext(t.Context(), "request failed")
		require.Contains(t, lines()[0], "left_out=102")
	})
}

func TestNothingInALineIsLong(t *testing.T) {
	var out bytes.Buffer
	log := loglimit.New(slog.NewTextHandler(&out, nil), time.Now).Logger()
	long := strings.Repeat("é", 1<<19)
	log.ErrorContext(t.Context(), "request failed", "route", long, "error", fmt.Errorf("find %s: %w", long, context.Canceled), "status", 500)
	require.Less(t, out.Len(), 20<<10)
	require.Contains(t, out.String(), "status=500")
	require.Contains(t, out.String(), `é… error="find é`)
}
