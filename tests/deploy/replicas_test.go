package deploy_test

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/tests/need"
	"github.com/postern-go/postern/tests/postgres"
)

const origin = "https://community.example"

// cluster is three replicas of examples/replicas over one PostgreSQL, each with an IP
// address of its own, as in a network of containers.
type cluster struct {
	t        *testing.T
	program  string
	env      []string
	replicas []*replica
	mail     *smtpsink.Sink
	// port and watch are those of each replica.
	port, watch string
}

// replica is one process.
type replica struct {
	c    *cluster
	ip   string
	cmd  *exec.Cmd
	said *synced
}

// synced is a buffer that is read while it is written to.
type synced struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *synced) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *synced) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// newCluster migrates with one account and starts the replicas with another, which has
// no more rights than Grant gave it.
func newCluster(t *testing.T) *cluster {
	if l, err := net.Listen("tcp", client+":0"); err != nil {
		need.Missing(t, "the address "+client, "ifconfig lo0 alias "+client+", and likewise 127.0.0.11 to 127.0.0.13")
	} else {
		l.Close()
	}
	c := &cluster{t: t, program: filepath.Join(t.TempDir(), "community"), port: freePort(t), watch: freePort(t)}
	build := exec.Command("go", "build", "-ldflags=-s", "-o", c.program, "./examples/replicas")
	build.Dir = need.Root(t)
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))

	owner := postgres.Start(t)
	db, err := sql.Open(postgres.Driver, owner)
	require.NoError(t, err)
	defer db.Close()
	_, err = db.ExecContext(t.Context(), "DROP ROLE IF EXISTS community_app; CREATE ROLE community_app LOGIN") // of the whole server
	require.NoError(t, err)
	status, _, said := c.run([]string{"DATABASE_URL=" + owner, "DATABASE_APP_ROLE=community_app"}, "migrate")
	require.Zero(t, status, said)

	c.mail = smtpsink.Start(t, smtpsink.Options{STARTTLS: true})
	secret := filepath.Join(t.TempDir(), "office.key")
	random := make([]byte, 32)
	rand.Read(random)
	require.NoError(t, os.WriteFile(secret, fmt.Appendf(nil, "%x\n", random), 0o440))
	c.env = []string{
		"ORIGIN=" + origin, "TRUSTED_PROXIES=127.0.0.1", "SECRET_FILE=" + secret,
		"DATABASE_URL=" + strings.Replace(owner, "user=postgres", "user=community_app", 1),
		"SMTP_ADDR=" + c.mail.Addr, "SMTP_FROM=Community <no-reply@community.example>", "SMTP_CA_FILE=" + c.mail.CAFile,
	}
	for i := range 3 {
		r := &replica{c: c, ip: fmt.Sprintf("127.0.0.%d", 11+i)}
		c.replicas = append(c.replicas, r)
		r.start()
		t.Cleanup(func() { r.stop(syscall.SIGKILL) })
	}
	for _, r := range c.replicas {
		r.await()
	}
	return c
}

// run runs a command of the program to its end.
func (c *cluster) run(env []string, args ...string) (status int, stdout, stderr string) {
	c.t.Helper()
	cmd := exec.CommandContext(c.t.Context(), c.program, args...)
	cmd.Env = env
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		require.IsType(c.t, &exec.ExitError{}, err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), problems.String()
}

// command is one of the office's, which succeeds.
func (c *cluster) command(args ...string) string {
	c.t.Helper()
	status, stdout, stderr := c.run(c.env, args...)
	require.Zero(c.t, status, stderr)
	return stdout
}

func (r *replica) start() {
	r.c.t.Helper()
	r.said = &synced{}
	r.cmd = exec.Command(r.c.program)
	r.cmd.Env = append(r.c.env, "LISTEN="+r.ip+":"+r.c.port, "WATCH="+r.ip+":"+r.c.watch)
	r.cmd.Stderr = r.said
	r.cmd.SysProcAttr = dieWithTests()
	require.NoError(r.c.t, r.cmd.Start())
}

// await waits as an orchestrator does.
func (r *replica) await() {
	r.c.t.Helper()
	require.Eventually(r.c.t, func() bool {
		status, _, _ := r.c.run([]string{"WATCH=" + r.ip + ":" + r.c.watch}, "healthy")
		return status == 0
	}, 30*time.Second, 20*time.Millisecond, r.said)
}

// stop ends the process and returns how: 0 if it finished what it began.
func (r *replica) stop(signal syscall.Signal) int {
	if r.cmd.ProcessState == nil {
		_ = r.cmd.Process.Signal(signal)
		_ = r.cmd.Wait()
	}
	return r.cmd.ProcessState.ExitCode()
}

// freePort is a port that is free on every address.
func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", ":0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}
