package testoffice

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/totp"
)

// Passwords that every policy takes: the one that people have, the one that they
// change to, and one that no one has.
const (
	Good   = "orbit velvet canyon 93 maple"
	Better = "quartz lagoon 58 thimble wren"
	Wrong  = "tundra 71 spindle mango orchid"
)

// Agent is what browsers say they are.
const Agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

// Noon is when an office of a test opens.
var Noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

// Hashing costs nothing.
var Hashing = password.Config{
	Params:      password.Params{MemoryKiB: 8, Time: 1, Threads: 1},
	Concurrency: 2, Queue: 10_000, QueueWait: 10 * time.Second, InsecureParams: true,
}

var ctx = context.Background()

// Secret is a master secret that looks random enough.
func Secret() []byte {
	secret := make([]byte, vault.SecretSize)
	for i := range secret {
		secret[i] = byte(7*i + 128)
	}
	return secret
}

// Rig is what lies under an office: its store, its clock, its log. What the
// methods read and write goes past [Rig.Store], and is never counted.
type Rig struct {
	T testing.TB
	// Under is the store itself. Mem is the same when it is a memory.
	Under store.Store
	Mem   *memstore.Store
	// Store is what the office sees of it.
	Store  *Store
	Clock  *Clock
	Log    *Text
	hasher *password.Hasher
}

// NewRig makes a rig over a store.
func NewRig(t testing.TB, under store.Store) *Rig {
	t.Helper()
	r := &Rig{T: t, Under: under, Store: Wrap(under), Clock: &Clock{now: Noon}, Log: &Text{}}
	r.Mem, _ = under.(*memstore.Store)
	var err error
	r.hasher, err = password.NewHasher(Hashing)
	require.NoError(t, err)
	return r
}

// Person makes an active operator with the password [Good].
func (r *Rig) Person(name string, roles ...string) store.Operator {
	r.T.Helper()
	return r.Add(store.Operator{}, name, roles...)
}

// Add stores an operator under a name, with an address made of it unless there is one:
// "Ada" is id-of-ada, ada@example.org. The community says the same of a member. An operator
// without a state becomes active, with the password [Good] unless there is another.
func (r *Rig) Add(op store.Operator, name string, roles ...string) store.Operator {
	r.T.Helper()
	if op.State == "" {
		op.State = store.OperatorActive
		if op.Password == "" {
			var err error
			op.Password, err = r.hasher.Hash(ctx, Good)
			require.NoError(r.T, err)
		}
	}
	if op.Password != "" {
		op.PasswordSetAt = r.now()
	}
	lower := strings.ToLower(name)
	op.ID, op.Name = "id-of-"+lower, name
	if op.Email == "" {
		op.Email = lower + "@example.org"
	}
	if op.MemberID != "" && op.RefreshedAt.IsZero() {
		op.MemberName, op.MemberEmail, op.RefreshedAt = name, op.Email, r.now()
	}
	op.CreatedAt, op.UpdatedAt = r.now(), r.now()
	if len(roles) > 0 {
		op.PrimaryRole, op.Roles = roles[0], roles[1:]
	}
	desk.Keyed(&op)
	return r.Put(op)
}

func (r *Rig) now() time.Time { return store.Time(r.Clock.Now()) }

// Put stores an operator, as another replica would, and reads it again.
func (r *Rig) Put(op store.Operator) store.Operator {
	r.T.Helper()
	r.Write(store.PutOperator{Operator: op})
	return r.Find(op.ID)
}

// Write commits past the office.
func (r *Rig) Write(writes ...store.Write) {
	r.T.Helper()
	require.NoError(r.T, r.Under.Commit(ctx, writes...))
}

// Find reads an operator.
func (r *Rig) Find(id string) store.Operator {
	r.T.Helper()
	op, err := r.Under.FindOperator(ctx, id)
	require.NoError(r.T, err)
	return op
}

