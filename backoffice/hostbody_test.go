package backoffice_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// temporaryFiles makes a temporary folder of its own, and returns a function that lists its
// files with their sizes.
func temporaryFiles(t *testing.T) func() (sizes []int64) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	return func() (sizes []int64) {
		names, err := filepath.Glob(filepath.Join(folder, "*"))
		require.NoError(t, err)
		for _, name := range names {
			if info, err := os.Stat(name); err == nil {
				sizes = append(sizes, info.Size())
			}
		}
		return sizes
	}
}

// dial begins a request, and returns the connection and its answers.
func (h *hosting) dial(path string, length int, lines ...string) (*tls.Conn, *bufio.Reader) {
	return begun(h.ada, h.Server, "POST "+path, append(lines, "Sec-Fetch-Site: same-origin", fmt.Sprint("Content-Length: ", length))...)
}

func TestAnUploadWaitsInAFileAndLeavesNone(t *testing.T) {
	files := temporaryFiles(t)
	h := newHosting(t)
	const size = 12 << 20
	content := "@picture=" + strings.Repeat("x", size)
	first, last := multi("csrf="+h.token, content), multi(content, "csrf="+h.token)
	var working sync.WaitGroup
	serve := h.Server.Config.Handler
	h.Server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer working.Done()
		serve.ServeHTTP(w, r)
	})
	var waiting []int64
	h.Inside.HandleFunc("/leave/{how}", func(w http.ResponseWriter, r *http.Request) {
		waiting = files()
		half := make([]byte, 2<<20)
		_, _ = io.ReadFull(r.Body, half)
		switch r.PathValue("how") {
		case "read":
			n, err := io.Copy(io.Discard, r.Body)
			require.NoError(t, err)
			require.Greater(t, n, int64(size-len(half)))
			require.Empty(t, files(), "what was read to the end is gone")
		case "parsed":
			r.Body = io.NopCloser(io.MultiReader(bytes.NewReader(half), r.Body))
			require.NoError(t, r.ParseMultipartForm(1<<20))
			require.Len(t, files(), 1, "the host's own")
		case "panic":
			panic("on purpose")
		case "abort":
			panic(http.ErrAbortHandler)
		case "closed":
			require.NoError(t, r.Body.Close())
		case "hijacked":
			conn, _, err := http.NewResponseController(w).Hijack()
			require.NoError(t, err)
			require.NoError(t, conn.Close())
		case "kept":
			working.Add(1)
			go func() {
				defer working.Done()
				_, _ = io.Copy(io.Discard, r.Body)
			}()
		}
	})
	send := func(path string, s sent) int {
		working.Add(1)
		r := h.ada.Request(http.MethodPost, path, bytes.NewReader(s.body))
		r.Header.Set("Content-Type", s.kind)
		r.Header.Set("User-Agent", h.ada.Agent)
		res, err := h.ada.Client.Do(r)
		working.Wait()
		if err != nil {
			return 0
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	for _, how := range []string{"read", "parsed", "panic", "abort", "closed", "hijacked", "kept", "unread"} {
		want := map[string]int{"panic": 500, "abort": 0, "hijacked": 0}
		status, ok := want[how]
		if !ok {
			status = 200
		}
		waiting = nil
		require.Equal(t, status, send("/leave/"+how, last), how)
		require.Len(t, waiting, 1, "%s: one file waits", how)
		require.Greater(t, waiting[0], int64(size-1<<20-8<<10), "%s: at most a megabyte of it is in memory", how)
		require.Empty(t, files(), how)
	}
	require.Equal(t, 200, send("/leave/unread", first))
	require.Empty(t, waiting, "with the token first, nothing is kept")

	waiting = nil
	require.Equal(t, 403, send("/leave/read", multi(content, "csrf=x")))
	require.Equal(t, 400, send("/leave/read", last.cut(100+len(h.token))))
	require.Nil(t, waiting, "the host saw neither")
	require.Empty(t, files())

	t.Run("when the client leaves", func(t *testing.T) {
		for path, cut := range map[string]sent{"/leave/read": last.cut(6 << 20), "/leave/read?form": {formType, bytes.Repeat([]byte("a"), 3<<20)}} {
			working.Add(1)
			conn, _ := h.dial(path, len(last.body), "Content-Type: "+cut.kind)
			_, err := conn.Write(cut.body)
			require.NoError(t, err)
			require.NoError(t, conn.Close())
			working.Wait()
			require.Nil(t, waiting)
			require.Empty(t, files())
		}
	})
}

func TestAFolderThatTakesNoFilesIsOurFaultAndSaysSo(t *testing.T) {
	h := newHosting(t)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	big := strings.Repeat("x", 2<<20)
	for _, folder := range []string{filepath.Join(t.TempDir(), "missing"), file} {
		t.Setenv("TMPDIR", folder)
		for _, form := range []sent{multi("@picture="+big, "csrf="+h.token), fields("title=" + big + "&csrf=" + h.token)} {
			before := len(h.Log.String())
			require.Equal(t, http.StatusInternalServerError, h.post(h.ada.Browser, "/whole", form))
			require.Nil(t, h.found)
			line := h.Log.String()[before:]
			require.Contains(t, line, `"msg":"request failed"`)
			require.Contains(t, line, "the temporary folder "+folder)
		}
		for _, form := range []sent{multi("csrf="+h.token, "@picture="+big), fields("csrf=" + h.token + "&title=" + big)} {
			require.Equal(t, http.StatusOK, h.post(h.ada.Browser, "/whole", form), "with the token first, it is not needed")
			require.Equal(t, form.body, h.found.body)
		}
	}
}

func TestABodyIsBounded(t *testing.T) {
	h := newHosting(t)
	const most = 16 << 20
	h.Inside.HandleFunc("/fail", func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		h.Fail(w, r, err)
	})
	// body is a form, or something else, of n bytes.
	body := func(kind, start string, n int) sent {
		return sent{kind, append([]byte(start), bytes.Repeat([]byte("x"), n-len(start))...)}
	}
	first, last := "csrf="+h.token+"&title=", "&csrf="+h.token
	inHeader := header("X-CSRF-Token", h.token)
	for name, c := range map[string]struct {
		path string
		sent
		changes []func(*http.Request)
		status  int
		// reached says that the host was asked, and read as much as there may be.
		reached bool
	}{
		"as long as it may be":      {"/whole", body(formType, first, most), nil, 200, true},
		"in chunks":                 {"/whole", body(formType, first, most), []func(*http.Request){chunked}, 200, true},
		"longer":                    {"/whole", body(formType, first, most+1), nil, 413, false},
		"longer, in the header":     {"/whole", body("application/json", "", most+1), []func(*http.Request){inHeader}, 413, false},
		"longer, in chunks, first":  {"/whole", body(formType, first, most+1), []func(*http.Request){chunked}, 200, true},
		"longer, in chunks, last":   {"/whole", fields(strings.Repeat("x", most) + last), []func(*http.Request){chunked}, 413, false},
		"longer, in chunks, header": {"/whole", body("text/plain", "", most+1), []func(*http.Request){inHeader, chunked}, 200, true},
		"longer, only asked for":    {"/whole", body("text/plain", "", most+1), []func(*http.Request){method("GET"), chunked}, 200, true},
		"said to be":                {"/whole", body("text/plain", "", most+1), []func(*http.Request){method("GET")}, 413, false},
		"the host's own error":      {"/fail", body("text/plain", "", most+1), []func(*http.Request){inHeader, chunked}, 413, false},
		"a form of ours":            {"/account/name", body(formType, first, 64<<10+1), nil, 413, false},
		"a form of ours in chunks":  {"/account/name", body(formType, first, 64<<10+1), []func(*http.Request){chunked}, 413, false},
		"a compressed form of ours": {"/account/name", zipped(fields(first)), []func(*http.Request){header("Content-Encoding", "gzip")}, 415, false},
		"an export":                 {"/audit/export", body(formType, first, 64<<10+1), nil, 413, false},
		"a report":                  {"/csp-report", body("application/csp-report", "", 8<<10+1), nil, 413, false},
		"a report in chunks":        {"/csp-report", body("application/csp-report", "", 8<<10+1), []func(*http.Request){chunked}, 413, false},
	} {
		require.Equal(t, c.status, h.post(h.ada.Browser, c.path, c.sent, c.changes...), name)
		require.Equal(t, c.reached, h.found != nil, name)
		if !c.reached {
			continue
		}
		require.Len(t, h.found.body, most, name)
		long := (*http.MaxBytesError)(nil)
		require.Equal(t, len(c.body) > most, h.found.err != nil, name)
		if h.found.err != nil {
			require.ErrorAs(t, h.found.err, &long, name)
			require.Equal(t, int64(most), long.Limit)
		}
	}
}

