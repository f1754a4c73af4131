package faults_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/atexit"
)

const (
	origin = "http://localhost:8080"
	secret = "plum-kettle-orbit-93-sail"
)

// allLogs are the folders of the replicas' logs. They outlive the tests.
var allLogs []string

// cluster is a set of replicas on one database.
type cluster struct {
	t        *testing.T
	database string
	dialect  sqlstore.Dialect
	db       *sql.DB // past all proxies
	sink     *smtpsink.Sink
	secret   []byte
	hash     string
	base     string // the alias, as a path
	replicas []*replica
	logs     string
	// operators counts those made so far.
	operators int
	// mails are those that must come, each once.
	mails []expected

	mu sync.Mutex
	// complaints are what a fault itself found broken.
	complaints []string
}

// complain notes a promise that was broken, once for each text.
func (c *cluster) complain(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if text := fmt.Sprintf(format, args...); !slices.Contains(c.complaints, text) {
		c.complaints = append(c.complaints, text)
	}
}

// complained returns the complaints, and forgets them.
func (c *cluster) complained() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := c.complaints
	c.complaints = nil
	return all
}

// replica is a process that serves the community and its office.
type replica struct {
	c        *cluster
	settings settings
	proxy    *proxy
	name     string

	mu   sync.Mutex
	addr string
	cmd  *exec.Cmd
}

// newCluster makes a database on a server of PostgreSQL, and fills it.
func newCluster(t *testing.T, s *server, database string) *cluster {
	return newClusterOn(t, database, sqlstore.PostgreSQL(), s.fresh(database))
}

// newClusterOn makes the tables in a database, and what the office needs to be used
// without a second factor and without limits in the way. It starts no replica.
func newClusterOn(t *testing.T, database string, d sqlstore.Dialect, db *sql.DB) *cluster {
	c := &cluster{t: t, database: database, dialect: d, db: db, sink: smtpsink.Start(t, smtpsink.Options{}), secret: make([]byte, 32), logs: folder(t)}
	allLogs = append(allLogs, c.logs)
	_, err := rand.Read(c.secret)
	require.NoError(t, err)
	require.NoError(t, c.store().Migrate(t.Context()))
	hasher, err := password.NewHasher(cheap)
	require.NoError(t, err)
	c.hash, err = hasher.Hash(t.Context(), secret)
	require.NoError(t, err)
	c.base = "/faultless-alias-42"
	c.office() // which begins the audit log
	parameters, err := c.store().LoadParameters(t.Context())
	require.NoError(t, err)
	parameters.Alias = c.base[1:]
	parameters.Values = map[string]string{
		"two_factor.who": "recommended", "signin.per_address": "10000", "signin.names_per_address": "10000",
		"reset.gap": "1s", "session.per_operator": "20",
	}
	require.NoError(t, c.store().Commit(t.Context(), store.PutParameters{Parameters: parameters}))
	return c
}

// office is one past all proxies.
func (c *cluster) office() *backoffice.Office {
	c.t.Helper()
	office, err := backoffice.New(c.t.Context(), backoffice.Config{
		Origin: origin, InsecurePlainHTTP: true, Secret: c.secret, Store: c.store(), Mail: &mail.Outbox{Dir: c.t.TempDir()}, PasswordHashing: cheap,
		Log: slog.New(slog.DiscardHandler),
	})
	require.NoError(c.t, err)
	return office
}

func (c *cluster) store() *sqlstore.Store {
	st, err := sqlstore.New(c.db, c.dialect, sqlstore.Config{})
	require.NoError(c.t, err)
	return st
}

// operator makes an administrator, and returns their name, which is also the
// first part of their email address.
func (c *cluster) operator(kind string) string {
	c.operators++
	name := fmt.Sprintf("%s%d", kind, c.operators)
	require.NoError(c.t, c.store().Commit(c.t.Context(), store.PutOperator{Operator: store.Operator{
		ID: "id-of-" + name, Name: name, NameKey: name, Email: name + "@example.org", EmailKey: name + "@example.org",
		SearchKey: name, State: store.OperatorActive, PrimaryRole: store.RoleSuperAdministrator,
		Password: c.hash, PasswordSetAt: time.Now(), CreatedAt: time.Now(), UpdatedAt: time.Now(),
	}}))
	return name
}

// add starts one more replica on the database behind a proxy to addr, or, if
// whole is set, on the data source name whole.
func (c *cluster) add(addr, whole string, change func(*settings)) *replica {
	c.t.Helper()
	r := &replica{c: c, name: fmt.Sprint(len(c.replicas) + 1)}
	if whole == "" {
		r.proxy = startProxy(c.t, addr)
		whole = dsn(r.proxy.addr, c.database)
	}
	r.settings = settings{Dialect: c.dialect.String(), DSN: whole, SMTP: c.sink.Addr, Secret: c.secret, Pool: 8, Log: filepath.Join(c.logs, r.name+".log")}
	if change != nil {
		change(&r.settings)
	}
	c.replicas = append(c.replicas, r)
	r.start()
	return r
}

func (r *replica) start() {
	t := r.c.t
	t.Helper()
	text, err := json.Marshal(r.settings)
	require.NoError(t, err)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), replicaEnv+"="+string(text))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	require.NoError(t, atexit.Run(fmt.Sprintf("kill -CONT %[1]d; kill -KILL %[1]d", cmd.Process.Pid)))
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGCONT)
		_ = cmd.Process.Kill()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "a replica did not start")
	r.mu.Lock()
	defer r.mu.Unlock()
	r.addr, r.cmd = strings.TrimSpace(line), cmd
}

// url is where the replica listens now.
func (r *replica) url() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return "http://" + r.addr
}

func (r *replica) signal(s syscall.Signal) {
	require.NoError(r.c.t, r.cmd.Process.Signal(s))
}

// restart ends the process as an orchestrator does, and starts another.
func (r *replica) restart() {
	r.signal(syscall.SIGTERM)
	_ = r.cmd.Wait()
	r.start()
}

// awaitFrozen returns once the process is stopped.
func (r *replica) awaitFrozen() {
	r.c.eventually(10*time.Second, "the replica did not come to a COMMIT", func() bool {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", r.cmd.Process.Pid))
		require.NoError(r.c.t, err)
		_, after, _ := strings.Cut(string(text), ") ")
		return strings.HasPrefix(after, "T")
	})
}

func (c *cluster) eventually(within time.Duration, complaint string, ok func() bool) {
	c.t.Helper()
	require.Eventually(c.t, ok, within, 50*time.Millisecond, complaint)
}

// exec runs statements on the database, past all proxies.
func (c *cluster) exec(statements ...string) {
	c.t.Helper()
	for _, s := range statements {
		_, err := c.db.ExecContext(context.Background(), s)
		require.NoError(c.t, err, s)
	}
}

// strings returns the first column of a query.
func (c *cluster) strings(query string, args ...any) []string {
	c.t.Helper()
	rows, err := c.db.QueryContext(context.Background(), query, args...)
	require.NoError(c.t, err)
	defer rows.Close()
	var all []string
	for rows.Next() {
		var s string
		require.NoError(c.t, rows.Scan(&s))
		all = append(all, s)
	}
	require.NoError(c.t, rows.Err())
	return all
}
