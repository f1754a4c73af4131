package pages

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/messages"
)

func TestPeriodsAreDaysOfTheReader(t *testing.T) {
	for _, tt := range []struct{ now, period, from, until string }{
		{"2026-03-14T09:26", "today", "2026-03-14", "2026-03-15"},
		{"2026-03-14T09:26", "yesterday", "2026-03-13", "2026-03-14"},
		{"2026-03-14T09:26", "7d", "2026-03-08", "2026-03-15"},
		{"2026-03-14T09:26", "30d", "2026-02-13", "2026-03-15"},
		{"2026-03-14T09:26", "last-month", "2026-02-01", "2026-03-01"},
		{"2026-03-31T09:26", "last-month", "2026-02-01", "2026-03-01"},
		{"2026-01-01T00:00", "last-month", "2025-12-01", "2026-01-01"},
		{"2026-02-28T23:30", "last-month", "2026-02-01", "2026-03-01"}, // already March where the reader is
	} {
		now, err := time.Parse("2006-01-02T15:04", tt.now)
		require.NoError(t, err)
		f := auditFilters{now: now, zone: time.FixedZone("", 3600), chosen: url.Values{}}
		require.False(t, f.readPeriod(url.Values{"period": {tt.period}}, messages.English()).Failed())
		require.Equal(t, tt.from+" "+tt.until, f.query.From.Format(time.DateOnly)+" "+f.query.Until.Format(time.DateOnly), tt.now+" "+tt.period)
	}
}
