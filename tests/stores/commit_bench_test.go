package stores_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/mariadb"
	"github.com/postern-go/postern/tests/postgres"
)

// BenchmarkCommit measures commits on servers, beside them and with a network in
// between, by one writer and by eight at once: an event alone, and the session of a
// sign-in, each writer's its own operator. All append to one audit log, or, "apart",
// each to its own: what independent chains could gain at most. ns/op is the time
// between two commits; the metric "µs" is the median of what one takes.
func BenchmarkCommit(b *testing.B) { benchmarkCommits(b, 0) }

// BenchmarkCommitFromAfar has every statement take a millisecond on its way.
func BenchmarkCommitFromAfar(b *testing.B) { benchmarkCommits(b, time.Millisecond) }

func benchmarkCommits(b *testing.B, way time.Duration) {
	b.Run("PostgreSQL", func(b *testing.B) { benchmarkCommit(b, way, postgres.Driver, postgres.Start(b), sqlstore.PostgreSQL()) })
	if way == 0 { // go-sql-driver prepares behind the statements that this would delay
		b.Run("MariaDB", func(b *testing.B) { benchmarkCommit(b, way, mariadb.Driver, mariadb.Start(b), sqlstore.MySQL()) })
	}
	b.Run("MariaDB with interpolateParams", func(b *testing.B) {
		benchmarkCommit(b, way, mariadb.Driver, mariadb.Start(b)+"?interpolateParams=true", sqlstore.MySQL())
	})
}

// afar is a driver whose statements take their time on their way.
type afar struct {
	under driver.Driver
	dsn   string
	way   time.Duration
}

func (a afar) Driver() driver.Driver { return a.under }

func (a afar) Connect(context.Context) (driver.Conn, error) {
	conn, err := a.under.Open(a.dsn)
	return afarConn{conn, a.way}, err
}

type afarConn struct {
	driver.Conn
	way time.Duration
}

func (c afarConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	time.Sleep(c.way)
	return c.Conn.(driver.QueryerContext).QueryContext(ctx, query, args)
}

func (c afarConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	time.Sleep(c.way)
	return c.Conn.(driver.ExecerContext).ExecContext(ctx, query, args)
}

func benchmarkCommit(b *testing.B, way time.Duration, driver, dsn string, dialect sqlstore.Dialect) {
	const most = 8
	db, err := sql.Open(driver, dsn)
	require.NoError(b, err)
	if way > 0 {
		under := db.Driver()
		require.NoError(b, db.Close())
		db = sql.OpenDB(afar{under, dsn, way})
	}
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	stores := make([]*sqlstore.Store, most)
	for i := range most {
		stores[i], err = sqlstore.New(db, dialect, sqlstore.Config{TablePrefix: fmt.Sprintf("bench%c_", 'a'+i)})
		require.NoError(b, err)
		require.NoError(b, stores[i].Migrate(b.Context()))
		for n := range most {
			id := person(n)
			require.NoError(b, stores[i].Commit(b.Context(), store.PutOperator{Operator: store.Operator{
				ID: id, Name: id, NameKey: id, Email: id, EmailKey: id, State: store.OperatorActive,
			}}))
		}
	}
	number := 0
	for _, c := range []struct {
		name   string
		writes func(name string, operatorID string) []store.Write
	}{
		{"event", func(name, _ string) []store.Write {
			e := event(name)
			e.MAC = chain
			return []store.Write{e}
		}},
		{"session", func(name, operatorID string) []store.Write {
			e := event(name)
			e.MAC = chain
			return []store.Write{
				store.CheckOperator{ID: operatorID, Version: 1},
				store.ClearCounter{Key: "a" + operatorID}, store.ClearCounter{Key: "b" + operatorID},
				store.PutSession{Session: store.Session{
					Digest: store.DigestOf(name), ID: name, OperatorID: operatorID, SeenAt: time.Now(),
				}, Keep: 5, Device: store.DigestOf(operatorID)},
				e,
			}
		}},
	} {
		for _, how := range []struct {
			name    string
			writers int
			apart   bool
		}{{"1", 1, false}, {"8", most, false}, {"8 apart", most, true}} {
			writers := how.writers
			b.Run(c.name+"/"+how.name, func(b *testing.B) {
				took := make([][]time.Duration, writers)
				var all sync.WaitGroup
				for i := range writers {
					number++
					s := stores[0]
					if how.apart {
						s = stores[i]
					}
					name := fmt.Sprint(number)
					all.Go(func() {
						for n := i; n < b.N; n += writers {
							start := time.Now()
							if err := s.Commit(b.Context(), c.writes(fmt.Sprint(name, ":", n), person(i))...); err != nil {
								b.Error(err)
							}
							took[i] = append(took[i], time.Since(start))
						}
					})
				}
				all.Wait()
				each := slices.Sorted(slices.Values(slices.Concat(took...)))
				b.ReportMetric(float64(each[len(each)/2].Nanoseconds())/1000, "µs")
			})
		}
	}
}
