package docs_test

import (
	"go/ast"
	"go/token"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

// access says in words what a route asks of who is there.
func access(r pages.Route) string {
	word := "everyone"
	switch {
	case r.Proved:
		word = "signed in, after a step-up"
	case r.SignedIn:
		word = "signed in"
	case r.SignedOut:
		word = "not signed in"
	}
	if r.Permission != "" {
		word += ", with " + code(r.Permission)
	}
	return word
}

// routes writes down the table that the office is served from.
func routes(t *testing.T) string {
	t.Helper()
	posted, handlers := postedFields(t), handlerNames(t)
	var rows [][]string
	for path, methods := range byPath() {
		var who []string
		fields := ""
		for _, r := range methods {
			who = append(who, r.Method+": "+access(r))
			if r.Method == "POST" {
				name := handlers[path]["POST"]
				require.NotEmpty(t, name, "no handler is found for POST %s", path)
				fields = codes(posted(name))
			}
		}
		if len(who) == 2 && strings.TrimPrefix(who[0], "GET") == strings.TrimPrefix(who[1], "POST") {
			who = []string{"GET, POST" + strings.TrimPrefix(who[0], "GET")}
		}
		rows = append(rows, []string{code(strings.TrimSuffix(path, "{$}")), strings.Join(who, "; "), fields})
	}
	require.NotEmpty(t, rows)
	return table([]string{"path under the alias", "open to", "fields posted, besides `csrf`"}, rows)
}

// byPath goes through the routes in order, those of one path together.
func byPath() iter.Seq2[string, []pages.Route] {
	return func(yield func(string, []pages.Route) bool) {
		all := pages.Routes()
		for len(all) > 0 {
			n := slices.IndexFunc(all, func(r pages.Route) bool { return r.Path != all[0].Path })
			if n < 0 {
				n = len(all)
			}
			if !yield(all[0].Path, all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// handlerNames finds, in the table of routes, what serves which path and
// method: (*call).getHome serves a GET.
func handlerNames(t *testing.T) map[string]map[string]string {
	t.Helper()
	names := map[string]map[string]string{}
	file := parse(t, "internal/pages")["routes.go"]
	require.NotNil(t, file)
	ast.Inspect(file, func(n ast.Node) bool {
		pair, ok := n.(*ast.KeyValueExpr)
		if !ok {
			return true
		}
		key, ok := pair.Key.(*ast.BasicLit)
		if !ok || !strings.HasPrefix(text(t, key), "/") {
			return true
		}
		found := map[string]string{}
		ast.Inspect(pair.Value, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				for prefix, verb := range map[string]string{"get": "GET", "post": "POST"} {
					if strings.HasPrefix(sel.Sel.Name, prefix) {
						found[verb] = sel.Sel.Name
					}
				}
			}
			return true
		})
		names[text(t, key)] = found
		return false
	})
	return names
}

func text(t *testing.T, e ast.Expr) string {
	t.Helper()
	s, err := strconv.Unquote(e.(*ast.BasicLit).Value)
	require.NoError(t, err)
	return s
}

// useless are fields that a handler could read and does nothing with: it shares
// what reads them with another page.
var useless = map[string][]string{
	"postWelcome":     {"code"},
	"postAuditExport": {"before", "newer"},
}

// postedFields finds which fields of the form a handler reads, itself or in the
// functions and methods that it calls with it.
func postedFields(t *testing.T) func(handler string) []string {
	t.Helper()
	reads, calls := map[string][]string{}, map[string][]string{}
	for _, file := range pageFiles(t) {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			name, given := fn.Name.Name, takesForm(fn)
			isForm := func(e ast.Expr) bool {
				id, ok := e.(*ast.Ident)
				return isForm(e) || ok && given != "" && id.Name == given
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if callee, ok := n.Fun.(*ast.Ident); ok && slices.ContainsFunc(n.Args, isForm) {
						calls[name] = append(calls[name], callee.Name)
						return true
					}
					sel, ok := n.Fun.(*ast.SelectorExpr)
					if !ok {
						return true
					}
					if isForm(sel.X) && len(n.Args) == 1 {
						if lit, ok := n.Args[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
							reads[name] = append(reads[name], text(t, lit))
						}
					} else if from, ok := sel.X.(*ast.Ident); ok && from.Name == "c" {
						calls[name] = append(calls[name], sel.Sel.Name)
					}
				case *ast.IndexExpr:
					if lit, ok := n.Index.(*ast.BasicLit); ok && isForm(n.X) {
						reads[name] = append(reads[name], text(t, lit))
					}
				}
				return true
			})
		}
	}
	var collect func(name string, seen map[string]bool) []string
	collect = func(name string, seen map[string]bool) []string {
		if seen[name] || name == "readForm" || name == "fail" {
			return nil
		}
		seen[name] = true
		found := slices.Clone(reads[name])
		for _, callee := range calls[name] {
			found = append(found, collect(callee, seen)...)
		}
		return found
	}
	return func(handler string) []string {
		found := collect(handler, map[string]bool{})
		found = slices.DeleteFunc(found, func(field string) bool { return slices.Contains(useless[handler], field) })
		slices.Sort(found)
		return slices.Compact(found)
	}
}

// takesForm is the parameter of a function that may be the posted form.
func takesForm(fn *ast.FuncDecl) string {
	for _, param := range fn.Type.Params.List {
		sel, ok := param.Type.(*ast.SelectorExpr)
		if ok && sel.Sel.Name == "Values" && len(param.Names) == 1 {
			return param.Names[0].Name
		}
	}
	return ""
}

// isForm says whether an expression is the posted form: c.form.
func isForm(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "form"
}

// pageFiles are the files with handlers in them.
func pageFiles(t *testing.T) []*ast.File {
	t.Helper()
	return slices.Collect(maps.Values(parse(t, "internal/pages")))
}
