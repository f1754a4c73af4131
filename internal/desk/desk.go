package desk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/internal/clock"
	"github.com/postern-go/postern/internal/loglimit"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/redact"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// Config configures a [Desk]. Fields are required unless they say otherwise.
// backoffice.New checks and fills them.
type Config struct {
	Store  store.Store
	Vault  *vault.Vault
	Hasher *password.Hasher
	Sender mail.Sender
	// MailTemplates lay letters out. If nil, the embedded ones are used.
	MailTemplates *mail.Templates
	// Members is the community's own directory. If nil, it offers none.
	Members Members
	// SSO is set if members sign in through a company sign-in instead of with a
	// password that the community checks.
	SSO *SSO
	// Company is how operators sign in at the company's identity provider. If nil, they do
	// not.
	Company *Company
	// Origin is the scheme, host and port of the community, without a slash.
	Origin string
	// Path is the path under which people reach the community on its origin, such
	// as "/forum". If empty, it has the whole origin.
	Path string
	// Name and Accent apply unless parameters replace them; see [Desk.Name] and
	// [Desk.Accent]. Accent is "#rrggbb", or empty for ours.
	Name, Accent string
	// Logo is a picture for emails. If nil, they have none.
	Logo *mail.Picture
	// Contact is the person or place that emails and pages tell operators to turn to,
	// unless a parameter replaces it; see [Desk.Contact].
	Contact string
	// Languages are the tags of the languages that the office has, without duplicates, in
	// the order in which people choose from them. If empty, it has English alone.
	Languages []string
	// Messages are the texts of all languages. If nil, they are ours.
	Messages *messages.Catalogue
	// Words are added to those that passwords must not be made from.
	Words []string
	// Permissions are the host's own.
	Permissions []Permission
	// Events are the kinds of the host's own events.
	Events []EventKind
	// Passkeys asks for passkeys and checks them. If nil, there are none.
	Passkeys Passkeys
	// Breaches looks up passwords that have become public. If nil, none is looked
	// up.
	Breaches password.BreachChecker
	// OnEvent is called with each audit entry after its commit. If nil, nothing is
	// called.
	OnEvent func(context.Context, store.Event)
	// Decide may refuse a sign-in or a request. If nil, none is refused.
	Decide func(context.Context, Question) error
	// Setup describes the configuration, without secrets. It is written to the audit
	// log at each start.
	Setup map[string]string
	// Witness keeps marks of the audit log elsewhere, and gets a new one every
	// WitnessEvery, which Run requires. If nil, only the log has them.
	Witness      Witness
	WitnessEvery time.Duration
	// Clock is the host's own clock, which overrides every other. If nil, the time
	// is the database's.
	Clock func() time.Time
	// Machine is where the process runs. Only tests set it.
	Machine clock.Machine
	Log     *slog.Logger
}

// SSO is a backoffice.SSO.
type SSO struct{ URL, Name string }

// Desk has the services of an office. It is safe for concurrent use.
type Desk struct {
	Config
	clock       *clock.Clock
	skewed      atomic.Bool
	steady      steady
	trail       trail
	permissions registry
	kinds       map[string]EventKind
	state       atomic.Pointer[State]
	aliases     atomic.Pointer[redact.Aliases]
	readings    atomic.Int64
	founded     bool
	running     atomic.Bool
	queued      atomic.Bool
	periodic    periodic
	tally       tally
	door        door
	lines       *loglimit.Limiter
	auditLog    *slog.Logger
	probe       probe
	tempo       tempo
	// strangers is what strangers do, by their networks, apart so that they cannot make it
	// forget what operators do.
	strangers tempo
	// told are the ids of reminders that need no further look.
	told sync.Map
	// unused has a seenUnused for the ids of accounts that are unused.
	unused    sync.Map
	reminded  sync.Once
	owed      owed
	askLimit  askLimit
	linksAt   linksAt
	flights   flights
	formLocks formLocks
	setup     *reset.Links
	invites   *reset.Links
	resets    *reset.Links
	method    factorMethod
	// reservedNames are names that no operator may have, as their letters.
	reservedNames func() map[string]bool
}

