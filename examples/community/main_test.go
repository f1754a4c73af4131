package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
)

// runAsProgram makes the test binary the program itself, so that tests start
// what a person would, with its signals and exit codes, without building it.
const runAsProgram = "COMMUNITY_TEST_RUN_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(runAsProgram) != "" {
		hashing = password.Config{Params: password.Params{MemoryKiB: 8, Time: 1, Threads: 1}, InsecureParams: true}
		main()
	}
	os.Exit(m.Run())
}

// program is the program with its arguments, in a folder.
func program(ctx context.Context, dir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), runAsProgram+"=yes")
	return cmd
}

// once runs the program to its end.
func once(t *testing.T, dir string, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := program(ctx, dir, args...)
	var out, problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &problems
	if err := cmd.Run(); err != nil {
		require.IsType(t, &exec.ExitError{}, err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), problems.String()
}

// running is a started community.
type running struct {
	t   *testing.T
	dir string
	cmd *exec.Cmd
	// lines are what it printed, by what stands before the colon, and order is
	// the names in turn.
	lines map[string]string
	order []string
	log   *synced
}

// synced is a buffer that is written to while it is read.
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

// start runs the community in a folder on a free port until the test ends.
func start(t *testing.T, dir string, args ...string) *running {
	t.Helper()
	r := &running{t: t, dir: dir, lines: map[string]string{}, log: &synced{}}
	r.cmd = program(context.Background(), dir, append([]string{"-addr", "localhost:0"}, args...)...)
	r.cmd.Stderr = r.log
	stdout, err := r.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, r.cmd.Start())
	t.Cleanup(func() {
		if r.cmd.ProcessState == nil {
			r.stop()
		}
	})
	last := "outbox"
	if slices.Contains(args, "-smtp") {
		last = "setup"
	}
	scanner := bufio.NewScanner(stdout)
	for scanner.Scan() {
		name, value, found := strings.Cut(scanner.Text(), ":")
		require.True(t, found, "not a line for scripts: %q", scanner.Text())
		r.lines[name] = strings.TrimSpace(value)
		r.order = append(r.order, scanner.Text())
		if name == last {
			break
		}
	}
	require.Contains(t, r.lines, last, "it did not start: %s", r.log)
	return r
}

// stop asks the program to end, as Ctrl-C does, and returns its exit code.
func (r *running) stop() int {
	r.t.Helper()
	require.NoError(r.t, r.cmd.Process.Signal(syscall.SIGTERM))
	if err := r.cmd.Wait(); err != nil {
		require.IsType(r.t, &exec.ExitError{}, err)
	}
	return r.cmd.ProcessState.ExitCode()
}

// command runs a break-glass command beside the running community.
func (r *running) command(args ...string) (status int, stdout, stderr string) {
	r.t.Helper()
	return once(r.t, r.dir, args...) // without -addr: it knows where
}

// mails waits until there are n of them and returns their text, oldest first.
func (r *running) mails(n int) []string {
	r.t.Helper()
	var texts []string
	require.Eventually(r.t, func() bool {
		texts = r.outbox()
		return len(texts) >= n
	}, 30*time.Second, 20*time.Millisecond, "mails missing; log: %s", r.log)
	require.Len(r.t, texts, n)
	return texts
}

// mail waits for one that matches and returns its text.
func (r *running) mail(pattern *regexp.Regexp) (text string) {
	r.t.Helper()
	require.Eventually(r.t, func() bool {
		all := r.outbox()
		i := slices.IndexFunc(all, pattern.MatchString)
		if i >= 0 {
			text = all[i]
		}
		return i >= 0
	}, 30*time.Second, 20*time.Millisecond, "mail missing; log: %s", r.log)
	return text
}

func (r *running) outbox() []string {
	files, err := filepath.Glob(filepath.Join(r.dir, r.lines["outbox"], "*.eml"))
	require.NoError(r.t, err)
	var texts []string
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(r.t, err)
		// Long lines are folded with "=" at the end.
		texts = append(texts, strings.ReplaceAll(strings.ReplaceAll(string(text), "=\r\n", ""), "=3D", "="))
	}
	return texts
}

// browser is one visitor.
type browser struct {
	t      *testing.T
	client *http.Client
	origin string
}

func (r *running) browser() *browser {
	jar, err := cookiejar.New(nil)
	require.NoError(r.t, err)
	return &browser{r.t, &http.Client{Jar: jar, Timeout: 30 * time.Second}, strings.TrimSuffix(r.lines["community"], "/")}
}

// page is an answer after all redirects.
type page struct {
	status int
	// at is path and query of where it came from.
	at, body string
}

// get opens a path, or an address.
func (b *browser) get(path string) page {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.address(path), nil)
	require.NoError(b.t, err)
	return b.do(request)
}

func (b *browser) address(path string) string {
	if strings.HasPrefix(path, "/") {
		return b.origin + path
	}
	return path
}

var hidden = regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)

// post sends a form of names and values, with the hidden fields of the page
// that it was on.
func (b *browser) post(path string, on page, fields ...string) page {
	b.t.Helper()
	form := url.Values{}
	for _, m := range hidden.FindAllStringSubmatch(on.body, -1) {
		form.Set(m[1], m[2])
	}
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.address(path), strings.NewReader(form.Encode()))
	require.NoError(b.t, err)
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Origin", b.origin)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(request)
}

func (b *browser) do(request *http.Request) page {
	b.t.Helper()
	response, err := b.client.Do(request)
	require.NoError(b.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(b.t, err)
	return page{response.StatusCode, response.Request.URL.RequestURI(), string(body)}
}
