package pages

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync/atomic"

	"github.com/postern-go/postern/store"
)

// answer is the writer of a call. It knows whether the answer has begun, so that a late
// error cannot append a second page to half of the first. It makes an implicit 200
// explicit, because a router that has no route here may have set 404 already. The host
// may use it in several goroutines, as far as the server's own writer allows that.
type answer struct {
	to http.ResponseWriter
	c  *call
	// begun reports that there is a status, taken that the host has the connection, and
	// over that the handler has returned.
	begun, taken, over atomic.Bool
	// refused reports that the office answers in place of the host.
	refused atomic.Bool
	// session is that of the call as the host last asked for it: a step-up gives it
	// another token. It is nil before.
	session atomic.Pointer[store.Session]
	// kept are the headers of ours that the host keeps as its own.
	kept atomic.Pointer[[]string]
}

// The host gets an answer that has the optional interfaces of the server's writer,
// because handlers ask for them by type: a WebSocket's handshake must not find over
// HTTP/2 what only HTTP/1 can do. The types differ in nothing else.
type (
	// flushing is an answer that can be flushed, as most can.
	flushing struct{ answer }
	// hijacking is an answer over HTTP/1.
	hijacking struct{ answer }
	// pushing is an answer over HTTP/2.
	pushing struct{ answer }
)

// forHost returns the answer as the host gets it.
func (a *flushing) forHost() http.ResponseWriter {
	_, hijacker := find[http.Hijacker](a.to)
	_, pusher := find[http.Pusher](a.to)
	_, flusher := find[http.Flusher](a.to)
	_, flusherError := find[interface{ FlushError() error }](a.to)
	flushes := flusher || flusherError
	switch one := a.c.r.ProtoMajor < 2; {
	case hijacker && one:
		return (*hijacking)(a)
	case pusher && flushes && !one:
		return (*pushing)(a)
	case flushes:
		return a
	}
	return &a.answer
}

// find finds an interface as [http.ResponseController] does.
func find[T any](w http.ResponseWriter) (t T, ok bool) {
	for {
		if t, ok = w.(T); ok {
			return t, true
		}
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return t, false
		}
		w = wrapper.Unwrap()
	}
}

// errOver is what writing after the end of a request fails with.
var errOver = errors.New("the handler of this request has returned")

// wrote reports whether the answer has begun.
func (c *call) wrote() bool { return c.answer.begun.Load() }

// end ends the answer: the server may use its writer for another one.
func (a *answer) end() { a.over.Swap(true) }

// Header returns the headers of the answer. httputil.ReverseProxy writes them itself to a
// connection that it has taken over, once it has added those of the other server.
func (a *answer) Header() http.Header {
	h := a.to.Header()
	if a.taken.Load() {
		a.c.settleHeaders(h)
	}
	return h
}

func (a *answer) WriteHeader(status int) {
	if a.over.Load() {
		return
	}
	if !a.begun.Load() {
		a.c.settleHeaders(a.to.Header())
	}
	if final := status >= 200 || status == http.StatusSwitchingProtocols; final && !a.begun.Swap(true) && a.c.hosted {
		a.c.keepInside(a.Header(), status)
	}
	a.to.WriteHeader(status)
	if status == http.StatusSwitchingProtocols {
		// A gin around the office sends a status with the first byte, and none comes once
		// the host has taken the connection over.
		if late, ok := find[interface{ WriteHeaderNow() }](a.to); ok {
			late.WriteHeaderNow()
		}
	}
}

// begin sends the status, if it was not sent.
func (a *answer) begin() error {
	if a.over.Load() {
		return errOver
	}
	if !a.begun.Load() {
		a.WriteHeader(http.StatusOK)
	}
	return nil
}

func (a *answer) Write(b []byte) (int, error) {
	if err := a.begin(); err != nil {
		return 0, err
	}
	return a.to.Write(b)
}

// WriteString is that of the server's writer, if it has one.
func (a *answer) WriteString(s string) (int, error) {
	if err := a.begin(); err != nil {
		return 0, err
	}
	return io.WriteString(a.to, s)
}

// ReadFrom lets the server send a file without copying it.
func (a *answer) ReadFrom(r io.Reader) (int64, error) {
	if err := a.begin(); err != nil {
		return 0, err
	}
	return io.Copy(a.to, r)
}

// CloseNotify serves older code, such as streams in gin, which expects of every writer
// that it has this method.
func (a *answer) CloseNotify() <-chan bool {
	gone := make(chan bool, 1)
	context.AfterFunc(a.c.Context, func() { gone <- true })
	return gone
}

// Unwrap serves http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.to }

func (a *answer) flush() error {
	if err := a.begin(); err != nil {
		return err
	}
	return http.NewResponseController(a.to).Flush()
}

func (a *flushing) Flush()             { _ = a.flush() }
func (a *flushing) FlushError() error  { return a.flush() }
func (a *hijacking) Flush()            { _ = a.flush() }
func (a *hijacking) FlushError() error { return a.flush() }
func (a *pushing) Flush()              { _ = a.flush() }
func (a *pushing) FlushError() error   { return a.flush() }

// Hijack implements [http.Hijacker]. Nothing is written afterwards, not even if the
// host panics: the connection is the host's.
func (a *hijacking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if a.over.Load() {
		return nil, nil, errOver
	}
	conn, both, err := http.NewResponseController(a.to).Hijack()
	if err == nil {
		a.taken.Swap(true)
		a.begun.Swap(true)
	}
	return conn, both, err
}

// Push implements [http.Pusher].
func (a *pushing) Push(target string, opts *http.PushOptions) error {
	if pusher, ok := find[http.Pusher](a.to); ok && !a.over.Load() {
		return pusher.Push(target, opts)
	}
	return http.ErrNotSupported
}
