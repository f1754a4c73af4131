package docs_test

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/settings"
)

// attributes are what decides a request besides its address and its form: what the
// code reads of it, the parameters that are the threshold, and the effect.
var attributes = []struct {
	name, threshold, effect string
	reads, parameters       []string
}{
	{"IP address: of the connection, from a trusted proxy, or from `Config.Client`", "the counters above", "429", []string{"RemoteAddr", "ForwardedHeader"}, []string{"signin.per_address", "signin.names_per_address", "reset.per_address"}},
	{"the same", "not in `signin.networks`, if that is set", "a sign-in is refused after all factors; the session ends", nil, []string{"signin.networks"}},
	{"browser: `User-Agent`", "differs from that of the sign-in", "the session ends", []string{"UserAgent"}, nil},
	{"cookies: session, sign-in begun, known browser", "none, or not the store's", "sign-in; a stranger's counters", []string{"Cookie"}, nil},
	{"time since the last use, since sign-in", "the table above", "the session ends", nil, []string{"session.idle", "session.absolute"}},
	{"time since the last step-up", "`session.proof`", "step-up is asked for", nil, []string{"session.proof"}},
	{"failures of the name, the account, its codes", "the counters above", "wait, then disabled", nil,
		[]string{"signin.failures", "signin.wait", "signin.disable_after", "signin.codes", "signin.disable_codes_after", "reset.per_account", "reset.gap"}},
	{"first step of a sign-in", "`signin.company_only`: the identity provider alone, except for super-administrators", "passwords, passkeys alone and links are refused like wrong ones", nil, []string{"signin.company_only"}},
	{"age of an authenticator code", "one step, or none with `two_factor.strict`", "refused", nil, []string{"two_factor.strict"}},
	{"time since a form's page, forms of a session", "the counters above, with `forms.human_pace`", "429", nil, []string{"forms.human_pace"}},
	{"sessions at once", "the table above", "the least recently used ends", nil, []string{"session.per_operator"}},
	{"scheme: likewise", "plain HTTP", "refused", []string{"TLS", "X-Forwarded-Proto"}, nil},
	{"`Sec-Fetch-Site`, `Origin`", "another site or host; neither on a WebSocket handshake", "refused", []string{"Sec-Fetch-Site", "Origin", "Upgrade", ":protocol"}, nil},
	{"`Sec-Fetch-Mode`, or `Accept` and what scripts send", "not a navigation", "[answers for scripts](embedding.md#scripts)", []string{"Sec-Fetch-Mode", "Accept", "X-Requested-With", "Hx-Request", "Hx-Boosted", "Hx-Current-Url"}, nil},
	{"`Referer`, `HX-Current-URL`", "an address in the office", "the community gets neither", []string{"Referer"}, nil},
	{"`Content-Type`, `Content-Encoding`, method", "not a form, not a listed method", "refused", []string{"Content-Type", "Content-Encoding", "Method"}, nil},
	{"`Expect`, length of the body", "at the path for the provider's logouts: anything but a short form that comes at once", "the community answers", []string{"Expect"}, nil},
	{"`Accept-Encoding`, `Range`", "any", "how a static file comes; nothing else is compressed", []string{"Accept-Encoding", "Range"}, nil},
	{"`Accept-Language`", "any", "the language of pages, if the operator chose none", []string{"Accept-Language"}, nil},
	{"last day of the account", "has passed, in UTC", "refused, and [disabled](accounts-that-end.md)", nil, nil},
	{"time since the account was used", "`accounts.unused`, after emails", "[disabled](accounts-that-end.md#unused-accounts)", nil, nil},
	{"roles, account state, parameters", "as stored at this request", "403, or signed out", nil, []string{"two_factor.who", "two_factor.from", "signin.paused"}},
	{"what your rule checks (`Config.Decide`)", "yours", "refused, or step-up is asked for", nil, nil},
}

// decides is the table of them.
func decides(t *testing.T) string {
	t.Helper()
	var reads, named []string
	var rows [][]string
	for _, a := range attributes {
		reads, named = append(reads, a.reads...), append(named, a.parameters...)
		rows = append(rows, []string{a.name, a.threshold, a.effect})
	}
	require.ElementsMatch(t, requestReads(t), reads, "what the office reads of a request")
	var thresholds []string
	for _, def := range settings.Definitions() {
		area, _, _ := strings.Cut(def.Name, ".")
		// The fixed life of a link, and a text, decide nothing.
		if slices.Contains([]string{"signin", "session", "two_factor", "reset", "forms"}, area) && def.Name != "reset.life" && def.Name != "signin.paused_text" {
			thresholds = append(thresholds, def.Name)
		}
	}
	require.ElementsMatch(t, thresholds, named, "the thresholds that are parameters")
	return table([]string{"attribute", "threshold", "effect"}, rows)
}

// requestReads are the headers that the office reads of a request, and what it
// knows of the connection.
func requestReads(t *testing.T) (found []string) {
	t.Helper()
	add := func(name string) {
		if !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	for _, dir := range []string{"internal/pages", "backoffice"} {
		for _, file := range parse(t, dir) {
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					if sel, ok := n.Fun.(*ast.SelectorExpr); ok && len(n.Args) == 1 && ofRequest(sel.X, "Header") && (sel.Sel.Name == "Get" || sel.Sel.Name == "Values") {
						switch arg := n.Args[0].(type) {
						case *ast.BasicLit:
							add(text(t, arg))
						case *ast.SelectorExpr: // a header that the configuration names
							add("Forwarded" + arg.Sel.Name)
						}
					}
				case *ast.IndexExpr:
					if lit, ok := n.Index.(*ast.BasicLit); ok && ofRequest(n.X, "Header") {
						add(text(t, lit))
					}
				case *ast.SelectorExpr:
					for _, name := range []string{"UserAgent", "RemoteAddr", "TLS", "Host", "Method", "Referer", "BasicAuth", "Cookies", "CookiesNamed", "Proto"} {
						if ofRequest(n, name) {
							add(name)
						}
					}
				}
				return true
			})
		}
	}
	return found
}

// ofRequest reports whether an expression is this field or method of a request.
func ofRequest(e ast.Expr, name string) bool {
	s := types.ExprString(e)
	return s == "r."+name || s == "c.r."+name
}
