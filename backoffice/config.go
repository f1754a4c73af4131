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
	"net/url"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// DefaultName is the name of the office if Config.Name is empty.
const DefaultName = "Back office"

// DefaultForwardedHeader is read if Config.TrustedProxies is set and
// Config.ForwardedHeader is empty.
const DefaultForwardedHeader = "X-Forwarded-For"

// DefaultStoreTimeout is how long the store work of a request may take if
// Config.StoreTimeout is zero.
const DefaultStoreTimeout = 5 * time.Second

// Config configures an office. Origin, Secret or SecretFile, Store and Mail are
// required; every other field has a safe default. A text that people see is one line of at most 100
// bytes, the Name of 80, and Contact and descriptions of 500; it has no control
// characters and no invisible ones, except those that join letters and emoji.
type Config struct {
	// Origin is the scheme, host and port under which people reach the community, e.g.
	// "https://community.example", without a slash at the end. If the community is
	// below a path of a host that it shares, the path follows, as people see it:
	// "https://example.org/forum". Links in emails begin with it, never with a value
	// from a request. It must begin with https:// unless InsecurePlainHTTP is set.
	// Required.
	Origin string
	// Secret is the master secret: 32 bytes from a random generator, the same on
	// every replica, kept outside the database. All encryption keys are derived
	// from it. [ParseSecret] decodes one from text. Required, unless SecretFile is set.
	Secret []byte
	// SecretFile is a file with the master secret, as 64 hexadecimal digits, in place of
	// Secret. Earlier secrets may follow, one a line, as in OldSecrets. Only its owner
	// may be able to change it, or its folder, and only they and their group to read it. If it does not
	// exist and the store is empty, New creates it with a random secret: keep it, but not
	// with the database, and copy it to every replica.
	SecretFile string
	// OldSecrets are earlier values of Secret. They still decrypt what they
	// encrypted, so that Secret can be replaced.
	OldSecrets [][]byte
	// Store keeps all data of the office. If it is a [store.Opener], New opens it.
	// Required.
	Store store.Store
	// Mail delivers emails. Required.
	Mail mail.Sender

	// Name is the name of the office on pages, in emails and in authenticator
	// apps, which show it without colons, unless the parameter office.name is set.
	// It must have a letter, digit or symbol. Default: DefaultName.
	Name string
	// Contact is whom operators ask for help, e.g. "the IT desk
	// (it@example.com)", unless the parameter office.contact is set. Emails and the
	// sign-in pages name it, so anyone who knows the alias can read it. Default: emails
	// say "a super-administrator", and the sign-in pages nothing.
	Contact string
	// Look is your logo and colours. The parameter office.accent replaces both
	// colours.
	Look Look
	// ContextWords are words that a password must not be made from, besides the
	// office's name, the origin, and the operator's name and email address:
	// products, brands, the company.
	ContextWords []string

	// Handler serves your pages inside the office: the paths of Menu and Guards, which
	// say who may open them, and every path below those. Any other path is not found, and
	// Handler is not called. It sees paths and a RequestURI without
	// the alias, none of the office's cookies, and bodies as they came; those of more
	// than 16 MiB are refused, or fail when it reads beyond that. Its relative
	// redirects, and those to a path with the same first segment, stay inside the
	// office. Requests that can change something must carry a form token, see FormToken.
	// If nil, the office has only its own pages.
	Handler http.Handler
	// Guards say who may open the pages of Handler that are not in Menu: the path of a
	// page inside the office, such as "/reports", which includes every path below it, and
	// the key of the permission that it takes, or AnyOperator. Of several that cover a
	// path, the longest decides. [Office.Require] adds to that, for one route or method.
	// A path cannot begin with a word of the office's own, such as "/mail", so none of
	// your pages is ever hidden by one of them; docs/upgrading.md lists these words.
	Guards map[string]string
	// Passive are paths of yours inside the office that pages request on their own,
	// such as "/notifications": they do not count as use of a session, so that an open
	// page does not keep it alive. A path that ends with a slash includes every path
	// below it. If empty, every request counts.
	Passive []string
	// Tokenless are paths of yours inside the office, written as in Passive, that need no
	// form token if the browser states that the request comes from a page of this origin.
	// Use it for a tool behind a ReverseProxy, whose pages cannot know the token. If
	// empty, every request that can change something needs one.
	Tokenless []string
	// Menu adds entries to the office's navigation, above the library's own, and guards
	// the pages that they lead to. They cannot lead to the office's own pages.
	Menu []MenuItem
	// Widgets are cards of yours on the home page, in this order.
	Widgets []Widget
	// Permissions are your own permissions: pages require them with Menu, Guards and
	// [Office.Require], and roles consist of them.
	Permissions []Permission
	// Parts are sets of pages that are mounted as a whole, such as the pages of a table
	// of yours; see [Part].
	Parts []Part
	// Events are the kinds of your own audit entries, which [Services.Record] and
	// [Services.Audited] write.
	Events []EventKind
	// NotFound is the community's page for what is missing. Handlers guarded by
	// [Office.Require] respond with it outside the office. If nil, http.NotFound.
	NotFound http.Handler
	// Members is the community's directory. If nil, no operator is a member of the
	// community.
	Members Members
	// SSO says where members sign in if they do so at a company sign-in and have
	// no password in the community. If nil, the office signs members in with the
	// community's password.
	SSO *SSO

	// Company lets operators sign in at the company's identity provider. If nil, there is no
	// such sign-in, but the parameter signin.company_only still holds.
	Company *Company

	// Decide can refuse, by a rule of yours, what the office would allow. It
	// cannot allow what the office refuses. If nil, nothing is refused.
	//
	// It is called before a session begins, after a correct password and
	// authenticator code, so a stranger learns nothing from it. It is also called
	// for each request of a session except signing out, before anything is done.
	//
	// Return nil to allow, an error from [Refuse] to show the operator the reason,
	// or ErrStepUp to require that they confirm their identity. Any other error
	// and a panic also refuse, with a general page and a log line. Refusals are
	// audited.
	//
	// Decide must return quickly and be safe for concurrent use.
	Decide func(context.Context, Access) error
	// OnEvent is called with each audit entry that this process has committed,
	// after the commit and before the request goes on, in the goroutine that
	// committed. Calls may be concurrent and start before New returns. Each entry
	// is delivered at most once; entries of other replicas, and of a process that
	// died right after its commit, are not delivered. [Services.Events] returns
	// every entry. The request waits for OnEvent, so it must not block: hand the
	// entry over to a queue. A panic is logged. The context does not end with the
	// request. If nil, nothing is called.
	OnEvent func(context.Context, store.Event)

	// HandlerTemplates are the templates of your own pages, which [Office.Render]
	// puts into the office's layout. Each file defines "content". If nil, Render
	// has no pages.
	HandlerTemplates fs.FS
	// TemplateFuncs are functions for HandlerTemplates, in addition to those of
	// the library.
	TemplateFuncs map[string]any
	// Languages are the tags of the office's languages, such as "de" or "pt-BR", in the
	// order in which people choose from them. With one, there is nothing to choose. New
	// refuses a tag that neither the library nor Messages has. Default: all of both.
	Languages []string
	// Messages adds languages, replaces single messages, and translates texts of yours; see
	// docs/languages.md. New reads it and reports every mistake. If nil, there are only the
	// library's messages.
	Messages fs.FS
	// PageTemplates replace templates of the library's pages, by name. If nil,
	// none is replaced.
	PageTemplates fs.FS
	// MailTemplates replace templates of the library's emails, by name; see
	// [mail.NewTemplates], and officetest.CheckMailTemplates for a test of them. If
	// nil, none is replaced.
	MailTemplates fs.FS

	// PasswordHashing sets the cost of hashing passwords, and how many hashes run
	// at once. The zero value is argon2id with 64 MiB, and as many at once as there
	// are CPUs, but at least two, of which strangers never have the last. Offices of one
	// process with the same settings share these.
	PasswordHashing password.Config
	// Passkeys lets operators use passkeys, for which Origin must have a host name:
	// passkey.New() of the module github.com/postern-go/postern/passkey. If nil, no passkey
	// is offered or accepted: an operator who must use one cannot sign in, and one whose only
	// second factor is a passkey needs a recovery code.
	Passkeys Passkeys
	// Breaches knows passwords that have become public elsewhere, in addition to
	// the embedded list of common ones. It is asked when a password is set, once it
	// has passed every other rule, and at each sign-in with a correct office
	// password; an operator whose password has become public must change it. It
	// has 3 seconds. If it fails, the embedded list decides, and that is audited.
	// If nil, only the embedded list is used. The package password/breached has
	// ready ones.
	Breaches password.BreachChecker
	// Witness keeps marks of the audit log outside the database, and gets a new one when
	// Run begins and then every WitnessEvery; see [FileWitness] and [MailWitness]. If
	// nil, only the lines "audit mark" in the log have them.
	Witness Witness
	// WitnessEvery is how long an entry may have no mark that vouches for it, from a
	// minute to a week. Default: DefaultWitnessEvery.
	WitnessEvery time.Duration
	// TrustedProxies are the networks of the reverse proxies whose ForwardedHeader
	// and X-Forwarded-Proto are believed. If empty, these headers are ignored. Set
	// it if a proxy terminates TLS.
	TrustedProxies []netip.Prefix
	// ForwardedHeader is the one header in which the proxies list IP addresses,
	// the nearest last. Default: DefaultForwardedHeader.
	ForwardedHeader string
	// TrustUnixSockets trusts whoever connects to a Unix socket as a reverse proxy, like
	// TrustedProxies: for a server that listens on one. The permissions of the socket's
	// file say who can connect. Default: such connections are not trusted.
	TrustUnixSockets bool
	// Client decides who a request comes from if the connection does not show it: behind
	// an adapter for a platform, for example, or a load balancer that ends TLS and speaks
	// the PROXY protocol. It gets what RemoteAddr, TLS and the settings above show, and
	// returns that, corrected by what you know. Limits, the audit log, networks, cookies
	// and the refusal of plain HTTP all follow its answer, so do not base it on anything
	// that a client could have sent. An answer without an IP address, or a panic, is
	// logged, and what was found is used. It gets the request as it came, with the alias
	// and cookies, must return quickly and be safe for concurrent use. If nil, what was
	// found is used.
	Client func(r *http.Request, found Client) Client
	// InsecurePlainHTTP allows HTTP without TLS, for development on one machine:
	// Origin must then begin with http:// and name localhost or a loopback IP
	// address. Also bind the listener to loopback, because anyone who can reach it
	// talks to the office unencrypted. A warning is logged at each start.
	InsecurePlainHTTP bool

	// HSTSHostOnly leaves subdomains out of Strict-Transport-Security. Set it if
	// one of them must stay on plain HTTP. Browsers remember the header for a
	// year.
	HSTSHostOnly bool

	// PolicyReports asks browsers to report to the office what its
	// Content-Security-Policy made them block. The audit log has a limited number of
	// reports, as anyone can send them. Default: no reports.
	PolicyReports bool

	// StoreTimeout is how long one request may wait for the store in total; other
	// work, such as hashing a password, does not count. After that the office
	// responds 503, and a store that fulfils the contract releases its connection.
	// A request that lives on, such as a stream, regains a tenth of the time that
	// passes. Outside requests, and in an export of the audit log, StoreTimeout
	// applies to each call instead; a purge has minutes. At most a minute. Default:
	// DefaultStoreTimeout.
	StoreTimeout time.Duration
	// Trace is called before each call of the store, e.g. "store.FindSession",
	// before each wait for a turn to hash a password ("password.wait"), and before
	// each hash ("password.hash"). It returns the context of the operation, and a
	// function that is called after it with its error, or nil; store.IsAnswer
	// reports whether the error is an answer rather than a failure. Calls may be
	// concurrent, and must return quickly. metrics/otelmetrics makes one for
	// OpenTelemetry. If nil, nothing is traced.
	Trace func(ctx context.Context, operation string) (context.Context, func(error))
	// Now returns the time, and overrides every other clock. It must be safe for
	// concurrent use. Set it in tests only. Default: the time of the database, so
	// that all replicas agree; or this machine's, if the store has no clock of its
	// own.
	Now func() time.Time
	// Console is where Run prints, when it begins, what only the server administrator
	// may read: a one-time setup link if nobody has set up the office, as [Office.SetupURL]
	// returns, and with InsecurePlainHTTP the office's URL. For example os.Stdout on your
	// own machine, but not where output is collected. If nil, nothing is printed, and a
	// log line says how to get a setup link.
	Console io.Writer
	// Log receives the office's log lines and, with the message "audit", a copy of
	// every audit entry. Default: slog.Default().
	Log *slog.Logger
}

