// Package loglimit bounds how often one message is logged, so that requests from anyone
// cannot fill the disk with log lines.
package loglimit

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// Most is how many lines with one message pass in a Window. Those of operators
	// with a session are counted apart, so that strangers cannot crowd them out.
	Most   = 100
	Window = 15 * time.Minute
	// longest is the most bytes of a text or an error in a line: a path can have a
	// megabyte. The stack of a panic fits.
	longest = 8 << 10
)

// SignedIn is the key of a context value: whether a line is about a request with a
// session.
type SignedIn struct{}

// Limiter passes on the first lines of each message in a window, and counts the
// rest: the next line of that message has the number as left_out. It cuts long texts. It
// is safe for concurrent use.
type Limiter struct {
	to  slog.Handler
	now func() time.Time

	mu    sync.Mutex
	lines map[line]*count
}

type line struct {
	message  string
	signedIn bool
}

type count struct {
	since         time.Time
	passed, after int
	told          bool
}

// New returns a limiter in front of a handler. Messages are expected to be constant
// texts: it remembers each.
func New(to slog.Handler, now func() time.Time) *Limiter {
	return &Limiter{to: to, now: now, lines: make(map[line]*count)}
}

// Logger returns a logger whose lines pass the limiter.
func (l *Limiter) Logger() *slog.Logger { return slog.New(handler{l, l.to}) }

// Report logs how many lines were left out, once for each message whose window is
// over. Call it from time to time, because the next line of that message may never come.
func (l *Limiter) Report(ctx context.Context) {
	now := l.now()
	l.mu.Lock()
	left := make(map[string]int)
	for of, c := range l.lines {
		if c.after > 0 && !c.told && c.over(now) {
			left[of.message] += c.after
			c.told = true
		}
	}
	l.mu.Unlock()
	for _, message := range slices.Sorted(maps.Keys(left)) {
		slog.New(l.to).WarnContext(ctx, "log lines left out", "message", message, "left_out", left[message])
	}
}

// over reports whether the window is over, or the clock was set back.
func (c *count) over(now time.Time) bool {
	return now.Sub(c.since) >= Window || now.Before(c.since)
}

// pass reports whether a line passes, and how many before it did not.
func (l *Limiter) pass(of line) (after int, ok bool) {
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	c := l.lines[of]
	if c == nil {
		c = &count{since: now}
		l.lines[of] = c
	}
	if c.over(now) {
		c.since, c.passed, c.told = now, 0, false
	}
	if c.passed == Most {
		c.after++
		return 0, false
	}
	c.passed++
	after, c.after = c.after, 0
	return after, true
}

// handler is the limiter in front of a handler with the attributes of its logger.
type handler struct {
	*Limiter
	next slog.Handler
}

func (h handler) Enabled(ctx context.Context, level slog.Level) bool {
	return h.next.Enabled(ctx, level)
}

func (h handler) Handle(ctx context.Context, r slog.Record) error {
	signedIn, _ := ctx.Value(SignedIn{}).(bool)
	after, ok := h.pass(line{r.Message, signedIn})
	if !ok {
		return nil
	}
	if after > 0 {
		r = r.Clone()
		r.AddAttrs(slog.Int("left_out", after))
	}
	return h.next.Handle(ctx, shortened(r))
}

// shortened returns the record with its long attributes cut.
func shortened(r slog.Record) slog.Record {
	var attrs []slog.Attr
	cut := false
	r.Attrs(func(a slog.Attr) bool {
		if text := fmt.Sprint(a.Value.Any()); len(text) > longest {
			a, cut = slog.String(a.Key, strings.ToValidUTF8(text[:longest], "")+"…"), true
		}
		attrs = append(attrs, a)
		return true
	})
	if !cut {
		return r
	}
	short := slog.NewRecord(r.Time, r.Level, r.Message, r.PC)
	short.AddAttrs(attrs...)
	return short
}

func (h handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return handler{h.Limiter, h.next.WithAttrs(attrs)}
}

func (h handler) WithGroup(name string) slog.Handler {
	return handler{h.Limiter, h.next.WithGroup(name)}
}
