package upgrade_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/tests/atexit"
	"github.com/postern-go/postern/tests/upgrade/replica"
)

func TestMain(m *testing.M) {
	if !replica.Main() {
		os.Exit(m.Run())
	}
}

// program is a version of the library, as a program that is a replica.
type program struct {
	name, path string
	// stale leaves the tables as they are, without a look at their version.
	stale bool
}

// office is one database, and what all its replicas share.
type office struct {
	t        *testing.T
	settings replica.Settings
	sink     *smtpsink.Sink
	// base is the alias, as a path.
	base string
}

func newOffice(t *testing.T, s replica.Settings) *office {
	s.Secret = testoffice.Secret()
	o := &office{t: t, settings: s, sink: smtpsink.Start(t, smtpsink.Options{})}
	o.settings.SMTP = o.sink.Addr
	return o
}

// command runs a program with a command of the office, and returns what it prints.
func (o *office) command(p program, args ...string) string {
	o.t.Helper()
	cmd, said := o.process(p, args...)
	out, err := cmd.Output()
	require.NoError(o.t, err, "%s %v: %s", p.name, args, said)
	return string(out)
}

func (o *office) process(p program, args ...string) (*exec.Cmd, *lines) {
	o.t.Helper()
	s := o.settings
	s.Stale = p.stale
	text, err := json.Marshal(s)
	require.NoError(o.t, err)
	cmd, said := exec.Command(p.path, args...), &lines{}
	cmd.Env = append(os.Environ(), replica.Env+"="+string(text), "LC_ALL=C")
	cmd.Stderr = said
	return cmd, said
}

// running is a replica. log is what it has logged.
type running struct {
	o      *office
	p      program
	cmd    *exec.Cmd
	log    *lines
	server *httptest.Server
}

// start starts a replica, and fails the test if it does not serve.
func (o *office) start(p program) *running {
	o.t.Helper()
	r, err := o.try(p)
	require.NoError(o.t, err)
	return r
}

// try starts a replica. The error is what it says when it ends at once.
func (o *office) try(p program) (*running, error) {
	o.t.Helper()
	cmd, said := o.process(p)
	out, err := cmd.StdoutPipe()
	require.NoError(o.t, err)
	require.NoError(o.t, cmd.Start())
	require.NoError(o.t, atexit.Run(fmt.Sprintf("kill -KILL %d", cmd.Process.Pid)))
	o.t.Cleanup(func() { _ = cmd.Process.Kill() })
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = cmd.Wait()
		return nil, fmt.Errorf("%s did not start: %s", p.name, said)
	}
	return &running{o, p, cmd, said, &httptest.Server{URL: "http://" + strings.TrimSpace(address)}}, nil
}

// stop ends a replica as an orchestrator does.
func (r *running) stop() {
	r.o.t.Helper()
	require.NoError(r.o.t, r.cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(r.o.t, r.cmd.Wait(), "%s: %s", r.p.name, r.log)
}

// kill ends a replica as the kernel does.
func (r *running) kill() {
	require.NoError(r.o.t, r.cmd.Process.Kill())
	_ = r.cmd.Wait()
}

// health is the status of a replica's readiness, and the body.
func (r *running) health() (int, string) {
	r.o.t.Helper()
	res, err := http.Get(r.server.URL + "/healthz")
	require.NoError(r.o.t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.NoError(r.o.t, err)
	return res.StatusCode, string(body)
}

// browser opens a browser at a replica. At moves it to another: their cookies are the same.
func (r *running) browser() *browse.Browser {
	t := r.o.t
	t.Helper()
	if r.o.base == "" {
		u, err := url.Parse(strings.TrimSpace(r.o.command(r.p, "alias")))
		require.NoError(t, err)
		r.o.base = strings.TrimSuffix(u.Path, "/")
	}
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &browse.Browser{
		Site: &browse.Site{Rig: &testoffice.Rig{T: t}, Server: r.server, Base: r.o.base}, T: t, Agent: testoffice.Agent, More: url.Values{},
		Client: &http.Client{Jar: jar, Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// link returns the token of the newest link to a page that was sent to an address.
func (o *office) link(to, page string) string {
	o.t.Helper()
	var token string
	require.Eventually(o.t, func() bool {
		for _, m := range o.sink.Messages() {
			if len(m.To) != 1 || m.To[0] != to {
				continue
			}
			body, err := m.Body()
			require.NoError(o.t, err)
			if _, after, found := strings.Cut(body.Text, o.base+"/"+page+"#"); found {
				token, _, _ = strings.Cut(after, "\n")
				token = strings.TrimSpace(token)
			}
		}
		return token != ""
	}, 20*time.Second, 20*time.Millisecond, "no link for %s", to)
	return token
}

// lines are what a process writes to stderr.
type lines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}
