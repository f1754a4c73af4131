package faults_test

import (
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/atexit"
	"github.com/postern-go/postern/tests/need"
)

// server is a PostgreSQL server that listens on loopback, of which each test may
// do what it likes.
type server struct {
	t         *testing.T
	bin, data string
	port      int
	as        []string
}

// freePort returns a port that nothing listens on.
func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// newServer makes a server in a folder and starts it. Its write-ahead log is
// flushed as a real one's: what was acknowledged must survive "immediate".
func newServer(t *testing.T, dir string, more ...string) *server {
	s := &server{t: t, data: filepath.Join(dir, "data"), port: freePort(t)}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	require.NoError(t, err)
	if path, err := exec.LookPath("initdb"); err == nil {
		path, err = filepath.EvalSymlinks(path)
		require.NoError(t, err)
		found = append(found, path)
	}
	if len(found) == 0 {
		need.Program(t, "initdb")
	}
	s.bin = filepath.Dir(found[len(found)-1])
	if os.Geteuid() == 0 {
		s.as = []string{"runuser", "-u", "postgres", "--"}
		s.run("chown", "postgres", dir)
	}
	s.atExit(dir)
	s.pg("initdb", "-D", s.data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync", "--locale=C")
	s.configure(append([]string{
		"listen_addresses = '127.0.0.1'", fmt.Sprintf("port = %d", s.port), "unix_socket_directories = ''",
		"max_connections = 200", "log_min_messages = fatal", "deadlock_timeout = 500ms",
	}, more...)...)
	s.start()
	return s
}

// atExit arranges that the server does not outlive this process.
func (s *server) atExit(dir string) {
	stop := `dir=$1 pid=$2; [ -f "$pid" ] && kill -CONT $(pgrep -P $(head -1 "$pid")) $(head -1 "$pid"); [ -f "$pid" ] && kill -QUIT $(head -1 "$pid"); sleep 1; umount "$dir"; rm -rf "$dir"`
	require.NoError(s.t, atexit.Run("("+stop+") >/dev/null 2>&1", dir, filepath.Join(s.data, "postmaster.pid")))
}

func (s *server) configure(lines ...string) {
	f, err := os.OpenFile(filepath.Join(s.data, "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(s.t, err)
	defer f.Close()
	_, err = fmt.Fprintln(f, strings.Join(lines, "\n"))
	require.NoError(s.t, err)
}

func (s *server) run(words ...string) {
	s.t.Helper()
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = "/"
	out, err := cmd.CombinedOutput()
	require.NoError(s.t, err, "%v: %s", words, out)
}

// pg runs one of the server's programs.
func (s *server) pg(name string, args ...string) {
	s.t.Helper()
	s.run(append(append(s.as, filepath.Join(s.bin, name)), args...)...)
}

func (s *server) ctl(args ...string) {
	s.t.Helper()
	s.pg("pg_ctl", append([]string{"-D", s.data, "-w", "-t", "60", "-l", s.data + ".log"}, args...)...)
}

func (s *server) start()           { s.ctl("start") }
func (s *server) stop(mode string) { s.ctl("-m", mode, "stop") }

// running reports whether the server accepts connections.
func (s *server) running() bool {
	words := append(s.as, filepath.Join(s.bin, "pg_isready"), "-q", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port))
	return exec.Command(words[0], words[1:]...).Run() == nil
}

func (s *server) addr() string { return fmt.Sprintf("127.0.0.1:%d", s.port) }

// dsn is the data source name for an address, which may be a proxy's.
func dsn(addr, database string) string {
	return "postgres://postgres@" + addr + "/" + database + "?sslmode=disable&connect_timeout=5"
}

// fresh makes a database, and returns a pool of our own, past all proxies.
func (s *server) fresh(database string) *sql.DB {
	s.t.Helper()
	all := open(s.t, dsn(s.addr(), "postgres"))
	_, err := all.Exec("CREATE DATABASE " + database)
	require.NoError(s.t, err)
	return open(s.t, dsn(s.addr(), database))
}

// open opens a pool that survives every fault, as it keeps no connection.
func open(t *testing.T, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	db.SetMaxIdleConns(0)
	return db
}

// signal sends a signal to all of the server's processes.
func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	for _, pid := range s.processes() {
		_ = syscall.Kill(pid, sig) // some end on their own
	}
}

func (s *server) processes() []int {
	s.t.Helper()
	text, err := os.ReadFile(filepath.Join(s.data, "postmaster.pid"))
	require.NoError(s.t, err)
	first, _, _ := strings.Cut(string(text), "\n")
	out, err := exec.Command("pgrep", "-P", first).Output()
	require.NoError(s.t, err)
	var all []int
	for _, word := range append([]string{first}, strings.Fields(string(out))...) {
		pid, err := strconv.Atoi(word)
		require.NoError(s.t, err)
		all = append(all, pid)
	}
	return all
}

// standby makes a synchronous standby of the server.
func (s *server) standby(dir string) *server {
	b := &server{t: s.t, bin: s.bin, as: s.as, data: filepath.Join(dir, "standby"), port: freePort(s.t)}
	b.atExit(b.data)
	s.pg("pg_basebackup", "-h", "127.0.0.1", "-p", strconv.Itoa(s.port), "-U", "postgres", "-D", b.data, "-X", "stream", "-R")
	b.configure(fmt.Sprintf("port = %d", b.port),
		"cluster_name = 'standby'") // its name in synchronous_standby_names
	b.start()
	db := open(s.t, dsn(s.addr(), "postgres"))
	_, err := db.Exec("ALTER SYSTEM SET synchronous_standby_names = 'standby'")
	require.NoError(s.t, err)
	_, err = db.Exec("SELECT pg_reload_conf()")
	require.NoError(s.t, err)
	return b
}
