package gallery_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/gallery"
	"github.com/postern-go/postern/internal/view"
)

// verbs are the places in a format that hold data.
var verbs = regexp.MustCompile(`%[-+# 0]*[0-9.]*[a-zA-Z]`)

// pattern matches what an expression of strings can be; ok is false if no literal
// is in it.
func pattern(e ast.Expr) (text string, ok bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind != token.STRING {
			return ".*", false
		}
		literal, err := strconv.Unquote(e.Value)
		if err != nil {
			return ".*", false
		}
		parts := verbs.Split(literal, -1)
		for i, part := range parts {
			parts[i] = regexp.QuoteMeta(part)
		}
		return strings.Join(parts, ".+"), true
	case *ast.BinaryExpr:
		left, leftOK := pattern(e.X)
		right, rightOK := pattern(e.Y)
		return left + right, leftOK || rightOK
	}
	return ".+", false
}

// sentences matches every sentence that our production code can say.
func sentences(t *testing.T) *regexp.Regexp {
	t.Helper()
	var all []string
	for _, dir := range []string{"../pages", "../desk", "../settings", "../brand", "../../password", "../../mail", "../../totp"} {
		files, err := filepath.Glob(dir + "/*.go")
		require.NoError(t, err)
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			require.NoError(t, err)
			parsed, err := parser.ParseFile(token.NewFileSet(), file, source, 0)
			require.NoError(t, err)
			ast.Inspect(parsed, func(n ast.Node) bool {
				e, isExpr := n.(ast.Expr)
				if !isExpr {
					return true
				}
				text, ok := pattern(e)
				// What is mostly data would match anything.
				if ok && len(strings.ReplaceAll(text, ".+", "")) >= 9 {
					all = append(all, text)
				}
				return !ok
			})
		}
	}
	return regexp.MustCompile(`^(?:` + strings.Join(all, "|") + `)$`)
}

// TestSamplesSayOnlyWhatTheProductSays keeps the gallery from showing errors,
// notices and reminders that no request can bring about.
func TestSamplesSayOnlyWhatTheProductSays(t *testing.T) {
	said := sentences(t)
	check := func(state, text string) {
		if strings.Contains(text, "<script>") {
			return // hostile data
		}
		assert.True(t, said.MatchString(text), "%s says what no page says: %s", state, text)
	}
	for _, s := range gallery.All() {
		for _, n := range s.Frame.Notices {
			check(s.Name, n.Text)
		}
		for _, r := range s.Frame.Reminders {
			check(s.Name, r.Text)
			check(s.Name, r.Link)
		}
		if form := reflect.Indirect(reflect.ValueOf(s.Page)).FieldByName("Form"); form.IsValid() {
			for _, e := range form.Interface().(view.Form).Errors {
				check(s.Name, e.Text)
			}
		}
	}
}
