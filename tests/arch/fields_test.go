package arch_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// hidden returns the exported types of a file whose fields "go doc" does not show: they
// are declared by the name of a type that a host cannot look up, or embed one.
func hidden(name string, text []byte) (found []string, err error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	imported := map[string]string{}
	for _, spec := range file.Imports {
		from := strings.Trim(spec.Path.Value, `"`)
		imported[path.Base(from)] = from
		if spec.Name != nil {
			imported[spec.Name.Name] = from
		}
	}
	private := func(of ast.Expr) bool {
		if star, ok := of.(*ast.StarExpr); ok {
			of = star.X
		}
		switch of := of.(type) {
		case *ast.Ident:
			return !of.IsExported() && types.Universe.Lookup(of.Name) == nil
		case *ast.SelectorExpr:
			from, ok := of.X.(*ast.Ident)
			return ok && strings.Contains(imported[from.Name]+"/", "/internal/")
		}
		return false
	}
	for _, decl := range file.Decls {
		declared, ok := decl.(*ast.GenDecl)
		if !ok || declared.Tok != token.TYPE {
			continue
		}
		for _, spec := range declared.Specs {
			spec := spec.(*ast.TypeSpec)
			if !spec.Name.IsExported() {
				continue
			}
			if private(spec.Type) {
				found = append(found, spec.Name.Name)
			}
			if of, ok := spec.Type.(*ast.StructType); ok {
				for _, field := range of.Fields.List {
					if field.Names == nil && private(field.Type) {
						found = append(found, spec.Name.Name)
					}
				}
			}
		}
	}
	return found, nil
}

func TestPublicTypesShowTheirFields(t *testing.T) {
	sources(t, func(file string, text []byte) {
		public := below(file, "backoffice") || below(file, "store") || below(file, "mail") || below(file, "totp") || below(file, "password") ||
			below(file, "reset") || below(file, "metrics") || below(file, "passkey")
		if !public || strings.Contains(file, "/internal/") || strings.HasSuffix(file, "_test.go") {
			return
		}
		found, err := hidden(file, text)
		require.NoError(t, err)
		require.Empty(t, found, "%s: declare these types with their fields, so that go doc shows them", file)
	})
}

func TestHiddenFieldsAreFound(t *testing.T) {
	const head = "package backoffice\nimport (\"net/http\"; \"example.org/internal/desk\"; d \"example.org/internal/desk/x\")\n"
	for code, shown := range map[string]bool{
		"type Role = desk.Role":                     false,
		"type Role desk.Role":                       false,
		"type Role = d.Role":                        false,
		"type Role = role":                          false,
		"type Role role":                            false,
		"type Role struct{ desk.Role }":             false,
		"type Role struct{ *role }":                 false,
		"type Role struct{ Name string }":           true,
		"type Role struct{ role role }":             true,
		"type Role string":                          true,
		"type role = desk.Role":                     true,
		"type Office struct{ *Services }":           true,
		"type Handler = http.Handler":               true,
		"type Roles []desk.Role":                    true, // the list of the public API finds it
		"var ErrForbidden = desk.ErrForbidden":      true,
		"func Of(desk.Role) {}\ntype Name = string": true,
	} {
		found, err := hidden("x.go", []byte(head+code))
		require.NoError(t, err)
		require.Equal(t, shown, len(found) == 0, code)
	}
}
