package backoffice

import (
	"context"
	"crypto/tls"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/vault"
)

const (
	// askWithin is how long the community may take to say whether it has a page.
	askWithin = time.Second
	// askAgain is how often Run checks whether the alias has changed.
	askAgain = time.Second
	// nowhere is where the question comes from: an address that no one has (RFC 5737),
	// because communities trust those of this machine.
	nowhere = "192.0.2.1:0"
	// readOfPage is how much is read of a page for its title, in bytes.
	readOfPage = 16 << 10
)

// shadows returns the page of the community that the office at a URL hides, or the zero
// value: asked for it as a visitor without cookies, the community answers neither that
// there is none nor as it does for a path that no one can have chosen. A community that answers all paths
// alike, or not in time, cannot be asked. It is not asked about a random alias, which no
// page has by chance: it may log what it is asked for, and the alias is a secret.
func (o *Office) shadows(home string) pages.Shadow {
	none := pages.Shadow{}
	community, at := o.community.Load(), strings.TrimSuffix(home, "/")
	u, err := url.Parse(at)
	if community == nil || err != nil {
		return none
	}
	last := strings.LastIndexByte(u.Path, '/') + 1
	if vault.IsAlias(u.Path[last:]) {
		return none
	}
	// Not the context of a request: the community must not find an operator in it.
	ctx, cancel := context.WithTimeout(context.Background(), askWithin)
	defer cancel()
	unknown := vault.Alias()
	for _, before := range slices.Compact([]string{u.Path[:last], "/"}) {
		for _, after := range []string{"", "/"} {
			nothing, _ := askFor(ctx, *community, *u, before+unknown+after)
			path := before + u.Path[last:] + after
			got, page := askFor(ctx, *community, *u, path)
			switch {
			case nothing == 0 || got == 0:
				return none
			case got != nothing && got != http.StatusNotFound && got != http.StatusGone:
				return pages.Shadow{Path: path, Status: got, Title: page.title()}
			}
		}
	}
	return none
}

// askFor returns the status of the community's answer to a GET of a path, or 0 if it
// does not come in time. The answer may still be coming.
func askFor(ctx context.Context, community http.Handler, origin url.URL, path string) (int, *asked) {
	question := (&http.Request{
		Method: http.MethodGet, URL: &url.URL{Path: path}, RequestURI: path, Host: origin.Host, RemoteAddr: nowhere,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{}, Body: http.NoBody,
	}).WithContext(ctx)
	if origin.Scheme == "https" { // or it would only be sent there
		question.TLS = &tls.ConnectionState{}
		question.Header.Set("X-Forwarded-Proto", "https")
	}
	w := &asked{ctx: ctx, header: http.Header{}, status: make(chan int, 1), over: make(chan struct{})}
	go func() {
		defer close(w.over)
		defer w.WriteHeader(http.StatusOK) // if it wrote nothing
		defer func() {
			if recover() != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}()
		community.ServeHTTP(w, question)
	}()
	select {
	case status := <-w.status:
		return status, w
	case <-ctx.Done():
		return 0, w
	}
}

// asked is an answer of which only the status and the title matter.
type asked struct {
	ctx    context.Context
	header http.Header
	status chan int
	// over is closed when the community has answered.
	over chan struct{}
	mu   sync.Mutex
	read []byte
}

func (a *asked) Header() http.Header { return a.header }

func (a *asked) WriteHeader(status int) {
	if status < 200 {
		return
	}
	select {
	case a.status <- status:
	default: // the first one counts
	}
}

// Write takes what is written until the question is over.
func (a *asked) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.read = append(a.read, b[:min(len(b), readOfPage-len(a.read))]...)
	return len(b), a.ctx.Err()
}

var titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// title returns the title of a page, or "" if it did not arrive in time or cannot be read.
func (a *asked) title() string {
	select {
	case <-a.over:
	case <-a.ctx.Done():
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	found := titleTag.FindSubmatch(a.read)
	if found == nil {
		return ""
	}
	return strings.Join(strings.Fields(html.UnescapeString(strings.ToValidUTF8(string(found[1]), ""))), " ")
}

// aliasWatch returns a task that logs once for each alias that it hides a page of the
// community, however it came about: at random, from the command line or on another replica.
// The alias is a secret, so the log does not name it.
func (o *Office) aliasWatch() func(context.Context) error {
	checked := ""
	return func(ctx context.Context) error {
		if home := o.desk.Home(); home != checked && o.community.Load() != nil {
			checked = home
			if o.shadows(home).Path != "" {
				o.desk.Log.WarnContext(ctx, "the community has a page of its own at the office's alias, which no one can open: choose another alias, on the Parameters page or with: alias rotate")
			}
		}
		return nil
	}
}
