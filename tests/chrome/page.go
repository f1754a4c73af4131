package chrome

import (
	"context"
	"strconv"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
)

// Open opens a URL, waits until the page has loaded, and returns the status of the
// answer, after redirects. It is 0 if only the fragment differs from the current
// URL, because nothing is then requested.
func (b *Browser) Open(address string) (status int) {
	b.t.Helper()
	return b.load("open "+address, chromedp.Navigate(address))
}

// Submit clicks a button or link that leads to another page, waits until that page
// has loaded, and returns the status of the answer, after redirects.
func (b *Browser) Submit(selector string) (status int) {
	b.t.Helper()
	return b.load("submit "+selector, chromedp.Click(selector, chromedp.ByQuery))
}

// Back presses the browser's back button.
func (b *Browser) Back() (status int) {
	b.t.Helper()
	return b.load("go back", chromedp.NavigateBack())
}

// Reload loads the current page again.
func (b *Browser) Reload() (status int) {
	b.t.Helper()
	return b.load("reload", chromedp.Reload())
}

// Click clicks an element that changes the current page. Use Submit for one that
// leads to another page.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.run("click "+selector, chromedp.Click(selector, chromedp.ByQuery))
}

// Fill empties a field and types value into it, key by key.
func (b *Browser) Fill(selector, value string) {
	b.t.Helper()
	b.run("fill "+selector,
		chromedp.WaitVisible(selector, chromedp.ByQuery),
		// chromedp.Clear does not remove typed text.
		chromedp.Evaluate("document.querySelector("+strconv.Quote(selector)+`).value = ""`, nil),
		chromedp.SendKeys(selector, value, chromedp.ByQuery))
}

// Choose selects the option of a <select> that has this value.
func (b *Browser) Choose(selector, value string) {
	b.t.Helper()
	b.run("choose "+selector, chromedp.SetValue(selector, value, chromedp.ByQuery))
}

// Wait returns when the selector is visible.
func (b *Browser) Wait(selector string) {
	b.t.Helper()
	b.run("wait for "+selector, chromedp.WaitVisible(selector, chromedp.ByQuery))
}

// Text returns the text of the first match as a reader sees it.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	var text string
	b.run("read "+selector, chromedp.Text(selector, &text, chromedp.ByQuery))
	return text
}

// Value returns the value of a field.
func (b *Browser) Value(selector string) string {
	b.t.Helper()
	var value string
	b.run("read "+selector, chromedp.Value(selector, &value, chromedp.ByQuery))
	return value
}

// Attribute returns an attribute of the first match, and whether it exists. It
// queries the page: chromedp's own copy of the tree is updated late.
func (b *Browser) Attribute(selector, name string) (value string, ok bool) {
	b.t.Helper()
	b.run("wait for "+selector, chromedp.WaitReady(selector, chromedp.ByQuery))
	var found *string
	b.Evaluate("document.querySelector("+strconv.Quote(selector)+").getAttribute("+strconv.Quote(name)+")", &found)
	if found == nil {
		return "", false
	}
	return *found, true
}

// Count returns the number of matches at this moment, without waiting.
func (b *Browser) Count(selector string) int {
	b.t.Helper()
	var n int
	b.Evaluate("document.querySelectorAll("+strconv.Quote(selector)+").length", &n)
	return n
}

// Evaluate runs an expression in the page, waits for it if it is a promise,
// and decodes its value into result, which may be nil. It works even if
// the page's own script is disabled.
func (b *Browser) Evaluate(expression string, result any) {
	b.t.Helper()
	b.run("evaluate", chromedp.Evaluate(expression, result,
		func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
}

// Location returns the URL of the page, with its fragment.
func (b *Browser) Location() string {
	b.t.Helper()
	var address string
	b.run("read the address", chromedp.Location(&address))
	return address
}

// Title returns the title of the page.
func (b *Browser) Title() string {
	b.t.Helper()
	var title string
	b.run("read the title", chromedp.Title(&title))
	return title
}

// HTML returns the page's current markup. To judge what the server sent, use the
// answer's body instead: a browser corrects mistakes.
func (b *Browser) HTML() string {
	b.t.Helper()
	var html string
	b.run("read the page", chromedp.OuterHTML("html", &html, chromedp.ByQuery))
	return html
}

// Cookies returns all cookies of this browser, including those of other paths and
// those that script cannot read.
func (b *Browser) Cookies() []*network.Cookie {
	b.t.Helper()
	var cookies []*network.Cookie
	b.run("read the cookies", chromedp.ActionFunc(func(ctx context.Context) error {
		var err error
		c := chromedp.FromContext(ctx)
		cookies, err = storage.GetCookies().WithBrowserContextID(c.BrowserContextID).
			Do(cdp.WithExecutor(ctx, c.Browser))
		return err
	}))
	return cookies
}

// ClearCookies deletes all cookies of this browser.
func (b *Browser) ClearCookies() {
	b.t.Helper()
	b.run("clear the cookies", chromedp.ActionFunc(func(ctx context.Context) error {
		c := chromedp.FromContext(ctx)
		return storage.ClearCookies().WithBrowserContextID(c.BrowserContextID).
			Do(cdp.WithExecutor(ctx, c.Browser))
	}))
}
