package docs_test

import (
	"go/ast"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

// ways are all ways into an account: the forms, what each takes, and what it gives.
var ways = []struct {
	name            string
	at              []string
	requires, gives string
}{
	{"sign-in", []string{"/login", "/login/code"}, "password **and** authenticator code, every time. Password alone only if the account has no second factor and needs none: `two_factor.who` is `roles` or `recommended`, or the day of `two_factor.from` has not come", "a session"},
	{"recovery code", []string{"/login", "/login/recovery"}, "password **and** one of {internal/desk.RecoveryCodes} single-use codes", "a session"},
	{"enrolment during sign-in", []string{"/login", "/login/enrol"}, "password, and a first code of the new app; only without a second factor", "a session, and recovery codes"},
	{"member password", []string{"/login"}, "as sign-in, with the community's password; not with SSO", "a session"},
	{"step-up", []string{"/step-up"}, "a session, password **and** code (password alone without a second factor)", "sensitive changes for 5 minutes"},
	{"reset", []string{"/forgot", "/reset"}, "control of the mailbox, **and** a code or recovery code if a second factor is enrolled", "a new password, all sessions ended, no session"},
	{"invitation", []string{"/forgot", "/welcome"}, "control of the mailbox, or the link handed over, as long as the operator who invited may still do so; this first binds the account", "a password, no session; the sign-in then asks for enrolment"},
	{"setup", []string{"/setup"}, "the link that the server printed; only until there is an operator", "the first super-administrator, no session"},
	{"temporary password", []string{"/login"}, "an operator who may act on the account generates it and hands it over, if `password.temporary` is on (off by default); then as sign-in", "a session that opens only the page to change it"},
	{"link handed over", []string{"/reset"}, "an operator who may act on the account creates it; then as reset", "as reset"},
	{"command line", nil, "a shell with the database and the master secret", "[all it can do](operations.md#commands); no session"},
}

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
	for _, w := range ways {
		for _, path := range w.at {
			require.Contains(t, forms, path, "%s is at a page that takes nothing from outside", w.name)
			forms[path] = true
		}
		rows = append(rows, []string{w.name, codes(w.at), filled(t, w.requires), w.gives})
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
