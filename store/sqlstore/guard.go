package sqlstore

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/store"
)

// hot is a query that requests make. If the dialect says so, its statement is kept,
// because the driver would parse it each time.
type hot struct {
	query string
	// waiting is kept for a node of a cluster: see [node].
	kept, waiting atomic.Pointer[sql.Stmt]
}

// first reads the first row, or returns ErrNotFound.
func (h *hot) first(ctx context.Context, s *Store, into []any, args ...any) error {
	rows, err := h.rows(ctx, s, args)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return err
		}
		return store.ErrNotFound
	}
	return rows.Scan(into...)
}

func (h *hot) rows(ctx context.Context, s *Store, args []any) (*sql.Rows, error) {
	n, err := s.node(ctx)
	if err != nil {
		return nil, err
	}
	if !s.dialect.prepares {
		return s.db.QueryContext(ctx, n.waiting(h.query), args...)
	}
	statement := &h.kept
	if n.wait != "" {
		statement = &h.waiting
	}
	kept := statement.Load()
	if kept == nil {
		made, err := s.db.PrepareContext(ctx, n.waiting(h.query))
		if err != nil {
			return nil, err
		}
		if !statement.CompareAndSwap(nil, made) {
			_ = made.Close()
		}
		kept = statement.Load()
	}
	return kept.QueryContext(ctx, args...)
}

// newMark returns a mark for an operator or for all roles. What a request needs of the
// operator is read once, and then known as long as the difference of the two marks is
// the same, which is read each time: every further column would take about as long as
// finding the row. Whatever changes an operator or a role sets another mark in the
// same transaction. Marks are random, so that none ever stands for something else, not
// even after a backup was restored. Changes made by hand, with SQL, set no mark:
// knownFor bounds how long they go unseen.
func newMark() int64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return int64(binary.NativeEndian.Uint64(b[:]) >> 1)
}

// knownOperator is what requests need of an operator. It is never changed.
type knownOperator struct {
	mark      int64
	readAt    time.Duration // by the machine's monotonic clock, since began
	operator  store.SessionOperator
	roles     []store.Role
	twoFactor bool
	passkey   bool
}

// knownOperators are those whose sessions were read. All methods may be called
// concurrently.
type knownOperators struct {
	mu   sync.RWMutex
	byID map[string]*knownOperator
}

const (
	// mostKnown bounds the memory: an office has some thousands of operators.
	mostKnown = 10_000
	// knownFor is how long an operator is known without being read again.
	knownFor = time.Minute
)

var began = time.Now()

// find returns what is known of an operator as of the mark, or nil.
func (k *knownOperators) find(id string, mark int64, now time.Duration) *knownOperator {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if o := k.byID[id]; o != nil && o.mark == mark && now-o.readAt < knownFor {
		return o
	}
	return nil
}

func (k *knownOperators) keep(o *knownOperator) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.byID == nil || len(k.byID) >= mostKnown {
		k.byID = map[string]*knownOperator{}
	}
	k.byID[o.operator.ID] = o
}

const (
	guardColumns = `s.id, s.operator_id, s.ip, s.user_agent,
		s.method, s.provider, s.created_at, s.seen_at, s.ends_at, s.proved_at, o.last_active_at, o.mark - p.roles_mark, `
	guardTables = ` FROM postern_sessions s JOIN postern_operators o ON o.id = s.operator_id
		JOIN postern_parameters p ON p.id = 1`
)

func (s *Store) selectSession() string {
	return `SELECT ` + s.guardColumns() + guardTables + ` WHERE s.digest = ?`
}

func (s *Store) guardColumns() string {
	return guardColumns + s.revisionIn("p.") + `, ` + s.dialect.now
}

// guardRow is a row of [Store.guardColumns].
type guardRow struct {
	store.SessionView
	mark int64
	// numbers are those from created_at on. Conversions of database/sql would take
	// longer.
	numbers [8]any
	into    [14]any
}

func (r *guardRow) fields() []any {
	s, n := &r.Session, &r.numbers
	r.into = [...]any{&s.ID, &s.OperatorID, &s.IP, &s.UserAgent, &s.Method, &s.Provider, &n[0], &n[1], &n[2], &n[3], &n[4], &n[5], &n[6], &n[7]}
	return r.into[:]
}

