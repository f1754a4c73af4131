package docs_test

import (
	"go/ast"
	"go/token"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// connections are all connections that the library opens, with limits and timeouts
// from the constants (ASVS 13.1.1, 13.2.6).
var connections = []struct {
	name, limit, slow, again string
	// opens are the calls of the code that open it.
	opens []string
}{
	{"store: `Config.Store`", "your pool; with `sqlstore.Open`, {store/sqlstore.poolSize}", "the request waits for at most `Config.StoreTimeout`, {backoffice.DefaultStoreTimeout} in total; then 503",
		"locks, deadlocks and a busy file, for {store/sqlstore.patience}; a lost connection, unless it broke during COMMIT", []string{"store/sqlstore sql.DB.Conn"}},
	{"mail server: `mail.SMTPConfig`", "{internal/desk.senders} deliveries at a time, per process; to one domain {internal/desk.urgentPerDomain} urgent ones and {internal/desk.noticesPerDomain} notice",
		"{mail.defaultTimeout} for an answer, {mail.defaultPatience} for the one to a complete message, {internal/desk.sendTime} in all; emails wait, and after {internal/desk.overdue} pages say so",
		"after {retries}", []string{"mail net.Dialer"}},
	{"`mail.Outbox`, instead of a server: a folder", "as above", "as above", "as above", []string{"mail os.OpenFile"}},
	{"`FileWitness`: a file", "one mark at a time", "a log line", "by `Run`, at the latest after `Config.WitnessEvery`, {backoffice.DefaultWitnessEvery}", []string{"backoffice os.OpenFile"}},
	{"`Config.SecretFile`: a file", "read once, by `New`; created if the store is empty", "an error of `New`", "no", []string{"backoffice os.Open"}},
	{"`breached.New`: the service of breached passwords, if you use it", "8, and one request for each range", "{password/breached.DefaultTimeout}; then the embedded list decides", "at the next sign-in", []string{"password/breached http.NewRequestWithContext", "password/breached http.Client", "password/breached http.Transport", "password/breached http.DefaultTransport"}},
	{"`breached.OpenFile`, `breached.OpenFolder`: a list of them on disk", "one file, open as long as the program; or one for each look-up", "the embedded list decides", "at the next sign-in", []string{"password/breached os.Open"}},
	{"temporary folder: what came before the form token of a [form for your pages](embedding.md#bodies-and-uploads), beyond {internal/pages.maxKept} bytes", "a file for each request of an operator, of {internal/pages.maxHostBody} bytes; removed with the request", "500 and a log line",
		"no", []string{"internal/pages os.CreateTemp"}},
	{"the command `move`: the new database, and the file of `-to @FILE`", "{store/sqlstore.poolSize}, while the command runs", "an error; the office is stopped, and the same command goes on", "as `Config.Store`", []string{"internal/commands os.ReadFile"}},
	{"the command `templates export`: the folder that it names", "as many files as there are templates", "an error, and what was written stays", "no", []string{"internal/commands os.WriteFile"}},
}

// opening are functions and types that open connections or listen for them.
var opening = map[string][]string{
	"net":  {"Dial", "DialTimeout", "DialTCP", "DialUDP", "DialIP", "DialUnix", "Dialer", "Listen", "ListenTCP", "ListenPacket", "ListenUDP", "ListenConfig", "Resolver", "LookupHost", "LookupIP", "LookupAddr", "LookupMX", "LookupTXT"},
	"http": {"Get", "Head", "Post", "PostForm", "Client", "DefaultClient", "Transport", "DefaultTransport", "NewRequest", "NewRequestWithContext", "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS"},
	"tls":  {"Dial", "DialWithDialer", "Dialer", "Listen"},
	"smtp": {"Dial", "SendMail"},
	"exec": {"Command", "CommandContext"},
	"os":   {"Open", "OpenFile", "Create", "CreateTemp", "ReadFile", "WriteFile", "StartProcess"},
}

// connectionTable is the table of everything that the published packages open.
func connectionTable(t *testing.T) string {
	t.Helper()
	found := map[string]bool{}
	for _, dir := range published(t) {
		for _, file := range parse(t, dir) {
			if file.Name.Name == "main" {
				continue // no program of a host links it
			}
			imported := map[string]string{}
			for _, spec := range file.Imports {
				base := path.Base(text(t, spec.Path))
				imported[base] = base
				if spec.Name != nil {
					imported[spec.Name.Name] = base
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				if from, ok := sel.X.(*ast.Ident); ok && slices.Contains(opening[imported[from.Name]], sel.Sel.Name) {
					found[dir+" "+imported[from.Name]+"."+sel.Sel.Name] = true
				}
				if sel.Sel.Name == "Conn" && strings.HasSuffix(dir, "sqlstore") {
					found[dir+" sql.DB.Conn"] = true
				}
				return true
			})
		}
	}
	var opened []string
	var rows [][]string
	for _, c := range connections {
		opened = append(opened, c.opens...)
		again := strings.ReplaceAll(c.again, "{retries}", mailWaits(t))
		rows = append(rows, []string{filled(t, c.name), filled(t, c.limit), filled(t, c.slow), filled(t, again)})
	}
	require.ElementsMatch(t, slices.Collect(maps.Keys(found)), opened, "what the library opens")
	return table([]string{"connection", "limit", "when full, slow or down", "retried"}, rows)
}

// mailWaits are the waits between two attempts to send an email.
func mailWaits(t *testing.T) string {
	t.Helper()
	var waits []string
	for _, file := range parse(t, "internal/desk") {
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok || gen.Tok != token.VAR {
				continue
			}
			for _, spec := range gen.Specs {
				if vs := spec.(*ast.ValueSpec); vs.Names[0].Name == "retries" {
					for _, e := range vs.Values[0].(*ast.CompositeLit).Elts {
						waits = append(waits, people(time.Duration(evaluate(e).n)))
					}
				}
			}
		}
	}
	require.NotEmpty(t, waits)
	return strings.Join(waits, ", ")
}
