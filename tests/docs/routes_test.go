package docs_test

import (
	"go/ast"
	"go/token"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
)

// entry is one method of one page, as the table of routes in internal/web says.
type entry struct {
	access, permission, handler string
	free                        bool
}

var accessWords = map[string]string{
	"open":      "everybody",
	"signedOut": "who is not signed in",
	"session":   "who is signed in",
	"proved":    "who is signed in, after a step-up",
}

var permissionKeys = map[string]string{
	"PermissionOperatorsView":    desk.PermissionOperatorsView,
	"PermissionOperatorsManage":  desk.PermissionOperatorsManage,
	"PermissionTwoFactorReset":   desk.PermissionTwoFactorReset,
	"PermissionParametersManage": desk.PermissionParametersManage,
	"PermissionAuditView":        desk.PermissionAuditView,
	"PermissionMailView":         desk.PermissionMailView,
}

func routes(t *testing.T) string {
	t.Helper()
	posted := postedFields(t)
	var rows [][]string
	known := routeTable(t)
	for _, path := range slices.Sorted(maps.Keys(known)) {
		methods := known[path]
		var who []string
		fields := ""
		for _, method := range []string{"GET", "POST"} {
			e, ok := methods[method]
			if !ok {
				continue
			}
			word := accessWords[e.access]
			require.NotEmpty(t, word, "%s %s: %s", method, path, e.access)
			if e.permission != "" {
				word += ", with " + code(e.permission)
			}
			who = append(who, method+": "+word)
			if method == "POST" {
				fields = codes(posted(e.handler))
			}
		}
		if len(who) == 2 && strings.TrimPrefix(who[0], "GET") == strings.TrimPrefix(who[1], "POST") {
			who = []string{"GET, POST" + strings.TrimPrefix(who[0], "GET")}
		}
		rows = append(rows, []string{code(strings.TrimSuffix(path, "{$}")), strings.Join(who, "; "), fields})
	}
	require.NotEmpty(t, rows)
	return table([]string{"path under the alias", "open to", "fields posted, beside `csrf`"}, rows)
}

// routeTable reads the literal that internal/web's routes returns.
func routeTable(t *testing.T) map[string]map[string]entry {
	t.Helper()
	table := map[string]map[string]entry{}
	file := parse(t, "internal/web")["routes.go"]
	require.NotNil(t, file)
	ast.Inspect(file, func(n ast.Node) bool {
		fn, ok := n.(*ast.FuncDecl)
		if !ok || fn.Name.Name != "routes" {
			return true
		}
		last := fn.Body.List[len(fn.Body.List)-1].(*ast.ReturnStmt)
		for _, e := range last.Results[0].(*ast.CompositeLit).Elts {
			pair := e.(*ast.KeyValueExpr)
			table[text(t, pair.Key)] = readMethods(t, pair.Value)
		}
		return false
	})
	return table
}

// readMethods follows the few helpers that the literal is written with.
func readMethods(t *testing.T, e ast.Expr) map[string]entry {
	t.Helper()
	if lit, ok := e.(*ast.CompositeLit); ok {
		methods := map[string]entry{}
		for _, elt := range lit.Elts {
			pair := elt.(*ast.KeyValueExpr)
			var m entry
			for _, f := range pair.Value.(*ast.CompositeLit).Elts {
				field := f.(*ast.KeyValueExpr)
				switch field.Key.(*ast.Ident).Name {
				case "access":
					m.access = field.Value.(*ast.Ident).Name
				case "handle":
					m.handler = method(field.Value)
				default:
					t.Fatalf("a route sets %v", field.Key)
				}
			}
			methods[text(t, pair.Key)] = m
		}
		return methods
	}
	call, ok := e.(*ast.CallExpr)
	require.True(t, ok, "a route is written in a new way")
	switch call.Fun.(*ast.Ident).Name {
	case "get":
		return map[string]entry{"GET": {access: call.Args[0].(*ast.Ident).Name, handler: method(call.Args[1])}}
	case "both":
		access := call.Args[0].(*ast.Ident).Name
		return map[string]entry{
			"GET":  {access: access, handler: method(call.Args[1])},
			"POST": {access: access, handler: method(call.Args[2])},
		}
	case "free":
		methods := readMethods(t, call.Args[0])
		for k, m := range methods {
			m.free = true
			methods[k] = m
		}
		return methods
	case "needs":
		methods := readMethods(t, call.Args[1])
		key := permissionKeys[call.Args[0].(*ast.SelectorExpr).Sel.Name]
		require.NotEmpty(t, key)
		for k, m := range methods {
			m.permission = key
			methods[k] = m
		}
		return methods
	}
	t.Fatalf("routes are written with a new helper: %v", call.Fun)
	return nil
}

func text(t *testing.T, e ast.Expr) string {
	t.Helper()
	s, err := strconv.Unquote(e.(*ast.BasicLit).Value)
	require.NoError(t, err)
	return s
}

// method is the name in a method expression such as (*call).getHome.
func method(e ast.Expr) string { return e.(*ast.SelectorExpr).Sel.Name }

// postedFields finds which fields of the form a handler reads, itself or in the
// methods that it calls.
func postedFields(t *testing.T) func(handler string) []string {
	t.Helper()
	reads, calls := map[string][]string{}, map[string][]string{}
	for _, file := range parse(t, "internal/web") {
		for _, decl := range file.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || fn.Body == nil {
				continue
			}
			name := fn.Name.Name
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
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
		if handler == "postWelcome" {
			// It shares a form with the reset page, and has no use for a code.
			found = slices.DeleteFunc(found, func(field string) bool { return field == "code" })
		}
		slices.Sort(found)
		return slices.Compact(found)
	}
}

// isForm says whether an expression is the posted form, c.form.
func isForm(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "form"
}
