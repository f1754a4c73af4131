package browser_test

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"strings"
	"sync"
)

// record keeps what the server sent: a browser mends mistakes of a page, so
// its own words are no evidence.
type record struct {
	mu       sync.Mutex
	last     []byte
	seen     map[[32]byte]bool
	requests []string
}

func (r *record) of(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		copied := &tee{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(copied, request)
		r.mu.Lock()
		defer r.mu.Unlock()
		if !strings.Contains(request.URL.Path, "/static/") {
			r.requests = append(r.requests, request.Method+" "+request.URL.Path)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && copied.status != http.StatusSeeOther {
			r.last = copied.body.Bytes()
		}
	})
}

// page returns the last page that was sent, and whether it is one never
// returned before.
func (r *record) page() (html []byte, fresh bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.seen == nil {
		r.seen = map[[32]byte]bool{}
	}
	sum := sha256.Sum256(r.last)
	fresh = !r.seen[sum]
	r.seen[sum] = true
	return r.last, fresh
}

// posts counts the requests to a path inside the office.
func (r *record) posts(path string) (n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, request := range r.requests {
		if strings.HasPrefix(request, "POST ") && strings.HasSuffix(request, path) {
			n++
		}
	}
	return n
}

type tee struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (t *tee) WriteHeader(status int) {
	t.status = status
	t.ResponseWriter.WriteHeader(status)
}

func (t *tee) Write(b []byte) (int, error) {
	t.body.Write(b)
	return t.ResponseWriter.Write(b)
}
