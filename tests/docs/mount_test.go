package docs_test

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// TestTheReadmeLetsSomebodyIn runs the program of the README in an empty folder, and sets
// the office up with the link that it prints.
func TestTheReadmeLetsSomebodyIn(t *testing.T) {
	const port = "localhost:8080"
	program, err := os.ReadFile(filepath.Join(need.Root(t), "examples", "nethttp", "main.go"))
	require.NoError(t, err)
	_, mount, _ := strings.Cut(string(program), "// begin ten lines\n")
	mount, _, ok := strings.Cut(mount, "// end ten lines\n")
	require.True(t, ok)
	require.LessOrEqual(t, strings.Count(mount, "\n"), 10, "lines of the mount")

	// The port may be in use.
	listener, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	_, free, err := net.SplitHostPort(listener.Addr().String())
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	dir := t.TempDir()
	file := filepath.Join(dir, "main.go")
	require.NoError(t, os.WriteFile(file, []byte(strings.ReplaceAll(string(program), port, "localhost:"+free)), 0o600))
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, "program"), file)
	build.Dir = filepath.Join(need.Root(t), "examples")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))

	run := exec.CommandContext(t.Context(), filepath.Join(dir, "program"))
	run.Dir = dir
	stdout, err := run.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, run.Start())
	t.Cleanup(func() {
		_ = run.Process.Kill()
		_ = run.Wait()
	})
	link := ""
	for lines := bufio.NewScanner(stdout); link == "" && lines.Scan(); {
		link, _ = strings.CutPrefix(lines.Text(), "setup: ")
	}
	page, token, ok := strings.Cut(link, "#")
	require.True(t, ok, "there is no setup link: %q", link)

	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	person := &http.Client{Jar: jar}
	got, err := person.Get(page)
	require.NoError(t, err)
	defer got.Body.Close()
	require.Equal(t, http.StatusOK, got.StatusCode)
	html, err := io.ReadAll(got.Body)
	require.NoError(t, err)
	csrf := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindSubmatch(html)
	require.NotNil(t, csrf)
	const password = "plum-kettle-orbit-93-sail"
	done, err := person.PostForm(page, url.Values{"csrf": {string(csrf[1])}, "token": {token}, "email": {"ada@example.org"}, "name": {"Ada"},
		"password": {password}, "password_again": {password}})
	require.NoError(t, err)
	defer done.Body.Close()
	require.Equal(t, strings.Replace(page, "/setup", "/login?done=setup", 1), done.Request.URL.String())
}
