package backoffice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/textproto"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// DefaultName is what the office is called when Config.Name is empty.
const DefaultName = "Back office"

// DefaultForwardedHeader is read when Config.TrustedProxies is set and
// Config.ForwardedHeader is not.
const DefaultForwardedHeader = "X-Forwarded-For"

// Config is what an office is made of. Origin, Secret, Store and Mail are
// required; every other field is safe when left out.
type Config struct {
	// Origin is scheme, host and port under which people reach the community,
	// e.g. "https://community.example", without a slash at the end. Links in
	// mails are built from it, never from a request. It must be https, but for
	// InsecureCookies. Required.
	Origin string
	// Secret is the master secret: 32 bytes from a random generator, the same
	// on every replica, kept outside the database. Everything that is encrypted
	// or keyed hangs on it. Required.
	Secret []byte
	// OldSecrets still open what they sealed, so that Secret can be replaced.
	OldSecrets [][]byte
	// Store keeps everything. Required.
	Store store.Store
	// Mail delivers mails. Required.
	Mail mail.Sender

	// Name is what the office is called on pages, in mails and in authenticator
	// apps, unless the parameter office.name says otherwise. Default: DefaultName.
	Name string
	// Contact is whom people turn to, e.g. "the IT desk (it@example.com)".
	// Shown in mails. Default: "a super-administrator".
	Contact string
	// Look is the host's logo and colours. The parameter office.accent wins over
	// both colours.
	Look Look
	// Words are words that passwords must not be made of, besides the names of
	// office, origin and person: products, brands, the company.
	Words []string

	// Admin is the host's own handler for every path under the alias that is
	// not the library's. Only operators who are signed in reach it. It sees
	// paths without the alias, an empty RequestURI, and none of the office's
	// cookies; a body of more than 16 MiB breaks off; what may change something
	// must bring a form token, see FormToken. Nil: there is nothing else.
	Admin http.Handler
	// Menu is the host's entries in the office's navigation, above the library's.
	// The paths of the office's own pages are not for it.
	Menu []MenuItem
	// Permissions are the host's own: what its pages ask for with
	// [Office.Require], and what roles are made of.
	Permissions []Permission
	// NotFound is the community's missing page: what a guarded route of the
	// host answers outside the office. Nil: http.NotFound.
	NotFound http.Handler
	// Members is the community's directory, for operators who are members.
	// Nil: operators stand alone.
	Members Members
	// SSO is set when members sign in at a company sign-in and have no password
	// with the community.
	SSO *SSO

	// Decide may refuse, by a rule of yours, what the office would allow; it can
	// allow nothing that the office refuses. It is asked before a session begins,
	// when password and second factor were right, so that a stranger learns
	// nothing from it; and about each request of a session before anything of it
	// is done, but for signing out. Return nil to go on, [Refuse] to show the
	// person why not, or ErrStepUp to let on only who proved a moment ago who they
	// are. Any other error, and a panic, refuses too, with a calm page and a log
	// line. Refusals are in the audit. It must be quick and safe for concurrent
	// use. Nil: nothing is asked.
	Decide func(context.Context, Access) error
	// OnEvent hears of each audit row that this process has committed, after the
	// commit and before the request goes on, in the goroutine that committed.
	// Several may call it at once, and New already does. It comes at most once:
	// rows of other replicas, and of a process that died right after its commit,
	// do not; [Services.Events] has every row. People wait for it, so hand over to
	// a queue of your own; a panic is a log line. The context does not end with
	// the request. Nil: nobody hears.
	OnEvent func(context.Context, Event)

	// Pages are templates of the host's that render inside the office's layout;
	// each defines "content". See [Office.Render].
	Pages fs.FS
	// PageFuncs are functions for those templates.
	PageFuncs map[string]any
	// Templates replace the library's page templates, by name.
	Templates fs.FS
	// MailTemplates replace the library's mail templates, by name; see
	// [mail.NewTemplates], and officetest.CheckMailTemplates for a test of them.
	MailTemplates fs.FS

	// Password is cost and concurrency of hashing. Zero: argon2id with 64 MiB,
	// as many at once as there are CPUs, at least two.
	Password password.Config
	// Breaches knows passwords that became public elsewhere, beside the embedded
	// list of common ones. It is asked when a password is set, once nothing else
	// is wrong with it, and at each sign-in with a password of the office's, once
	// that was right; whose is public by then must change it. It has 3 seconds;
	// when it fails, the embedded list decides, and the audit says so. Nil: the
	// list alone.
	Breaches password.BreachChecker
	// TrustedProxies are the networks of reverse proxies that may say, in
	// ForwardedHeader and X-Forwarded-Proto, where a request comes from. None:
	// such headers are ignored. Name your proxy when it ends TLS.
	TrustedProxies []netip.Prefix
	// ForwardedHeader is the one header that the proxies set: a list of
	// addresses, the nearest last. Default: DefaultForwardedHeader.
	ForwardedHeader string
	// InsecureCookies allows plain HTTP, for development on this machine:
	// Origin must then be http on localhost or a loopback address. Bind the
	// listener to loopback, too: whoever else can reach it talks to the office
	// unencrypted. A warning is logged at each start.
	InsecureCookies bool

	// HSTSHostOnly leaves the subdomains out of Strict-Transport-Security: set
	// it when one of them must stay on plain HTTP. Browsers remember the header
	// for a year.
	HSTSHostOnly bool

	// Now says what time it is. It must be safe for concurrent use. Default:
	// time.Now.
	Now func() time.Time
	// Log gets the office's log lines and, as "audit", a copy of every audit
	// row. Default: slog.Default().
	Log *slog.Logger
}

