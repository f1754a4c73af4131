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
	"github.com/postern-go/postern/store"
)

// written is what the sources put into one event, wherever they write it.
type written struct {
	outcomes, about, details map[string]bool
	reason                   bool
}

// events writes down every registered event, by area: what it means, and what
// its rows hold beside what all rows hold.
func events(t *testing.T) string {
	t.Helper()
	found := writtenEvents(t)
	var b strings.Builder
	area := ""
	var rows [][]string
	flush := func() {
		if len(rows) > 0 {
			b.WriteString("### " + area + "\n\n" + table([]string{"event", "meaning", "outcome", "about", "and"}, rows) + "\n")
		}
		rows = nil
	}
	for _, name := range slices.Sorted(maps.Keys(desk.Events)) {
		w := found[name]
		require.NotNil(t, w, "nothing writes %s", name)
		if a := (store.Event{Code: name}).Area(); a != area {
			flush()
			area = a
		}
		also := codes(slices.Sorted(maps.Keys(w.details)))
		if w.details[changing] {
			also = "every parameter that changed, by name: before → after"
		}
		if w.reason {
			also = strings.TrimSuffix("a reason; "+also, "; ")
		}
		rows = append(rows, []string{
			code(name), desk.EventMeaning(name).String(), strings.Join(slices.Sorted(maps.Keys(w.outcomes)), ", "),
			strings.Join(slices.Sorted(maps.Keys(w.about)), ", "), also,
		})
		delete(found, name)
	}
	flush()
	require.Empty(t, found, "written, and not registered")
	return b.String()
}

// changing stands for details whose names are not written in the source.
const changing = "*"

// writtenEvents finds in the sources who calls Audit, and what is called on what
// it returns.
func writtenEvents(t *testing.T) map[string]*written {
	t.Helper()
	all := map[string]*written{}
	for _, dir := range []string{"internal/desk", "internal/pages", "backoffice"} {
		files := parse(t, dir)
		for _, file := range files {
			for _, decl := range file.Decls {
				if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
					(&trail{t: t, files: files, fn: fn, all: all, vars: map[string][]string{}}).read()
				}
			}
		}
	}
	return all
}

// trail reads one function.
type trail struct {
	t     *testing.T
	files map[string]*ast.File
	fn    *ast.FuncDecl
	all   map[string]*written
	// vars are variables that hold an event being put together.
	vars map[string][]string
}

func (r *trail) read() {
	ast.Inspect(r.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, rhs := range n.Rhs {
				if id, ok := n.Lhs[i].(*ast.Ident); ok && len(n.Lhs) == len(n.Rhs) {
					r.vars[id.Name] = append(r.vars[id.Name], r.codes(rhs)...)
				}
			}
		case *ast.CallExpr:
			r.call(n)
		}
		return true
	})
}

// codes are the events that an expression puts together: Audit itself, what is
// called on it, or a variable that holds it.
func (r *trail) codes(e ast.Expr) []string {
	switch e := e.(type) {
	case *ast.Ident:
		return r.vars[e.Name]
	case *ast.CallExpr:
		sel, ok := e.Fun.(*ast.SelectorExpr)
		if !ok {
			return nil
		}
		if sel.Sel.Name == "Audit" && len(e.Args) == 3 {
			return r.named(e.Args[1])
		}
		return r.codes(sel.X)
	}
	return nil
}

// named is an event's name: as it stands there, or as callers give it.
func (r *trail) named(e ast.Expr) []string {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		return []string{text(r.t, lit)}
	}
	if sel, ok := e.(*ast.SelectorExpr); ok {
		return r.set(sel.Sel.Name)
	}
	id, ok := e.(*ast.Ident)
	require.True(r.t, ok, "%s names an event in a new way", r.fn.Name.Name)
	if names := r.assigned(id.Name); len(names) > 0 {
		return names
	}
	n := 0
	for _, param := range r.fn.Type.Params.List {
		for _, name := range param.Names {
			if name.Name == id.Name {
				return r.given(n)
			}
			n++
		}
	}
	if value, err := strconv.Unquote(values(r.files)[id.Name]); err == nil {
		return []string{value}
	}
	require.FailNow(r.t, "an event has a name that cannot be read", "%s in %s", id.Name, r.fn.Name.Name)
	return nil
}

// set are the names that composite literals give to a field.
func (r *trail) set(field string) (names []string) {
	for _, file := range r.files {
		ast.Inspect(file, func(node ast.Node) bool {
			pair, ok := node.(*ast.KeyValueExpr)
			if !ok {
				return true
			}
			key, isField := pair.Key.(*ast.Ident)
			if lit, ok := pair.Value.(*ast.BasicLit); ok && isField && key.Name == field && desk.Events[text(r.t, lit)] {
				names = append(names, text(r.t, lit))
			}
			return true
		})
	}
	require.NotEmpty(r.t, names, "nobody sets the field %s to the name of an event", field)
	return names
}

// assigned are the names that a variable of the function is given.
func (r *trail) assigned(variable string) (names []string) {
	ast.Inspect(r.fn.Body, func(n ast.Node) bool {
		if a, ok := n.(*ast.AssignStmt); ok && len(a.Lhs) == 1 {
			id, isName := a.Lhs[0].(*ast.Ident)
			if lit, ok := a.Rhs[0].(*ast.BasicLit); ok && isName && id.Name == variable {
				names = append(names, text(r.t, lit))
			}
		}
		return true
	})
	return names
}

// given are the names that callers of the function give as its nth argument.
func (r *trail) given(n int) (names []string) {
	for _, file := range r.files {
		ast.Inspect(file, func(node ast.Node) bool {
			call, ok := node.(*ast.CallExpr)
			if !ok || len(call.Args) <= n {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != r.fn.Name.Name {
				return true
			}
			if lit, ok := call.Args[n].(*ast.BasicLit); ok && lit.Kind == token.STRING && desk.Events[text(r.t, lit)] {
				names = append(names, text(r.t, lit))
			}
			return true
		})
	}
	require.NotEmpty(r.t, names, "nobody calls %s with the name of an event", r.fn.Name.Name)
	return names
}

func (r *trail) call(e *ast.CallExpr) {
	sel, ok := e.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	for _, name := range r.codes(e) {
		w := r.all[name]
		if w == nil {
			w = &written{outcomes: map[string]bool{}, about: map[string]bool{}, details: map[string]bool{}}
			r.all[name] = w
		}
		literal := func(n int, otherwise string) string {
			switch arg := e.Args[n].(type) {
			case *ast.BasicLit:
				return text(r.t, arg)
			case *ast.Ident:
				if value, err := strconv.Unquote(values(r.files)[arg.Name]); err == nil {
					return value
				}
			}
			return otherwise
		}
		switch sel.Sel.Name {
		case "Audit":
			outcome := e.Args[2]
			if s, ok := outcome.(*ast.SelectorExpr); ok {
				outcome = s.Sel
			}
			w.outcomes[strings.ToLower(outcome.(*ast.Ident).Name)] = true
		case "Target":
			w.about["operator"] = true
		case "Thing":
			w.about[literal(0, "")] = true
		case "Because":
			w.reason = true
		case "UnknownLogin":
			w.details["login_hash"], w.details["login_length"] = true, true
		case "With":
			w.details[literal(0, changing)] = true
		}
	}
}
