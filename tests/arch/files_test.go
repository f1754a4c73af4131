package arch_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// maxLines is how long a file may become; past it it holds a second idea. How
// many files a folder has measures nothing. Tests do not count.
const maxLines = 400

// trusting are the types of html/template that switch escaping off.
var trusting = map[string]bool{"CSS": true, "HTML": true, "HTMLAttr": true, "JS": true,
	"JSStr": true, "Srcset": true, "URL": true}

// trusts is where such a type is made: URLs after a check of their own; markup of messages
// that were checked when they were read, with every argument escaped, and of <time>.
var trusts = map[string][]string{
	"URL":  {"internal/view/otpauth.go"},
	"HTML": {"internal/messages/language.go", "internal/messages/messages_test.go", "internal/view/words.go", "internal/pages/role.go", "internal/pages/role_delete.go"},
}

// skipping ends a test without a verdict. Only what finds a program missing may
// do that: tests/need, and the SMTP server, whose module cannot import it.
var (
	skipping = map[string]bool{"Skip": true, "Skipf": true, "SkipNow": true}
	maySkip  = []string{"tests/need", "internal/smtpsink"}
)

// sources visits every Go file of the repository, in all its modules.
func sources(t *testing.T, visit func(path string, text []byte)) {
	t.Helper()
	root := need.Root(t)
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name := entry.Name(); file != root && (name[0] == '.' || name == "testdata" || name == "node_modules") {
				return fs.SkipDir
			}
			return nil
		}
		if filepath.Ext(file) != ".go" {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		path, err := filepath.Rel(root, file)
		visit(filepath.ToSlash(path), text)
		return err
	})
	require.NoError(t, err)
}

func TestFilesStayShort(t *testing.T) {
	files, long := 0, map[string]int{}
	sources(t, func(path string, text []byte) {
		if strings.HasSuffix(path, "_test.go") {
			return
		}
		files++
		if lines := bytes.Count(text, []byte("\n")); lines > maxLines {
			long[path] = lines
		}
	})
	require.NotZero(t, files)
	require.Empty(t, long, "lines of files past %d", maxLines)
}

func TestSourcesHoldNothingForbidden(t *testing.T) {
	var all []string
	sources(t, func(path string, text []byte) {
		found, err := forbidden(path, text)
		require.NoError(t, err)
		all = append(all, found...)
	})
	require.Empty(t, all, strings.Join(all, "\n"))
}

// forbidden returns a sentence for each thing that a file may not contain.
func forbidden(path string, text []byte) (found []string, err error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	templates := "" // the local name of html/template
	for _, spec := range file.Imports {
		name := strings.Trim(spec.Path.Value, `"`)
		if name == "html/template" {
			templates = "template"
			if spec.Name != nil {
				templates = spec.Name.Name
			}
		}
		if below(name, "math/rand") && !strings.HasSuffix(path, "_test.go") {
			found = append(found, fmt.Sprintf("%s: %s is not for programs that keep secrets", path, name))
		}
	}
	ast.Inspect(file, func(node ast.Node) bool {
		selector, ok := node.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		at, name := files.Position(selector.Pos()), selector.Sel.Name
		from, _ := selector.X.(*ast.Ident)
		switch {
		case (name == "Store" || name == "Commit") && below(path, "internal/pages") && !strings.HasSuffix(path, "_test.go"):
			found = append(found, fmt.Sprintf("%s: a page asks the desk, and never the store", at))
		case from != nil && templates != "" && from.Name == templates && trusting[name] && !slices.Contains(trusts[name], path):
			found = append(found, fmt.Sprintf("%s: template.%s switches escaping off", at, name))
		case skipping[name] && isTest(from) && !belowAny(path, maySkip):
			found = append(found, fmt.Sprintf("%s: only %s may skip a test", at, strings.Join(maySkip, " and ")))
		}
		return true
	})
	return found, nil
}

// isTest tells the usual names of a test from other things that can skip.
func isTest(from *ast.Ident) bool {
	return from != nil && (from.Name == "t" || from.Name == "b" || from.Name == "f" || from.Name == "tb")
}

func TestForbiddenThingsAreFound(t *testing.T) {
	tests := []struct {
		name, path, text string
		caught           bool
	}{
		{name: "escaped templates are fine", path: "a.go", text: `import "html/template"; var x = template.New("")`},
		{name: "trusted markup is found", path: "a.go", text: `import "html/template"; var x = template.HTML("a")`, caught: true},
		{name: "under another name too", path: "a.go", text: `import h "html/template"; var x = h.JS("a")`, caught: true},
		{name: "another package may have an HTML", path: "a.go", text: `import "x/template"; var x = template.HTML("a")`},
		{name: "weak random numbers are found", path: "a.go", text: `import "math/rand/v2"; var x = rand.Int()`, caught: true},
		{name: "in a test they may vary the input", path: "a_test.go", text: `import "math/rand"; var x = rand.Int()`},
		{name: "a skipped test is found", path: "a_test.go", text: `func f() { t.Skip("later") }`, caught: true},
		{name: "a page that writes is found", path: "internal/pages/a.go", text: `func f() { c.Desk.Commit(ctx) }`, caught: true},
		{name: "so is one that reads the store", path: "internal/pages/a.go", text: `func f() { c.Desk.Store.FindMail(ctx, "x") }`, caught: true},
		{name: "a lexer may skip", path: "a.go", text: `func f() { lexer.Skip() }`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found, err := forbidden(tt.path, []byte("package a\n"+tt.text))
			require.NoError(t, err)
			require.Equal(t, tt.caught, len(found) > 0, "%v", found)
		})
	}
}
