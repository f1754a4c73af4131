package stores_test

import (
	"context"
	"database/sql"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/mariadb"
	"github.com/postern-go/postern/tests/populate"
	"github.com/postern-go/postern/tests/postgres"
)

// BenchmarkGuardRead compares what the guard reads for a request with a SELECT of
// the row of the session alone: the same driver, pool and kind of context, in turns.
// The metric "ratio" is that of the medians; the project promises at most 1.3.
func BenchmarkGuardRead(b *testing.B) {
	b.Run("SQLite", func(b *testing.B) { benchmarkGuard(b, "sqlite", sqliteFile(b), sqlstore.SQLite()) })
	b.Run("PostgreSQL", func(b *testing.B) { benchmarkGuard(b, postgres.Driver, postgres.Start(b), sqlstore.PostgreSQL()) })
	b.Run("MariaDB", func(b *testing.B) { benchmarkGuard(b, mariadb.Driver, mariadb.Start(b), sqlstore.MySQL()) })
}

func sqliteFile(b *testing.B) string {
	return "file:" + b.TempDir() + "/office.db?_pragma=journal_mode(WAL)&_pragma=busy_timeout(500)"
}

func benchmarkGuard(b *testing.B, driver, dsn string, dialect sqlstore.Dialect) {
	db, err := sql.Open(driver, dsn)
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	s, err := sqlstore.New(db, dialect, sqlstore.Config{})
	require.NoError(b, err)
	require.NoError(b, s.Migrate(b.Context()))
	require.NoError(b, populate.Fill(b.Context(), s, populate.Size{Operators: 1000, Events: 100, Mails: 100}))
	fill(b, s)

	// The statement is kept prepared; on PostgreSQL that is the driver's business.
	query := "SELECT id, operator_id, created_at, seen_at, ends_at, proved_at, ip, user_agent, method, provider FROM postern_sessions WHERE digest = "
	digest := store.DigestOf("session")
	bare := func(ctx context.Context) *sql.Row { return db.QueryRowContext(ctx, query+"$1", digest[:]) }
	if driver != postgres.Driver {
		kept, err := db.PrepareContext(b.Context(), query+"?")
		require.NoError(b, err)
		bare = func(ctx context.Context) *sql.Row { return kept.QueryRowContext(ctx, digest[:]) }
	}
	row := func(ctx context.Context) error {
		var id, operator, ip, agent, method, provider string
		var created, seen, ends, proved int64
		return bare(ctx).Scan(&id, &operator, &created, &seen, &ends, &proved, &ip, &agent, &method, &provider)
	}
	guard := func(ctx context.Context) error {
		_, err := s.FindSession(ctx, digest)
		return err
	}
	var took [2][]time.Duration
	for b.Loop() {
		for i, read := range []func(context.Context) error{row, guard} {
			ctx, cancel := context.WithCancel(b.Context())
			start := time.Now()
			err := read(ctx)
			took[i] = append(took[i], time.Since(start))
			cancel()
			require.NoError(b, err)
		}
	}
	var middle [2]float64
	for i := range took {
		slices.Sort(took[i])
		middle[i] = float64(took[i][len(took[i])/2].Nanoseconds()) / 1000
	}
	b.ReportMetric(middle[0], "row-µs")
	b.ReportMetric(middle[1], "guard-µs")
	b.ReportMetric(middle[1]/middle[0], "ratio")
}
