package stores_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// TestAMoveThatIsKilledGoesOn ends a move at every moment at which it says something, and between.
func TestAMoveThatIsKilledGoesOn(t *testing.T) {
	for _, c := range moves {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			from, to := c.from(t), c.to(t)
			s := from.store(t)
			fill(t, s)
			var more []store.Write
			for i := range 4200 {
				more = append(more, event(fmt.Sprint(i)))
			}
			require.NoError(t, s.Commit(t.Context(), more...))
			was := from.contents(t, from.open(t), "")
			db, r := from.record(t)
			theirs, rt := to.record(t)
			here, there := from.over(t, db), to.over(t, theirs)
			killed := 0
			for n := 1; ; n += 1 + n/3 {
				ctx, kill := context.WithCancel(t.Context())
				left := n
				stop := func(statement) {
					if left--; left == 0 {
						kill()
					}
				}
				r.after, rt.after = stop, stop
				moved, err := here.Move(ctx, store.Move{Way: store.MoveAll, To: there})
				ended := ctx.Err() != nil
				kill()
				r.after, rt.after = nil, nil
				if err == nil {
					require.True(t, moved.Resumed)
					break
				}
				require.True(t, ended, "%v", err)
				killed++
				// Never are both in use, and never is anything lost.
				inOld, inNew := inUse(t, from), inUse(t, to)
				require.False(t, inOld && inNew, "at %d", n)
				if inNew {
					requireSame(t, was, to.contents(t, to.open(t), ""))
				}
				if inOld {
					requireSame(t, was, from.contents(t, from.open(t), ""))
				}
			}
			t.Logf("killed %d times", killed)
			requireSame(t, was, to.contents(t, to.open(t), ""))
			require.True(t, inUse(t, to))
			require.False(t, inUse(t, from))
		})
	}
}

// inUse reports whether a program could use an office there.
func inUse(t *testing.T, d database) bool {
	t.Helper()
	_, err := d.over(t, d.open(t)).FindOperator(t.Context(), "ada")
	return err == nil
}

// TestWritersWhileAnOfficeMoves: what was acknowledged is in the new database.
func TestNothingAcknowledgedIsLostInAMove(t *testing.T) {
	for _, c := range moves {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			from, to := c.from(t), c.to(t)
			s := from.store(t)
			fill(t, s)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			var acknowledged sync.Map
			var count atomic.Int64
			enough := make(chan struct{})
			var all sync.WaitGroup
			for w := range 2 {
				mine := from.store(t)
				all.Go(func() {
					for i := 0; ; i++ {
						id := fmt.Sprintf("%d-%d", w, i)
						err := mine.Commit(ctx, event(id))
						if err == nil {
							acknowledged.Store(id, true)
							if count.Add(1) == 50 {
								close(enough)
							}
							continue
						}
						if !errors.Is(err, store.ErrUnavailable) {
							t.Errorf("not as an outage: %v", err)
						}
						if strings.Contains(err.Error(), "being moved") || strings.Contains(err.Error(), "was moved") {
							return
						}
					}
				})
			}
			<-enough
			_, err := s.Move(t.Context(), store.Move{Way: store.MoveAll, To: to.over(t, to.open(t))})
			require.NoError(t, err)
			all.Wait()
			events := map[string]bool{}
			there := to.store(t)
			for q := (store.EventQuery{Limit: 200}); ; {
				page, err := there.ListEvents(t.Context(), q)
				require.NoError(t, err)
				for _, e := range page.Rows {
					events[e.ID] = true
				}
				if q.BeforeSeq = page.Next; page.Next == 0 {
					break
				}
			}
			acknowledged.Range(func(id, _ any) bool {
				require.True(t, events[id.(string)], "%s was acknowledged", id)
				return true
			})
			t.Logf("%d acknowledged", count.Load())
		})
	}
}