// New returns the services, after checking the host's permissions. It reads
// nothing; call Open next.
func New(cfg Config) (*Desk, error) {
	permissions, err := newRegistry(cfg.Permissions)
	if err != nil {
		return nil, err
	}
	if cfg.Messages == nil {
		cfg.Messages = messages.Ours()
	}
	d := &Desk{Config: cfg, permissions: permissions, kinds: kindsOf(cfg.Events), clock: clock.New(cfg.Clock, cfg.Machine)}
	d.aliases.Store(redact.New(cfg.Path))
	// Copies of audit entries bypass the limiter: they are limited with the entries,
	// and the log is their witness.
	d.auditLog = cfg.Log
	d.lines = loglimit.New(cfg.Log.Handler(), d.Now)
	d.Log = d.lines.Logger()
	d.method = totpMethod{vault: cfg.Vault, options: d.totpOptions}
	d.periodic.steps = d.steps()
	d.reservedNames = sync.OnceValue(d.readReserved)
	d.askLimit.slots = make(chan struct{}, asksAtOnce)
	d.formLocks.of = map[store.Digest]*formLock{}
	d.probe.turn = make(chan struct{}, 1)
	var errs []error
	links := func(purpose string, policy func() reset.Policy) *reset.Links {
		l, err := reset.New(reset.Config{
			Store: cfg.Store, Purpose: purpose, Policy: policy,
			Key: cfg.Vault.Key(vault.ResetLimits), Now: d.Now,
		})
		errs = append(errs, err)
		return l
	}
	d.setup = links(store.PurposeSetup, d.lasting(func(*settings.Settings) time.Duration { return setupLife }))
	d.invites = links(store.PurposeInvite, d.lasting(func(s *settings.Settings) time.Duration { return s.InviteLife }))
	d.resets = links(store.PurposeReset, func() reset.Policy { return d.Settings().Reset })
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("make links: %w", err)
	}
	return d, nil
}

// lasting returns the reset policy with another life of the links.
func (d *Desk) lasting(life func(*settings.Settings) time.Duration) func() reset.Policy {
	return func() reset.Policy {
		s := d.Settings()
		p := s.Reset
		p.Life = life(&s)
		return p
	}
}

// Commit is the only way in which the desk writes. It leaves out audit entries
// beyond the limit; see door. Once the writes are stored, it logs their events, and
// passes them to the host.
func (d *Desk) Commit(ctx context.Context, writes ...store.Write) error {
	writes, undo := d.throughDoor(writes)
	if len(writes) == 0 {
		return nil
	}
	notes, before := noteMarks(writes), d.trail.newest()
	if err := d.Store.Commit(ctx, writes...); err != nil {
		undo()
		return err
	}
	d.appended(ctx, before, notes)
	for i, w := range writes {
		switch w := w.(type) {
		case store.AppendEvent:
			d.logEvent(ctx, w.Event, notes[i].mark)
			d.tally.event(w.Event)
		case store.EnqueueMail:
			d.queued.Store(true)
		case store.MoveMail:
			d.tally.mail(w)
		}
	}
	for i, w := range writes {
		if w, ok := w.(store.AppendEvent); ok {
			d.publish(ctx, w.Event, notes[i].mark)
		}
	}
	return nil
}

// Visit describes where a request comes from.
type Visit struct {
	// IP is the client's IP address, as reported by trusted proxies only.
	IP string
	// UserAgent is the browser's description of itself, which it may forge.
	UserAgent string
	// Route is the method and the path, without the alias.
	Route string
	// Browsers are the tokens by which the browser says that it is known, one for
	// each account that it has signed in to.
	Browsers []string
	// RequestID connects the log lines and audit entries of one request.
	RequestID string
	// Passive reports that the request does not count as use of its session, so it
	// does not keep the session alive.
	Passive bool
	// Header reads a header of the request, for Decide. Nil outside of a request.
	Header func(name string) string
}
