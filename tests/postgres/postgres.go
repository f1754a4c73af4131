// Package postgres runs a real PostgreSQL server for tests.
//
// The server is started by the first call of Start in a test binary, serves
// all its tests, listens on a Unix socket in a temporary folder only, and is
// stopped and removed when the binary ends, however it ends. It has to be
// version 15 or later.
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

// Driver is the name to give to sql.Open together with an address of Start.
// This package imports the driver.
const Driver = "pgx"

// account is whose rights the server runs with when the tests run as root,
// because PostgreSQL refuses to.
const account = "postgres"

// settings trade safety after a power cut, which no test needs, for speed,
// and leave room for races of many goroutines with a connection each.
const settings = "-c listen_addresses= -c fsync=off -c synchronous_commit=off" +
	" -c full_page_writes=off -c max_connections=400 -c timezone=UTC"

var (
	start    = sync.OnceValues(startServer)
	database atomic.Int64
)

// Start returns the address of a new, empty database that belongs to the test
// and is dropped after it. It may be called more than once in a test. Without
// PostgreSQL the test is skipped, or fails with CI=true.
func Start(t testing.TB) (dsn string) {
	t.Helper()
	if _, err := binaries(); err != nil {
		need.Program(t, "initdb") // not found either: this ends the test
	}
	dir, err := start()
	if err != nil {
		t.Fatalf("start PostgreSQL: %v", err)
	}
	name := fmt.Sprintf("test_%d", database.Add(1))
	administer(t, dir, "CREATE DATABASE "+name)
	// Forced, so that a pool which the test left open cannot keep it.
	t.Cleanup(func() { administer(t, dir, "DROP DATABASE "+name+" WITH (FORCE)") })
	return address(dir, name)
}

// Open is Start with the database opened, and closed after the test.
func Open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open(Driver, Start(t))
	if err != nil {
		t.Fatalf("open PostgreSQL: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func administer(t testing.TB, dir, statement string) {
	t.Helper()
	db, err := sql.Open(Driver, address(dir, "postgres"))
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
	defer func() { _ = db.Close() }()
	// The test's own context is over when its database is dropped.
	if _, err := db.ExecContext(context.WithoutCancel(t.Context()), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

func address(dir, name string) string {
	query := url.Values{"host": {dir}, "user": {"postgres"}}
	return "postgres:///" + name + "?" + query.Encode()
}

// startServer returns the folder that holds the server's data and socket.
func startServer() (dir string, err error) {
	bin, err := binaries()
	if err != nil {
		return "", err
	}
	dir, err = os.MkdirTemp("", "postern-postgres-")
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
	// Hosts order text by the rules of a language, so the tests do too: a query
	// that relies on the order of bytes has to say so.
	err = run(append(as, filepath.Join(bin, "initdb"), "-D", data,
		"-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync",
		"--locale=C", "--locale-provider=icu", "--icu-locale=en-US")...)
	if err != nil {
		return "", err
	}
	return dir, run(append(as, pgctl, "-D", data, "-w", "-l", filepath.Join(dir, "log"),
		"-o", settings+" -c unix_socket_directories="+dir, "start")...)
}

func run(words ...string) error {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = "/" // the server's account may not be able to enter ours
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(words[0]), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// binaries returns the folder of initdb and pg_ctl. Debian keeps it off the
// PATH, one folder a version; the last one named is taken.
func binaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		// On Debian a link elsewhere would miss its neighbours.
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