// The vocabulary of Config.
type (
	// MenuItem is an entry in the office's navigation: Group is the heading it
	// stands under, Label what people read, Text a line more on the home page,
	// Path where it leads inside the office, e.g. "/analytics". Permission hides
	// it from who lacks it; the page behind it must ask for itself.
	MenuItem = pages.MenuItem
	// Permission is something an operator may do. Key is lower case with the
	// area before the dot, "analytics.view"; the areas operators, roles,
	// parameters, audit and mail are the library's. Label is what people read
	// where roles are made, Group the heading it stands under ("Community" when
	// empty), Description a line more. Roles are the ids of built-in roles that
	// have it from the start; super-administrators and administrators have every
	// permission without being named.
	Permission = desk.Permission
	// Members is the community's directory:
	//
	//	FindMember(ctx context.Context, id string) (Member, error)
	//	FindMemberByLogin(ctx context.Context, login string) (Member, error)
	//	CheckMemberPassword(ctx context.Context, id, password string) (bool, error)
	//
	// FindMember and FindMemberByLogin (a name or an address, as typed) answer
	// ErrNoMember when nobody fits, or may sign in. CheckMemberPassword must take
	// as long and say no for an empty or unknown id; under SSO it is never
	// called. Any other error is a failure, and lets nobody in. All three must
	// be safe for concurrent use.
	Members = desk.Members
	// MemberSearcher is a Members that can be searched, too:
	//
	//	SearchMembers(ctx context.Context, query, after string, limit int) (members []Member, next string, err error)
	//
	// With it the office has a page on which members are found, by whatever the
	// community searches them by, and given access; a mistake in its type shows
	// only in that the page is missing, so assert it:
	//
	//	var _ backoffice.MemberSearcher = (*Directory)(nil)
	//
	// It answers with at most limit members; an empty query fits everybody. after
	// is the next of the page before, and empty for the first; next is empty at
	// the end. Members who may not sign in can be left out. It must be safe for
	// concurrent use.
	MemberSearcher = desk.MemberSearcher
	// Member is a user of the community: ID is the community's own and never
	// changes, Name and Email are taken over when access is granted.
	Member = desk.Member
	// SSO says where members sign in when they have no password with the
	// community: URL is absolute, Name is what people call it.
	SSO = desk.SSO
	// Look is a logo (Logo, at most 256 KiB, or LogoURL, a path of the host's)
	// and colours (Accent and AccentDark, "#rrggbb"). Text stays readable
	// whatever they are.
	Look = brand.Brand
)

// ErrNoMember is what Members answers when nobody fits.
var ErrNoMember = desk.ErrNoMember

// The built-in roles, by id.
const (
	SuperAdministrator = desk.RoleSuperAdministrator
	Administrator      = desk.RoleAdministrator
	CommunityManager   = desk.RoleCommunityManager
	Moderator          = desk.RoleModerator
)

// Format leaves everything out: a Config holds the master secret, and must not
// end in a log by a slip.
func (Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "backoffice.Config{redacted}") }

// LogValue leaves everything out, for log/slog.
func (Config) LogValue() slog.Value { return slog.StringValue("backoffice.Config{redacted}") }

