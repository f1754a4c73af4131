package docs_test

import (
	"go/ast"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice/ways"
)

// opens are the functions of the services that give out a session, or what stands
// between the password and one.
var opens = map[string]string{
	"begin":       "sign-in",
	"passFirst":   "sign-in, before its second factor",
	"provedAgain": "step-up",
	"commitOwn":   "a change of one's own account, in place of the session that made it",
}

// waysIn is the table of them. Every form that takes no session is one, and so is
// every function that writes a session.
func waysIn(t *testing.T) string {
	t.Helper()
	forms := map[string]bool{}
	for _, r := range pages.Routes() {
		if r.Method == "POST" && (!r.SignedIn || r.Path == "/step-up") {
			forms[r.Path] = false
		}
	}
	var rows [][]string
	for _, w := range ways.All() {
		for _, path := range w.At {
			require.Contains(t, forms, path, "%s is at a page that takes nothing from outside", w.Name)
			forms[path] = true
		}
		rows = append(rows, []string{w.Name, codes(w.At), filled(t, w.Requires), w.Gives})
	}
	for path, named := range forms {
		require.True(t, named, "POST %s is a way in that the table does not have", path)
	}

	writers := map[string]bool{}
	for _, file := range parse(t, "internal/desk") {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if lit, ok := n.(*ast.CompositeLit); ok {
					if sel, ok := lit.Type.(*ast.SelectorExpr); ok && slices.Contains([]string{"PutSession", "ReplaceSession", "PutPreSession"}, sel.Sel.Name) {
						writers[fn.Name.Name] = true
					}
				}
				return true
			})
		}
	}
	require.Equal(t, slices.Sorted(maps.Keys(opens)), slices.Sorted(maps.Keys(writers)), "what gives out sessions")
	return table([]string{"way", "at", "requires", "gives"}, rows)
}

// TestEveryWayIsTriedWithWhatIsRightAndWhatIsWrong at each of its forms.
func TestEveryWayIsTriedWithWhatIsRightAndWhatIsWrong(t *testing.T) {
	wrong := map[string]bool{} // by whichever way
	for _, w := range ways.All() {
		for _, s := range w.Walks {
			for _, r := range s.Requests {
				wrong[r.Path] = wrong[r.Path] || r.Proves == 0
			}
		}
	}
	for _, w := range ways.All() {
		right := map[string]bool{}
		for _, s := range w.Walks {
			for _, r := range s.Requests {
				right[r.Path] = right[r.Path] || r.Proves != 0
			}
		}
		for _, path := range w.At {
			if path == "/forgot" {
				require.True(t, wrong[path], "%s: only sends a link", w.Name)
				continue
			}
			if w.Unwalked == "" {
				require.True(t, right[path], "%s: nothing right is sent to %s", w.Name, path)
				require.True(t, wrong[path], "nothing wrong is sent to %s", path)
			}
		}
	}
}

// own are pages that replace the session of those who change their own account.
var own = []string{"/account/password", "/account/two-factor/add", "/account/two-factor/{id}/remove", "/account/recovery-codes", "/account/passkeys/new"}

// TestEveryPageThatGivesASessionIsAWay follows the code of each page to where it sets the
// cookie of a session.
func TestEveryPageThatGivesASessionIsAWay(t *testing.T) {
	calls, sets := map[string][]string{}, map[string]bool{}
	pagesOf, named := map[string][]string{}, map[string]string{}
	for _, file := range parse(t, "internal/pages") {
		ast.Inspect(file, func(n ast.Node) bool {
			if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == len(spec.Names) {
				for i, value := range spec.Values {
					if path, ok := pathOf(value); ok {
						named[spec.Names[i].Name] = path
					}
				}
			}
			return true
		})
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.KeyValueExpr:
					if fn.Name.Name != "routes" {
						break
					}
					path, ok := pathOf(n.Key)
					if key, is := n.Key.(*ast.Ident); is {
						path, ok = key.Name, true
					}
					require.True(t, ok, "a route that is neither written out nor a constant")
					pagesOf[path] = append(pagesOf[path], methodsIn(n.Value)...)
				case *ast.SelectorExpr: // a method of call, or one that is passed on
					if x, ok := n.X.(*ast.Ident); ok && x.Name == "c" {
						calls[fn.Name.Name] = append(calls[fn.Name.Name], n.Sel.Name)
					}
				case *ast.CallExpr:
					if sel, ok := n.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "setCookie" && opensSomething(n.Args) {
						sets[fn.Name.Name] = true
					}
				}
				return true
			})
		}
	}
	require.Contains(t, sets, "keepToken")
	reaches := func(from string) bool {
		seen := map[string]bool{}
		var walk func(string) bool
		walk = func(name string) bool {
			if seen[name] {
				return false
			}
			seen[name] = true
			return sets[name] || slices.ContainsFunc(calls[name], walk)
		}
		return walk(from)
	}
	listed := slices.Clone(own)
	for _, w := range ways.All() {
		listed = append(listed, w.At...)
	}
	found := 0
	for path, methods := range pagesOf {
		if value, is := named[path]; is {
			path = value
		}
		if slices.ContainsFunc(methods, reaches) {
			found++
			require.Contains(t, listed, path, "%s can set the cookie of a session: add it to a way in internal/testoffice/ways", path)
		}
	}
	require.GreaterOrEqual(t, found, 8, "this test looks at the code as it is")
}

// pathOf is a path that is written out.
func pathOf(key ast.Expr) (string, bool) {
	lit, ok := key.(*ast.BasicLit)
	if !ok {
		return "", false
	}
	path, err := strconv.Unquote(lit.Value)
	return path, err == nil
}

// methodsIn are the methods of call that a route names.
func methodsIn(n ast.Node) (all []string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			all = append(all, sel.Sel.Name)
		}
		return true
	})
	return all
}

// opensSomething reports whether setCookie sets the cookie of a session, and does not end it.
func opensSomething(args []ast.Expr) bool {
	which, ok := args[0].(*ast.Ident)
	if !ok || which.Name != "sessionCookie" {
		return false
	}
	value, ok := args[1].(*ast.BasicLit)
	return !ok || value.Value != `""`
}
