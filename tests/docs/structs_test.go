package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// declared is a struct whose fields a document lists, from their comments.
type declared struct{ dir, name string }

var structs = map[string]declared{
	"backoffice config": {"backoffice", "Config"},
	"menu item":         {"backoffice", "MenuItem"},
	"permission":        {"backoffice", "Permission"},
	"sso":               {"backoffice", "SSO"},
	"company":           {"backoffice", "Company"},
	"member":            {"backoffice", "Member"},
	"look":              {"backoffice", "Look"},
	"password config":   {"password", "Config"},
	"sqlstore config":   {"store/sqlstore", "Config"},
	"smtp config":       {"mail", "SMTPConfig"},
	"reset config":      {"reset", "Config"},
	"reset policy":      {"reset", "Policy"},
	"field":             {"backoffice/parts", "Field"},
	"option":            {"backoffice/parts", "Option"},
	"chart":             {"backoffice/parts", "Chart"},
	"series":            {"backoffice/parts", "Series"},
	"point":             {"backoffice/parts", "Point"},
	"empty":             {"backoffice/parts", "Empty"},
	"frame":             {"internal/view", "Frame"},
}

func (d declared) table(t *testing.T) string {
	t.Helper()
	var rows [][]string
	known := values(parse(t, d.dir))
	for _, f := range d.fields(t) {
		var names []string
		for _, name := range f.Names {
			if name.IsExported() {
				names = append(names, name.Name)
			}
		}
		if len(names) > 0 {
			rows = append(rows, []string{codes(names), code(types.ExprString(f.Type)), withValues(sentence(f), known)})
		}
	}
	require.NotEmpty(t, rows, d.name)
	return table([]string{"field", "type", "effect"}, rows)
}

func (d declared) fields(t *testing.T) []*ast.Field {
	t.Helper()
	for _, file := range parse(t, d.dir) {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.Name == d.name {
					st, ok := ts.Type.(*ast.StructType)
					require.True(t, ok, "%s.%s is no struct", d.dir, d.name)
					return st.Fields.List
				}
			}
		}
	}
	t.Fatalf("%s.%s is gone", d.dir, d.name)
	return nil
}

// defaultName is a constant that a comment gives as a default.
var defaultName = regexp.MustCompile("Default: `?(Default[A-Za-z]+)`?")

// withValues says what the constants are that a comment names.
func withValues(text string, known map[string]string) string {
	return defaultName.ReplaceAllStringFunc(text, func(found string) string {
		if value := known[defaultName.FindStringSubmatch(found)[1]]; value != "" {
			return found + " (" + value + ")"
		}
		return found
	})
}

// values are the constants of a package that are texts or numbers.
func values(files map[string]*ast.File) map[string]string {
	known := map[string]string{}
	for _, file := range files {
		for _, c := range constants(file) {
			if c.value != nil {
				known[c.name] = c.value.String()
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == 1 {
				if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
					known[spec.Names[0].Name] = lit.Value
				}
			}
			return true
		})
	}
	return known
}

// docLink is a link of Go's doc comments.
var docLink = regexp.MustCompile(`\[(\*?[A-Z][A-Za-z.]*|[a-z]+\.[A-Z][A-Za-z.]*)\]`)

// sentence is the comment of a field on one line.
func sentence(f *ast.Field) string {
	text := f.Doc.Text()
	if text == "" {
		text = f.Comment.Text()
	}
	text = docLink.ReplaceAllString(text, "`$1`")
	return strings.Join(strings.Fields(text), " ")
}

// parsed is what parse has read, by folder. Tests here do not run in parallel.
var parsed = map[string]map[string]*ast.File{}

// parse reads the Go files of a folder, without tests, by name.
func parse(t *testing.T, dir string) map[string]*ast.File {
	t.Helper()
	if files := parsed[dir]; files != nil {
		return files
	}
	files := map[string]*ast.File{}
	parsed[dir] = files
	folder := filepath.Join(need.Root(t), filepath.FromSlash(dir))
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".go" || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(folder, e.Name()), nil, parser.ParseComments)
		require.NoError(t, err)
		files[e.Name()] = file
	}
	return files
}

// called returns the last name of the function that a call names, or "".
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}
