package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// snippets are the parts of package guide that documents show, by the name in
// the marks around them.
var snippets = []string{"mount", "store", "pool", "mail", "office", "serve", "chi", "staff", "pages", "page", "widgets", "directory", "search members", "reset links", "redeem", "look", "test", "test form", "test handler", "commands", "session values", "log", "services", "programs", "events", "follow", "kinds", "audited", "job", "rule", "banned", "stream", "unix socket", "vouch", "platform", "redact", "tenants", "use", "post", "resource", "act", "rows", "parts", "repo", "validate", "resource test", "refuse", "chart", "goose", "golang-migrate"}

// snippet is the code between "// begin NAME" and "// end NAME" in package guide, or in an
// example.
func snippet(t *testing.T, name string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("guide", "*.go"))
	require.NoError(t, err)
	examples, err := filepath.Glob(filepath.Join(need.Root(t), "examples", "*", "main.go"))
	require.NoError(t, err)
	for _, file := range append(files, examples...) {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		_, after, ok := strings.Cut(string(text), "// begin "+name+"\n")
		if !ok {
			continue
		}
		body, _, ok := strings.Cut(after, "// end "+name+"\n")
		require.True(t, ok, "%s: %q has no end", file, name)
		body = dedent(marks.ReplaceAllString(body, ""))
		if strings.HasPrefix(body, "import (") {
			body = "package main\n\n" + body
		}
		return "```go\n" + body + "\n```\n"
	}
	t.Fatalf("neither package guide nor an example has a part %q", name)
	return ""
}

// marks are those of other parts.
var marks = regexp.MustCompile(`(?m)^[\t ]*// (begin|end) [a-z ]+\n`)

// dedent takes away the tabs that every line has.
func dedent(body string) string {
	lines := strings.Split(strings.Trim(body, "\n\t"), "\n")
	tabs := -1
	for i, line := range lines {
		if i > 0 && strings.TrimSpace(line) != "" {
			if n := len(line) - len(strings.TrimLeft(line, "\t")); tabs < 0 || n < tabs {
				tabs = n
			}
		}
	}
	for i := range lines {
		if i > 0 && tabs > 0 && len(lines[i]) >= tabs {
			lines[i] = lines[i][tabs:]
		}
	}
	return strings.Join(lines, "\n")
}
