package officetest

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/postern-go/postern/backoffice"
)

// Request returns a request as your handler gets it from the office: its context has the
// operator, the alias, the nonce, the form token, the language and the services. The operator is
// created and signed in as by [Office.SignIn]. With it, you can test a handler on its own:
//
//	r := office.Request(t, officetest.Operator{Name: "Mia"}, "GET", "/reports?page=2", nil)
//	w := httptest.NewRecorder()
//	reports(office.Office).ServeHTTP(w, r)
//
// The request has passed through the office, with its form token, and is valid until the test
// ends. A body is sent as application/x-www-form-urlencoded, or as application/json if it begins
// like JSON. The path must not be one of the office's own pages.
func (o *Office) Request(t testing.TB, who Operator, method, path string, body io.Reader) *http.Request {
	t.Helper()
	b := o.SignIn(t, who)
	u := b.address("Request", path)
	if inside, ok := b.cut(u); !ok || o.own(inside) {
		t.Fatalf("officetest: Request(%q): the office answers that itself, so no handler of yours gets it", path)
	}
	var text []byte
	if body != nil {
		var err error
		if text, err = io.ReadAll(body); err != nil {
			t.Fatalf("officetest: Request: read the body: %v", err)
		}
	}
	take := &take{got: make(chan *http.Request, 1), done: make(chan struct{})}
	r := httptest.NewRequestWithContext(context.WithValue(context.WithoutCancel(t.Context()), takeKey{}, take), method, u.RequestURI(), strings.NewReader(string(text)))
	r.Host, r.TLS = u.Host, nil
	if u.Scheme == "https" {
		r.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, HandshakeComplete: true}
	}
	r.RemoteAddr = visitor + ":1234"
	r.Header.Set("User-Agent", UserAgent)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	for _, c := range b.window.client.Jar.Cookies(u) {
		r.AddCookie(c)
	}
	switch method {
	case http.MethodGet, http.MethodHead:
	default:
		r.Header.Set("X-Csrf-Token", b.formToken())
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if trimmed := strings.TrimSpace(string(text)); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
			r.Header.Set("Content-Type", "application/json")
		}
	}
	w, over := httptest.NewRecorder(), make(chan any, 1)
	go func() {
		defer func() { over <- recover() }()
		o.Wrap(http.NotFoundHandler()).ServeHTTP(w, r)
	}()
	select {
	case inner := <-take.got:
		t.Cleanup(func() {
			close(take.done)
			<-over
		})
		return inner
	case failed := <-over:
		p := &Page{browser: b, Status: w.Code, Header: w.Header(), Body: w.Body.String(), Path: path}
		if to := w.Header().Get("Location"); to != "" {
			p.To = b.inside(b.against(path, to))
		}
		if failed != nil {
			p.notes = append(p.notes, fmt.Sprint("it panicked: ", failed))
		}
		t.Fatalf("officetest: Request(%q): the office answered, and asked no handler of yours\n%s", path, p)
		return nil
	}
}

// take is a request that is taken over on its way to the host's handler.
type take struct {
	got  chan *http.Request
	done chan struct{}
}

type takeKey struct{}

// taking is the host's handler, with a place in front where requests are taken over.
type taking struct {
	office *backoffice.Office
	next   http.Handler
}

func (h taking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if take, ok := r.Context().Value(takeKey{}).(*take); ok {
		take.got <- r
		<-take.done // The context of the request is good as long as the office waits.
		return
	}
	if h.next == nil {
		h.office.NotFound(w, r)
		return
	}
	h.next.ServeHTTP(w, r)
}

// next is the host's handler, or nil.
func (o *Office) next() http.Handler { return o.reach.Server.Handler.(taking).next }
