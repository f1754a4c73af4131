package pages

import (
	"bytes"
	"io"
	"time"
)

// readAhead reads a small body before the store is asked anything. The server
// notices that a client has left only once the body is read: until then, a request
// that waits for the store would go on waiting, and hold a connection, for no one.
// Then a session is also read after the body, however slowly that came; see
// [call.identifyAgain].
//
// A larger body, or one of unknown length, is read by the page that takes it. Until
// then only the deadline of the store ends the wait. Whatever reads the body later,
// the community too, finds it as it came.
func (c *call) readAhead() {
	r := c.r
	if r.ContentLength <= 0 || r.ContentLength > maxForm {
		return
	}
	read, err := io.ReadAll(io.LimitReader(r.Body, r.ContentLength))
	r.Body = replay{io.MultiReader(bytes.NewReader(read), failed{err}, r.Body), r.Body}
	c.inner.Body = r.Body
}

// replay is a body of which something was read.
type replay struct {
	io.Reader
	io.Closer
}

// failed is where reading failed; if err is nil, it did not.
type failed struct{ err error }

func (f failed) Read([]byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return 0, io.EOF
}

// slow is how old the reading of a session may be when the body has arrived.
const slow = 250 * time.Millisecond

// identifyAgain repeats identify if reading the body took a while: in the meantime
// the session may have ended.
func (c *call) identifyAgain() error {
	if age := c.Desk.Now().Sub(c.readAt); age >= 0 && age <= slow {
		return nil
	}
	c.identity = nil
	return c.identify()
}