func (r *guardRow) finish(d store.Digest) error {
	var n [len(r.numbers)]int64
	for i, v := range r.numbers {
		var ok bool
		if n[i], ok = v.(int64); !ok {
			return fmt.Errorf("scan a number from %T", v)
		}
	}
	s := &r.Session
	s.Digest, s.CreatedAt, s.SeenAt, s.EndsAt, s.ProvedAt = d, timeOf(n[0]), timeOf(n[1]), timeOf(n[2]), timeOf(n[3])
	r.Operator.LastActiveAt, r.mark = timeOf(n[4]), n[5]
	r.Revision, r.At = n[6], timeOf(n[7])
	return nil
}

// of completes the row by what is known of the operator.
func (r *guardRow) of(known *knownOperator) store.SessionView {
	active := r.Operator.LastActiveAt
	r.Operator, r.Roles, r.TwoFactor, r.Passkey = known.operator, known.roles, known.twoFactor, known.passkey
	r.Operator.LastActiveAt = active
	return r.SessionView
}

// FindSession implements [store.Sessions]. It reads twice if the operator or a role
// has changed since it last read a session of the operator, or a minute has passed.
func (s *Store) FindSession(ctx context.Context, d store.Digest) (store.SessionView, error) {
	var view store.SessionView
	err := s.retry(ctx, func() error {
		r := &guardRow{}
		err := s.session.first(ctx, s, r.fields(), d[:])
		if err == nil {
			err = r.finish(d)
		}
		if err == nil {
			err = s.fence(r.Revision)
		}
		if err != nil {
			return err
		}
		now := time.Since(began)
		known := s.operators.find(r.Session.OperatorID, r.mark, now)
		if known == nil {
			// Together with the row, so that all is as of one moment.
			if r, known, err = s.findSessionAndOperator(ctx, d); err != nil {
				return err
			}
			known.readAt = now
			s.operators.keep(known)
		}
		view = r.of(known)
		return nil
	})
	if err != nil {
		return store.SessionView{}, s.wrap("find session", err)
	}
	return view, nil
}

func (s *Store) findSessionAndOperator(ctx context.Context, d store.Digest) (*guardRow, *knownOperator, error) {
	// A row for every custom role, and one row if there is none.
	rows, err := s.rows(ctx, `SELECT `+s.guardColumns()+`, o.version, o.name, o.email, COALESCE(o.member_id, ''), o.language,
		o.state, o.primary_role, o.roles, o.password_set_at, o.must_change_password, o.locked_until, o.ends_at, o.two_factor, o.passkey,
		COALESCE(r.id, ''), COALESCE(r.version, 0), COALESCE(r.name, ''), COALESCE(r.name_key, ''),
		COALESCE(r.description, ''), COALESCE(r.require_two_factor, FALSE), COALESCE(r.require_passkey, FALSE), COALESCE(r.permissions, '[]'),
		COALESCE(r.created_at, 0), COALESCE(r.updated_at, 0)`+
		guardTables+` LEFT JOIN postern_roles r ON TRUE WHERE s.digest = ?`, []any{d})
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = rows.Close() }()
	var found *guardRow
	var roles []store.Role
	known := &knownOperator{}
	for rows.Next() {
		found = &guardRow{}
		var role store.Role
		o := &known.operator
		o.Roles = nil
		into := append(found.fields(), &o.Version, &o.Name, &o.Email, &o.MemberID, &o.Language,
			&o.State, &o.PrimaryRole, fromJSON(&o.Roles), at(&o.PasswordSetAt), &o.MustChangePassword, at(&o.LockedUntil), at(&o.EndsAt), &known.twoFactor, &known.passkey)
		if err := rows.Scan(append(into, roleFields(&role)...)...); err != nil {
			return nil, nil, err
		}
		if role.ID != "" && (role.ID == o.PrimaryRole || slices.Contains(o.Roles, role.ID)) {
			roles = append(roles, role)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, nil, err
	}
	if found == nil {
		return nil, nil, store.ErrNotFound
	}
	if err := found.finish(d); err != nil {
		return nil, nil, err
	}
	if err := s.fence(found.Revision); err != nil {
		return nil, nil, err
	}
	known.operator.ID, known.mark, known.roles = found.Session.OperatorID, found.mark, roles
	return found, known, nil
}
