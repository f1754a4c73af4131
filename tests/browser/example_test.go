package browser_test

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/tests/judge"
	"github.com/postern-go/postern/tests/need"
)

// example is the running example program.
type example struct {
	t      *testing.T
	binary string
	dir    string
	// printed is what stands behind each word that the program prints.
	printed map[string]string
}

// startExample builds the example program and starts it in an empty folder.
func startExample(t *testing.T, args ...string) *example {
	t.Helper()
	e := &example{t: t, dir: t.TempDir(), printed: map[string]string{}}
	e.binary = filepath.Join(e.dir, "community")
	build := exec.Command("go", "build", "-o", e.binary, "./examples/community")
	build.Dir = need.Root(t)
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	run := exec.CommandContext(ctx, e.binary, args...)
	run.Dir = e.dir
	run.Cancel = func() error { return run.Process.Signal(syscall.SIGTERM) }
	log, err := os.Create(filepath.Join(e.dir, "log"))
	require.NoError(t, err)
	run.Stderr = log
	stdout, err := run.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, run.Start())
	t.Cleanup(func() {
		cancel()
		_ = run.Wait()
		if lines, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("the program's log:\n%s", lines)
		}
	})
	lines := bufio.NewScanner(stdout)
	for len(e.printed) < 3 && lines.Scan() {
		word, rest, _ := strings.Cut(lines.Text(), ":")
		e.printed[word] = strings.TrimSpace(rest)
	}
	require.Contains(t, e.printed, "setup")
	return e
}

// command runs one of the program's subcommands beside it.
func (e *example) command(args ...string) string {
	e.t.Helper()
	run := exec.Command(e.binary, append([]string{"-addr", strings.TrimSuffix(strings.TrimPrefix(e.printed["community"], "http://"), "/")}, args...)...)
	run.Dir = e.dir
	out, err := run.Output()
	require.NoError(e.t, err, "%s", out)
	return string(out)
}

// TestExample follows what the example program prints, with nothing else
// known, to its pages behind permissions, and back in after a lost phone.
func TestExample(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	e := startExample(t, "-addr", "localhost:0", "-smtp", sink.Addr)
	office := strings.TrimSuffix(e.printed["back office"], "/")
	p := (&site{t: t}).person(t, "Ada Brook", "ada@example.com")

	require.Equal(t, 200, p.Open(e.printed["community"]))
	require.NotContains(t, p.HTML(), strings.TrimPrefix(office, strings.TrimSuffix(e.printed["community"], "/")))
	p.TakeProblems() // the community's pages are not judged here

	p.Open(e.printed["setup"])
	p.fillSetup()
	require.Equal(t, 200, p.Submit(primary))
	require.Equal(t, 200, p.typeSignIn())
	p.secret = p.Text("#totp-secret")
	p.Fill("#field-code", judge.Code(t, p.secret))
	require.Equal(t, 200, p.Submit(primary))
	require.Equal(t, "Save your recovery codes", p.Text("h1"))
	p.Click("#saved")
	p.Submit(primary)
	require.Equal(t, "Home", p.Text("h1"))

	var pages []string
	p.Evaluate(`[...document.querySelectorAll(".tiles a")].map(a => a.pathname)`, &pages)
	require.GreaterOrEqual(t, len(pages), 3, "pages of the community's own")
	for _, page := range pages {
		require.Equal(t, 200, p.Open(strings.TrimSuffix(e.printed["community"], "/")+page))
		require.Equal(t, 1, p.Count("h1"))
		for _, violation := range judge.Axe(t, p.Browser) {
			t.Errorf("%s: %s", page, violation)
		}
	}

	t.Run("forgotten password", func(t *testing.T) {
		stranger := (&site{t: t}).person(t, p.name, p.email)
		stranger.Open(office + "/forgot")
		stranger.Fill("#field-email", p.email)
		before := len(sink.Messages())
		require.Equal(t, 200, stranger.Submit(primary))
		messages := sink.Await(before + 1)
		body, err := messages[len(messages)-1].Body()
		require.NoError(t, err)
		link := mailed.FindString(body.Text)
		require.True(t, strings.HasPrefix(link, office+"/reset#"), "%s", body.Text)
	})

	t.Run("lost phone, no recovery codes, nobody to ask", func(t *testing.T) {
		e.command("reset-two-factor", p.email)
		p.Open(office + "/account")
		require.Equal(t, "Sign in", p.Text("h1"), "the old session is over")
		p.typeSignIn()
		require.Equal(t, "Add an authenticator app", p.Text("h1"))
		require.NotEqual(t, p.secret, p.Text("#totp-secret"))
	})
}
