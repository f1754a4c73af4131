package backoffice_test

import (
	"bytes"
	"errors"
	"fmt"
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
	//lint:ignore SA5009 %q reaches every string and byte inside
	return fmt.Sprintf("%q", any(o.mem))
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
