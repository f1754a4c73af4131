package docs_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/password"
)

func TestEveryLogLineIsExplained(t *testing.T) {
	operations := documents(t)["docs/operations.md"]
	found := 0
	for _, dir := range []string{"internal/desk", "internal/pages", "backoffice"} {
		for name, file := range parse(t, dir) {
			for _, message := range logged(t, file) {
				found++
				// The table cuts long messages off where they begin to advise.
				short, _, _ := strings.Cut(message, ":")
				short, _, _ = strings.Cut(short, ";")
				short, _, _ = strings.Cut(short, ",")
				require.True(t, strings.Contains(operations, "`"+short), "%s/%s logs %q, and docs/operations.md does not say what it means", dir, name, message)
			}
		}
	}
	require.Greater(t, found, 10)
}

// logged are the messages of a file's log lines.
func logged(t *testing.T, file *ast.File) (messages []string) {
	t.Helper()
	levels := []string{"Error", "ErrorContext", "Warn", "WarnContext", "Info", "InfoContext", "LogAttrs"}
	ast.Inspect(file, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		method, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		log, _ := method.X.(*ast.SelectorExpr)
		if log == nil || log.Sel.Name != "Log" || !slices.Contains(levels, method.Sel.Name) {
			return true
		}
		for _, arg := range call.Args {
			if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				messages = append(messages, text(t, lit))
				break
			}
		}
		return true
	})
	return messages
}

// requireNamed asks for a name in docs/security.md, because the code has it.
func requireNamed(t *testing.T, security, name string) {
	t.Helper()
	require.True(t, strings.Contains(security, "`"+name+"`"), "docs/security.md does not name %q", name)
}

func TestEveryKeyHasItsPurposeDocumented(t *testing.T) {
	security := documents(t)["docs/security.md"]
	purposes := 0
	ast.Inspect(parse(t, "internal/vault")["vault.go"], func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Purpose" {
			for _, value := range spec.Values {
				purposes++
				requireNamed(t, security, text(t, value.(*ast.BasicLit)))
			}
		}
		return true
	})
	require.Greater(t, purposes, 5)
}

func TestEveryCounterIsDocumented(t *testing.T) {
	security := documents(t)["docs/security.md"]
	counters := 0
	for _, file := range parse(t, "internal/desk") {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if name := called(call); name == "counterKey" || name == "operatorKey" {
				if lit, ok := call.Args[0].(*ast.BasicLit); ok {
					counters++
					requireNamed(t, security, text(t, lit))
				}
			}
			return true
		})
	}
	require.Greater(t, counters, 5)
	for _, def := range settings.Definitions() {
		name := def.Name
		if strings.HasPrefix(name, "signin.") && !strings.HasPrefix(name, "signin.paused") || strings.HasPrefix(name, "reset.") && name != "reset.life" {
			requireNamed(t, security, name)
		}
	}
}

func TestEveryTableOfTheStoreHasItsDataClassDocumented(t *testing.T) {
	security := documents(t)["docs/security.md"]
	for _, name := range tables(t) {
		requireNamed(t, security, name)
	}
}

// TestEverySourceOfContextWordsIsDocumented gives each source a word of its own
// and looks for the source of each word that comes back.
func TestEverySourceOfContextWordsIsDocumented(t *testing.T) {
	sources := map[string]string{
		"officeword": "name of the office", "aliasword": "alias", "originword": "host name", "loginword": "name they sign in with",
		"mailword": "e-mail address", "domainword": "domain", "nameword": "display name", "extraword": "`Config.ContextWords`",
	}
	words := password.ContextWords(password.Context{
		Office: "officeword", Alias: "aliasword", Origin: "https://originword.example", Login: "loginword",
		Email: "mailword@domainword.example", Name: "nameword", Extra: []string{"extraword"},
	})
	_, part, ok := strings.Cut(documents(t)["docs/security.md"], "### Context words")
	require.True(t, ok)
	part, _, _ = strings.Cut(part, "\n#")
	for word, source := range sources {
		require.Contains(t, words, word)
		require.Contains(t, part, source)
	}
}