func TestAMoveIsTakenBack(t *testing.T) {
	for _, c := range moves {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			from, to := c.from(t), c.to(t)
			s := from.store(t)
			fill(t, s)
			was, schema := from.contents(t, from.open(t), ""), from.schema(t)
			there := to.over(t, to.open(t))
			stopped := func() {
				broken := errors.New("the copy does not please")
				calls := 0
				moved, err := s.Move(t.Context(), store.Move{Way: store.MoveAll, To: there, Verify: func(context.Context, store.Store) error {
					if calls++; calls == 1 {
						return nil
					}
					return broken
				}})
				require.ErrorIs(t, err, broken)
				require.True(t, moved.Stopped)
			}
			for _, target := range []store.Store{nil, there} {
				stopped()
				_, err := s.FindOperator(t.Context(), "ada")
				require.ErrorIs(t, err, store.ErrUnavailable)
				require.ErrorContains(t, err, "the office is being moved to another database ("+to.dialect.String()+")")
				_, err = to.over(t, to.open(t)).FindOperator(t.Context(), "ada")
				require.ErrorIs(t, err, store.ErrUnavailable)
				require.ErrorContains(t, to.over(t, to.open(t)).Migrate(t.Context()), "an office is being moved to this database")
				_, err = s.Move(t.Context(), store.Move{Way: store.MoveBack, To: target})
				require.NoError(t, err)
				requireSame(t, was, from.contents(t, from.open(t), ""))
				require.Equal(t, plainly(schema), plainly(from.schema(t)))
				require.NoError(t, s.Commit(t.Context(), event("goes on")))
				was = from.contents(t, from.open(t), "")
				if target == nil {
					// Without its name, the copy was not dropped.
					_, err = s.Move(t.Context(), store.Move{Way: store.MoveAll, To: there})
					require.ErrorContains(t, err, "it has an unfinished copy of an office")
					_, err = s.Move(t.Context(), store.Move{Way: store.MoveBack, To: there})
					require.NoError(t, err)
				}
				require.Empty(t, to.left(t, to.open(t)))
			}
			_, err := s.Move(t.Context(), store.Move{Way: store.MoveBack, To: there})
			require.ErrorContains(t, err, "this office is not being moved")
			_, err = s.Move(t.Context(), store.Move{Way: store.MoveAll, To: there})
			require.NoError(t, err)
			requireSame(t, was, to.contents(t, to.open(t), ""))
			_, err = s.Move(t.Context(), store.Move{Way: store.MoveBack, To: there})
			require.ErrorContains(t, err, "the move is complete")

			// And back again the other way, over what it left behind.
			require.NoError(t, there.Commit(t.Context(), event("elsewhere")))
			_, err = there.Move(t.Context(), store.Move{Way: store.MoveTry, To: s})
			require.ErrorContains(t, err, "it still has the tables of an office that was moved away")
			_, err = there.Move(t.Context(), store.Move{Way: store.MoveAll, To: s, Replace: true})
			require.NoError(t, err)
			require.NoError(t, s.Check(t.Context()))
			require.NoError(t, s.Commit(t.Context(), event("home")))
			require.Equal(t, plainly(schema), plainly(from.schema(t)))
		})
	}
}

// plainly is a schema without how SQLite quotes a name after it was changed.
func plainly(schema string) string { return strings.ReplaceAll(schema, `"`, "") }

