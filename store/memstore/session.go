package memstore

import (
	"bytes"
	"cmp"
	"context"
	"maps"
	"slices"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/store"
)

// maxListedSessions is the maximum number of sessions that ListSessions returns.
const maxListedSessions = 100

// views are what FindSession returned, by the first byte of the digest, until the
// next change.
type views struct {
	generation atomic.Uint64 // counts changes
	last       [256]atomic.Pointer[sessionView]
}

type sessionView struct {
	store.SessionView
	generation uint64
}

// FindSession implements [store.Sessions].
func (s *Store) FindSession(ctx context.Context, d store.Digest) (store.SessionView, error) {
	if err := ctx.Err(); err != nil {
		return store.SessionView{}, err
	}
	last := &s.views.last[d[0]]
	if v := last.Load(); v != nil && v.generation == s.views.generation.Load() && v.Session.Digest == d {
		return v.SessionView, nil
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	session, ok := s.sessions[d]
	if !ok {
		return store.SessionView{}, missing("session")
	}
	operator, ok := s.operators[session.OperatorID]
	if !ok {
		return store.SessionView{}, missing("operator")
	}
	v := &sessionView{generation: s.views.generation.Load()}
	v.Session, v.Operator, v.Revision = session, operator.InSession(), s.parameters.Revision
	v.Roles = s.rolesOf(operator)
	v.TwoFactor, v.Passkey = s.hasFactor(operator.ID)
	last.Store(v)
	return v.SessionView, nil
}

// rolesOf returns the operator's custom roles, each once.
func (s *Store) rolesOf(o store.Operator) []store.Role {
	var found []store.Role
	ids := o.AllRoles()
	for i, id := range ids {
		if r, ok := s.roles[id]; ok && !slices.Contains(ids[:i], id) {
			found = append(found, cloneRole(r))
		}
	}
	return found
}

// ListSessions implements [store.Sessions].
func (s *Store) ListSessions(ctx context.Context, operatorID string) ([]store.Session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	found := s.sessionsOf(operatorID)
	return found[:min(len(found), maxListedSessions)], nil
}

// sessionsOf returns the operator's sessions, last seen first.
func (s *Store) sessionsOf(operatorID string) []store.Session {
	var found []store.Session
	for _, session := range s.sessions {
		if session.OperatorID == operatorID {
			found = append(found, session)
		}
	}
	slices.SortFunc(found, func(a, b store.Session) int {
		return cmp.Or(b.SeenAt.Compare(a.SeenAt), cmp.Compare(a.ID, b.ID))
	})
	return found
}

// TouchSession implements [store.Sessions].
func (s *Store) TouchSession(ctx context.Context, d store.Digest, at time.Time) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer s.change()()
	session, ok := s.sessions[d]
	if !ok {
		return missing("session")
	}
	at = store.Time(at)
	if at.After(session.SeenAt) {
		session.SeenAt = at
		s.sessions[d] = session
	}
	s.markActive(&undo{}, session.OperatorID, at)
	return nil
}

// FindSessionValues implements [store.Sessions].
func (s *Store) FindSessionValues(ctx context.Context, sessionID, name string) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	data, ok := s.values[sessionID][name]
	if !ok {
		return nil, missing("session values")
	}
	return bytes.Clone(data), nil
}

func (s *Store) putSession(u *undo, w store.PutSession) error {
	session := cleanSession(w.Session)
	if _, ok := s.operators[session.OperatorID]; !ok {
		return store.ErrNotFound
	}
	if _, had := s.sessions[session.Digest]; had {
		return store.ErrExists
	}
	if _, had := s.sessionIDs[session.ID]; had {
		return store.ErrExists
	}
	if w.Keep > 0 {
		others := s.sessionsOf(session.OperatorID)
		for _, other := range others[min(len(others), w.Keep-1):] {
			s.endSession(u, other.Digest)
		}
	}
	put(u, s.sessions, session.Digest, session)
	put(u, s.sessionIDs, session.ID, session.Digest)
	s.markActive(u, session.OperatorID, session.SeenAt)
	if !w.Device.IsZero() {
		s.seeDevice(u, session.OperatorID, w.Device, session.SeenAt)
	}
	return nil
}

func (s *Store) checkSessions(w store.CheckSessions) error {
	if len(s.sessionsOf(w.OperatorID)) > w.Most {
		return store.ErrConflict
	}
	return nil
}

func (s *Store) replaceSession(u *undo, w store.ReplaceSession) error {
	before, ok := s.sessions[w.Old]
	if !ok || before.ID != w.New.ID || before.OperatorID != w.New.OperatorID {
		return store.ErrNotFound
	}
	remove(u, s.sessions, w.Old)
	if _, had := s.sessions[w.New.Digest]; had {
		return store.ErrExists
	}
	put(u, s.sessions, w.New.Digest, cleanSession(w.New))
	put(u, s.sessionIDs, w.New.ID, w.New.Digest)
	return nil
}

// endSession ends an existing session and deletes its values.
func (s *Store) endSession(u *undo, d store.Digest) {
	session := s.sessions[d]
	remove(u, s.sessions, d)
	remove(u, s.sessionIDs, session.ID)
	remove(u, s.values, session.ID)
}

func (s *Store) endSessions(u *undo, w store.EndSessions) error {
	ended := 0
	for d, session := range s.sessions {
		switch {
		case session.OperatorID != w.OperatorID:
		case !w.All && session.ID != w.ID:
		case w.All && w.Except != "" && session.ID == w.Except:
		default:
			s.endSession(u, d)
			ended++
		}
	}
	if ended == 0 && w.MustExist {
		return store.ErrNotFound
	}
	for d, p := range s.preSessions {
		if p.OperatorID == w.OperatorID && w.All {
			remove(u, s.preSessions, d)
		}
	}
	return nil
}

func (s *Store) putSessionValues(u *undo, w store.PutSessionValues) error {
	if _, ok := s.sessionIDs[w.SessionID]; !ok {
		return store.ErrNotFound
	}
	values := maps.Clone(s.values[w.SessionID])
	if values == nil {
		values = map[string][]byte{}
	}
	if len(w.Data) == 0 {
		delete(values, w.Name)
	} else {
		values[w.Name] = bytes.Clone(w.Data)
	}
	put(u, s.values, w.SessionID, values)
	return nil
}

func cleanSession(session store.Session) store.Session {
	session.CreatedAt = store.Time(session.CreatedAt)
	session.SeenAt = store.Time(session.SeenAt)
	session.EndsAt = store.Time(session.EndsAt)
	session.ProvedAt = store.Time(session.ProvedAt)
	return session
}
