// Package galera runs a real cluster of three MariaDB nodes, of which tests may kill,
// freeze and cut off each.
//
// Every node has a network namespace of its own, joined to the others by cables that can
// be pulled, and listens for clients on a Unix socket, which no cable carries. Nodes are
// stopped, and everything is removed, when the program ends, even if it crashes. It needs
// the right to make network namespaces, which root has.
package galera

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/postern-go/postern/tests/atexit"
	"github.com/postern-go/postern/tests/need"
)

const (
	nodes = 3
	// Provider is the library that makes a server a node.
	Provider = "/usr/lib/galera/libgalera_smm.so"
	// account runs the servers: rsync, which copies a node for another, would give up the
	// rights of root.
	account = "mysql"
	// startWithin is long enough for a node to get a copy of everything.
	startWithin = time.Minute
)

// Cluster is a running cluster.
type Cluster struct {
	t    testing.TB
	dir  string
	name string
	// Nodes are its nodes, each of which takes reads and writes.
	Nodes []*Node
}

// Node is a server.
type Node struct {
	c      *Cluster
	number int
	cmd    *exec.Cmd
	ended  chan struct{}
}

// Start starts a cluster. Without its programs, or the right to make networks, the test is
// skipped, or fails with CI=true.
func Start(t testing.TB) *Cluster {
	t.Helper()
	need.Program(t, "mariadbd", "/usr/sbin/mariadbd")
	need.Program(t, "rsync")
	need.Program(t, "ip", "/usr/sbin/ip")
	if _, err := os.Stat(Provider); err != nil {
		need.Missing(t, Provider, "apt-get install galera-4")
	}
	dir, err := os.MkdirTemp("", "postern-galera-")
	must(t, err)
	c := &Cluster{t: t, dir: dir, name: fmt.Sprintf("postern%d", os.Getpid())}
	for i := range nodes {
		c.Nodes = append(c.Nodes, &Node{c: c, number: i + 1})
	}
	must(t, atexit.Run(`dir=$1; shift
		for pid in "$dir"/*/pid; do kill -CONT $(cat "$pid"); kill -KILL $(cat "$pid"); done
		for space in "$@"; do ip netns del "$space"; done
		rm -rf "$dir"`, append([]string{dir, c.space(0)}, c.spaces()...)...))
	c.connect()
	first := c.Nodes[0]
	first.mkdir()
	must(t, run(append([]string{"mariadb-install-db", "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"},
		first.common()...)...))
	first.start("--wsrep-new-cluster")
	for _, n := range c.Nodes[1:] {
		n.start()
	}
	return c
}

// connect makes a switch in a namespace of its own, and a cable from it to each node.
func (c *Cluster) connect() {
	c.t.Helper()
	hub := c.space(0)
	if err := run("ip", "netns", "add", hub); err != nil {
		need.Missing(c.t, "the right to make network namespaces", "run as root: "+err.Error())
	}
	c.ip("-n", hub, "link", "add", "switch", "type", "bridge")
	c.ip("-n", hub, "link", "set", "switch", "up")
	for _, n := range c.Nodes {
		space, port := c.space(n.number), n.port()
		c.ip("netns", "add", space)
		c.ip("-n", hub, "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", space)
		c.ip("-n", hub, "link", "set", port, "master", "switch", "up")
		c.ip("-n", space, "link", "set", "lo", "up")
		c.ip("-n", space, "address", "add", n.address()+"/24", "dev", "eth0")
		c.ip("-n", space, "link", "set", "eth0", "up")
	}
}

func (c *Cluster) ip(args ...string) {
	c.t.Helper()
	must(c.t, run(append([]string{"ip"}, args...)...))
}

// space is the name of a node's namespace; 0 is the switch's.
func (c *Cluster) space(number int) string { return fmt.Sprintf("%s-%d", c.name, number) }

func (c *Cluster) spaces() (all []string) {
	for _, n := range c.Nodes {
		all = append(all, c.space(n.number))
	}
	return all
}

// Create makes an empty database on all nodes.
func (c *Cluster) Create(name string) {
	c.t.Helper()
	db := c.Nodes[0].Open("")
	defer db.Close()
	_, err := db.Exec("CREATE DATABASE " + name)
	must(c.t, err)
	for _, n := range c.Nodes {
		n.Await("a new database", func(db *sql.DB) bool {
			var found string
			return db.QueryRow("SHOW DATABASES LIKE '"+name+"'").Scan(&found) == nil
		})
	}
}

// mkdir makes the folder of the node and that of its data.
func (n *Node) mkdir() {
	n.c.t.Helper()
	must(n.c.t, os.Chmod(n.c.dir, 0o755))
	must(n.c.t, os.MkdirAll(filepath.Join(n.dir(), "data"), 0o755))
	must(n.c.t, run("chown", account, n.dir(), filepath.Join(n.dir(), "data")))
}

func (n *Node) dir() string     { return filepath.Join(n.c.dir, strconv.Itoa(n.number)) }
func (n *Node) port() string    { return "port" + strconv.Itoa(n.number) }
func (n *Node) address() string { return "10.99.0." + strconv.Itoa(n.number) }

// Socket is the path at which the node listens for clients.
func (n *Node) Socket() string { return filepath.Join(n.dir(), "s") }

// Log is the path of its log.
func (n *Node) Log() string { return filepath.Join(n.dir(), "log") }

// DSN is the data source name of a database, for an account that may do everything.
func (n *Node) DSN(database string) string { return "root@unix(" + n.Socket() + ")/" + database }

