package stores_test

import (
	"database/sql"
	"net/url"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/populate"
	"github.com/postern-go/postern/tests/postgres"
)

// openSQLite fills a file and opens it anew, as recommended.
func openSQLite(b *testing.B, n populate.Size) store.Store {
	b.Helper()
	file := filepath.Join(b.TempDir(), "office.db")
	open := func(pragmas ...string) (*sql.DB, *sqlstore.Store) {
		db, err := sql.Open("sqlite", "file:"+file+"?"+url.Values{"_pragma": pragmas}.Encode())
		require.NoError(b, err)
		s, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{})
		require.NoError(b, err)
		return db, s
	}
	// Safe against nothing, and quick.
	db, s := open("journal_mode(OFF)", "synchronous(OFF)", "cache_size(-1000000)", "locking_mode(EXCLUSIVE)")
	db.SetMaxOpenConns(1)
	filled(b, s, n)
	require.NoError(b, db.Close())

	db, s = open("journal_mode(WAL)", "busy_timeout(500)")
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	return s
}

// openPostgreSQL fills a database of a server of its own.
func openPostgreSQL(b *testing.B, n populate.Size) store.Store {
	b.Helper()
	db, err := sql.Open(postgres.Driver, postgres.Start(b))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	s, err := sqlstore.New(db, sqlstore.PostgreSQL(), sqlstore.Config{})
	require.NoError(b, err)
	filled(b, s, n)
	// As autovacuum would, a little later.
	_, err = db.ExecContext(b.Context(), "VACUUM ANALYZE")
	require.NoError(b, err)
	return s
}

func filled(b *testing.B, s *sqlstore.Store, n populate.Size) {
	b.Helper()
	start := time.Now()
	require.NoError(b, s.Migrate(b.Context()))
	require.NoError(b, populate.Fill(b.Context(), s, n))
	b.Logf("%d operators, %d events and %d mails took %s to make", n.Operators, n.Events, n.Mails, time.Since(start).Round(time.Second))
}

// manyOperators is how many a back office is made for.
const manyOperators = 10_000

// BenchmarkOperators lists operators of a big back office, behind every filter
// and in every order, in SQLite as recommended. The project promises a page in
// 20 ms.
func BenchmarkOperators(b *testing.B) {
	benchmarkOperators(b, openSQLite(b, populate.Size{Operators: manyOperators}))
}

// BenchmarkOperatorsPostgreSQL does the same on PostgreSQL.
func BenchmarkOperatorsPostgreSQL(b *testing.B) {
	benchmarkOperators(b, openPostgreSQL(b, populate.Size{Operators: manyOperators}))
}

func benchmarkOperators(b *testing.B, s store.Store) {
	var slowest time.Duration
	where := ""
	for _, order := range []struct {
		name string
		sort store.OperatorSort
	}{{"by name", store.ByName}, {"by last active", store.ByLastActive}, {"by created", store.ByCreated}} {
		for name, q := range benchmarkedOperators() {
			b.Run(order.name+"/"+name, func(b *testing.B) {
				q.Sort, q.Now = order.sort, noon
				var took []time.Duration
				for b.Loop() {
					start := time.Now()
					_, err := s.ListOperators(b.Context(), q)
					took = append(took, time.Since(start))
					require.NoError(b, err)
				}
				slices.Sort(took)
				median := took[len(took)/2]
				b.ReportMetric(median.Seconds()*1000, "ms")
				if median > slowest {
					slowest, where = median, order.name+"/"+name
				}
			})
		}
	}
	b.Logf("the slowest page took %s, %s", slowest.Round(10*time.Microsecond), where)
}

func benchmarkedOperators() map[string]store.OperatorQuery {
	middle := &store.OperatorCursor{NameKey: "frances", At: noon.Add(-manyOperators / 2 * time.Minute), ID: person(500)}
	return map[string]store.OperatorQuery{
		"first page": {}, "page in the middle": {After: middle}, "longest page": {Limit: 500},
		"role": {RoleID: "editor"}, "rarer role": {RoleID: "translator"}, "role of three": {RoleID: "auditor"}, "role of nobody": {RoleID: "nobody"},
		"active": {Show: store.ShowActive}, "invited": {Show: store.ShowInvited}, "expired": {Show: store.ShowExpired},
		"locked": {Show: store.ShowLocked}, "disabled": {Show: store.ShowDisabled},
		"with two-factor": {TwoFactor: store.Yes}, "without two-factor": {TwoFactor: store.No},
		"members": {Member: store.Yes}, "no members": {Member: store.No},
		"a first name": {Search: "ada"}, "two names": {Search: "hopper grace"}, "a letter": {Search: "a"}, "nothing": {Search: "xyz"},
		"a name in the middle":                   {Search: "ada", After: middle},
		"invited with two-factor, who never are": {Show: store.ShowInvited, TwoFactor: store.Yes},
		"everything at once":                     {Search: "ada example", Show: store.ShowActive, TwoFactor: store.Yes, Member: store.No, RoleID: "editor"},
	}
}

// BenchmarkMailSearch looks as far for a recipient as a page may, in an office
// with many mails.
func BenchmarkMailSearch(b *testing.B) {
	benchmarkMailSearch(b, openSQLite(b, populate.Size{Operators: 10, Mails: 100_000}))
}

// BenchmarkMailSearchPostgreSQL does the same on PostgreSQL.
func BenchmarkMailSearchPostgreSQL(b *testing.B) {
	benchmarkMailSearch(b, openPostgreSQL(b, populate.Size{Operators: 10, Mails: 100_000}))
}

func benchmarkMailSearch(b *testing.B, s store.Store) {
	for name, q := range map[string]store.MailQuery{
		"many": {Search: "hopper"}, "one": {Search: "ada7@example"}, "nobody": {Search: "nobody"}, "nobody, failed": {Search: "nobody", State: store.MailFailed},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, err := s.ListMails(b.Context(), q)
				require.NoError(b, err)
			}
		})
	}
}
