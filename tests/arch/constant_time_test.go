package arch_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// guessable are words in the names of values that someone could guess byte by byte
// if a comparison took longer for a longer correct beginning.
var guessable = []string{"alias", "code", "codes", "digest", "hash", "hashes", "hmac", "mac", "otp", "password", "pepper", "plain", "secret", "sum", "token"}

// inTheClear are comparisons of values with such names that need no constant time:
// where, what is compared, and why that is safe.
var inTheClear = map[string]string{
	"passkey/check.go: bytes.Equal(data.RPIDHash, hash[:])":                           "the hash of a host name that everyone knows",
	"backoffice/resource/column.go: s.plain(v) != text":                               "what was typed, in another form",
	"internal/pages/request_header.go: slices.Contains(tokenHeaders[:], name)":        "names of headers",
	"password/breached/service.go: answer.StatusCode != http.StatusOK":                "a status of HTTP",
	"internal/commands/audit.go: q.Code == code":                                      "names of events",
	"internal/desk/alias_rule.go: alias == d.Alias()":                                 "typed by someone who is in the office",
	"internal/desk/alias_rule.go: slices.Contains(own, plain)":                        "words of the community",
	"reset/code.go: plainCode([codeBytes]byte(raw[:codeBytes])) != plain":             "what was typed, with its own check characters",
	"reset/code.go: slices.Contains(codes, code)":                                     "both were typed",
	"internal/desk/approval_plan.go: s.confirmedAlias() != of.Was":                    "both were in the store",
	"internal/desk/second.go: after.Alias == before.PreviousAlias":                    "typed by someone who is in the office",
	"internal/desk/second.go: after.Alias != before.Alias":                            "typed by someone who is in the office",
	"internal/desk/links_moved.go: d.linksAt.alias == s.Stored.Alias":                 "both were in the store",
	"internal/desk/mail_moved.go: b.Alias == alias":                                   "both were in the store",
	"store/memstore/token.go: bytes.Compare(a.Digest[:], b.Digest[:])":                "the order of digests that are in the store",
	"oidc/client.go: w.StatusCode != http.StatusOK":                                   "the status of an answer",
	"internal/desk/browsers.go: digest == b.Digest":                                   "a digest of 256 random bits: what is like it says nothing of them",
	"internal/desk/browsers.go: digest == b.Previous":                                 "a digest of 256 random bits: what is like it says nothing of them",
	"internal/pages/once.go: store.Digest(d) == digest":                               "a digest of 256 random bits: what is like it says nothing of them",
	"internal/pages/once.go: digest == id.Session.Digest":                             "a digest of 256 random bits: what is like it says nothing of them",
	"store/memstore/browser.go: d == b.Digest":                                        "a digest of 256 random bits: what is like it says nothing of them",
	"internal/pages/server.go: s.Desk.AliasOf(c.state) != alias":                      "the gate compared it in constant time before",
	"store/memstore/operator.go: o.Password != w.Old":                                 "both were in the store, as hashes",
	"internal/desk/account.go: current == plain":                                      "both were typed into one form",
	"internal/desk/new_password.go: plain != again":                                   "both were typed into one form",
	"internal/desk/audit_walk.go: bytes.Equal(w.previous, now.LastMAC)":               "both are in the store, for anyone who reads it",
	"internal/desk/audit_walk.go: bytes.Equal(last.MAC, w.ends.PurgedMAC)":            "both are in the store, for anyone who reads it",
	"store/memstore/event.go: bytes.Equal(s.events.rows[n - 1].MAC, w.MAC)":           "both are in the store, for anyone who reads it",
	"store/sqlstore/audit.go: bytes.Equal(mac, w.MAC)":                                "both are in the store, for anyone who reads it",
	"internal/desk/audit_walk.go: m.mark != markOf(seq, mac)":                         "marks are in the log",
	"internal/desk/audit_witness.go: m == markOf(m.seq, ends.PurgedMAC)":              "marks are in the log",
	"internal/desk/audit_witness.go: m == markOf(m.seq, ends.LastMAC)":                "marks are in the log",
	"internal/desk/audit_witness.go: m == markOf(page.Rows[0].Seq, page.Rows[0].MAC)": "marks are in the log",
	"store/memstore/presession.go: bytes.Compare(a.Digest[:], b.Digest[:])":           "the order of equally old ones",
	"internal/desk/keys.go: u.Secret == secretName(0)":                                "the name of a secret",
	"store/memstore/factor.go: bytes.Equal(h, w.Hash)":                                "w.Hash was found in constant time before",
	"store/memstore/session.go: v.Session.Digest == d":                                "a digest of 256 random bits: what is like it says nothing of them",
}

// word is one word of a name in camel case.
var word = regexp.MustCompile(`[A-Z]+(?:[a-z]+|s\b|\b|$)|[A-Z]?[a-z]+|[A-Z]+`)

// comparers stop at the first difference.
var comparers = map[string]bool{
	"bytes.Equal": true, "bytes.Compare": true, "bytes.HasPrefix": true, "bytes.EqualFold": true,
	"strings.EqualFold": true, "strings.Compare": true, "slices.Equal": true, "slices.Compare": true,
	"slices.Contains": true, "reflect.DeepEqual": true,
}

