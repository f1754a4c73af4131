// Package mariadb runs a real MariaDB server for tests, and for programs that
// measure.
//
// The first call of Start in a test binary starts the server of all its tests.
// Servers listen only on a Unix socket in a temporary folder, and are stopped and
// removed when the program ends, even if it crashes. They must be version 10.6 or
// later.
package mariadb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/postern-go/postern/tests/atexit"
	"github.com/postern-go/postern/tests/need"
)

// Driver is the driver name to pass to sql.Open, with a data source name from
// Start. This package imports the driver.
const Driver = "mysql"

// careless settings trade durability after a power cut, which no test needs, for
// speed.
var careless = []string{
	"--debug-no-sync", "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0",
	"--skip-innodb-doublewrite", "--skip-innodb-stats-persistent",
}

// small settings are for the time and the space that a server takes to start. The tables
// of the server itself are made with them too, because some cannot be changed later.
var small = []string{
	"--innodb-log-file-size=32M", "--innodb-buffer-pool-size=64M", "--innodb-undo-tablespaces=0",
	"--innodb-temp-data-file-path=ibtmp1:1M:autoextend", "--aria-log-file-size=8M", "--key-buffer-size=1M",
	"--aria-pagecache-buffer-size=1M", "--skip-innodb-buffer-pool-dump-at-shutdown", "--skip-innodb-buffer-pool-load-at-startup",
}

// Tests break connections on purpose, of which the driver writes to standard error.
func init() { _ = mysql.SetLogger(&mysql.NopLogger{}) }

var (
	start    = sync.OnceValues(func() (Server, error) { return Serve(careless...) })
	database atomic.Int64
)

// Server is a running server: the folder that holds its data, its socket, and its log.
type Server string

// Start returns the data source name of a new, empty database for the test, dropped
// after it, for an account that may do everything. It may be called more than once in a
// test. Without MariaDB, the test is skipped, or fails with CI=true.
func Start(t testing.TB) (dsn string) {
	t.Helper()
	if _, err := find("mariadbd"); err != nil {
		need.Program(t, "mariadbd") // not found either: this ends the test
	}
	server, err := start()
	if err != nil {
		t.Fatalf("start MariaDB: %v", err)
	}
	name := fmt.Sprintf("test_%d", database.Add(1))
	// The test's own context has ended when its database is dropped.
	ctx := context.WithoutCancel(t.Context())
	dsn, err = server.Create(ctx, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Administer(ctx, "DROP DATABASE "+name); err != nil {
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
		t.Fatalf("open MariaDB: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Create makes an empty database and returns its data source name. It has the default
// character set and collation of the server, as hosts have.
func (s Server) Create(ctx context.Context, name string) (dsn string, err error) {
	return s.DSN("root", name), s.Administer(ctx, "CREATE DATABASE "+name)
}

// Administer runs statements with all rights, on one connection and in no database.
func (s Server) Administer(ctx context.Context, statements ...string) error {
	db, err := sql.Open(Driver, s.DSN("root", ""))
	if err != nil {
		return err
	}
	db.SetMaxOpenConns(1)
	defer func() { _ = db.Close() }()
	for _, statement := range statements {
		if _, err := db.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("%s: %w", statement, err)
		}
	}
	return nil
}

// DSN is the data source name of a database for an account without a password.
func (s Server) DSN(account, name string) string {
	return account + "@unix(" + s.Socket() + ")/" + name
}

// Socket is the path at which the server listens.
func (s Server) Socket() string { return filepath.Join(string(s), "s") }

// log is the path of its log, to which it would add ".err" if there were no extension.
func (s Server) log() string { return filepath.Join(string(s), "mariadbd.log") }

// Serve starts a server of its own, with more settings than those that make it small and
// allow many connections. Each is an option of mariadbd, "--name=value".
func Serve(settings ...string) (Server, error) {
	server, err := find("mariadbd")
	if err != nil {
		return "", err
	}
	install, err := find("mariadb-install-db")
	if err != nil {
		return "", err
	}
	self, err := user.Current()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "postern-mariadb-")
	if err != nil {
		return "", err
	}
	if err := atexit.Run(`kill -9 $(cat "$1/pid"); rm -rf "$1"`, dir); err != nil {
		return "", err
	}
	data := filepath.Join(dir, "data")
	// As root, the server wants to be told that this is meant. A server that starts removes
	// the temporary tables of all that share its folder for them.
	common := append([]string{"--no-defaults", "--user=" + self.Username, "--datadir=" + data, "--tmpdir=" + dir}, small...)
	made := append(append([]string{install}, common...), careless...)
	if err := run(append(made, "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve")...); err != nil {
		return "", err
	}
	cmd := exec.Command(server, append(append(common, "--socket="+Server(dir).Socket(), "--pid-file="+filepath.Join(dir, "pid"),
		"--skip-networking", "--skip-log-bin", "--max-connections=400", "--thread-cache-size=64", "--skip-name-resolve",
		"--log-error="+Server(dir).log()), settings...)...)
	cmd.Dir = "/"
	// For what it says before it opens the log itself.
	log, err := os.OpenFile(Server(dir).log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return "", err
	}
	defer func() { _ = log.Close() }()
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		return "", err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return Server(dir), Server(dir).await(ended)
}

// await waits until the server answers, or has ended.
func (s Server) await(ended <-chan error) error {
	connector, err := mysql.NewConnector(&mysql.Config{
		User: "root", Net: "unix", Addr: s.Socket(), AllowNativePasswords: true,
	})
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer func() { _ = db.Close() }()
	for limit := time.Now().Add(time.Minute); ; time.Sleep(2 * time.Millisecond) {
		err := db.PingContext(context.Background())
		if err == nil {
			return nil
		}
		select {
		case ended := <-ended:
			err = errors.Join(fmt.Errorf("mariadbd has ended"), ended)
		default:
			if time.Now().Before(limit) {
				continue
			}
		}
		text, _ := os.ReadFile(s.log())
		return fmt.Errorf("%w: %s", err, text)
	}
}

func run(words ...string) error {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = "/"
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", filepath.Base(words[0]), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// find returns the path of a program of the server's. Debian keeps some in /usr/sbin,
// which is on the PATH of root only.
func find(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		if path, other := exec.LookPath("/usr/sbin/" + program); other == nil {
			return path, nil
		}
	}
	return path, err
}
