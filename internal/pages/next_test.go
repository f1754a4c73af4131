package pages_test

import (
	"bufio"
	"net/url"
	"os"
	"path"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

func TestWhereToGoOnTo(t *testing.T) {
	for _, good := range []string{
		"/", "/account", "/account/", "/account/two-factor", "/analytics?from=2026-03-01&to=2026-03-31", "/posts?q=a%2Fb+c", "/loginless",
		"/caf%C3%A9", "/a%20b", "/posts?next=//evil.example", "/posts?q=//x/../y", "/a.b/c..d", "/~ada", "/@ada", "/a:b", "/files/a%2Fb",
	} {
		require.Equal(t, good, pages.SafeNext(good))
	}
	require.Equal(t, "/caf%C3%A9", pages.SafeNext("/café"))
	require.Equal(t, "/", pages.SafeNext(""))
}

// hostile are the targets of testdata/openredirects.txt.
func hostile(t testing.TB) []string {
	file, err := os.Open("testdata/openredirects.txt")
	require.NoError(t, err)
	defer file.Close()
	unescape := strings.NewReplacer(`\t`, "\t", `\r`, "\r", `\n`, "\n", `\0`, "\x00", `\b`, "\b")
	var all []string
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if line := lines.Text(); line != "" && (line == "#" || !strings.HasPrefix(line, "# ")) {
			all = append(all, unescape.Replace(line))
		}
	}
	require.NoError(t, lines.Err())
	return all
}

func TestNothingLeadsOutOfTheOffice(t *testing.T) {
	all := hostile(t)
	require.Greater(t, len(all), 300)
	for _, target := range all {
		require.Equal(t, "/", pages.SafeNext(target), "%q", target)
	}
}

// requireInside resolves a target as a browser does, behind the alias.
func requireInside(t testing.TB, to string) {
	t.Helper()
	got := pages.SafeNext(to)
	require.Equal(t, got, pages.SafeNext(got), "it is safe as it stands: %q", to)
	require.True(t, strings.HasPrefix(got, "/") && !strings.HasPrefix(got, "//"), "%q from %q", got, to)
	require.NotContains(t, got, `\`)
	require.False(t, strings.ContainsFunc(got, unicode.IsControl), "%q from %q", got, to)
	base, err := url.Parse("https://community.example/alias/login")
	require.NoError(t, err)
	target, err := base.Parse("/alias" + got)
	require.NoError(t, err, "%q from %q", got, to)
	require.Equal(t, "https", target.Scheme)
	require.Equal(t, "community.example", target.Host)
	require.Empty(t, target.Fragment)
	clean := path.Clean(target.Path)
	require.True(t, strings.HasPrefix(clean, "/alias/") || clean == "/alias", "%q from %q", got, to)
	require.Contains(t, []string{clean, clean + "/"}, target.Path)
}

func FuzzSafeNext(f *testing.F) {
	for _, target := range hostile(f) {
		f.Add(target)
	}
	f.Add("/analytics?from=2026-03-01")
	f.Fuzz(func(t *testing.T, to string) { requireInside(t, to) })
}