// named reports whether the last name of an expression has a guessable word: "mac"
// of e.MAC, "secret" of s.secret.Bytes().
func named(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.Ident:
		return slices.ContainsFunc(word.FindAllString(e.Name, -1), func(w string) bool {
			return slices.Contains(guessable, strings.ToLower(w))
		})
	case *ast.SelectorExpr:
		return named(e.Sel)
	case *ast.ParenExpr:
		return named(e.X)
	case *ast.StarExpr:
		return named(e.X)
	case *ast.SliceExpr:
		return named(e.X)
	case *ast.CallExpr:
		switch f := e.Fun.(type) {
		case *ast.SelectorExpr:
			return named(f.Sel) || named(f.X) || slices.ContainsFunc(e.Args, named)
		case *ast.Ident:
			return f.Name != "len" && (named(f) || slices.ContainsFunc(e.Args, named))
		case *ast.ArrayType:
			return slices.ContainsFunc(e.Args, named)
		}
	}
	return false
}

// fixed reports whether an expression is public: a constant, a length, or empty.
func (c constants) fixed(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return e.Name == "nil" || e.Name == "true" || e.Name == "false" || c[e.Name]
	case *ast.SelectorExpr:
		return c[e.Sel.Name]
	case *ast.ParenExpr:
		return c.fixed(e.X)
	case *ast.CompositeLit:
		return len(e.Elts) == 0
	case *ast.CallExpr:
		return types.ExprString(e.Fun) == "len"
	}
	return false
}

// constants are the names of all constants.
type constants map[string]bool

func (c constants) declare(t *testing.T, path string, text []byte) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, text, parser.SkipObjectResolution)
	require.NoError(t, err)
	ast.Inspect(file, func(node ast.Node) bool {
		if gen, ok := node.(*ast.GenDecl); ok && gen.Tok == token.CONST {
			for _, spec := range gen.Specs {
				for _, name := range spec.(*ast.ValueSpec).Names {
					c[name.Name] = true
				}
			}
		}
		return true
	})
}

// compared returns the comparisons in a file that stop early, of values that can
// be guessed.
func (c constants) compared(path string, text []byte) (found []string, err error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	ast.Inspect(file, func(node ast.Node) bool {
		var sides []ast.Expr
		switch n := node.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				sides = []ast.Expr{n.X, n.Y}
			}
		case *ast.CallExpr:
			if comparers[types.ExprString(n.Fun)] {
				sides = n.Args
			}
		case *ast.SwitchStmt:
			if n.Tag != nil {
				sides = []ast.Expr{n.Tag}
				for _, clause := range n.Body.List {
					sides = append(sides, clause.(*ast.CaseClause).List...)
				}
				sides = slices.DeleteFunc(sides, c.fixed)
				if len(sides) < 2 {
					return true
				}
			}
		}
		if len(sides) > 0 && !slices.ContainsFunc(sides, c.fixed) && slices.ContainsFunc(sides, named) {
			what := ""
			switch n := node.(type) {
			case *ast.SwitchStmt:
				what = "switch " + types.ExprString(n.Tag)
			case ast.Expr:
				what = types.ExprString(n)
			}
			found = append(found, fmt.Sprintf("%s: %s", path, what))
		}
		return true
	})
	return found, nil
}

// TestSecretsAreComparedInConstantTime goes by names: values named token, MAC,
// digest, hash or code are compared with crypto/subtle or hmac.Equal.
func TestSecretsAreComparedInConstantTime(t *testing.T) {
	unused, known := maps.Clone(inTheClear), constants{}
	library := func(visit func(path string, text []byte)) {
		sources(t, func(path string, text []byte) {
			if !strings.HasSuffix(path, "_test.go") && !belowAny(path, append(testOnly, "tests", "examples", "benchmarks")) {
				visit(path, text)
			}
		})
	}
	library(func(path string, text []byte) { known.declare(t, path, text) })
	var all []string
	library(func(path string, text []byte) {
		found, err := known.compared(path, text)
		require.NoError(t, err)
		for _, f := range found {
			if inTheClear[f] == "" {
				all = append(all, f)
			}
			delete(unused, f)
		}
	})
	require.Empty(t, all, "compare in constant time, or say in inTheClear why not:\n%s", strings.Join(all, "\n"))
	require.Empty(t, unused, "no longer there")
}

func TestComparisonsThatStopEarlyAreFound(t *testing.T) {
	for text, caught := range map[string]bool{
		`mac == other`:                       true,
		`x.storedMAC != y`:                   true,
		`string(tokenHash) == s`:             true,
		`bytes.Equal(a, e.MAC)`:              true,
		`strings.EqualFold(code, given)`:     true,
		`slices.Contains(hashes, h)`:         true,
		`a.Digest == b.Digest`:               true,
		`s.Secret.Bytes()[0] == b`:           false,
		`token == ""`:                        false,
		`len(token) == n`:                    false,
		`mac != nil`:                         false,
		`machine == other`:                   false,
		`subtle.ConstantTimeCompare(mac, x)`: false,
	} {
		found, err := constants{}.compared("a.go", []byte("package a\nvar x = "+text))
		require.NoError(t, err)
		require.Equal(t, caught, len(found) > 0, text)
	}
}
