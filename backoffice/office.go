package backoffice

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/reach"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// Office is the admin area of one community. Create it with [New]. It is safe for
// concurrent use.
type Office struct {
	// Services acts as the operator who is signed in under the context. Its methods are the
	// office's: office.Record, office.Audited, office.Disable and the others of [Services].
	*Services
	desk     *desk.Desk
	server   *pages.Server
	vault    *vault.Vault
	observer *observer
	notFound http.Handler
	welcome  welcome
	// hiding logs which pages of the host no one can open; see hidden.
	hiding func()
	// community is the one that can be asked: see lasting.
	community atomic.Pointer[http.Handler]
}

func init() {
	reach.Of = func(office any) reach.Parts {
		o := office.(*Office)
		return reach.Parts{Desk: o.desk, Server: o.server}
	}
}

// New creates an office, or returns every mistake in the configuration at once.
// It opens the store if that is a [store.Opener], reads the parameters, and at the first
// start creates the alias and Config.SecretFile. It starts no goroutine: call [Office.Run].
func New(ctx context.Context, cfg Config) (*Office, error) {
	cfg.fill()
	parts, err := cfg.mount()
	guards, wrong := cfg.guards(parts)
	errs := []error{err, wrong, cfg.check()}
	part := func(field string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("Config.%s: %w", field, err))
		}
	}
	secrets, err := cfg.secrets()
	errs = append(errs, err)
	observed := observe(&cfg)
	hasher, err := password.NewHasher(cfg.PasswordHashing)
	part("PasswordHashing", err)
	mailTemplates, err := mail.NewTemplates(cfg.MailTemplates, letters.Kinds...)
	part("MailTemplates", err)
	look := brand.Brand(cfg.Look)
	part("Look", look.Check())
	if look.Check() != nil {
		look = brand.Brand{}
	}
	texts, err := messages.Load(cfg.Messages)
	part("Messages", err)
	if err == nil && len(cfg.Languages) == 0 {
		cfg.Languages = texts.Tags()
	}
	for _, tag := range cfg.Languages {
		if err == nil && !texts.Has(tag) {
			part("Languages", fmt.Errorf("there is no language %q: the library and Messages have %s", tag, strings.Join(texts.Tags(), ", ")))
		}
	}
	var d *desk.Desk
	renderer, err := pages.NewRenderer(view.Config{
		Overrides: cfg.PageTemplates, Brand: look, Clock: func() time.Time { return d.Now() },
	})
	part("PageTemplates", err)
	var host *view.HostPages
	if renderer != nil && cfg.HandlerTemplates != nil {
		host, err = renderer.ParseHost(cfg.HandlerTemplates, cfg.TemplateFuncs, cfg.Tokenless...)
		part("HandlerTemplates", err)
	}
	permissions := inside(cfg.Permissions)
	part("Permissions", desk.CheckPermissions(permissions))
	part("Events", desk.CheckEventKinds(kinds(cfg.Events)))
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("make the office: %w", err)
	}
	if opener, ok := cfg.Store.(store.Opener); ok {
		if err := opener.Open(ctx); err != nil {
			return nil, fmt.Errorf("open the office: Config.Store: %w", err)
		}
	}
	founding := len(secrets) == 0
	if founding {
		if secrets, err = cfg.makeSecret(ctx); err != nil {
			return nil, fmt.Errorf("open the office: %w", err)
		}
	}
	v, err := vault.New(secrets)
	if err != nil {
		return nil, fmt.Errorf("make the office: %w", err)
	}
	origin, path := splitOrigin(cfg.Origin)
	d, err = desk.New(desk.Config{
		Store: observed.store, Vault: v, Hasher: hasher, Sender: cfg.Mail, MailTemplates: mailTemplates,
		Members: directoryOf(cfg.Members), SSO: (*desk.SSO)(cfg.SSO), Company: cfg.Company.inside(), Origin: origin, Path: path, Name: cfg.Name, Accent: look.Accent, Logo: mailLogo(look), Contact: cfg.Contact,
		Languages: cfg.Languages, Messages: texts, Words: cfg.ContextWords, Permissions: permissions, Events: kinds(cfg.Events), Clock: cfg.Now, Log: cfg.Log,
		Passkeys: passkeysOf(cfg.Passkeys), Breaches: cfg.Breaches, Witness: cfg.Witness, WitnessEvery: cfg.WitnessEvery, OnEvent: cfg.OnEvent, Decide: decider(cfg.Decide), Setup: cfg.setup(v.KeyIDs()),
	})
	if err != nil {
		return nil, fmt.Errorf("make the office: %w", err)
	}
	observed.hasher = hasher
	if err := d.Open(ctx); err != nil {
		return nil, fmt.Errorf("open the office: %w", err)
	}
	if founding && !d.Founded() {
		// Replicas on one disk read the file as soon as it is there, and the one that began
		// may be one of those: then it is the only copy of the secret in use.
		switch ours, err := d.KnowsSecretInUse(ctx); {
		case err != nil:
			return nil, fmt.Errorf("open the office: %w", err)
		case !ours: // what the other replica seals, this one could not open
			return nil, errors.Join(fmt.Errorf("open the office: Config.SecretFile: another replica has begun on this store with a secret of its own: copy its %s here", cfg.SecretFile),
				os.Remove(cfg.SecretFile))
		}
	}
	if cfg.InsecurePlainHTTP {
		cfg.Log.WarnContext(ctx, "InsecurePlainHTTP is set: the office answers over plain HTTP; use this only while developing on this machine")
	}
	setUp, err := d.IsSetUp(ctx)
	if err != nil {
		return nil, fmt.Errorf("open the office: %w", err)
	}
	o := &Office{desk: d, vault: v, observer: observed, notFound: cfg.NotFound, hiding: hiding(cfg.Handler, d.Log)}
	o.welcome = welcome{console: cfg.Console, local: cfg.InsecurePlainHTTP, empty: !setUp}
	o.server = pages.New(pages.Config{
		Shadows: o.shadows,
		Desk:    d, Pages: renderer, Host: host, Vault: v, Handler: cfg.Handler, Guards: guards.list(),
		Passive: slices.Clone(cfg.Passive), Tokenless: slices.Clone(cfg.Tokenless),
		Menu:     each(cfg.Menu, func(m MenuItem) pages.MenuItem { return pages.MenuItem(m) }),
		Widgets:  cfg.widgets(),
		Insecure: cfg.InsecurePlainHTTP, HSTSHostOnly: cfg.HSTSHostOnly, Reports: cfg.PolicyReports, Proxies: cfg.TrustedProxies, Header: cfg.ForwardedHeader,
		UnixSockets: cfg.TrustUnixSockets, Client: cfg.client(),
	})
	o.Services = &Services{d, o.signedIn}
	if err := o.mounted(cfg.Parts, parts); err != nil {
		return nil, fmt.Errorf("make the office: %w", err)
	}
	return o, nil
}