// Open opens a pool that survives every fault, as it keeps no connection.
func (n *Node) Open(database string) *sql.DB {
	connector, err := mysql.NewConnector(&mysql.Config{
		User: "root", Net: "unix", Addr: n.Socket(), DBName: database, AllowNativePasswords: true, Logger: &mysql.NopLogger{},
	})
	must(n.c.t, err)
	db := sql.OpenDB(connector)
	db.SetMaxIdleConns(0)
	return db
}

func (n *Node) common() []string {
	return []string{
		"--no-defaults", "--user=" + account, "--datadir=" + filepath.Join(n.dir(), "data"),
		"--innodb-log-file-size=32M", "--innodb-buffer-pool-size=64M", "--innodb-flush-method=nosync", "--skip-innodb-doublewrite",
		"--innodb-undo-tablespaces=0", "--innodb-temp-data-file-path=ibtmp1:1M:autoextend", "--aria-log-file-size=8M",
	}
}

func (n *Node) options() []string {
	var addresses []string
	for _, other := range n.c.Nodes {
		addresses = append(addresses, other.address())
	}
	return append(n.common(),
		"--socket="+n.Socket(), "--pid-file="+filepath.Join(n.dir(), "pid"), "--bind-address="+n.address(), "--skip-name-resolve",
		"--max-connections=400", "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2", "--innodb-flush-log-at-trx-commit=1",
		"--wsrep-on=ON", "--wsrep-provider="+Provider, "--wsrep-cluster-name="+n.c.name,
		"--wsrep-cluster-address=gcomm://"+strings.Join(addresses, ","), "--wsrep-node-address="+n.address(),
		"--wsrep-provider-options=gcache.size=32M", "--wsrep-sst-method=rsync", "--wsrep-slave-threads=2",
	)
}

// Start starts the node, which has been killed, and waits until it takes part again. It
// asks the others only for what it has missed.
func (n *Node) Start() {
	n.c.t.Helper()
	out, err := n.command(append(n.options(), "--wsrep-recover")...).CombinedOutput()
	must(n.c.t, err)
	position := recovered.FindSubmatch(out)
	if position == nil {
		n.c.t.Fatalf("node %d does not know where it ended: %s", n.number, out)
	}
	n.start("--wsrep-start-position=" + string(position[1]))
}

var recovered = regexp.MustCompile(`Recovered position: (\S+)`)

// Renew throws away all that the node has, starts it, and waits until it has copied
// everything from another.
func (n *Node) Renew() {
	n.c.t.Helper()
	must(n.c.t, os.RemoveAll(filepath.Join(n.dir(), "data")))
	n.start()
}

func (n *Node) command(options ...string) *exec.Cmd {
	cmd := exec.Command("ip", append([]string{"netns", "exec", n.c.space(n.number), "mariadbd"}, options...)...)
	cmd.Dir = "/"
	return cmd
}

func (n *Node) start(more ...string) {
	n.c.t.Helper()
	n.mkdir()
	log, err := os.OpenFile(n.Log(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	must(n.c.t, err)
	defer log.Close()
	n.cmd = n.command(append(n.options(), more...)...)
	n.cmd.Stderr = log
	must(n.c.t, n.cmd.Start())
	n.ended = make(chan struct{})
	go func() { _ = n.cmd.Wait(); close(n.ended) }()
	n.AwaitReady()
}

// AwaitReady waits until the node takes part in the cluster.
func (n *Node) AwaitReady() {
	n.c.t.Helper()
	n.Await("readiness", func(db *sql.DB) bool { return status(db, "wsrep_ready") == "ON" })
}

// Status is one of the node's status variables, or "" if it does not answer.
func (n *Node) Status(name string) string {
	db := n.Open("")
	defer db.Close()
	return status(db, name)
}

func status(db *sql.DB, name string) string {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var key, value string
	_ = db.QueryRowContext(ctx, "SHOW GLOBAL STATUS LIKE '"+name+"'").Scan(&key, &value)
	return value
}

// Await waits until the node is as it should be.
func (n *Node) Await(what string, is func(*sql.DB) bool) {
	n.c.t.Helper()
	db := n.Open("")
	defer db.Close()
	for limit := time.Now().Add(startWithin); !is(db); time.Sleep(50 * time.Millisecond) {
		select {
		case <-n.ended:
			limit = time.Time{}
		default:
		}
		if time.Now().After(limit) {
			text, _ := os.ReadFile(n.Log())
			n.c.t.Fatalf("node %d: waited in vain for %s: %s", n.number, what, text[max(0, len(text)-4000):])
		}
	}
}

// Signal sends a signal to the server.
func (n *Node) Signal(s syscall.Signal) {
	n.c.t.Helper()
	must(n.c.t, n.cmd.Process.Signal(s))
}

// Kill kills the server, and waits until it has ended.
func (n *Node) Kill() {
	n.c.t.Helper()
	n.Signal(syscall.SIGKILL)
	<-n.ended
}

// Cut pulls the node's cable, or plugs it in again.
func (n *Node) Cut(cut bool) {
	n.c.t.Helper()
	state := "up"
	if cut {
		state = "down"
	}
	n.c.ip("-n", n.c.space(0), "link", "set", n.port(), state)
}

func run(words ...string) error {
	cmd := exec.Command(words[0], words[1:]...)
	cmd.Dir = "/"
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s", strings.Join(words, " "), err, bytes.TrimSpace(out))
	}
	return nil
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
