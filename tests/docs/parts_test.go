package docs_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/tests/need"
)

// partNames are the parts of the gallery's page that docs/parts.md shows.
var partNames = []string{"head", "notice", "tabs", "filters", "table", "pager", "rows", "empty", "facts", "buttons", "badges", "confirm", "fields", "bar-chart", "line-chart"}

// partMarkup is how the gallery's page writes a part.
func partMarkup(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(need.Root(t), "examples", "gallery", "pages", "parts.html"))
	require.NoError(t, err)
	_, after, found := strings.Cut(string(page), "{{/* part: "+name+" */}}\n")
	require.True(t, found, name)
	markup, _, _ := strings.Cut(after, "{{/* end */}}")
	return "```html\n" + markup + "```\n"
}

func partIcons(*testing.T) string { return wrapped(codes(view.PartIcons)) }

// partPromises are the names of a kind that are promised.
func partPromises(what string) func(*testing.T) string {
	return func(t *testing.T) string {
		t.Helper()
		golden, err := os.ReadFile(filepath.Join(need.Root(t), "internal", "view", "testdata", "parts.txt"))
		require.NoError(t, err)
		var names []string
		for _, m := range regexp.MustCompile(`(?m)^`+what+` (\S+)$`).FindAllStringSubmatch(string(golden), -1) {
			names = append(names, m[1])
		}
		return wrapped(codes(names))
	}
}

// TestEveryPromiseIsExplained: what a host may use is in docs/parts.md.
func TestEveryPromiseIsExplained(t *testing.T) {
	text := documents(t)["docs/parts.md"]
	for _, name := range slices.Concat(view.PromisedParts, view.PromisedFuncs) {
		require.Regexp(t, `(^|[^\w-])`+regexp.QuoteMeta(name)+`([^\w-]|$)`, text, name)
	}
	page, err := os.ReadFile(filepath.Join(need.Root(t), "examples", "gallery", "pages", "parts.html"))
	require.NoError(t, err)
	require.Equal(t, len(partNames), strings.Count(string(page), "{{/* part: "), "a part of the gallery is not in docs/parts.md")
}

// pageFields are what each template has as .Page.
func pageFields(*testing.T) string {
	var rows [][]string
	for _, p := range pages.Samples() {
		rows = append(rows, []string{code(p.Template() + ".html"), fieldsOf(reflect.TypeOf(p), nil)})
	}
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return table([]string{"template", "`.Page`"}, rows)
}

// innerFields are the types of fields of pages and of the frame.
func innerFields(*testing.T) string {
	found := map[string]reflect.Type{}
	fieldsOf(reflect.TypeFor[view.Frame](), found)
	for _, p := range pages.Samples() {
		fieldsOf(reflect.TypeOf(p), found)
	}
	var types []reflect.Type
	for _, name := range slices.Sorted(maps.Keys(found)) {
		types = append(types, found[name])
	}
	var rows [][]string
	for _, t := range types {
		rows = append(rows, []string{code(qualifier.ReplaceAllString(t.String(), "")), fieldsOf(t, found)})
	}
	return table([]string{"type", "fields"}, rows)
}

var qualifier = regexp.MustCompile(`\bpages\.`)

// fieldsOf lists the fields and methods that a template can use, and adds structs of ours among
// their types to found, by name.
func fieldsOf(t reflect.Type, found map[string]reflect.Type) string {
	var all []string
	for _, f := range reflect.VisibleFields(t) {
		if !f.IsExported() || f.Anonymous {
			continue
		}
		all = append(all, fmt.Sprintf("`%s` %s", f.Name, qualifier.ReplaceAllString(f.Type.String(), "")))
		inner := f.Type
		for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Map {
			inner = inner.Elem()
		}
		ours := strings.Contains(inner.PkgPath(), "postern/internal/") && !strings.HasSuffix(inner.PkgPath(), "/messages")
		if found != nil && inner.Kind() == reflect.Struct && ours && found[inner.String()] == nil {
			found[inner.String()] = inner
			fieldsOf(inner, found)
		}
	}
	for i := range t.NumMethod() {
		if m := t.Method(i); m.Name != "Template" && m.Type.NumOut() > 0 {
			all = append(all, fmt.Sprintf("`%s%s`", m.Name, map[bool]string{true: " …"}[m.Type.NumIn() > 1]))
		}
	}
	return strings.Join(all, ", ")
}
