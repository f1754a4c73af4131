package prommetrics_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/metrics/internal/series"
	"github.com/postern-go/postern/metrics/prommetrics"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// office is one whose numbers a test chooses.
type office backoffice.Stats

func (o office) Stats() backoffice.Stats { return backoffice.Stats(o) }

func histogram(counts ...uint64) backoffice.Histogram {
	return backoffice.Histogram{Bounds: []time.Duration{time.Millisecond, time.Second}, Counts: counts, Sum: 1500 * time.Millisecond}
}

// busy has a value for every series.
var busy = office{
	Store:   []backoffice.StoreStats{{Method: "Commit", Succeeded: 3, Unavailable: 1, Latency: histogram(1, 2, 1)}, {Method: "Pulse", Succeeded: 7, Latency: histogram(7, 0, 0)}},
	Pool:    &store.Pool{MaxOpen: 8, Open: 5, InUse: 2, Waits: 4, Waited: 250 * time.Millisecond},
	Events:  []backoffice.EventStats{{Event: "signin.succeeded", Outcome: "success", Count: 2}},
	Hashing: backoffice.HashingStats{Slots: 2, Running: 1, Queue: 16, Waiting: 3, Reserved: 1, Busy: 5, Waits: histogram(0, 0, 0), Hashes: histogram(0, 9, 0)},
	Mail:    backoffice.MailStats{Queued: 6, Sent: 1, Retried: 2, Failed: 3},
	Run:     backoffice.RunStats{Running: true, LastTick: time.UnixMilli(1500), Failing: []string{"purge"}},

	ClockAhead: -2 * time.Second, ClockKnown: true,
}

// scrape reads an office as Prometheus does.
func scrape(t *testing.T, o prommetrics.Source) string {
	t.Helper()
	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(prommetrics.NewCollector(o)))
	problems, err := testutil.GatherAndLint(registry)
	require.NoError(t, err)
	require.Empty(t, problems)
	w := httptest.NewRecorder()
	promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, w.Code)
	text, err := io.ReadAll(w.Body)
	require.NoError(t, err)
	return string(text)
}

func TestPrometheusReadsEveryNumber(t *testing.T) {
	text := scrape(t, busy)
	for _, line := range []string{
		`postern_store_calls_total{method="Commit",result="succeeded"} 3`,
		`postern_store_calls_total{method="Commit",result="unavailable"} 1`,
		`postern_store_calls_total{method="Pulse",result="failed"} 0`,
		`postern_store_call_duration_seconds_bucket{method="Commit",le="0.001"} 1`,
		`postern_store_call_duration_seconds_bucket{method="Commit",le="1"} 3`,
		`postern_store_call_duration_seconds_bucket{method="Commit",le="+Inf"} 4`,
		`postern_store_call_duration_seconds_sum{method="Commit"} 1.5`,
		`postern_store_call_duration_seconds_count{method="Pulse"} 7`,
		`postern_store_connections_in_use 2`,
		`postern_store_connection_wait_duration_seconds_total 0.25`,
		`postern_events_total{event="signin.succeeded",outcome="success"} 2`,
		`postern_hash_waiting 3`,
		`postern_hash_waiting_reserved 1`,
		`postern_hash_busy_total 5`,
		`postern_hash_duration_seconds_count 9`,
		`postern_mail_queued 6`,
		`postern_mail_oldest_due_seconds 0`,
		`postern_mail_attempts_total{result="retried"} 2`,
		`postern_run_running 1`,
		`postern_run_last_tick_timestamp_seconds 1.5`,
		`postern_run_failing 1`,
		`postern_clock_ahead_seconds -2`,
	} {
		require.Contains(t, text, line+"\n")
	}
	for _, s := range series.All {
		require.Contains(t, text, "# TYPE "+s.Name+" ", "%s has no value", s.Name)
	}
}

func TestWhatIsNotKnownIsAbsent(t *testing.T) {
	text := scrape(t, office{Hashing: backoffice.HashingStats{Waits: histogram(0, 0, 0), Hashes: histogram(0, 0, 0)}})
	for _, absent := range []string{"postern_store_connections", "postern_clock", "postern_store_calls"} {
		require.NotContains(t, text, absent)
	}
	require.Contains(t, text, "postern_run_running 0\n")
}

func TestTheDashboardAndTheDocumentsTellWhatThereIs(t *testing.T) {
	text, err := os.ReadFile("../grafana.json")
	require.NoError(t, err)
	known := map[string]bool{}
	for _, s := range series.All {
		known[s.Name] = true
	}
	shown := map[string]bool{}
	for _, name := range regexp.MustCompile(`\bpostern_\w+`).FindAllString(string(text), -1) {
		if !known[name] {
			for _, part := range []string{"_bucket", "_sum", "_count"} {
				name = strings.TrimSuffix(name, part)
			}
		}
		require.True(t, known[name], "grafana.json shows %s, which nothing makes", name)
		shown[name] = true
	}
	operations, err := os.ReadFile("../../docs/operations.md")
	require.NoError(t, err)
	for name := range known {
		require.True(t, shown[name], "grafana.json does not show %s", name)
		require.Contains(t, string(operations), "`"+name+"`")
	}
}

// named makes an office for [backoffice.Offices].
func named(t *testing.T, offices *backoffice.Offices, name string) {
	t.Helper()
	o, err := backoffice.New(t.Context(), backoffice.Config{
		Origin: "https://" + name + ".example", Secret: backoffice.SecretFor([]byte("\x00\x01\x02\x03 a secret of 32 bytes, 12345"[:32]), name),
		Store: memstore.New(), Mail: &mail.Outbox{Dir: t.TempDir()}, Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	require.NoError(t, offices.Add(name, o))
}

func TestPrometheusReadsSeveralOfficesThatComeAndGo(t *testing.T) {
	var offices backoffice.Offices
	registry := prometheus.NewPedanticRegistry()
	require.NoError(t, registry.Register(prommetrics.NewOfficesCollector(&offices)))
	scrape := func() string {
		_, err := testutil.GatherAndLint(registry)
		require.NoError(t, err)
		w := httptest.NewRecorder()
		promhttp.HandlerFor(registry, promhttp.HandlerOpts{}).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
		return w.Body.String()
	}
	require.Empty(t, scrape())
	named(t, &offices, "garden")
	named(t, &offices, "pasture")
	text := scrape()
	for _, line := range []string{
		`postern_run_running{office="garden"} 0`, `postern_run_running{office="pasture"} 0`,
		`postern_store_calls_total{method="Commit",office="garden",result="succeeded"} 1`,
	} {
		require.Contains(t, text, line+"\n")
	}
	offices.Remove("garden")
	require.NotContains(t, scrape(), "garden")
	require.Contains(t, scrape(), `office="pasture"`)
}
