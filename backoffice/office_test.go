package backoffice_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

const (
	good   = testoffice.Good
	better = testoffice.Better
	wrong  = testoffice.Wrong

	sessionCookie = browse.SessionCookie
	preCookie     = browse.PreCookie
	browserCookie = browse.BrowserCookie
	schemeCookie  = browse.SchemeCookie
	keptCookie    = browse.KeptCookie
	flowCookie    = browse.FlowCookie
)

var (
	// ctx is the context of calls that nobody breaks off.
	ctx     = context.Background()
	errDown = testoffice.ErrDown

	masterSecret = testoffice.Secret
	community    = browse.Community
	missing      = browse.Missing
)

type (
	browser = browse.Browser
	page    = browse.Page
	cookie  = browse.Cookie
	person  = browse.Person
)

// office is a site with what only these tests do to it.
type office struct {
	*browse.Site
	wire *wire
}

// newOffice starts a site. Every answer that is the office's alone must have its
// headers, and is kept.
func newOffice(t testing.TB, change ...func(*backoffice.Config)) *office {
	t.Helper()
	speak := func(c *backoffice.Config) { c.Languages = []string{"en", "de", "ar"} }
	o := &office{browse.New(t, append([]func(*backoffice.Config){speak}, change...)...), &wire{}}
	o.Seen = func(b *browser, r *http.Request, p page) {
		o.wire.add(r, p)
		if p.Header.Get("X-Community") == "" && !b.Bare {
			requireHeaders(b.T, r, p, o.Cfg.InsecurePlainHTTP, o.CookiePath())
		}
	}
	return o
}

// wire keeps what went to and fro.
type wire struct {
	mu  sync.Mutex
	all []exchange
}

type exchange struct {
	// target is the URL that was asked for, as an access log has it.
	target string
	page
}

func (w *wire) add(r *http.Request, p page) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all = append(w.all, exchange{r.URL.String(), p})
}
