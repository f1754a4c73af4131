package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// Config is what the desk works with. All fields are required but those that
// say otherwise; backoffice.New checks and fills them.
type Config struct {
	Store  store.Store
	Vault  *vault.Vault
	Hasher *password.Hasher
	Sender mail.Sender
	// MailTemplates lay letters out. If nil, the embedded ones do.
	MailTemplates *mail.Templates
	// Members is the community's own directory; nil when it has none to offer.
	Members Members
	// SSO is set when members sign in at a company sign-in instead of with a
	// password of the community's.
	SSO *SSO
	// Origin is scheme, host and port of the community, without a slash.
	Origin string
	// Name is what the office is called, in pages, mails and authenticator
	// apps, and Accent its colour, "#rrggbb" or empty for ours, where the
	// parameters do not say otherwise; see [Desk.Name] and [Desk.Accent].
	Name, Accent string
	// Contact is whom a person turns to, shown in mails and on help pages.
	Contact string
	// Words are added to the context words that passwords must not be.
	Words []string
	// Permissions are the host's own.
	Permissions []Permission
	// Breaches knows passwords that became public elsewhere; nil knows none.
	Breaches password.BreachChecker
	// OnEvent hears of each audit row after its commit; nil for nobody.
	OnEvent func(context.Context, store.Event)
	// Decide may refuse a sign-in or a request; nil never does.
	Decide func(context.Context, Question) error
	Clock  func() time.Time
	Log    *slog.Logger
}

// SSO is a backoffice.SSO.
type SSO struct{ URL, Name string }

// Desk is the office's services. It is safe for concurrent use.
type Desk struct {
	Config
	permissions registry
	state       atomic.Pointer[State]
	loading     sync.Mutex
	running     atomic.Bool
	queued      atomic.Bool
	reminded    sync.Once
	setup       *reset.Links
	Invites     *reset.Links
	Resets      *reset.Links
	method      factorMethod
}

// New makes the services and checks the host's permissions. It reads nothing
// yet; Open does.
func New(cfg Config) (*Desk, error) {
	permissions, err := newRegistry(cfg.Permissions)
	if err != nil {
		return nil, err
	}
	d := &Desk{Config: cfg, permissions: permissions}
	d.method = totpMethod{vault: cfg.Vault}
	var errs []error
	links := func(purpose string, policy func() reset.Policy) *reset.Links {
		l, err := reset.New(reset.Config{
			Store: cfg.Store, Purpose: purpose, Policy: policy,
			Key: cfg.Vault.Key(vault.ResetLimits), Now: d.now,
		})
		errs = append(errs, err)
		return l
	}
	d.setup = links(store.PurposeSetup, d.lasting(func(*settings.Settings) time.Duration { return setupLife }))
	d.Invites = links(store.PurposeInvite, d.lasting(func(s *settings.Settings) time.Duration { return s.InviteLife }))
	d.Resets = links(store.PurposeReset, func() reset.Policy { return d.Settings().Reset })
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("make links: %w", err)
	}
	return d, nil
}

// lasting is the reset policy but for the life of the links.
func (d *Desk) lasting(life func(*settings.Settings) time.Duration) func() reset.Policy {
	return func() reset.Policy {
		s := d.Settings()
		p := s.Reset
		p.Life = life(&s)
		return p
	}
}

// now is the one clock of the office, as stores keep it.
func (d *Desk) now() time.Time { return store.Time(d.Clock()) }

// Now is the office's clock, for what shows times.
func (d *Desk) Now() time.Time { return d.now() }

// Commit is the only way the desk writes. What was audited goes to the log, and
// then to the host, once it is true.
func (d *Desk) Commit(ctx context.Context, writes ...store.Write) error {
	writes = slices.Clone(writes)
	places := notePlaces(writes)
	if err := d.Store.Commit(ctx, writes...); err != nil {
		return err
	}
	for i, w := range writes {
		switch w := w.(type) {
		case store.AppendEvent:
			d.logEvent(ctx, w.Event, places[i])
		case store.EnqueueMail:
			d.queued.Store(true)
		}
	}
	for i, w := range writes {
		if w, ok := w.(store.AppendEvent); ok {
			d.publish(ctx, w.Event, places[i])
		}
	}
	return nil
}

// Visit is where a request comes from, as far as the office trusts to know.
type Visit struct {
	// Address is the client's, after trusted proxies.
	Address string
	// UserAgent is what the browser says of itself.
	UserAgent string
	// Route is method and path relative to the alias, never with the alias.
	Route string
	// RequestID ties log lines and audit rows of one request together.
	RequestID string
	// Header reads a header of the request, for Decide; nil outside of one.
	Header func(name string) string
}
