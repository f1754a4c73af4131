package stores_test

import (
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/postgres"
)

// BenchmarkCommit measures commits on PostgreSQL, by one writer and by eight at
// once, all of which append to the one audit log: an event alone, and the session
// of a sign-in, each writer's its own operator. ns/op is the time between two
// commits; the metric "µs" is the median of what one takes.
func BenchmarkCommit(b *testing.B) {
	const most = 8
	db, err := sql.Open(postgres.Driver, postgres.Start(b))
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	db.SetMaxOpenConns(most)
	db.SetMaxIdleConns(most)
	s, err := sqlstore.New(db, sqlstore.PostgreSQL(), sqlstore.Config{})
	require.NoError(b, err)
	require.NoError(b, s.Migrate(b.Context()))
	for i := range most {
		id := person(i)
		require.NoError(b, s.Commit(b.Context(), store.PutOperator{Operator: store.Operator{
			ID: id, Name: id, NameKey: id, Email: id, EmailKey: id, State: store.OperatorActive,
		}}))
	}
	number := 0
	for _, c := range []struct {
		name   string
		writes func(name string, operatorID string) []store.Write
	}{
		{"event", func(name, _ string) []store.Write {
			e := event(name)
			e.MAC = mac
			return []store.Write{e}
		}},
		{"session", func(name, operatorID string) []store.Write {
			e := event(name)
			e.MAC = mac
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
		for _, writers := range []int{1, most} {
			b.Run(fmt.Sprintf("%s/%d", c.name, writers), func(b *testing.B) {
				took := make([][]time.Duration, writers)
				var all sync.WaitGroup
				for i := range writers {
					number++
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
