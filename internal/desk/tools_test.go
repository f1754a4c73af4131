package desk_test

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"time"

	"github.com/postern-go/postern/mail"
)

// race runs f many times at once and returns the errors.
func race(n int, f func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// winners counts how many succeeded.
func winners(errs []error) int {
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		}
	}
	return n
}

// clock is a clock that stands until it is moved.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = t
}

// postbox collects what is sent.
type postbox struct {
	mu       sync.Mutex
	messages []mail.Message
	// answer decides what a delivery comes to; nil takes everything.
	answer func(ctx context.Context, m mail.Message) error
}

func (p *postbox) Send(ctx context.Context, m mail.Message) error {
	p.mu.Lock()
	answer := p.answer
	p.mu.Unlock()
	if answer != nil {
		if err := answer(ctx, m); err != nil {
			return err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.messages = append(p.messages, m)
	return nil
}

// refuse makes every delivery fail, or with nil none.
func (p *postbox) refuse(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = func(context.Context, mail.Message) error { return err }
}

func (p *postbox) all() []mail.Message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]mail.Message(nil), p.messages...)
}

func (p *postbox) newest(to, about string) (mail.Message, bool) {
	all := p.all()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].To == to && strings.Contains(all[i].Subject, about) {
			return all[i], true
		}
	}
	return mail.Message{}, false
}

// logbook keeps the log.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