func TestAMoveToTheWrongPlaceChangesNothing(t *testing.T) {
	from := tunedSQLite(t)
	s := from.store(t)
	fill(t, s)
	was := from.contents(t, from.open(t), "")
	taken, empty := postgreSQL(t), postgreSQL(t)
	fill(t, taken.store(t))
	memory := database{driver: "sqlite", dsn: ":memory:", dialect: sqlstore.SQLite()}
	wrong := database{driver: "sqlite", dsn: filepath.Join(t.TempDir(), "x.db"), dialect: sqlstore.PostgreSQL()}
	for name, c := range map[string]struct {
		to   store.Store
		says string
	}{
		"an office":          {taken.store(t), "the database to move to: it holds an office already: postern_parameters is not empty"},
		"itself":             {from.store(t), "holds an office already"},
		"memory":             {memory.over(t, memory.open(t)), "it is in memory"},
		"another kind":       {wrong.over(t, wrong.open(t)), "it cannot be reached, or is not postgresql"},
		"nothing":            {nil, "no store to move to"},
		"what is not of SQL": {notSQL{}, "an office moves between SQL databases"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, way := range []store.MoveWay{store.MoveTry, store.MoveAll} {
				_, err := s.Move(t.Context(), store.Move{Way: way, To: c.to})
				require.ErrorContains(t, err, c.says)
				requireSame(t, was, from.contents(t, from.open(t), ""))
				require.NoError(t, s.Check(t.Context()))
			}
		})
	}
	require.NoError(t, taken.store(t).Check(t.Context()))
	t.Run("no office to move", func(t *testing.T) {
		_, err := empty.over(t, empty.open(t)).Move(t.Context(), store.Move{To: s})
		require.ErrorContains(t, err, "tables are missing")
	})
	t.Run("a newer office", func(t *testing.T) {
		db := from.open(t)
		_, err := db.ExecContext(t.Context(), "INSERT INTO postern_migrations (version, name) VALUES (99, 'tomorrow')")
		require.NoError(t, err)
		_, err = s.Move(t.Context(), store.Move{Way: store.MoveAll, To: empty.over(t, empty.open(t))})
		require.ErrorContains(t, err, "its tables are at version 99, and this program has version 3: use the one that migrated them")
		_, err = db.ExecContext(t.Context(), "DELETE FROM postern_migrations WHERE version = 99")
		require.NoError(t, err)
	})
	t.Run("a broken log", func(t *testing.T) {
		broken := errors.New("entry 7")
		_, err := s.Move(t.Context(), store.Move{Way: store.MoveAll, To: empty.over(t, empty.open(t)), Verify: func(context.Context, store.Store) error { return broken }})
		require.ErrorIs(t, err, broken)
		require.NoError(t, s.Check(t.Context()), "nothing was stopped")
	})
	t.Run("text too long for MySQL", func(t *testing.T) {
		maria := mariaDB(t)
		there := maria.over(t, maria.open(t))
		require.NoError(t, s.Commit(t.Context(), store.PutOperator{Operator: store.Operator{ID: "bob", NameKey: "bob", EmailKey: strings.Repeat("é", 701)}}))
		_, err := s.Move(t.Context(), store.Move{To: there})
		require.ErrorContains(t, err, `read operators: row "bob": column email_key has 701 characters, and 700 fit`)
		moved, err := s.Move(t.Context(), store.Move{Way: store.MoveAll, To: there})
		require.ErrorContains(t, err, "and 700 fit")
		require.False(t, moved.Stopped)
		require.NoError(t, s.Check(t.Context()), "nothing was stopped")
	})
	t.Run("an account with few rights", func(t *testing.T) {
		few := restrictedPostgreSQL(t)(t)
		st := few.store(t)
		to := plainSQLite(t)
		_, err := st.Move(t.Context(), store.Move{Way: store.MoveAll, To: to.over(t, to.open(t))})
		require.ErrorContains(t, err, "this account does not own few_guards, few_parameters")
		require.NoError(t, st.Check(t.Context()))
	})
	t.Run("text that PostgreSQL refuses", func(t *testing.T) {
		db := from.open(t)
		_, err := db.ExecContext(t.Context(), `UPDATE postern_operators SET language = CAST(x'ff41' AS TEXT)`)
		require.NoError(t, err)
		_, err = s.Move(t.Context(), store.Move{To: empty.over(t, empty.open(t))})
		require.ErrorContains(t, err, `read operators: row "ada": column language cannot be kept as text`)
	})
}

type notSQL struct{ store.Store }