// Change rewrites a stored operator, as another replica would.
func (r *Rig) Change(id string, f func(*store.Operator)) {
	r.T.Helper()
	op := r.Find(id)
	f(&op)
	r.Write(store.PutOperator{Operator: op})
}

// Unreadable replaces the secrets of an operator's authenticator apps by ones that
// another master secret sealed, as if that one had been dropped.
func (r *Rig) Unreadable(operatorID string) {
	r.T.Helper()
	dropped := Secret()
	slices.Reverse(dropped)
	v, err := vault.New([][]byte{dropped})
	require.NoError(r.T, err)
	factors, err := r.Under.ListFactors(ctx, operatorID)
	require.NoError(r.T, err)
	for _, f := range factors {
		r.Write(store.Reseal{
			Value: store.Sealed{Kind: store.SealedFactor, ID: f.ID, OperatorID: operatorID, Data: f.Secret},
			New:   v.Seal(vault.FactorSecrets, desk.FactorPlace(operatorID, f.ID), make([]byte, 20)),
		})
	}
}

// ChangeParameters rewrites the parameters, as another replica would.
func (r *Rig) ChangeParameters(f func(*store.Parameters)) {
	r.T.Helper()
	p, err := r.Under.LoadParameters(ctx)
	require.NoError(r.T, err)
	f(&p)
	r.Write(store.PutParameters{Parameters: p})
}

// Set stores values of parameters, as another replica would.
func (r *Rig) Set(values map[string]string) {
	r.T.Helper()
	r.ChangeParameters(func(p *store.Parameters) { p.Values = values })
}

// SessionsOf are the sessions of an operator.
func (r *Rig) SessionsOf(operatorID string) []store.Session {
	r.T.Helper()
	sessions, err := r.Under.ListSessions(ctx, operatorID)
	require.NoError(r.T, err)
	return sessions
}

// Events are all rows of the audit log, oldest first.
func (r *Rig) Events() []store.Event {
	r.T.Helper()
	var all []store.Event
	q := store.EventQuery{Limit: 500, OldestFirst: true}
	for {
		page, err := r.Under.ListEvents(ctx, q)
		require.NoError(r.T, err)
		all = append(all, page.Rows...)
		if q.AfterSeq = page.Next; page.Next == 0 {
			return all
		}
	}
}

// Codes are those of all events, newest first.
func (r *Rig) Codes() []string {
	r.T.Helper()
	events := r.Events()
	codes := make([]string, 0, len(events))
	for i := range events {
		codes = append(codes, events[len(events)-1-i].Code)
	}
	return codes
}

// Last is the newest event.
func (r *Rig) Last() store.Event {
	r.T.Helper()
	events := r.Events()
	require.NotEmpty(r.T, events)
	return events[len(events)-1]
}

// Count is how often an event was written.
func (r *Rig) Count(code string) int {
	r.T.Helper()
	n := 0
	for _, e := range r.Events() {
		if e.Code == code {
			n++
		}
	}
	return n
}

// Dump is all that is stored, but for the named parts; see [Dump].
func (r *Rig) Dump(but ...string) string { return Dump(r.Mem, but...) }

// Code is what an authenticator app shows now.
func (r *Rig) Code(s totp.Secret) string { return CodeAt(r.T, s, r.Clock.Now()) }

// CodeAt is what an authenticator app shows at some time.
func CodeAt(t testing.TB, s totp.Secret, at time.Time) string {
	t.Helper()
	code, err := totp.Code(s, at, totp.Options{})
	require.NoError(t, err)
	return code
}

// WrongCode is a code that an authenticator app shows at no time near now.
func (r *Rig) WrongCode(s totp.Secret) string {
	r.T.Helper()
	taken := map[string]bool{}
	for step := -totp.DriftSteps; step <= totp.DriftSteps; step++ {
		taken[CodeAt(r.T, s, r.Clock.Now().Add(time.Duration(step)*totp.Period))] = true
	}
	for n := 0; ; n++ {
		if code := fmt.Sprintf("%06d", n); !taken[code] {
			return code
		}
	}
}
