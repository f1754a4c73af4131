package gallery_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/gallery"
)

// TestPagesHoldNoStoredRecords keeps what a page can show, also in a host's own
// template, to what the page chose: a stored operator carries a password hash.
// Sessions and known browsers, which tell IP addresses, are only on the pages that end
// them.
func TestPagesHoldNoStoredRecords(t *testing.T) {
	seen := map[reflect.Type]bool{}
	var look func(at string, typ reflect.Type)
	look = func(at string, typ reflect.Type) {
		if typ == reflect.TypeFor[desk.Session]() || typ == reflect.TypeFor[desk.Browser]() {
			require.Regexp(t, `^office-(operator|account)_sessions-`, at)
		}
		if seen[typ] {
			return
		}
		seen[typ] = true
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			look(at, typ.Elem())
		case reflect.Struct:
			require.False(t, strings.HasSuffix(typ.PkgPath(), "postern/store"), "%s holds a %s", at, typ)
			for i := range typ.NumField() {
				look(at+"."+typ.Field(i).Name, typ.Field(i).Type)
			}
		}
	}
	for _, s := range gallery.All(t) {
		look(s.Name, reflect.TypeOf(s.Page))
	}
	require.Greater(t, len(seen), 50)
}

// TestEveryFieldIsSetInSomeState finds fields of pages and frames that nothing
// sets, and those whose look nobody has seen.
func TestEveryFieldIsSetInSomeState(t *testing.T) {
	set := map[string]bool{}
	var look func(v reflect.Value)
	look = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				look(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				look(v.Index(i))
			}
		case reflect.Struct:
			typ := v.Type()
			if !strings.Contains(typ.PkgPath(), "postern/internal/pages") && !strings.Contains(typ.PkgPath(), "postern/internal/view") {
				return
			}
			for i := range typ.NumField() {
				name := typ.String() + "." + typ.Field(i).Name
				set[name] = set[name] || !v.Field(i).IsZero()
				look(v.Field(i))
			}
		}
	}
	for _, s := range gallery.All(t) {
		look(reflect.ValueOf(s.Frame))
		look(reflect.ValueOf(s.Page))
	}
	for name, ok := range set {
		// A form has its methods when nothing is wrong, too. A title comes with pages
		// of the host's. Trail.After is empty in English, where the name ends the label.
		if !ok && !strings.HasSuffix(name, ".Form") && name != "view.Frame.Title" && name != "pages.Trail.After" {
			t.Errorf("%s is set in no state", name)
		}
	}
	require.Greater(t, len(set), 200)
}

// TestStatesAreAnswers keeps states that the product cannot show out of the
// gallery: it makes no page by hand.
func TestStatesAreAnswers(t *testing.T) {
	look := func(n ast.Node) bool {
		if made, ok := n.(*ast.CompositeLit); ok {
			if typ, ok := made.Type.(*ast.SelectorExpr); ok {
				of := typ.X.(*ast.Ident).Name
				page := of == "pages" && strings.HasSuffix(typ.Sel.Name, "Page") || of == "view" && (typ.Sel.Name == "Form" || typ.Sel.Name == "Frame")
				require.False(t, page, "makes a %s.%s", of, typ.Sel.Name)
			}
		}
		return true
	}
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		ast.Inspect(file, look)
	}
}
