// Package postgres runs a real PostgreSQL server for tests, and for programs that
// measure.
//
// The first call of Start in a test binary starts the server of all its tests.
// Servers listen only on a Unix socket in a temporary folder, and are stopped and
// removed when the program ends, even if it crashes. They must be version 15 or
// later.
package postgres

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // registers the driver "pgx"

	"github.com/postern-go/postern/tests/atexit"
	"github.com/postern-go/postern/tests/need"
)

// Driver is the driver name to pass to sql.Open, with a data source name from
// Start. This package imports the driver.
const Driver = "pgx"

// account is the user that runs the server if the tests run as root, because
// PostgreSQL refuses to run as root.
const account = "postgres"

// careless settings trade durability after a power cut, which no test needs, for
// speed.
const careless = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"

var (
	start    = sync.OnceValues(func() (Server, error) { return Serve(careless) })
	database atomic.Int64
)

// Server is a running server: the folder that holds its data and its socket.
type Server string

// Start returns the data source name of a new, empty database for the test, dropped
// after it. It may be called more than once in a test. Without PostgreSQL, the test
// is skipped, or fails with CI=true.
func Start(t testing.TB) (dsn string) {
	t.Helper()
	if _, err := binaries(); err != nil {
		need.Program(t, "initdb") // not found either: this ends the test
	}
	server, err := start()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	name := fmt.Sprintf("test_%d", database.Add(1))
	// The test's own context has ended when its database is dropped.
	ctx := context.WithoutCancel(t.Context())
	dsn, err = server.Create(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// Forced, so that a pool that the test left open cannot prevent it.
		if err := server.administer(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return dsn
}

// Open calls Start and opens the database until the test ends.
func Open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open(Driver, Start(t))
	if err != nil {
		t.Fatalf("open PostgreSQL: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Create makes an empty database and returns its data source name.
func (s Server) Create(ctx context.Context, name string) (dsn string, err error) {
	return s.address(name), s.administer(ctx, "CREATE DATABASE "+name)
}

func (s Server) administer(ctx context.Context, statement string) error {
	db, err := sql.Open(Driver, s.address("postgres"))
	if err == nil {
		defer func() { _ = db.Close() }()
		_, err = db.ExecContext(ctx, statement)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}

func (s Server) address(name string) string {
	query := url.Values{"host": {string(s)}, "user": {"postgres"}}
	return "postgres:///" + name + "?" + query.Encode()
}

// Serve starts a server of its own, with more settings than those that allow many
// connections. Each is an argument "-c name=value".
func Serve(settings ...string) (Server, error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "postern-postgres-")
	if err != nil {
		return "", err
	}
	var as []string
	if os.Geteuid() == 0 {
		as = []string{"runuser", "-u", account, "--"}
		if err := run("chown", account, dir); err != nil {
			return "", err
		}
	}
	pgctl, data := filepath.Join(bin, "pg_ctl"), filepath.Join(dir, "data")
	stop := `dir=$1; shift; "$@" >/dev/null 2>&1; rm -rf "$dir"`
	stopArgs := append([]string{dir}, append(as, pgctl, "-D", data, "-m", "immediate", "stop")...)
	if err := atexit.Run(stop, stopArgs...); err != nil {
		return "", err
	}
	// Hosts order text by the rules of a language, so the tests also do: a query
	// that relies on byte order must say so.
	err = run(append(as, filepath.Join(bin, "initdb"), "-D", data,
		"-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync",
		"--locale=C", "--locale-provider=icu", "--icu-locale=en-US")...)
	if err != nil {
		return "", err
	}
	options := strings.Join(append(settings, "-c listen_addresses=", "-c max_connections=400",
		"-c timezone=UTC", "-c unix_socket_directories="+dir), " ")
	return Server(dir), run(append(as, pgctl, "-D", data, "-w", "-l", filepath.Join(dir, "log"), "-o", options, "start")...)
}

func run(words ...string) error {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = "/" // the server's account may not be able to enter ours
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(words[0]), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// binaries returns the folder of initdb and pg_ctl. Debian keeps it off the PATH,
// one folder per version; the last by name is used.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		// On Debian, a symbolic link elsewhere would not be beside the other programs.
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path), nil
		}
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil {
		return "", err
	}
	if len(found) == 0 {
		return "", fmt.Errorf("find PostgreSQL: no initdb on the PATH or under /usr/lib/postgresql")
	}
	return filepath.Dir(found[len(found)-1]), nil
}