// Run does the periodic work until ctx ends, and then returns ctx's error. It
// sends emails, reads within a second an alias that another replica changed,
// restores the old alias if a new one was not confirmed, and deletes what has
// expired. If the alias hides a page of the community that Wrap was given, it logs
// that. While nobody has set up the office, it prints the setup link to Config.Console,
// or logs how to get it. Every replica may run it. Without it emails wait, and the
// office says so.
//
// Several offices in one process have one Run for all: see [Offices].
func (o *Office) Run(ctx context.Context) error {
	var alone desk.Rounds
	_ = alone.Add(o.desk, o.tasks()...) // fails only if it was added before
	return alone.Run(ctx)
}

// tasks are the periodic work of an office that the desk cannot do.
func (o *Office) tasks() []desk.Task {
	return []desk.Task{
		{Name: "greet", Do: o.greet},
		{Name: "watch alias", Every: askAgain, Do: o.aliasWatch()},
	}
}

// HomeURL returns the URL of the office's home page, with a slash at the end. It
// holds the alias, which is a secret: give it to operators only, and do not log
// it.
func (o *Office) HomeURL() string { return o.desk.Home() }

// SetupURL returns a one-time link with which the first super-administrator sets
// the office up. It works for 24 hours. Once the office is set up, SetupURL
// returns "". Print it where only the server administrator reads it, as Run does if
// Config.Console is set.
func (o *Office) SetupURL(ctx context.Context) (string, error) {
	token, err := o.desk.SetupToken(ctx)
	if errors.Is(err, desk.ErrSetUp) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return o.HomeURL() + "setup#" + token, nil
}

// EndMemberSessions ends the office's sessions of the operator who is this member
// of the community, and the sign-ins they have begun. Call it when the member is
// banned or has a new password: the office asks the community only at sign-in. If
// the member is not an operator, it does nothing. After an error, call it again:
// the sessions may not have ended. It is audited.
func (o *Office) EndMemberSessions(ctx context.Context, memberID string) error {
	return o.desk.EndMemberSessions(ctx, memberID)
}

// URL returns a path inside the office, e.g. "/analytics", as the browser that
// made this request needs it: with the alias in front. Outside the office, and if
// path is not valid, it returns "".
func URL(ctx context.Context, path string) string {
	s, ok := pages.FromContext(ctx)
	if !ok || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return ""
	}
	return s.URL(path)
}
