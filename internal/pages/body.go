package pages

import (
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"time"
)

// readAhead reads the body of one of our forms, and a small one for the host,
// before the store is asked anything. The server notices that a client has left
// only once the body is read: until then, a request for the store would go on
// waiting, and hold a connection, for no one. It also means that the session is
// read after the body, however slowly that arrives.
//
// A large body is left to the page that takes it, and one for the host whose token is
// in the header to the host; until then only the deadline for the store ends the wait.
// Later readers of the body, even the community, get all of it.
func (c *call) readAhead() {
	length := c.r.ContentLength
	if length == 0 || length > maxForm || !c.ours() && (length < 0 || c.tokenInHeader()) {
		return
	}
	if length < 0 {
		length = maxForm + 1
	}
	kept := &spool{ReadCloser: c.r.Body}
	_, _ = io.CopyN(io.Discard, kept, length)
	c.r.Body = kept.again()
	c.inner.Body = c.r.Body
}

// bounded returns a body of which no more than most bytes can be read. If the request
// says that it has more, it is refused unread.
func (c *call) bounded(body io.ReadCloser, most int64) (io.ReadCloser, error) {
	if c.r.ContentLength > most {
		return body, badRequest(http.StatusRequestEntityTooLarge)
	}
	return http.MaxBytesReader(c.w, body, most), nil
}

// read returns the whole body, of at most so many bytes.
func (c *call) read(most int64) ([]byte, error) {
	body, err := c.bounded(c.r.Body, most)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(body)
	if err != nil {
		return nil, unreadable(err)
	}
	return b, nil
}

// unreadable returns the refusal of a body that cannot be read or does not parse.
func unreadable(err error) error {
	_, long := errors.AsType[*http.MaxBytesError](err)
	switch {
	case long, errors.Is(err, multipart.ErrMessageTooLarge):
		return badRequest(http.StatusRequestEntityTooLarge)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return badRequest(http.StatusRequestTimeout)
	}
	return badRequest(http.StatusBadRequest)
}

// encoded reports whether the body is compressed, or encoded in another way that has to
// be undone before it is a form. Nothing here undoes it.
func (c *call) encoded() bool {
	coding := c.r.Header.Get("Content-Encoding")
	return coding != "" && !strings.EqualFold(coding, "identity")
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