// A client that waits for 100 Continue does not send a body that is refused, and a body
// cut short is an error.
func TestABodyThatIsAwaited(t *testing.T) {
	h := newHosting(t)
	form := "csrf=" + h.token + "&title=spam"
	for name, c := range map[string]struct {
		path   string
		length int
		lines  []string
		want   string
	}{
		"a form":               {"/whole", len(form), []string{"Content-Type: " + formType}, "100 Continue"},
		"one of ours":          {"/account/name", len(form), []string{"Content-Type: " + formType}, "100 Continue"},
		"a right header":       {"/json", len(form), []string{"X-CSRF-Token: " + h.token}, "100 Continue"},
		"a wrong header":       {"/json", len(form), []string{"X-CSRF-Token: x"}, "403 Forbidden"},
		"nothing to look into": {"/json", 1 << 20, []string{"Content-Type: text/plain"}, "403 Forbidden"},
		"too much":             {"/whole", 17 << 20, []string{"Content-Type: " + formType}, "413 Request Entity Too Large"},
		"too much in one":      {"/account/name", 1 << 20, []string{"Content-Type: " + formType}, "413 Request Entity Too Large"},
	} {
		_, answers := h.dial(c.path, c.length, append(c.lines, "Expect: 100-continue")...)
		line, err := answers.ReadString('\n')
		require.NoError(t, err, name)
		require.Equal(t, "HTTP/1.1 "+c.want+"\r\n", line, name)
	}
	for name, start := range map[string]string{"with a token": form, "without": "title=spam"} {
		h.found = nil
		conn, answers := h.dial("/whole", 100_000, "Content-Type: "+formType)
		_, err := io.WriteString(conn, start)
		require.NoError(t, err)
		require.NoError(t, conn.CloseWrite())
		res, err := http.ReadResponse(answers, nil)
		require.NoError(t, err)
		if name == "without" {
			require.Equal(t, http.StatusBadRequest, res.StatusCode)
			require.Nil(t, h.found)
			continue
		}
		require.Equal(t, http.StatusOK, res.StatusCode)
		require.Equal(t, form, string(h.found.body))
		require.ErrorIs(t, h.found.err, io.ErrUnexpectedEOF, "the host learns that there was more")
	}
}

