package docs_test

import (
	"go/ast"
	"iter"
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
	var rows [][]string
	for path, methods := range byPath() {
		var who []string
		fields := ""
		for _, r := range methods {
			who = append(who, r.Method+": "+access(r))
			if r.Method == "POST" {
				fields = codes(ownFields(r))
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

// ownFields are the fields of a form, sorted, without those of the parameters.
func ownFields(r pages.Route) []string {
	own := slices.DeleteFunc(slices.Clone(r.Fields), func(field string) bool { return strings.Contains(field, ".") })
	slices.Sort(own)
	return own
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

func text(t *testing.T, e ast.Expr) string {
	t.Helper()
	s, err := strconv.Unquote(e.(*ast.BasicLit).Value)
	require.NoError(t, err)
	return s
}
