package desk_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/strictstore"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

const (
	origin = "https://community.example"
	good   = "orbit velvet canyon 93 maple"
	better = "quartz lagoon 58 thimble wren"
)

var (
	ctx   = context.Background()
	visit = desk.Visit{Address: "203.0.113.7", UserAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", Route: "POST /x", RequestID: "r-1"}
)

// postbox keeps the mails that were sent, or refuses them.
type postbox struct {
	mu   sync.Mutex
	sent []mail.Message
	fail error
}

func (p *postbox) Send(_ context.Context, m mail.Message) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fail != nil {
		return p.fail
	}
	p.sent = append(p.sent, m)
	return nil
}

// subjects are those of the mails to somebody.
func (p *postbox) subjects(to string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, m := range p.sent {
		if m.To == to {
			out = append(out, m.Subject)
		}
	}
	return strings.Join(out, "\n")
}

// office is the services with everything around them. Passwords alone sign in,
// to keep the fixture short.
type office struct {
	*desk.Desk
	t    *testing.T
	mem  *memstore.Store
	now  time.Time
	box  *postbox
	cfg  desk.Config
	boss desk.Actor
}

func newOffice(t *testing.T, change ...func(*desk.Config)) *office {
	o := &office{t: t, mem: memstore.New(), box: &postbox{}, now: time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)}
	secret := make([]byte, vault.SecretSize)
	for i := range secret {
		secret[i] = byte(7*i + 128)
	}
	v, err := vault.New([][]byte{secret})
	require.NoError(t, err)
	hasher, err := password.NewHasher(password.Config{Params: password.Params{MemoryKiB: 8, Time: 1, Threads: 1}, InsecureParams: true})
	require.NoError(t, err)
	o.cfg = desk.Config{
		Store: strictstore.Wrap(o.mem), Vault: v, Hasher: hasher, Sender: o.box, Origin: origin, Name: "Meadow",
		Permissions: []desk.Permission{
			{Key: "analytics.view", Label: "See the numbers", Group: "Community", Roles: []string{desk.RoleCommunityManager}},
			{Key: "posts.delete", Label: "Delete posts", Group: "Community", Roles: []string{desk.RoleModerator}},
		},
		Clock: func() time.Time { return o.now }, Log: slog.New(slog.DiscardHandler),
	}
	for _, f := range change {
		f(&o.cfg)
	}
	o.Desk = o.another()
	o.rules(map[string]string{"two_factor.who": "recommended"})
	o.boss = o.signIn(o.person("Boss", desk.RoleSuperAdministrator))
	return o
}

// another is the same office on another replica.
func (o *office) another() *desk.Desk { return o.over(o.cfg.Store) }

// over is the same office with its store seen through a wrapper.
func (o *office) over(st store.Store) *desk.Desk {
	cfg := o.cfg
	cfg.Store = st
	d, err := desk.New(cfg)
	require.NoError(o.t, err)
	require.NoError(o.t, d.Open(ctx))
	return d
}

// person is somebody active, with a password.
func (o *office) person(name string, roles ...string) store.Operator {
	encoded, err := o.cfg.Hasher.Hash(ctx, good)
	require.NoError(o.t, err)
	id := vault.ID()
	op := store.Operator{
		ID: id, Name: name, Email: strings.ToLower(name) + "@community.example", State: store.OperatorActive,
		Password: encoded, PasswordSetAt: o.now, CreatedAt: o.now, UpdatedAt: o.now,
	}
	if len(roles) > 0 {
		op.PrimaryRole, op.Roles = roles[0], roles[1:]
	}
	desk.Keyed(&op)
	require.NoError(o.t, o.mem.Commit(ctx, store.PutOperator{Operator: op}))
	return o.reread(op)
}

// put rewrites a stored operator, as another replica would.
func (o *office) put(op store.Operator) store.Operator {
	require.NoError(o.t, o.mem.Commit(ctx, store.PutOperator{Operator: op}))
	return o.reread(op)
}

// must passes on what Invite returned without an error.
func (o *office) must(op store.Operator, link string, err error) (store.Operator, string) {
	require.NoError(o.t, err)
	return op, link
}

// rules sets parameters and lets the office read them.
func (o *office) rules(values map[string]string) {
	p, err := o.mem.LoadParameters(ctx)
	require.NoError(o.t, err)
	p.Values = values
	require.NoError(o.t, o.mem.Commit(ctx, store.PutParameters{Parameters: p}))
	_, err = o.Reload(ctx)
	require.NoError(o.t, err)
}

func (o *office) reread(op store.Operator) store.Operator {
	found, err := o.mem.FindOperator(ctx, op.ID)
	require.NoError(o.t, err)
	return found
}

// enter signs somebody in.
func (o *office) enter(op store.Operator) *desk.Identity {
	passed, err := o.SignIn(ctx, visit, desk.SignInForm{Login: op.Name, Password: good})
	require.NoError(o.t, err)
	require.True(o.t, passed.SignedIn)
	id, err := o.Authenticate(ctx, visit, passed.Token)
	require.NoError(o.t, err)
	return id
}

func (o *office) signIn(op store.Operator) desk.Actor { return o.enter(op).Actor() }

// mails sends what is queued.
func (o *office) mails() *postbox {
	_, err := o.Deliver(ctx)
	require.NoError(o.t, err)
	return o.box
}

// events are the codes of the audit, newest first.
func (o *office) events() []string {
	list, err := o.mem.ListEvents(ctx, store.EventQuery{Limit: 500})
	require.NoError(o.t, err)
	var codes []string
	for _, e := range list.Rows {
		codes = append(codes, e.Code)
	}
	return codes
}

// customRole makes a role of permissions.
func (o *office) customRole(name string, permissions ...string) string {
	id, err := o.CreateRole(ctx, o.boss, visit, desk.RoleForm{Name: name, Permissions: permissions})
	require.NoError(o.t, err)
	return id
}