func TestADataSourceNameTellsWhereItLeads(t *testing.T) {
	s := plainSQLite(t).store(t)
	for name, says := range map[string]string{
		"":                                   "is empty",
		"mysql://u:hunter2@db/office":        "without mysql://",
		"u:hunter2@tcp(127.0.0.1:1)/office":  "cannot be reached",
		"sqlite:///var/office.db":            "by its path",
		"mongodb://u:hunter2@db/office":      "no store for databases of the kind mongodb://",
		"postgres://u:hunter2@db/%zzoffice":  "the database to move to: it cannot be reached",
		"u:hunter2@db-1.example:3306/office": "user:password@tcp(host:3306)/database",
		"u:hun/ter2@tcp(127.0.0.1:3306)":     "user:password@tcp(host:3306)/database",
		"unix(/run/s.sock)":                  "user:password@tcp(host:3306)/database",
		"u:hunter2@host/office":              "without mysql:// in front",
	} {
		there, err := s.Elsewhere(store.Place{DataSourceName: name})
		if err == nil {
			_, err = s.Move(t.Context(), store.Move{To: there})
		}
		require.ErrorContains(t, err, says, name)
		require.NotContains(t, err.Error(), "hunter2")
	}
	for name, kind := range map[string]string{
		"postgres://db/office": "postgresql", "postgresql:///office?host=/run": "postgresql", "host=db dbname=office": "postgresql", "user=x": "postgresql",
		"u@tcp(db)/office": "mysql", "u:p@unix(/run/s.sock)/office?charset=utf8mb4": "mysql", "tcp(db)/office": "mysql", "u@/office": "mysql",
		"u:pass/word@tcp(db)/office": "mysql", "u:p@ss/w@unix(/run/s.sock)/office": "mysql",
		"office.db": "sqlite", "file:office.db?_pragma=busy_timeout(500)": "sqlite", "/var/lib/office.db": "sqlite", "file:///var/office.db": "sqlite",
		"/srv/me@home/office.db": "sqlite", "file:a:b@c.db": "sqlite", "me@home.db": "sqlite",
	} {
		there, err := s.Elsewhere(store.Place{DataSourceName: name})
		require.NoError(t, err, name)
		ended, end := context.WithCancel(t.Context())
		end()
		moved, _ := s.Move(ended, store.Move{To: there})
		require.Equal(t, kind, moved.To, name)
		require.NoError(t, there.(*sqlstore.Store).Close())
	}
	_, err := s.Elsewhere(store.Place{DataSourceName: "office.db", Driver: "libsql"})
	require.ErrorContains(t, err, `this program has no driver "libsql": it has`)
	_, err = s.Elsewhere(store.Place{DataSourceName: "office.db", TablePrefix: "Big_"})
	require.ErrorContains(t, err, "TablePrefix")
}

// TestAMoveGoesOnAfterTheTablesCouldNotBeRenamed: MySQL keeps the mark then.
func TestAMoveGoesOnAfterTheTablesCouldNotBeRenamed(t *testing.T) {
	for name, refused := range map[string]string{"the old tables": "from", "the new tables": "to"} {
		t.Run(name, func(t *testing.T) {
			from, to := mariaDB(t), mariaDB(t)
			fill(t, from.store(t))
			was := from.contents(t, from.open(t), "")
			to.store(t)
			bound := from
			if refused == "to" {
				bound = to
			}
			admin := bound.open(t)
			for _, statement := range []string{"CREATE OR REPLACE USER mover", "GRANT SELECT, INSERT, UPDATE, DELETE ON *.* TO mover"} {
				_, err := admin.ExecContext(t.Context(), statement)
				require.NoError(t, err)
			}
			bound.dsn = strings.Replace(bound.dsn, "root@", "mover@", 1)
			here, there := from, to
			if refused == "to" {
				there = bound
			} else {
				here = bound
			}
			_, err := here.over(t, here.open(t)).Move(t.Context(), store.Move{Way: store.MoveAll, To: there.over(t, there.open(t))})
			require.ErrorContains(t, err, "denied")
			require.True(t, inUse(t, from))

			_, err = from.over(t, from.open(t)).Move(t.Context(), store.Move{Way: store.MoveAll, To: to.over(t, to.open(t))})
			require.NoError(t, err)
			requireSame(t, was, to.contents(t, to.open(t), ""))
			require.False(t, inUse(t, from))
		})
	}
}
