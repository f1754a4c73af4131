package galera_test

import (
	"database/sql"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/galera"
	"github.com/postern-go/postern/tests/mariadb"
)

// BenchmarkOffice is what a cluster costs, beside a server alone with the same settings:
// the read of a guarded request, a sign-in, and sign-ins of different people by six at once.
// docs/galera.md has the figures of
//
//	go test ./tests/galera -run '^$' -bench Office
func BenchmarkOffice(b *testing.B) {
	alone, err := mariadb.Serve("--innodb-flush-log-at-trx-commit=1", "--innodb-flush-method=nosync", "--skip-innodb-doublewrite")
	require.NoError(b, err)
	dsn, err := alone.Create(b.Context(), "office")
	require.NoError(b, err)
	c := galera.Start(b)
	c.Create("office")
	nodes := []string{c.Nodes[0].DSN("office"), c.Nodes[1].DSN("office"), c.Nodes[2].DSN("office")}
	for _, where := range []struct {
		name string
		dsns []string
	}{{"a server alone", []string{dsn}}, {"one node of three", nodes[:1]}, {"three nodes", nodes}} {
		b.Run(where.name, func(b *testing.B) { bench(b, where.dsns) })
	}
}

var round atomic.Int64

func bench(b *testing.B, dsns []string) {
	prefix := fmt.Sprintf("round%d_", round.Add(1))
	var stores []*sqlstore.Store
	for _, dsn := range dsns {
		db, err := sql.Open(mariadb.Driver, dsn)
		require.NoError(b, err)
		b.Cleanup(func() { db.Close() })
		db.SetMaxOpenConns(8)
		db.SetMaxIdleConns(8)
		s, err := sqlstore.New(db, sqlstore.MySQL(), sqlstore.Config{TablePrefix: prefix})
		require.NoError(b, err)
		stores = append(stores, s)
	}
	require.NoError(b, stores[0].Migrate(b.Context()))
	const people = 12
	for i := range people {
		id := fmt.Sprint(i)
		require.NoError(b, stores[0].Commit(b.Context(), store.PutOperator{Operator: store.Operator{
			ID: id, NameKey: id, EmailKey: id, State: store.OperatorActive,
		}}))
	}
	var n atomic.Int64
	signIn := func(s *sqlstore.Store) error {
		n := n.Add(1)
		id, by := fmt.Sprint(n), fmt.Sprint(n%people)
		return s.Commit(b.Context(),
			store.CheckOperator{ID: by, Version: 1},
			store.PutSession{Session: store.Session{Digest: store.DigestOf(id), ID: id, OperatorID: by, EndsAt: time.Now().Add(time.Hour)}, Keep: 5},
			store.AppendEvent{Event: store.Event{ID: id, Code: "signin.succeeded", At: time.Now()}},
		)
	}
	require.NoError(b, signIn(stores[0]))
	b.Run("guard", func(b *testing.B) {
		for b.Loop() {
			_, err := stores[len(stores)-1].FindSession(b.Context(), store.DigestOf("1"))
			require.NoError(b, err)
		}
	})
	b.Run("sign-in", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, signIn(stores[0]))
		}
	})
	b.Run("sign-ins by six at once", func(b *testing.B) {
		b.SetParallelism(3) // for each of two processors
		var who atomic.Int64
		b.RunParallel(func(p *testing.PB) {
			s := stores[int(who.Add(1))%len(stores)]
			for p.Next() {
				if err := signIn(s); err != nil {
					b.Error(err)
				}
			}
		})
	})
}
