// Package chrome drives a real, headless Chromium in tests.
//
//	b := chrome.New(t)
//	b.Open(server.URL + "/login")
//	b.Fill("#login", "ada")
//	b.Submit("button[type=submit]")
//	require.Equal(t, "Welcome", b.Text("h1"))
//
// One browser process serves all tests of a binary; each New has cookies and
// storage of its own. Every method that fails reports the URL and the text of
// the page it was on. Problems of the page itself (script errors, violations of the
// content security policy, missing stylesheets) fail the test at its end, unless
// the test takes them with TakeProblems.
//
// Use http://localhost:PORT URLs: browsers treat them as a secure context, unlike
// another host name for 127.0.0.1.
package chrome

import (
	"context"
	"errors"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/systeminfo"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/postern-go/postern/tests/atexit"
	"github.com/postern-go/postern/tests/need"
)

// patience bounds each single action. It is reached only when a test fails.
const patience = 20 * time.Second

// Browser is one tab. It must not be used from several goroutines at once.
type Browser struct {
	t   testing.TB
	ctx context.Context

	mu       sync.Mutex
	problems []string
}

// process is the browser shared by all tests of the binary.
var process struct {
	once sync.Once
	ctx  context.Context
	err  error
}

// New opens a tab with its own cookies and storage, closed after the test. Without
// Chromium, the test is skipped, or fails with CI=true.
func New(t testing.TB) *Browser {
	t.Helper()
	path := os.Getenv("CHROME")
	if path == "" {
		path = need.Program(t, "chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
	}
	process.once.Do(func() { process.ctx, process.err = launch(path) })
	if process.err != nil {
		t.Fatalf("start %s: %v", path, process.err)
	}
	return open(t, process.ctx, chromedp.WithExistingBrowserContext(window(t)))
}

// Tab opens a second tab that shares the cookies of b, like a middle click.
func (b *Browser) Tab() *Browser {
	b.t.Helper()
	return open(b.t, b.ctx)
}

// DisableScript makes the tab behave as if its user had disabled script, from the
// next page on.
func (b *Browser) DisableScript() {
	b.t.Helper()
	b.run("switch script off", emulation.SetScriptExecutionDisabled(true))
}

// launch starts the process. It has no deadline: the browser ends with the first
// context.
func launch(path string) (context.Context, error) {
	dir, err := os.MkdirTemp("", "postern-chrome-")
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.UserDataDir(dir),
		chromedp.NoSandbox, // not available in containers and to root
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		// A page restored from memory does not load, so it could not be awaited.
		chromedp.Flag("disable-features", "site-per-process,Translate,BlinkGenPropertyTrees,BackForwardCache"),
		chromedp.Flag("force-color-profile", "srgb"),
		chromedp.Flag("font-render-hinting", "none"),
	)
	allocator, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ := chromedp.NewContext(allocator)
	if err := chromedp.Run(ctx); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	// The browser's child processes write to the folder for a moment after it ends.
	const stop = `kill -KILL "$1" 2>/dev/null
for try in 1 2 3 4 5; do rm -rf "$2"; sleep 1; [ -e "$2" ] || break; done`
	pid, err := browserPID(ctx)
	if err != nil {
		return nil, err
	}
	return ctx, atexit.Run(stop, strconv.FormatInt(pid, 10), dir)
}

// browserPID asks the browser itself: what Debian and Ubuntu install as
// chromium-headless-shell is a script that does not exec, so the process that was
// started is a shell, and a browser outlives its death.
func browserPID(ctx context.Context) (int64, error) {
	executor := cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser)
	processes, err := systeminfo.GetProcessInfo().Do(executor)
	if err != nil {
		return 0, err
	}
	for _, process := range processes {
		if process.Type == "browser" {
			return process.ID, nil
		}
	}
	return 0, errors.New("the browser does not say which process it is")
}

// window creates a window with its own storage, closed after the test, in which
// tabs open. chromedp.WithNewBrowserContext requests a tab without a window, which
// the browser refuses.
func window(t testing.TB) cdp.BrowserContextID {
	t.Helper()
	ctx := cdp.WithExecutor(process.ctx, chromedp.FromContext(process.ctx).Browser)
	storage, err := target.CreateBrowserContext().Do(ctx)
	if err != nil {
		t.Fatalf("open a window: %v", err)
	}
	t.Cleanup(func() {
		if err := target.DisposeBrowserContext(storage).Do(ctx); err != nil {
			t.Errorf("close a window: %v", err)
		}
	})
	_, err = target.CreateTarget("about:blank").WithBrowserContextID(storage).WithNewWindow(true).Do(ctx)
	if err != nil {
		t.Fatalf("open a window: %v", err)
	}
	return storage
}

func open(t testing.TB, parent context.Context, options ...chromedp.ContextOption) *Browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, options...)
	b := &Browser{t: t, ctx: ctx}
	t.Cleanup(func() {
		cancel()
		for _, problem := range b.TakeProblems() {
			t.Errorf("the page complained: %s", problem)
		}
	})
	chromedp.ListenTarget(ctx, b.hear)
	// The first Run creates the tab and ties it to its context: no deadline here.
	err := chromedp.Run(ctx, network.Enable(), log.Enable(), audits.Enable(),
		chromedp.EmulateViewport(1280, 800))
	if err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	return b
}
