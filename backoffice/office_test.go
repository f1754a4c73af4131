package backoffice_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/totp"
)

func TestSmoke(t *testing.T) {
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	mux := http.NewServeMux()
	srv := httptest.NewServer(nil)
	defer srv.Close()
	var log bytes.Buffer
	ob, err := mail.NewOutbox(t.TempDir(), "office@example.com")
	require.NoError(t, err)
	o, err := backoffice.New(context.Background(), backoffice.Config{
		Origin: srv.URL, Secret: secret, Store: memstore.New(), Mail: ob, InsecureCookies: true, Admin: mux,
		Password: password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true},
		Log:      slog.New(slog.NewTextHandler(&log, nil)),
		Permissions: []backoffice.Permission{{Key: "analytics.view", Label: "x", Group: "y"}},
	})
	require.NoError(t, err)
	mux.Handle("GET /analytics", o.Require("analytics.view")(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		op, _ := backoffice.OperatorFrom(r.Context())
		io.WriteString(w, "hello "+op.Name+backoffice.URL(r.Context(), "/x"))
	})))
	srv.Config.Handler = o.Wrap(http.NotFoundHandler())
	setup, err := o.SetupURL(context.Background())
	require.NoError(t, err)
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar}
	base := strings.TrimSuffix(o.Address(), "/")
	get := func(p string) (int, string) {
		res, err := c.Get(base + p)
		require.NoError(t, err)
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(b)
	}
	hidden := regexp.MustCompile(`<input type="hidden" name="([^"]+)" value="([^"]*)"`)
	post := func(p, page string, f url.Values) (int, string, string) {
		for _, m := range hidden.FindAllStringSubmatch(page, -1) {
			if !f.Has(m[1]) {
				f.Set(m[1], m[2])
			}
		}
		req, _ := http.NewRequest("POST", base+p, strings.NewReader(f.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Origin", srv.URL)
		res, err := c.Do(req)
		require.NoError(t, err)
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		return res.StatusCode, res.Request.URL.Path, string(b)
	}
	_, page := get("/setup")
	pw := "plum-kettle-orbit-93-sail"
	st, at, body := post("/setup", page, url.Values{"token": {setup[strings.Index(setup, "#")+1:]}, "email": {"ada@example.com"}, "name": {"Ada"}, "password": {pw}, "password_again": {pw}})
	require.Equal(t, 200, st, body)
	require.Contains(t, at, "/login")
	st, at, body = post("/login", body, url.Values{"login": {"ADA@example.com"}, "password": {pw}})
	require.Equal(t, 200, st, body)
	require.Contains(t, at, "/login/enrol", log.String())
	m := regexp.MustCompile(`id="totp-secret"[^>]*>([^<]+)<`).FindStringSubmatch(body)
	require.NotNil(t, m, body)
	sec, err := totp.ParseSecret(m[1])
	require.NoError(t, err)
	code, _ := totp.Code(sec, time.Now(), totp.Options{})
	st, at, body = post("/login/enrol", body, url.Values{"code": {code}})
	require.Equal(t, 200, st, body)
	require.Contains(t, body, "recovery-codes")
	for _, p := range []string{"/", "/account", "/account/two-factor", "/account/sessions", "/operators", "/operators/new", "/account/two-factor/add", "/account/recovery-codes", "/account/password", "/analytics"} {
		st, body = get(p)
		require.Equal(t, 200, st, p+body+log.String())
	}
	require.Contains(t, body, "hello Ada")
	st, _ = get("/nothing")
	require.Equal(t, 404, st)
	_, page = get("/")
	st, at, _ = post("/logout", page, url.Values{})
	require.Equal(t, 200, st)
	st, body = get("/operators")
	require.Contains(t, body, "Forgot your password", log.String())
}
