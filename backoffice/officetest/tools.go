package officetest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/postern-go/postern/mail"
)

// clock stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// log writes to a test until it ends: a test must not be written to afterwards.
type log struct {
	mu sync.Mutex
	to io.Writer
}

func newLog(t testing.TB) *log {
	l := &log{to: t.Output()}
	t.Cleanup(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.to = io.Discard
	})
	return l
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(p)
}

// problems are warnings and errors, without the copies of audit entries: those are in
// [Office.Events].
type problems struct{ slog.Handler }

func (problems) Enabled(_ context.Context, level slog.Level) bool { return level >= slog.LevelWarn }

func (p problems) Handle(ctx context.Context, r slog.Record) error {
	if r.Message == "audit" {
		return nil
	}
	return p.Handler.Handle(ctx, r)
}

func (p problems) WithAttrs(attrs []slog.Attr) slog.Handler {
	return problems{p.Handler.WithAttrs(attrs)}
}
func (p problems) WithGroup(name string) slog.Handler { return problems{p.Handler.WithGroup(name)} }

// handler is one that can be exchanged.
type handler struct{ now atomic.Pointer[http.Handler] }

func (h *handler) set(to http.Handler) { h.now.Store(&to) }

func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*h.now.Load()).ServeHTTP(w, r) }

// outbox keeps what is sent.
type outbox struct {
	// next gets it first, if it is set.
	next mail.Sender

	mu   sync.Mutex
	sent []mail.Message
}

func (b *outbox) Send(ctx context.Context, m mail.Message) error {
	if b.next != nil {
		if err := b.next.Send(ctx, m); err != nil {
			return err
		}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent = append(b.sent, m)
	return nil
}

// From is the sender that pages show.
func (b *outbox) From() string {
	if s, ok := b.next.(interface{ From() string }); ok {
		return s.From()
	}
	return "office@community.example"
}

// visitor is the IP address of all browsers.
const visitor = "192.0.2.1"
