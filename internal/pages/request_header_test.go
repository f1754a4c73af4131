package pages_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

func TestWhatOthersGetOfARequestDoesNotTellTheAlias(t *testing.T) {
	const alias = "k3vq7zt2mfxw5hna6pd4"
	token := strings.Repeat("A", 64) // as long as a form token
	for name, c := range map[string]struct {
		value, host string
		// left reports that the community gets it as it came: its requests do not come by
		// the office's address.
		left bool
	}{
		"Referer":               {"https://h/@/orders?page=2", "https://h/orders?page=2", false},
		"Hx-Current-Url":        {"https://h/@/orders#top", "https://h/orders#top", false},
		"X-Original-Url":        {"/@/orders", "/orders", true},
		"X-Original-Uri":        {"/@/orders?x=%2F@%2Fa", "/orders?x=%2Fa", true},
		"X-Rewrite-Url":         {"/@", "/", true},
		"X-Forwarded-Uri":       {"/@/orders", "/orders", true},
		"X-Forwarded-Path":      {"/@/orders", "/orders", true},
		"X-Script-Name":         {"@", "", true}, // no path
		"X-Envoy-Original-Path": {"/@/orders", "/orders", true},
		"Forwarded":             {`for=192.0.2.1;path="/@/orders"`, `for=192.0.2.1;path="/orders"`, true},
		"Destination":           {"https://h/@/b.txt", "https://h/b.txt", true},
		"Baggage":               {"sentry-transaction=%2F@%2Forders,b=c", "sentry-transaction=%2Forders,b=c", true},
		"Link":                  {"<https://h/@/x>; rel=prev", "<https://h/x>; rel=prev", true},
		"X-Alias":               {"is @!", "", true},
		"X-Csrf-Token":          {token, "", true},
		"X-Xsrf-Token":          {token, "", true},
		"X-Other-Token":         {token, token, true},
		"X-Csrftoken":           {"community's", "community's", true},
		"Authorization":         {"Bearer abc/def", "Bearer abc/def", true},
		"Origin":                {"https://h", "https://h", true},
		"User-Agent":            {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)", true},
		"Cookie":                {"back=/@/orders; x=y", "back=/@/orders; x=y", true}, // theirs, and perhaps signed
		"X-Near":                {"/" + alias[1:] + "/x", "/" + alias[1:] + "/x", true},
		"X-Empty":               {"", "", true},
	} {
		value := strings.ReplaceAll(c.value, "@", alias)
		r := &http.Request{Header: http.Header{name: {value, "other"}, "Accept": {"text/html"}}}
		seen := pages.HostHeader(r, alias)
		want := []string{strings.ReplaceAll(c.host, "@", alias), "other"}
		if c.host == "" && c.value != "" {
			want = want[1:]
		}
		require.Equal(t, want, seen[name], name)
		require.Equal(t, []string{"text/html"}, seen["Accept"])
		theirs := pages.ForCommunity(r, alias)
		require.Equal(t, c.left, theirs == r, name)
		if !c.left {
			require.Equal(t, []string{"other"}, theirs.Header[name])
		}
		require.Equal(t, []string{value, "other"}, r.Header[name], "the request that others hold is as it was")
	}
	for _, theirs := range []string{"the host's own", strings.Repeat("0f", 32), strings.Repeat("0f", 31) + "zz"} {
		r := &http.Request{Header: http.Header{"X-Csrf-Token": {theirs}}}
		require.Equal(t, r.Header, pages.HostHeader(r, alias), "of another library inside")
		r.Header["Referer"] = []string{"/" + alias}
		require.Equal(t, []string{theirs}, pages.ForCommunity(r, alias).Header["X-Csrf-Token"])
	}
	r := &http.Request{Header: http.Header{"X-Csrf-Token": {token}, "Hx-Current-Url": {"/" + alias}}}
	require.Empty(t, pages.ForCommunity(r, alias).Header, "htmx sends both to the community, from a page of the office")
	r = &http.Request{Header: http.Header{"X-Forwarded-Prefix": {"/community"}}}
	require.Empty(t, pages.HostHeader(r, alias), "the host is not at this address")
}