// fill sets what was left out.
func (c *Config) fill() {
	if c.Name == "" {
		c.Name = DefaultName
	}
	if c.NotFound == nil {
		c.NotFound = http.NotFoundHandler()
	}
	if len(c.TrustedProxies) > 0 && c.ForwardedHeader == "" {
		c.ForwardedHeader = DefaultForwardedHeader
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
}

// check reports every mistake at once, each with the field it is in.
func (c *Config) check() error {
	var errs []error
	bad := func(field, format string, args ...any) {
		errs = append(errs, fmt.Errorf("Config.%s: %s", field, fmt.Sprintf(format, args...)))
	}
	if err := checkOrigin(c.Origin, c.InsecureCookies); err != nil {
		bad("Origin", "%q %v", c.Origin, err)
	}
	if c.InsecureCookies && strings.HasPrefix(c.Origin, "https://") {
		bad("InsecureCookies", "is only for an Origin with http://; with https:// leave it out")
	}
	if c.Store == nil {
		bad("Store", "is required; memstore.New() does for a test")
	}
	if c.Mail == nil {
		bad("Mail", "is required; mail.NewOutbox does while developing")
	}
	if strings.TrimSpace(c.Name) != c.Name || len(c.Name) > settings.MostName || strings.ContainsFunc(c.Name, func(r rune) bool { return r < ' ' }) {
		bad("Name", "%q must be one line of at most %d bytes, without spaces around it", c.Name, settings.MostName)
	}
	if c.SSO != nil {
		if u, err := url.Parse(c.SSO.URL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			bad("SSO", "URL %q is not an absolute address", c.SSO.URL)
		}
		if c.SSO.Name == "" {
			bad("SSO", "Name is required: what people call the company sign-in")
		}
	}
	for _, p := range c.TrustedProxies {
		switch {
		case !p.IsValid():
			bad("TrustedProxies", "a network is not valid")
		case p.Bits() == 0:
			bad("TrustedProxies", "%v would trust everybody; name the networks of your proxies", p)
		case p.Addr().Is4In6():
			bad("TrustedProxies", "%v matches nobody; write the network as IPv4", p)
		}
	}
	if c.ForwardedHeader != "" && len(c.TrustedProxies) == 0 {
		bad("ForwardedHeader", "%q is set, but no TrustedProxies may use it", c.ForwardedHeader)
	}
	if textproto.CanonicalMIMEHeaderKey(c.ForwardedHeader) == "Forwarded" {
		bad("ForwardedHeader", "the header Forwarded (RFC 7239) is not a list of addresses; let the proxy set X-Forwarded-For")
	}
	seen := make(map[string]bool)
	for _, m := range c.Menu {
		switch {
		case m.Label == "":
			bad("Menu", "the entry for %q has no label", m.Path)
		case !strings.HasPrefix(m.Path, "/") || strings.HasPrefix(m.Path, "//") || m.Path == "/":
			bad("Menu", "%q: the path %q must be inside the office, e.g. \"/analytics\"", m.Label, m.Path)
		case pages.Reserved(m.Path):
			bad("Menu", "%q: the office has pages of its own under the first word of %q; use another one", m.Label, m.Path)
		case seen[m.Path]:
			bad("Menu", "%q: the path %q is there twice", m.Label, m.Path)
		case m.Permission != "" && !desk.Declared(c.Permissions, m.Permission):
			bad("Menu", "%q: nobody could have the permission %q; declare it in Permissions", m.Label, m.Permission)
		}
		seen[m.Path] = true
	}
	return errors.Join(errs...)
}

// checkOrigin accepts scheme, host and port in the one spelling that browsers
// send as Origin.
func checkOrigin(origin string, insecure bool) error {
	if origin == "" {
		return errors.New("is required, e.g. https://community.example")
	}
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme+"://"+u.Host != origin {
		return errors.New("must be scheme and host only, e.g. https://community.example")
	}
	if strings.ToLower(origin) != origin {
		return errors.New("must be in lower case, as browsers send it")
	}
	if strings.HasSuffix(u.Host, ":") || strings.ContainsFunc(origin, func(r rune) bool { return r > unicode.MaxASCII }) {
		return errors.New("must be as browsers send it: a name in ASCII (xn--...), and no colon without a port")
	}
	if u.Scheme == "https" && u.Port() == "443" || u.Scheme == "http" && u.Port() == "80" {
		return errors.New("must leave out the default port, as browsers do")
	}
	switch {
	case u.Scheme == "https":
		return nil
	case u.Scheme != "http":
		return errors.New("must begin with https://")
	case !insecure:
		return errors.New("must begin with https://; for development on this machine set InsecureCookies")
	case !loopback(u.Hostname()):
		return errors.New("may be plain HTTP only on localhost or a loopback address")
	}
	return nil
}

func loopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
