package chrome

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// The keys that [Browser.Press] and [Browser.PressToLoad] accept, besides
// characters.
const (
	Tab    = "\t"
	Enter  = "\r"
	Escape = "\x1b"
	Space  = " "
	Down   = kb.ArrowDown
)

// Press presses keys, one after the other, wherever the focus is.
func (b *Browser) Press(keys string) {
	b.t.Helper()
	b.run("press keys", chromedp.KeyEvent(keys))
}

// PressControl presses a key while the Control key is held.
func (b *Browser) PressControl(key string) {
	b.t.Helper()
	b.run("press Control and "+key, chromedp.KeyEvent(key, chromedp.KeyModifiers(input.ModifierCtrl)))
}

// PressShortcut presses a key that the page may keep from being typed, which Press types
// even then.
func (b *Browser) PressShortcut(key string) {
	b.t.Helper()
	b.run("press "+key, input.DispatchKeyEvent(input.KeyDown).WithKey(key).WithText(key), input.DispatchKeyEvent(input.KeyUp).WithKey(key))
}

// Paste empties a field and inserts value at once, as the clipboard and password
// managers do. It is much faster than Fill.
func (b *Browser) Paste(selector, value string) {
	b.t.Helper()
	b.run("paste into "+selector,
		chromedp.Focus(selector, chromedp.ByQuery),
		chromedp.Evaluate("document.querySelector("+strconv.Quote(selector)+`).value = ""`, nil),
		input.InsertText(value))
}

// PressToLoad is Press for keys that lead to another page. It returns the
// status of the answer, after redirects.
func (b *Browser) PressToLoad(keys string) (status int) {
	b.t.Helper()
	return b.load("press keys", chromedp.KeyEvent(keys))
}

// SubmitTwice clicks twice in a row, as impatient people do, and waits for the
// resulting page. The browser abandons the first answer for the second, so it
// returns no status.
func (b *Browser) SubmitTwice(selector string) {
	b.t.Helper()
	var at struct{ X, Y float64 }
	b.Evaluate(`(() => { const e = document.querySelector(`+strconv.Quote(selector)+`);
		e.scrollIntoView({block: "center"}); window.before = true;
		const r = e.getBoundingClientRect(); return {X: r.x + r.width / 2, Y: r.y + r.height / 2} })()`, &at)
	b.run("submit twice "+selector, chromedp.MouseClickXY(at.X, at.Y), chromedp.MouseClickXY(at.X, at.Y))
	b.await("the page after "+selector, func(ctx context.Context) (loaded bool) {
		// While pages change, there may be none to query.
		err := chromedp.Run(ctx, chromedp.Evaluate(`!window.before && document.readyState === "complete"`, &loaded))
		return err == nil && loaded
	})
}

// await polls until there returns true.
func (b *Browser) await(what string, there func(context.Context) bool) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !there(ctx) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			b.t.Fatalf("wait for %s: %v\n%s", what, ctx.Err(), b.whereabouts())
		}
	}
}

// Zone sets the browser's time zone, such as "Asia/Tokyo", from the next
// page on.
func (b *Browser) Zone(name string) {
	b.t.Helper()
	b.run("set the time zone", emulation.SetTimezoneOverride(name))
}

// Agent sets the browser's user agent, such as that of a phone, from the next page
// on.
func (b *Browser) Agent(name string) {
	b.t.Helper()
	b.run("set the user agent", emulation.SetUserAgentOverride(name))
}

// Clipboard returns the text of the clipboard.
func (b *Browser) Clipboard() string {
	b.t.Helper()
	b.AllowClipboard()
	var text string
	b.Evaluate("navigator.clipboard.readText()", &text)
	return text
}

// AllowClipboard lets pages use the clipboard. A person permits this by pressing a
// button, but a headless browser does not.
func (b *Browser) AllowClipboard() {
	b.t.Helper()
	b.onBrowser("allow the clipboard", func(ctx context.Context, id cdp.BrowserContextID) error {
		return browser.GrantPermissions([]browser.PermissionType{
			browser.PermissionTypeClipboardReadWrite, browser.PermissionTypeClipboardSanitizedWrite,
		}).WithBrowserContextID(id).Do(ctx)
	})
}

// Download clicks an element that saves a file, and returns its name and content.
func (b *Browser) Download(selector string) (name, content string) {
	b.t.Helper()
	dir := b.t.TempDir()
	b.onBrowser("allow downloads", func(ctx context.Context, id cdp.BrowserContextID) error {
		return browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).
			WithBrowserContextID(id).WithDownloadPath(dir).Do(ctx)
	})
	b.Click(selector)
	b.await("the file of "+selector, func(context.Context) bool {
		files, err := filepath.Glob(filepath.Join(dir, "*"))
		if err != nil || len(files) != 1 || strings.HasSuffix(files[0], ".crdownload") {
			return false
		}
		bytes, err := os.ReadFile(files[0])
		name, content = filepath.Base(files[0]), string(bytes)
		return err == nil
	})
	return name, content
}

// onBrowser does something for the whole window, not one tab.
func (b *Browser) onBrowser(what string, do func(context.Context, cdp.BrowserContextID) error) {
	b.t.Helper()
	b.run(what, chromedp.ActionFunc(func(ctx context.Context) error {
		c := chromedp.FromContext(ctx)
		return do(cdp.WithExecutor(ctx, c.Browser), c.BrowserContextID)
	}))
}
