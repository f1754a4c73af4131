package backoffice

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
)

// Office is the admin area of one community. Make it with [New]. It is safe
// for concurrent use.
//
// Its [Services] act as whoever is signed in under the context.
type Office struct {
	*Services
	desk     *desk.Desk
	server   *pages.Server
	vault    *vault.Vault
	notFound http.Handler
}

// New makes an office, or reports every mistake in the configuration at once.
// It reads the parameters from the store, and at the very first start gives the
// office its address. It starts no goroutine: call [Office.Run].
func New(ctx context.Context, cfg Config) (*Office, error) {
	cfg.fill()
	errs := []error{cfg.check()}
	part := func(field string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("Config.%s: %w", field, err))
		}
	}
	part("Secret", vault.CheckSecret(cfg.Secret))
	for i, old := range cfg.OldSecrets {
		part(fmt.Sprintf("OldSecrets[%d]", i), vault.CheckSecret(old))
	}
	hasher, err := password.NewHasher(cfg.Password)
	part("Password", err)
	mailTemplates, err := mail.NewTemplates(cfg.MailTemplates, letters.Kinds...)
	part("MailTemplates", err)
	part("Look", cfg.Look.Check())
	look := cfg.Look
	if look.Check() != nil {
		look = Look{}
	}
	renderer, err := pages.NewRenderer(view.Config{Overrides: cfg.Templates, Brand: look, Clock: cfg.Now})
	part("Templates", err)
	var host *view.HostPages
	if renderer != nil && cfg.Pages != nil {
		host, err = renderer.ParseHost(cfg.Pages, cfg.PageFuncs)
		part("Pages", err)
	}
	part("Permissions", desk.CheckPermissions(cfg.Permissions))
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("make the office: %w", err)
	}
	v, err := vault.New(append([][]byte{cfg.Secret}, cfg.OldSecrets...))
	if err != nil {
		return nil, fmt.Errorf("make the office: %w", err)
	}
	d, err := desk.New(desk.Config{
		Store: cfg.Store, Vault: v, Hasher: hasher, Sender: cfg.Mail, MailTemplates: mailTemplates,
		Members: cfg.Members, SSO: cfg.SSO, Origin: cfg.Origin, Name: cfg.Name, Accent: look.Accent, Contact: cfg.Contact,
		Words: cfg.Words, Permissions: cfg.Permissions, Clock: cfg.Now, Log: cfg.Log,
		Breaches: cfg.Breaches, OnEvent: cfg.OnEvent, Decide: decider(cfg.Decide),
	})
	if err != nil {
		return nil, fmt.Errorf("make the office: %w", err)
	}
	if err := d.Open(ctx); err != nil {
		return nil, fmt.Errorf("open the office: %w", err)
	}
	if cfg.InsecureCookies {
		cfg.Log.WarnContext(ctx, "InsecureCookies is set: the office answers over plain HTTP; use this only while developing on this machine")
	}
	o := &Office{
		desk: d, vault: v, notFound: cfg.NotFound,
		server: pages.New(pages.Config{
			Desk: d, Pages: renderer, Host: host, Vault: v, Admin: cfg.Admin, Menu: cfg.Menu,
			Insecure: cfg.InsecureCookies, HSTSHostOnly: cfg.HSTSHostOnly, Proxies: cfg.TrustedProxies, Header: cfg.ForwardedHeader, Log: cfg.Log,
		}),
	}
	o.Services = &Services{d, o.signedIn}
	return o, nil
}

// Run does the periodic work until ctx ends, and then returns its error: it
// sends mails, learns within a second of an address changed on another replica,
// rolls back one that was not confirmed, and deletes what is past its time.
// Every replica may run it. Without it mails wait, and the office says so.
func (o *Office) Run(ctx context.Context) error { return o.desk.Run(ctx) }

// Address is where the office is now, with a slash at the end. It is a secret:
// give it to operators and write it in no log.
func (o *Office) Address() string { return o.desk.Origin + "/" + o.desk.Alias() + "/" }

// SetupURL makes a one-time link with which the first super-administrator sets
// the office up, good for 24 hours; it is empty when that has happened. Print it
// where only whoever runs the server reads it.
func (o *Office) SetupURL(ctx context.Context) (string, error) {
	token, err := o.desk.SetupToken(ctx)
	if errors.Is(err, desk.ErrSetUp) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return o.Address() + "setup#" + token, nil
}

// EndMemberSessions ends the office's sessions of the operator who is this
// member of the community, and the sign-ins they have begun. Call it when the
// member is banned, or has another password: the office asks the community only
// when somebody signs in. A member who is no operator is no error; any error
// means that the sessions may go on. It is written into the audit.
func (o *Office) EndMemberSessions(ctx context.Context, memberID string) error {
	return o.desk.EndMemberSessions(ctx, memberID)
}

// URL is the address of a path inside the office, e.g. "/analytics", as the
// browser that made this request needs it: with the alias in front. Outside the
// office, and for what is no path, it is empty.
func URL(ctx context.Context, path string) string {
	s, ok := pages.FromContext(ctx)
	if !ok || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return ""
	}
	return s.URL(path)
}
