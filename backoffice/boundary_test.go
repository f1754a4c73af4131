package backoffice_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// officeCookies are a request's cookies of the office, and one of the community's.
func (o *office) officeCookies(r *http.Request) {
	for _, name := range []string{o.Named(sessionCookie), o.Named(preCookie), o.Named(browserCookie), "theme"} {
		r.AddCookie(&http.Cookie{Name: name, Value: "dark"})
	}
}

func TestTheCommunityGetsNoCookieOfTheOffice(t *testing.T) {
	o := newOffice(t)
	var seen, outside *http.Request
	gated := o.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r }))
	for _, h2 := range []bool{false, true} {
		srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			outside = r
			before := r.Header.Clone()
			gated.ServeHTTP(w, r)
			require.Equal(t, before, r.Header, "middleware outside the gate keeps its request")
		}))
		srv.EnableHTTP2 = h2
		srv.StartTLS()
		defer srv.Close()
		for _, path := range []string{"/", "/members/ada", o.Base + "x"} {
			r, err := http.NewRequest(http.MethodGet, srv.URL+path, nil)
			require.NoError(t, err)
			o.officeCookies(r) // Over HTTP/2 the client sends each in a line of its own.
			res, err := srv.Client().Do(r)
			require.NoError(t, err)
			res.Body.Close()
			require.Equal(t, h2, res.ProtoMajor == 2)
			require.Equal(t, []string{"theme=dark"}, seen.Header["Cookie"], path)
			require.NotSame(t, outside, seen)
		}
	}

	t.Run("nor at an alias that was retired", func(t *testing.T) {
		retired := o.Base
		_, err := o.RotateAlias(ctx)
		require.NoError(t, err)
		r := httptest.NewRequest(http.MethodGet, "https://community.example"+retired+"/", nil)
		o.officeCookies(r)
		seen = nil
		gated.ServeHTTP(httptest.NewRecorder(), r)
		require.NotNil(t, seen)
		require.Equal(t, []string{"theme=dark"}, seen.Header["Cookie"])
	})
	t.Run("and a request without one is passed on as it is", func(t *testing.T) {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.Header.Set("Cookie", "theme=dark; __Host-other=1")
		gated.ServeHTTP(httptest.NewRecorder(), r)
		require.Same(t, r, seen)
		h := o.Wrap(silent)
		require.Zero(t, testing.AllocsPerRun(100, func() { h.ServeHTTP(nowhere{}, r) }))
	})
	t.Run("while an office behind another one gets its own", func(t *testing.T) {
		two := newOffice(t)
		ada := two.Enrolled("Ada", backoffice.Moderator)
		srv := httptest.NewTLSServer(o.Wrap(two.Wrap(http.HandlerFunc(community))))
		defer srv.Close()
		require.True(t, ada.At(srv).SignedIn())
	})
}

func TestWhatTheCommunityMakesOfARequestIsSeenOutside(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	o := newOffice(t)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /photos", func(_ http.ResponseWriter, r *http.Request) {
		require.NoError(t, r.ParseMultipartForm(1))
		files, err := os.ReadDir(temporary)
		require.NoError(t, err)
		require.NotEmpty(t, files, "a file waits on disk")
	})
	gated, pattern := o.Wrap(mux), ""
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gated.ServeHTTP(w, r)
		pattern = r.Pattern
	}))
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	file, err := m.CreateFormFile("photo", "p.png")
	require.NoError(t, err)
	_, err = file.Write(bytes.Repeat([]byte("x"), 11<<20))
	require.NoError(t, err)
	require.NoError(t, m.Close())
	r, err := http.NewRequest(http.MethodPost, srv.URL+"/photos", &b)
	require.NoError(t, err)
	r.Header.Set("Content-Type", m.FormDataContentType())
	o.officeCookies(r)
	res, err := srv.Client().Do(r)
	require.NoError(t, err)
	_, _ = io.Copy(io.Discard, res.Body)
	res.Body.Close()
	require.Equal(t, http.StatusOK, res.StatusCode)
	srv.Close() // and wait for what the server does after the answer
	require.Equal(t, "POST /photos", pattern)
	left, err := os.ReadDir(temporary)
	require.NoError(t, err)
	require.Empty(t, left, "the server deletes what was uploaded")
}
