package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/benchmarks/recorder"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/populate"
	"github.com/postern-go/postern/tests/postgres"
)

// bench is what the rows share.
type bench struct {
	events  int
	verbose bool
	// profiles is the folder for those of replicas; empty for none.
	profiles string

	dir       string
	server    postgres.Server
	databases int
	built     map[string]string
	loaded    *underLoad
	counted   map[string]recorder.Counts
	filled    map[populate.Size]database
	memory    store.Store // of ada
	ada       *office
	bars      bars
}

// open starts the database server, durable as a real one.
func (b *bench) open() (err error) {
	if b.dir, err = os.MkdirTemp("", "postern-bench-"); err != nil {
		return err
	}
	b.server, err = postgres.Serve("-c shared_buffers=512MB", "-c max_wal_size=4GB")
	if err != nil {
		return fmt.Errorf("%w\nPostgreSQL is needed: scripts/install-test-tools installs it, or apt-get install postgresql", err)
	}
	return nil
}

func (b *bench) close() { _ = os.RemoveAll(b.dir) }

// database is one that can be opened more than once.
type database struct {
	driver, dsn string
	dialect     sqlstore.Dialect
}

// sqlite is a new file, opened as docs/deployment.md recommends.
func (b *bench) sqlite() database {
	b.databases++
	return database{"sqlite", "file:" + filepath.Join(b.dir, fmt.Sprintf("office%d.db", b.databases)), sqlstore.SQLite()}.
		with("journal_mode(WAL)", "busy_timeout(500)")
}

// with is the same file of SQLite, opened otherwise.
func (d database) with(pragmas ...string) database {
	file, _, _ := strings.Cut(d.dsn, "?")
	d.dsn = file + "?" + url.Values{"_pragma": pragmas}.Encode()
	return d
}

// postgreSQL is a new database of the server.
func (b *bench) postgreSQL(ctx context.Context) (database, error) {
	b.databases++
	dsn, err := b.server.Create(ctx, fmt.Sprintf("bench%d", b.databases))
	return database{postgres.Driver, dsn, sqlstore.PostgreSQL()}, err
}

// store makes a store, with its tables, over a pool.
func (d database) store(ctx context.Context, db *sql.DB) (*sqlstore.Store, error) {
	st, err := sqlstore.New(db, d.dialect, sqlstore.Config{})
	if err != nil {
		return nil, err
	}
	return st, st.Migrate(ctx)
}

// migrate makes the tables.
func (d database) migrate(ctx context.Context) error {
	db, err := sql.Open(d.driver, d.dsn)
	if err == nil {
		_, err = d.store(ctx, db)
		err = errors.Join(err, db.Close())
	}
	return err
}

// rounds is how often contenders take turns.
const rounds = 7

// inTurns runs benchmarks one after the other, several times, and returns for each
// its nanoseconds by round, and its allocations.
func inTurns(ctx context.Context, contenders ...func(*testing.B)) (ns [][]float64, allocations []int64, err error) {
	ns, allocations = make([][]float64, len(contenders)), make([]int64, len(contenders))
	for range rounds {
		for i, run := range contenders {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			r := testing.Benchmark(run)
			if r.N == 0 {
				return nil, nil, fmt.Errorf("contender %d failed", i+1)
			}
			ns[i] = append(ns[i], float64(r.T.Nanoseconds())/float64(r.N))
			allocations[i] = r.AllocsPerOp()
		}
	}
	return ns, allocations, nil
}

func median(all []float64) float64 {
	all = slices.Sorted(slices.Values(all))
	return all[len(all)/2]
}

// ratio is the median of what one is of the other, round by round.
func ratio(of, to []float64) float64 {
	all := make([]float64, len(of))
	for i := range of {
		all[i] = of[i] / to[i]
	}
	return median(all)
}

// micro writes a number of nanoseconds.
func micro(ns []float64) string { return fmt.Sprintf("%.2f µs", median(ns)/1000) }

// machine describes what this was measured on.
func machine() string {
	cpu := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(text)) {
			if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
				cpu = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d cores, %s, %s", cpu, runtime.NumCPU(), runtime.GOOS, runtime.Version())
}
