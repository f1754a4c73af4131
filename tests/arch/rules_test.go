package arch_test

import "strings"

const module = "github.com/postern-go/postern"

// layers says which of our packages each of our packages may import. A name
// stands for its folder and everything below it; the most exact one decides.
// A package may always import its own folders.
//
// The arrows point inward: backoffice -> internal/pages -> internal/view;
// internal/pages, internal/commands -> internal/desk -> internal/settings -> reset, totp, password,
// mail -> store.
var layers = map[string][]string{
	"store":    {"internal/mysqlerror"},
	"totp":     {"internal/messages", "internal/qr"},
	"password": {"internal/messages"},
	// Asks for, or searches, lists of breached passwords.
	"password/breached": nil,
	"mail":              {"internal/messages", "store", "internal", "internal/line"},
	"reset":             {"internal/messages", "store", "internal"},
	// What a MySQL server says, for stores and for tables of hosts.
	"internal/mysqlerror": nil,
	// QR codes, of keys and of links.
	"internal/qr": nil,
	// Tools below the services: keys, test servers.
	"internal": {"store", "totp", "password"},
	// What people read, in their language.
	"internal/messages": {"internal/weakmap"},
	// What several offices of a process share.
	"internal/weakmap": nil,
	// Colours and names, for pages, emails and parameters.
	"internal/brand": {"internal/messages"},
	// What a line of text may be, wherever it comes from.
	"internal/line": {"internal/messages"},
	// What can be set, not what follows from it.
	"internal/settings": {"internal/messages", "password", "reset", "internal/brand", "internal/line"},
	"internal/letters":  {"internal/messages", "mail", "store", "internal/brand"},
	"internal/desk":     {"internal/messages", "store", "totp", "password", "mail", "reset", "internal", "internal/settings", "internal/brand", "internal/line", "internal/letters"},
	// The values that parts of pages are made from.
	"backoffice/parts":  nil,
	"internal/view":     {"internal/messages", "internal/weakmap", "password", "internal/brand", "backoffice/parts"},
	"internal/pages":    {"internal/messages", "store", "totp", "password", "mail", "internal", "internal/qr", "internal/settings", "internal/brand", "internal/desk", "internal/letters", "internal/view", "backoffice/parts"},
	"internal/commands": {"internal/messages", "store", "totp", "password", "mail", "reset", "internal", "internal/settings", "internal/brand", "internal/desk", "internal/letters"},
	// The fixture of our tests.
	"internal/testoffice":        {"internal/messages", "store", "totp", "password", "mail", "internal", "internal/desk"},
	"internal/testoffice/markup": nil,
	"internal/testoffice/browse": {"internal/testoffice/markup", "internal/messages", "store", "totp", "mail", "internal/testoffice", "internal/testoffice/authenticator", "internal/desk", "internal/pages", "backoffice"},
	"internal/testoffice/ways":   {"store", "totp", "internal", "internal/reach", "internal/testoffice", "internal/testoffice/browse", "internal/desk", "internal/pages", "backoffice"},
	// Every page in every state, for tests alone.
	"internal/gallery": {"backoffice/parts", "internal/messages", "store", "password", "mail", "internal/testoffice", "internal/testoffice/browse", "internal/view", "internal/desk", "internal/pages", "internal/settings", "backoffice", "backoffice", "backoffice/resource"},
	// A sample of every letter, for tests alone.
	"internal/letters/lettertest": {"internal/messages", "mail", "internal/letters"},
	// What hosts test with. Nothing of it is in an application.
	"backoffice/officetest": {"store", "totp", "password", "mail", "internal", "internal/desk", "internal/pages", "internal/reach", "internal/letters/lettertest",
		"internal/testoffice/markup", "backoffice"},
	"backoffice/officetest/memberstest": {"mail", "backoffice"},
	// Only the front door opens it, and only for officetest.
	"internal/reach": {"internal/desk", "internal/pages"},
	"backoffice": {"internal/reach", "internal/messages", "store", "totp", "password", "mail", "reset", "internal", "internal/settings", "internal/brand", "internal/line", "internal/desk",
		"internal/letters", "internal/view", "internal/pages", "internal/commands", "backoffice/parts"},
	// Pages for tables of hosts, and what hosts test their own Data with.
	"backoffice/resource":              {"store", "backoffice", "internal/mysqlerror", "backoffice/parts", "internal/messages", "internal/desk", "internal/pages", "internal/view"},
	"backoffice/resource/resourcetest": {"backoffice", "backoffice/resource"},
}

// restricted says who may import a package of others, directly. Nobody is an
// empty list.
var restricted = []struct {
	path string // with everything below it
	only []string
	why  string
}{
	{"net/http", []string{"backoffice", "password/breached", "internal/pages", "internal/testoffice/browse", "internal/testoffice/ways", "internal/gallery"}, "services and stores know nothing of HTTP"},
	{"html/template", []string{"internal/pages", "internal/view", "internal/messages", "mail"}, "markup is made in pages and mails only"},
	{"text/template", []string{"mail", "internal/view"}, "it does not escape"},
	{"database/sql", []string{"store/sqlstore", "backoffice/resource"}, "SQL stays behind the store's contract, and behind the Data of hosts' tables"},
	{"testing", testOnly, "test helpers must not reach an application"},
	{"github.com/stretchr/testify", testOnly, "test helpers must not reach an application"},
	{"math/rand", nil, "secrets come from crypto/rand, and so does everything else"},
	{"crypto/md5", nil, "broken"},
	{"crypto/sha1", []string{"totp", "password"}, "only what authenticator apps and imported hashes demand"},
	{"github.com/pquerna/otp", []string{"totp"}, "its traps are handled in one place"},
	{"github.com/skip2/go-qrcode", []string{"internal/qr"}, "its traps are handled in one place"},
	{"github.com/wneessen/go-mail", []string{"mail"}, "delivery can be exchanged in one place"},
	{"github.com/gorilla", []string{"backoffice"}, "sessions of hosts are a matter of HTTP"},
	{"unsafe", nil, "nothing here needs it"},
}

// testOnly are the packages that tests import and applications do not.
var testOnly = []string{"store/storetest", "backoffice/officetest", "backoffice/resource/resourcetest", "internal/letters/lettertest", "internal/smtpsink", "internal/testoffice", "internal/gallery", "oidc/internal/liar"}

// drivers, what watches them, and optional ways in must not take part in the version selection of applications: modules
// that the main go.mod may not name, directly or indirectly.
var drivers = []string{
	"github.com/jackc", "github.com/lib/pq", "modernc.org", "github.com/mattn/go-sqlite3",
	"github.com/ncruces/go-sqlite3", "github.com/go-sql-driver", "github.com/microsoft/go-mssqldb",
	"github.com/redis", "github.com/chromedp", "github.com/alexedwards/scs", "github.com/go-chi",
	"github.com/prometheus", "go.opentelemetry.io",
	"github.com/go-webauthn", "github.com/coreos", "github.com/go-jose", "golang.org/x/oauth2",
}

// below reports whether path is root or lies below it.
func below(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}

func belowAny(path string, roots []string) bool {
	for _, root := range roots {
		if below(path, root) {
			return true
		}
	}
	return false
}

// layer returns the most exact name in layers for one of our packages.
func layer(pkg string) (name string, ok bool) {
	for candidate := range layers {
		if below(pkg, candidate) && len(candidate) >= len(name) {
			name, ok = candidate, true
		}
	}
	return name, ok
}
