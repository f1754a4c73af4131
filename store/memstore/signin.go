package memstore

import (
	"context"
	"slices"

	"github.com/postern-go/postern/store"
)

// FindSignIn implements [store.SignIns].
func (s *Store) FindSignIn(ctx context.Context, q store.SignInQuery) (store.SignInView, error) {
	if err := ctx.Err(); err != nil {
		return store.SignInView{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	v := store.SignInView{Reading: store.Reading{Revision: s.parameters.Revision}}
	id := q.OperatorID
	switch {
	case q.Login != "":
		id = s.login(q.Login)
	case q.MemberID != "":
		id = s.members[q.MemberID]
	case q.Subject != "":
		id = s.subjects[q.Subject]
	case !q.PreSession.IsZero():
		v.PreSession = s.preSessions[q.PreSession]
		id = v.PreSession.OperatorID
	}
	var err error
	if v.Operator, err = s.operator(id); err != nil {
		return store.SignInView{}, err
	}
	v.Roles = s.rolesOf(v.Operator)
	v.Factors = s.factorsOf(id)
	v.Recovery = cloneRecoverySet(s.recovery[id])
	sessions := s.sessionsOf(id)
	v.Sessions = sessions[:min(len(sessions), maxListedSessions)]
	v.Device = s.devices[id][q.Device]
	v.Browser = s.findBrowser(id, q.Browsers)
	keys := slices.Clone(q.Counters)
	for _, kind := range q.OperatorCounters {
		keys = append(keys, kind+id)
	}
	v.Counters = s.countersOf(keys)
	return v, nil
}