// direct is a request that reaches the office without a server.
func (h *hosting) direct(method, path, kind, token string, body io.ReadCloser) *http.Request {
	r := to(h.ada, method, path)
	r.Body = body
	r.Header.Set("Content-Type", kind)
	if token != "" {
		r.Header.Set("X-CSRF-Token", token)
	}
	return r
}

// breaking is a body that fails with its last bytes. As from a server, only one Read
// returns the error.
type breaking struct {
	*strings.Reader
	err error
}

func (b *breaking) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if b.Len() == 0 {
		err, b.err = b.err, io.EOF
	}
	return n, err
}

func (*breaking) Close() error { return nil }

func TestABodyThatIsMissingOrFails(t *testing.T) {
	h := newHosting(t)
	late, cut, long := os.ErrDeadlineExceeded, io.ErrUnexpectedEOF, &http.MaxBytesError{Limit: 1}
	for _, c := range []struct {
		method, path, kind, token string
		fails                     error
		status                    int
	}{
		// A request of an adapter or a test may have no body at all. It is empty.
		{"POST", "/whole", formType, "", nil, 403},
		{"POST", "/whole", "multipart/form-data; boundary=x", "", nil, 400},
		{"DELETE", "/whole", "", h.token, nil, 200},
		{"GET", "/whole", "", "", nil, 200},
		{"POST", "/proxy", formType, h.token, nil, 200},
		{"POST", "/account/name", formType, "", nil, 403},
		{"POST", "/account/name", "", h.token, nil, 415},
		{"POST", "/audit/export", formType, "", nil, 403},
		{"POST", "/login", formType, "", nil, 303},
		{"POST", "/csp-report", "application/csp-report", "", nil, 204},
		// The server, or middleware outside, gave up on it.
		{"POST", "/whole", formType, "", late, 408},
		{"POST", "/whole", formType, "", cut, 400},
		{"POST", "/whole", formType, "", long, 413},
		{"POST", "/account/name", formType, "", late, 408},
		{"POST", "/account/name", formType, "", cut, 400},
		{"POST", "/account/name", formType, "", long, 413},
		{"POST", "/csp-report", "application/csp-report", "", late, 408},
	} {
		h.found = nil
		r := h.direct(c.method, c.path, c.kind, c.token, nil)
		if c.fails != nil {
			r.ContentLength, r.Body = 20, &breaking{strings.NewReader("title=spam&csr"), c.fails}
		}
		w := httptest.NewRecorder()
		h.Server.Config.Handler.ServeHTTP(w, r)
		require.Equal(t, c.status, w.Code, "%s %s: %v", c.method, c.path, c.fails)
		require.Equal(t, c.status == 200, h.found != nil, c.path)
	}
	form := "csrf=" + h.token + "&title=spam"
	h.Server.Config.Handler.ServeHTTP(httptest.NewRecorder(), h.direct("POST", "/whole", formType, "", &breaking{strings.NewReader(form), cut}))
	require.Equal(t, form, string(h.found.body))
	require.ErrorIs(t, h.found.err, cut, "the host learns that there was more, even if that is known already")
}

// untouched is a body that no one may read.
type untouched struct{ t *testing.T }

func (u untouched) Read([]byte) (int, error) { u.t.Error("the body was read"); return 0, io.EOF }
func (untouched) Close() error               { return nil }

func TestATokenInTheHeaderCostsNothingOfTheBody(t *testing.T) {
	h := newHosting(t)
	h.Inside.HandleFunc("/quick", func(http.ResponseWriter, *http.Request) {})
	gate := h.Wrap(silent)
	cost := func(length int64, body io.ReadCloser) float64 {
		r := h.direct(http.MethodPost, "/quick", formType, h.token, body)
		r.ContentLength = length
		w := httptest.NewRecorder()
		gate.ServeHTTP(w, r)
		require.Equal(t, http.StatusOK, w.Code)
		return testing.AllocsPerRun(20, func() { gate.ServeHTTP(nowhere{http.Header{}}, r) })
	}
	empty := cost(0, http.NoBody)
	require.Equal(t, empty, cost(32<<10, untouched{t}))
	require.Equal(t, empty, cost(8<<20, untouched{t}))
}
