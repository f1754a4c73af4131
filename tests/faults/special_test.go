package faults_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/atexit"
	"github.com/postern-go/postern/tests/need"
)

// diskFull fills the disk that the database is on.
func diskFull(t *testing.T) []result {
	const name = "disk full"
	if !wanted(name) {
		return nil
	}
	dir := folder(t)
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=192m", "none", dir).CombinedOutput(); err != nil {
		need.Missing(t, "the right to mount a small disk", "run as root: "+string(out))
	}
	require.NoError(t, os.Chmod(dir, 0o755))
	s := newServer(t, dir, "min_wal_size = 32MB", "max_wal_size = 48MB")
	c := newCluster(t, s, "office")
	c.add(s.addr(), "", nil)
	c.add(s.addr(), "", nil)
	return c.all([]fault{{name: name, readsGoOn: true, run: func(c *cluster, _ *load) []*replica {
		filler := filepath.Join(dir, "filler")
		_ = exec.Command("dd", "if=/dev/zero", "of="+filler, "bs=64k").Run() // ends when nothing is left
		time.Sleep(hold)
		require.NoError(c.t, os.Remove(filler))
		if !waitUntil(recoverWithin, s.running) {
			// Without room for its log, PostgreSQL may stop itself; somebody starts it.
			s.start()
		}
		return nil
	}}})
}

// failOver promotes the standby after the primary died.
func failOver(t *testing.T) []result {
	const name = "fail-over to a standby"
	if !wanted(name) {
		return nil
	}
	dir := folder(t)
	s := newServer(t, dir)
	b := s.standby(dir)
	c := newCluster(t, s, "office")
	either := dsn(s.addr()+","+b.addr(), "office") + "&target_session_attrs=read-write"
	c.db = open(t, either)
	for range 4 {
		c.add("", either, nil)
	}
	return c.all([]fault{{name: name, run: during(func() {
		s.stop("immediate")
		b.ctl("promote")
	})}})
}

// poolExhausted has fifty more people at a replica with two connections.
func poolExhausted(t *testing.T, s *server) []result {
	const name = "fifty people, two connections"
	if !wanted(name) {
		return nil
	}
	c := newCluster(t, s, "exhausted")
	r := c.add(s.addr(), "", func(s *settings) { s.Pool = 2 })
	names := make([]string, 50)
	for i := range names {
		names[i] = c.operator("many")
	}
	return c.all([]fault{{name: name, run: func(_ *cluster, l *load) []*replica {
		var all sync.WaitGroup
		for i, name := range names {
			all.Go(func() {
				for n, end := 0, time.Now().Add(hold); time.Now().Before(end); n++ {
					l.signIn(&person{l: l, r: r, name: name, agent: fmt.Sprintf("many/%d/%d", i, n)})
				}
			})
		}
		all.Wait()
		return nil
	}}})
}

// wrongClocks runs replicas whose clocks are off, besides one that is right.
func wrongClocks(t *testing.T, s *server) []result {
	const name = "clocks off by minutes, hours and a year"
	if !wanted(name) {
		return nil
	}
	c := newCluster(t, s, "clocks")
	const day = 24 * time.Hour
	for _, skew := range []time.Duration{0, -366 * day, 2 * time.Minute, 2 * time.Hour, -2 * time.Minute, 366 * day} {
		c.add(s.addr(), "", func(s *settings) { s.Skew = skew })
	}
	results := c.all([]fault{{name: name, othersGoOn: true, readsGoOn: true, run: func(c *cluster, _ *load) []*replica {
		time.Sleep(hold)
		return nil
	}}})
	for _, gone := range []struct{ what, query string }{
		{"the audit log was purged", "SELECT 'x' FROM postern_event_head WHERE purged_seq > 0"},
		{"emails were purged", "SELECT 'x' FROM postern_operators WHERE name LIKE 'r%' AND name <> 'reader' AND EXISTS (SELECT 1 FROM postern_tokens WHERE subject = postern_operators.id) AND NOT EXISTS (SELECT 1 FROM postern_mails m WHERE m.operator_id = postern_operators.id)"},
		{"sessions were purged", "SELECT 'x' FROM postern_operators o WHERE name LIKE 'reader%' AND NOT EXISTS (SELECT 1 FROM postern_sessions s WHERE s.operator_id = o.id)"},
	} {
		if len(c.strings(gone.query)) > 0 {
			results[0].broken = append(results[0].broken, gone.what)
		}
	}
	return results
}

// pgBouncer puts PgBouncer in transaction mode between, and restarts it.
func pgBouncer(t *testing.T, s *server) []result {
	const name = "PgBouncer between, killed and started again"
	if !wanted(name) {
		return nil
	}
	program := need.Program(t, "pgbouncer")
	c := newCluster(t, s, "bounced")
	dir, port := folder(t), freePort(t)
	ini := filepath.Join(dir, "pgbouncer.ini")
	require.NoError(t, os.WriteFile(ini, fmt.Appendf(nil, `[databases]
bounced = host=127.0.0.1 port=%d dbname=bounced user=postgres
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 8
ignore_startup_parameters = extra_float_digits
pidfile = %s
`, s.port, port, filepath.Join(dir, "pid")), 0o644))
	s.run("chown", "-R", "postgres", dir)
	pid := filepath.Join(dir, "pid")
	answers := func() bool {
		conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err == nil {
			conn.Close()
		}
		return err == nil
	}
	start := func() {
		s.run(append(s.as, program, "-q", "-d", ini)...)
		c.eventually(recoverWithin, "PgBouncer does not start", answers)
	}
	kill := func() {
		s.run("sh", "-c", `kill -KILL $(cat "$1"); rm -f "$1"`, "sh", pid)
		c.eventually(recoverWithin, "PgBouncer does not end", func() bool { return !answers() })
	}
	require.NoError(t, atexit.Run(`kill -KILL $(cat "$1"); rm -rf "$2"`, pid, dir))
	start()
	whole := dsn(fmt.Sprintf("127.0.0.1:%d", port), "bounced") + "&default_query_exec_mode=exec"
	for range 4 {
		c.add("", whole, nil)
	}
	return c.all([]fault{{name: name, run: during(func() {
		time.Sleep(hold / 2)
		kill()
		start()
		time.Sleep(hold / 2)
	})}})
}
