package pages_test

import (
	"net/url"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

// FuzzRedirectsOfTheHost checks that what the office makes of a redirect leads a browser
// into the office, whatever the host took over from its request.
func FuzzRedirectsOfTheHost(f *testing.F) {
	for _, asked := range []string{"/orders/7?a=b", "/a%2Fb/c", "/%5C%5Cevil.example/x", "//x", "/.."} {
		for _, to := range []string{
			"", "?tab=2", "#x", "list", "../list", "/orders", "/alias/x", "//evil.example", "//community.example/orders", "//community.example//evil.example", `/\evil.example`, `\\evil.example`, "/\t/evil.example",
			"%2e%2e/%2E.", "..//evil.example", "/orders/..//..//evil.example", "javascript:alert(1)", "java\tscript:x", "/100%/x", " /orders ", "/orders\n//x",
		} {
			f.Add(asked, to)
		}
	}
	asBrowsersDo := strings.NewReplacer("\t", "", "\n", "", "\r", "", `\`, "/", "%2e", ".", "%2E", ".")
	f.Fuzz(func(t *testing.T, asked, to string) {
		u, err := url.ParseRequestURI(asked)
		if err != nil || !strings.HasPrefix(u.Path, "/") || u.Host != "" {
			return
		}
		got := pages.Inside(u, to)
		if got == to {
			return
		}
		target, _, _ := strings.Cut(asBrowsersDo.Replace(got), "#")
		target, _, _ = strings.Cut(target, "?")
		require.True(t, strings.HasPrefix(target, "/alias/"), "%q from %q", got, asked)
		require.True(t, strings.HasPrefix(path.Clean(target)+"/", "/alias/"), "%q from %q", got, asked)
	})
}
