package backoffice_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// FuzzGate compares the gate with what can be said of a request target as it
// was sent: it is the office's when the alias stands there in plain letters
// between the first slash and the second, or the end.
func FuzzGate(f *testing.F) {
	const alias = "k7w3mplq2azx5ncv4trd"
	for _, target := range almost(alias) {
		f.Add(target)
	}
	f.Add("/" + alias)
	f.Add("/" + alias + "/login?next=/account")
	f.Add("/our/forum/" + alias + "/login")
	f.Add("/our/forum/our/forum/" + alias)
	f.Add("/our/forum" + alias)
	f.Add("/our%2fforum/" + alias)
	f.Fuzz(func(t *testing.T, target string) {
		u, err := url.ParseRequestURI(target)
		if err != nil || !strings.HasPrefix(target, "/") {
			return
		}
		path, _, _ := strings.Cut(target, "?")
		within := func(base string) int {
			if path == base || strings.HasPrefix(path, base+"/") {
				return len(base)
			}
			return 0
		}
		require.Zero(t, backoffice.UnderAlias(&http.Request{URL: u}, "", ""), "an office without an alias has no requests: %q", target)
		require.Equal(t, within("/"+alias), backoffice.UnderAlias(&http.Request{URL: u}, "", alias), "%q", target)
		below := max(within("/"+alias), within("/our/forum/"+alias))
		require.Equal(t, below, backoffice.UnderAlias(&http.Request{URL: u}, "/our/forum", alias), "%q, below a path", target)
	})
}