// MenuItem is an entry of yours in the office's navigation.
type MenuItem struct {
	// Group is the heading above the entry. It may be empty.
	Group string
	// Label is the text of the entry, Text one more line on the home page.
	Label, Text string
	// Path is where it leads inside the office, e.g. "/analytics".
	Path string
	// Permission is required for Path and every path below it, as in Config.Guards, and
	// hides the entry from operators without it; AnyOperator is for everyone. If Path
	// has a query, Permission only hides the entry. If empty, the entry has that of
	// Config.Guards, or of an entry for a path above; New refuses one without either.
	Permission string
	// Icon is the name of an icon beside the entry: bell, book, calendar, cart, chart,
	// clock, file, flag, folder, globe, grid, heart, home, image, key, link, list, mail,
	// megaphone, message, people, person, search, shield, sliders, star, tag or tool. If
	// empty, it is file.
	Icon string
}

// Permission is something that an operator may do.
type Permission struct {
	// Key is "area.verb" in lower case: "analytics.view". The areas operators,
	// roles, parameters, audit and mail are the library's.
	Key string
	// Label is the text beside the tick box where roles are edited, Group the
	// heading above it ("Community" if empty), Description one more line.
	Label, Group, Description string
	// Roles are the ids of built-in roles that have the permission from the start.
	// Super-administrators and administrators always have every permission of
	// yours.
	Roles []string
}

