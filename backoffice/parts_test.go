package backoffice_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

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

var errBroken = errors.New("broken for the test")

// source is a random source that can break.
type source struct {
	mu     sync.Mutex
	broken bool
}

func (s *source) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken {
		return 0, errBroken
	}
	return io.ReadFull(rand.Reader, p)
}

func (s *source) set(broken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = broken
}

// record collects text from several goroutines: the log.
type record struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.b.String()
}

func (r *record) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.b.Reset()
}

// readable is everything that the store holds, with bytes as text.
func readable(o *office) string {
	var all any = o.mem
	return fmt.Sprintf("%q", all)
}

// wire keeps what went to and fro.
type wire struct {
	mu  sync.Mutex
	all []exchange
}

type exchange struct {
	// target is the address that was asked for, as an access log has it.
	target string
	page
}

func (w *wire) add(r *http.Request, p page) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, exchange{r.URL.String(), p})
}
