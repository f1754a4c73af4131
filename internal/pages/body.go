package pages

import (
	"bytes"
	"io"
	"time"
)

// readAhead reads the body of one of our forms, and a small one for the host,
// before the store is asked anything. The server notices that a client has left
// only once the body is read: until then, a request for the store would go on
// waiting, and hold a connection, for no one. It also means that the session is
// read after the body, however slowly that arrives.
//
// A large body is left to the page that takes it; until then only the deadline for
// the store ends the wait. Later readers of the body, even the community, get all
// of it.
func (c *call) readAhead() {
	length := c.r.ContentLength
	if length == 0 || length > maxForm || length < 0 && !c.ours() {
		return
	}
	if length < 0 {
		length = maxForm + 1
	}
	body := c.r.Body
	read, err := io.ReadAll(io.LimitReader(body, length))
	c.r.Body = replay{io.MultiReader(bytes.NewReader(read), failed{err}, body), body}
	c.inner.Body = c.r.Body
}

// replay is a body that was partly read and is complete again.
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

// slow is how long ago the session may have been read when the body has arrived.
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
