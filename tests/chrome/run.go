package chrome

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// run runs actions within patience, or ends the test.
func (b *Browser) run(what string, actions ...chromedp.Action) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Run(ctx, actions...); err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.whereabouts())
	}
}

// load is run for an action that leads to another page.
func (b *Browser) load(what string, action chromedp.Action) (status int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.RunResponse(ctx, action)
	if err != nil {
		b.t.Fatalf("%s: %v\n%s", what, err, b.whereabouts())
	}
	if answer == nil { // the same page at another fragment
		return 0
	}
	return int(answer.Status)
}

// whereabouts describes the page a failed test was on.
func (b *Browser) whereabouts() string {
	ctx, cancel := context.WithTimeout(b.ctx, 2*time.Second)
	defer cancel()
	var address, words string
	err := chromedp.Run(ctx, chromedp.Location(&address),
		chromedp.Evaluate("document.body ? document.body.innerText : ''", &words))
	if err != nil {
		return fmt.Sprintf("(the page cannot be read: %v)", err)
	}
	if runes := []rune(words); len(runes) > 600 {
		words = string(runes[:600]) + " ..."
	}
	return fmt.Sprintf("on %s, which says:\n%s", address, words)
}

// TakeProblems returns the problems of pages since it was last called, so that a
// test that provokes problems can check them. Problems that are not taken fail the
// test at its end.
func (b *Browser) TakeProblems() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	taken := b.problems
	b.problems = nil
	return taken
}

func (b *Browser) complain(format string, args ...any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.problems = append(b.problems, fmt.Sprintf(format, args...))
}

// hear collects problems from the browser's events.
func (b *Browser) hear(event any) {
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		b.complain("script error: %v", e.ExceptionDetails)
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.APITypeError || e.Type == runtime.APITypeWarning {
			b.complain("console.%s: %s", e.Type, arguments(e.Args))
		}
	case *log.EventEntryAdded:
		// For answers, the two events below say more.
		if e.Entry.Source != log.SourceNetwork && e.Entry.Level == log.LevelError {
			b.complain("%s: %s (%s)", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	case *audits.EventIssueAdded:
		if csp := e.Issue.Details.ContentSecurityPolicyIssueDetails; csp != nil {
			b.complain("content security policy: %s refused %s (%s)",
				csp.ViolatedDirective, csp.BlockedURL, csp.ContentSecurityPolicyViolationType)
		}
	case *network.EventResponseReceived:
		// A page may answer 403 or 422, but its resources may not.
		if e.Type != network.ResourceTypeDocument && e.Response.Status >= 400 {
			b.complain("%s answered %d", e.Response.URL, e.Response.Status)
		}
	case *network.EventLoadingFailed:
		if e.Type != network.ResourceTypeDocument && !e.Canceled {
			b.complain("a %s could not be loaded: %s %s", e.Type, e.ErrorText, e.BlockedReason)
		}
	}
}

func arguments(args []*runtime.RemoteObject) string {
	words := make([]string, 0, len(args))
	for _, arg := range args {
		if arg.Description != "" {
			words = append(words, arg.Description)
			continue
		}
		words = append(words, string(arg.Value))
	}
	return strings.Join(words, " ")
}