// fill sets what was left out.
func (c *Config) fill() {
	if c.Name == "" {
		c.Name = DefaultName
	}
	if c.NotFound == nil {
		c.NotFound = http.NotFoundHandler()
	}
	if c.trustsProxies() && c.ForwardedHeader == "" {
		c.ForwardedHeader = DefaultForwardedHeader
	}
	if c.StoreTimeout == 0 {
		c.StoreTimeout = DefaultStoreTimeout
	}
	if c.WitnessEvery == 0 {
		c.WitnessEvery = DefaultWitnessEvery
	}
	c.Company = c.Company.fill()
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
	if err := checkOrigin(c.Origin, c.InsecurePlainHTTP); err != nil {
		bad("Origin", "%q %v", c.Origin, err)
	}
	if c.InsecurePlainHTTP && strings.HasPrefix(c.Origin, "https://") {
		bad("InsecurePlainHTTP", "is only for an Origin with http://; with https:// leave it out")
	}
	if u, err := url.Parse(c.Origin); c.Passkeys != nil && err == nil && !namesHost(u.Hostname()) {
		bad("Passkeys", "passkeys are bound to a host name, which the Origin %q does not have; for development use http://localhost", c.Origin)
	}
	if c.Store == nil {
		bad("Store", "is required; memstore.New() does for a test")
	}
	if c.StoreTimeout < 0 || c.StoreTimeout > time.Minute {
		bad("StoreTimeout", "%v is not between 0 and a minute", c.StoreTimeout)
	}
	if c.WitnessEvery < time.Minute || c.WitnessEvery > 7*24*time.Hour {
		bad("WitnessEvery", "%v is not between a minute and a week", c.WitnessEvery)
	}
	switch w := c.Witness.(type) {
	case FileWitness:
		if w == "" {
			bad("Witness", "FileWitness has no path")
		}
	case MailWitness:
		if w.Sender == nil || w.To == "" {
			bad("Witness", "MailWitness needs a Sender and To")
		}
	}
	if c.Mail == nil {
		bad("Mail", "is required; &mail.Outbox{Dir: \"outbox\"} does while developing")
	} else if sender, ok := c.Mail.(interface{ Check() error }); ok {
		if err := sender.Check(); err != nil {
			bad("Mail", "%v", err)
		}
	}
	c.checkTexts(bad)
	if c.SSO != nil {
		if u, err := url.Parse(c.SSO.URL); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			bad("SSO", "URL %q is not absolute", c.SSO.URL)
		}
		if c.SSO.Name == "" {
			bad("SSO", "Name is required: what people call the company sign-in")
		}
	}
	c.Company.check(bad)
	c.checkProxies(bad)
	c.checkWidgets(bad, inside(c.Permissions))
	return errors.Join(errs...)
}

// inside are permissions of the host in the desk's type.
func inside(all []Permission) []desk.Permission {
	return each(all, func(p Permission) desk.Permission {
		return desk.Permission{Key: p.Key, Label: p.Label, Group: p.Group, Description: p.Description, Roles: p.Roles}
	})
}
