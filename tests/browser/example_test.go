package browser_test

import (
	"bufio"
	"context"
	"fmt"
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

	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/tests/atexit"
	"github.com/postern-go/postern/tests/judge"
)

// example is the running example program.
type example struct {
	t      *testing.T
	binary string
	dir    string
	stop   func()
	// printed is what stands behind each word that the program prints.
	printed map[string]string
}

// buildExample builds the program once for all tests.
var buildExample = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "postern-example-")
	if err != nil {
		return "", err
	}
	binary := filepath.Join(dir, "community")
	build := exec.Command("go", "build", "-o", binary, "github.com/postern-go/postern/examples/community")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return binary, atexit.Run(`rm -rf "$1"`, dir)
})

// startExample builds the example program and starts it in an empty folder.
func startExample(t *testing.T, args ...string) *example {
	t.Helper()
	binary, err := buildExample()
	require.NoError(t, err)
	e := &example{t: t, dir: t.TempDir(), binary: binary}
	e.start(args...)
	require.Contains(t, e.printed, "setup")
	return e
}

// start starts the program until the test ends, or stop is called.
func (e *example) start(args ...string) {
	t := e.t
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	t.Cleanup(cancel)
	if *language != "en" {
		args = append([]string{"-languages", *language}, args...)
	}
	run := exec.CommandContext(ctx, e.binary, args...)
	run.Dir = e.dir
	run.Cancel = func() error { return run.Process.Signal(syscall.SIGTERM) }
	log, err := os.OpenFile(filepath.Join(e.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	run.Stderr = log
	stdout, err := run.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, run.Start())
	e.stop = sync.OnceFunc(func() {
		cancel()
		_ = run.Wait()
	})
	t.Cleanup(func() {
		e.stop()
		if lines, err := os.ReadFile(log.Name()); err == nil && t.Failed() {
			t.Logf("the program's log:\n%s", lines)
		}
	})
	last := "outbox"
	if slices.Contains(args, "-smtp") { // it prints none, and is set up once
		last = "setup"
		if e.printed != nil {
			last = "back office"
		}
	}
	e.printed = map[string]string{}
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		word, rest, _ := strings.Cut(lines.Text(), ":")
		if e.printed[word] = strings.TrimSpace(rest); word == last {
			break
		}
	}
	require.Contains(t, e.printed, last, "it did not start")
}

// office is the back office's address, without a slash at the end.
func (e *example) office() string { return strings.TrimSuffix(e.printed["back office"], "/") }

// community is the community's address, without a slash at the end.
func (e *example) community() string { return strings.TrimSuffix(e.printed["community"], "/") }

// command runs one of the program's subcommands beside it.
func (e *example) command(args ...string) string {
	e.t.Helper()
	run := exec.Command(e.binary, append([]string{"-addr", strings.TrimPrefix(e.community(), "http://")}, args...)...)
	run.Dir = e.dir
	out, err := run.Output()
	require.NoError(e.t, err, "%s", out)
	return string(out)
}

// owner sets the example up, and is at its home page.
func (e *example) owner(name, email string) *person {
	e.t.Helper()
	p := (&site{t: e.t}).person(e.t, name, email)
	p.Open(e.printed["setup"])
	p.fillSetup()
	require.Equal(e.t, 200, p.Submit(primary))
	require.Equal(e.t, 200, p.typeSignIn())
	p.enrolNow()
	return p
}

// enrolNow adds an authenticator by the clock of the machine, as the example
// program has it, and goes on to the home page.
func (p *person) enrolNow() {
	p.s.t.Helper()
	p.chooseApp()
	p.secret = p.Text("#totp-secret")
	p.Fill("#field-code", judge.Code(p.s.t, p.secret))
	require.Equal(p.s.t, 200, p.Submit(primary))
	p.arrive()
}

// chooseApp goes from the page that offers a passkey first, where the office has them, to that
// of an authenticator app.
func (p *person) chooseApp() {
	p.s.t.Helper()
	if strings.HasSuffix(p.Location(), "/login/enrol/passkey") {
		require.Equal(p.s.t, 200, p.press("Use an authenticator app instead"))
	}
	p.heading("Add an authenticator app")
}

// soon is when the next code of the machine's clock shows. It is taken a little
// early, so that nobody who has just used one must wait.
func soon() time.Time { return time.Now().Add(30 * time.Second) }

// TestExample follows what the example program prints, with nothing else
// known, to its pages behind permissions, and back in after a lost phone.
func TestExample(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	e := startExample(t, "-addr", "localhost:0", "-smtp", sink.Addr)
	office := e.office()
	p := (&site{t: t}).person(t, "Ada Brook", "ada@example.com")

	require.Equal(t, 200, p.Open(e.printed["community"]))
	require.NotContains(t, p.HTML(), strings.TrimPrefix(office, e.community()))
	p.TakeProblems() // the community's pages are not judged here

	p.Open(e.printed["setup"])
	p.fillSetup()
	require.Equal(t, 200, p.Submit(primary))
	require.Equal(t, 200, p.typeSignIn())
	p.chooseApp()
	p.secret = p.Text("#totp-secret")
	p.Fill("#field-code", judge.Code(t, p.secret))
	require.Equal(t, 200, p.Submit(primary))
	p.heading("Save your recovery codes")
	p.Click("#saved")
	p.Submit(primary)
	p.heading("Home")

	var pages []string
	p.Evaluate(`[...document.querySelectorAll(".tiles a")].map(a => a.pathname)`, &pages)
	require.GreaterOrEqual(t, len(pages), 3, "pages of the community's own")
	for _, page := range pages {
		require.Equal(t, 200, p.Open(e.community()+page))
		require.Equal(t, 1, p.Count("h1"))
		p.looks(filepath.Base(page))
		for _, violation := range judge.Axe(t, p.Browser) {
			t.Errorf("%s: %s", page, violation)
		}
	}

	t.Run("posts", func(t *testing.T) { p.moderates(t, e) })

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
		p.heading("Sign in", "the old session is over")
		p.typeSignIn()
		p.chooseApp()
		require.NotEqual(t, p.secret, p.Text("#totp-secret"))
	})
}
