package backoffice_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestPlainHTTPIsRefusedBeforeAnyCookieIsRead(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	plain := httptest.NewServer(o.Wrap(http.HandlerFunc(community)))
	defer plain.Close()
	b := ada.At(plain)
	cookies := o.Named(sessionCookie) + "=" + ada.Cookie(sessionCookie) + "; " + o.Named(preCookie) + "=" + strings.Repeat("A", 43)
	for _, path := range []string{"/", "/login", "/account", "/static/x", "/nothing", ""} {
		for _, method := range []string{"GET", "POST"} {
			for _, proto := range []string{"", "https"} {
				o.Store.Reset()
				r := b.Request(method, path, nil)
				r.Header.Set("Cookie", cookies)
				if proto != "" {
					r.Header.Set("X-Forwarded-Proto", proto) // A stranger's word.
				}
				answer := b.Send(r)
				require.Equal(t, http.StatusForbidden, answer.Status, path)
				require.Contains(t, answer.Text(), "https://")
				require.Empty(t, answer.Header.Values("Set-Cookie"))
				require.NotContains(t, answer.Text(), "Ada") // a nonce can have it
				require.Equal(t, []string{"ParametersRevision"}, o.Store.Calls(), "no session is looked up")
			}
		}
	}
	require.Contains(t, o.Log.String(), "TrustedProxies")
	require.True(t, ada.SignedIn())

	linked := regexp.MustCompile(`"/[^"/]+(/static/[^"]+)"`).FindAllStringSubmatch(b.Get("/").Body, -1)
	require.NotEmpty(t, linked)
	for _, asset := range linked {
		answer := b.Get(asset[1])
		require.Equal(t, http.StatusOK, answer.Status, "the refusal looks like a page: %s", asset[1])
		require.Empty(t, answer.Header.Values("Set-Cookie"))
		require.Equal(t, http.StatusForbidden, b.Post(asset[1], nil).Status)
	}
}

func TestAPageOverPlainHTTPSaysWhichProxySaidSo(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8")}
	})
	srv := httptest.NewServer(o.Wrap(http.HandlerFunc(community)))
	defer srv.Close()
	b := o.Browser().At(srv)
	b.Bare = true
	get := func(protos []string, ips string) page {
		r := b.Request(http.MethodGet, "/login", nil)
		r.Header["X-Forwarded-Proto"] = protos
		r.Header.Set("X-Forwarded-For", ips)
		return b.Send(r)
	}
	for _, protos := range [][]string{{"https,http"}, {"https", "http"}, {"https , <b>http"}} {
		refused := get(protos, "203.0.113.9, 198.51.100.7")
		require.Equal(t, http.StatusForbidden, refused.Status)
		said := strings.Join(protos, ", ")
		require.Contains(t, refused.Text(), fmt.Sprintf("X-Forwarded-Proto is %q", said))
		require.NotContains(t, refused.Body, "<b>http<")
		require.NotContains(t, refused.Body, "198.51.100.7", "only the log has the proxies")
		line := o.Log.String()[strings.LastIndex(o.Log.String(), "request over plain HTTP refused"):]
		for _, part := range []string{`"peer":"127.0.0.1"`, `"client":"198.51.100.7"`, `"trusted proxies passed":1`, "X-Forwarded-Proto is"} {
			require.Contains(t, line, part)
		}
		require.Equal(t, http.StatusForbidden, get(protos, "203.0.113.9").Status)
	}
	require.Equal(t, http.StatusOK, get([]string{"https,http"}, "203.0.113.9, 10.0.0.1").Status, "both are trusted")
}

func TestAStrangersForwardedAddressCountsForNothing(t *testing.T) {
	o := newOffice(t)
	var answer page
	for i := range 40 {
		b := o.Browser()
		form := b.Get("/login").Form("/login")
		form.Set("login", fmt.Sprintf("nobody %d", i))
		form.Set("password", wrong)
		r := b.Request(http.MethodPost, "/login", strings.NewReader(form.Encode()))
		r.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i))
		r.Header.Set("X-Real-Ip", fmt.Sprintf("203.0.113.%d", i))
		r.Header.Set("Forwarded", fmt.Sprintf("for=203.0.113.%d", i))
		if answer = b.Send(r); answer.Status == http.StatusTooManyRequests {
			break
		}
	}
	require.Equal(t, http.StatusTooManyRequests, answer.Status)
	for _, e := range o.Events() {
		require.NotContains(t, e.IP, "203.0.113")
	}
}
