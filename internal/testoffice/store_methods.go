package testoffice

import (
	"context"
	"time"

	"github.com/postern-go/postern/store"
)

// Commit implements [store.Store].
func (s *Store) Commit(ctx context.Context, writes ...store.Write) error {
	return s.do("Commit", writes, func() error {
		if err := checkWrites(writes); err != nil {
			return err
		}
		return s.inner.Commit(ctx, s.interrupted(writes)...)
	})
}

// Purge implements [store.Store].
func (s *Store) Purge(ctx context.Context, p store.Purge) (store.Purged, error) {
	return find(s, "Purge", nil, func() (store.Purged, error) { return s.inner.Purge(ctx, p) })
}

// Pulse implements [store.Store].
func (s *Store) Pulse(ctx context.Context) (store.Pulse, error) {
	return find(s, "Pulse", nil, func() (store.Pulse, error) { return s.inner.Pulse(ctx) })
}

// FindOperator implements [store.Operators].
func (s *Store) FindOperator(ctx context.Context, id string) (store.Operator, error) {
	return find(s, "FindOperator", id, func() (store.Operator, error) { return s.inner.FindOperator(ctx, id) })
}

// FindOperatorByLogin implements [store.Operators].
func (s *Store) FindOperatorByLogin(ctx context.Context, key string) (store.Operator, error) {
	return find(s, "FindOperatorByLogin", key, func() (store.Operator, error) { return s.inner.FindOperatorByLogin(ctx, key) })
}

// FindOperatorByMember implements [store.Operators].
func (s *Store) FindOperatorByMember(ctx context.Context, memberID string) (store.Operator, error) {
	return find(s, "FindOperatorByMember", memberID, func() (store.Operator, error) { return s.inner.FindOperatorByMember(ctx, memberID) })
}

// ListOperators implements [store.Operators].
func (s *Store) ListOperators(ctx context.Context, q store.OperatorQuery) (store.OperatorPage, error) {
	return find(s, "ListOperators", q, func() (store.OperatorPage, error) { return s.inner.ListOperators(ctx, q) })
}

// CountOperators implements [store.Operators].
func (s *Store) CountOperators(ctx context.Context, now time.Time, most int) (store.OperatorCounts, error) {
	return find(s, "CountOperators", nil, func() (store.OperatorCounts, error) { return s.inner.CountOperators(ctx, now, most) })
}

// CountHolders implements [store.Operators].
func (s *Store) CountHolders(ctx context.Context) (map[string]int, error) {
	return find(s, "CountHolders", nil, func() (map[string]int, error) { return s.inner.CountHolders(ctx) })
}

// HasOperators implements [store.Operators].
func (s *Store) HasOperators(ctx context.Context) (bool, error) {
	return find(s, "HasOperators", nil, func() (bool, error) { return s.inner.HasOperators(ctx) })
}

// FindRole implements [store.Roles].
func (s *Store) FindRole(ctx context.Context, id string) (store.Role, error) {
	return find(s, "FindRole", id, func() (store.Role, error) { return s.inner.FindRole(ctx, id) })
}

// ListRoles implements [store.Roles].
func (s *Store) ListRoles(ctx context.Context) ([]store.Role, error) {
	return find(s, "ListRoles", nil, func() ([]store.Role, error) { return s.inner.ListRoles(ctx) })
}

// FindSession implements [store.Sessions].
func (s *Store) FindSession(ctx context.Context, d store.Digest) (store.SessionView, error) {
	return find(s, "FindSession", nil, func() (store.SessionView, error) { return s.inner.FindSession(ctx, d) })
}

// ListSessions implements [store.Sessions].
func (s *Store) ListSessions(ctx context.Context, operatorID string) ([]store.Session, error) {
	return find(s, "ListSessions", operatorID, func() ([]store.Session, error) { return s.inner.ListSessions(ctx, operatorID) })
}

// TouchSession implements [store.Sessions].
func (s *Store) TouchSession(ctx context.Context, d store.Digest, at time.Time) error {
	return s.do("TouchSession", nil, func() error { return s.inner.TouchSession(ctx, d, at) })
}

// FindSignIn implements [store.SignIns].
func (s *Store) FindSignIn(ctx context.Context, q store.SignInQuery) (store.SignInView, error) {
	return find(s, "FindSignIn", q, func() (store.SignInView, error) { return s.inner.FindSignIn(ctx, q) })
}

// FindSessionValues implements [store.Sessions].
func (s *Store) FindSessionValues(ctx context.Context, sessionID, name string) ([]byte, error) {
	return find(s, "FindSessionValues", []string{sessionID, name}, func() ([]byte, error) { return s.inner.FindSessionValues(ctx, sessionID, name) })
}

// ListBrowsers implements [store.Browsers].
func (s *Store) ListBrowsers(ctx context.Context, operatorID string) ([]store.Browser, error) {
	return find(s, "ListBrowsers", operatorID, func() ([]store.Browser, error) { return s.inner.ListBrowsers(ctx, operatorID) })
}

// ListFactors implements [store.Factors].
func (s *Store) ListFactors(ctx context.Context, operatorID string) ([]store.Factor, error) {
	return find(s, "ListFactors", operatorID, func() ([]store.Factor, error) { return s.inner.ListFactors(ctx, operatorID) })
}

// FindRecoverySet implements [store.Factors].
func (s *Store) FindRecoverySet(ctx context.Context, operatorID string) (store.RecoverySet, error) {
	return find(s, "FindRecoverySet", operatorID, func() (store.RecoverySet, error) { return s.inner.FindRecoverySet(ctx, operatorID) })
}

// FindToken implements [store.Tokens].
func (s *Store) FindToken(ctx context.Context, d store.Digest, purpose string) (store.Token, error) {
	return find(s, "FindToken", purpose, func() (store.Token, error) { return s.inner.FindToken(ctx, d, purpose) })
}

// ListTokens implements [store.OpenTokens].
func (s *Store) ListTokens(ctx context.Context, q store.TokenQuery) ([]store.Token, error) {
	return find(s, "ListTokens", q, func() ([]store.Token, error) { return s.inner.ListTokens(ctx, q) })
}

// LoadParameters implements [store.ParametersStore].
func (s *Store) LoadParameters(ctx context.Context) (store.Parameters, error) {
	return find(s, "LoadParameters", nil, func() (store.Parameters, error) { return s.inner.LoadParameters(ctx) })
}

// ParametersRevision implements [store.ParametersStore].
func (s *Store) ParametersRevision(ctx context.Context) (store.Reading, error) {
	return find(s, "ParametersRevision", nil, func() (store.Reading, error) { return s.inner.ParametersRevision(ctx) })
}

// ListEvents implements [store.Events].
func (s *Store) ListEvents(ctx context.Context, q store.EventQuery) (store.EventPage, error) {
	return find(s, "ListEvents", q, func() (store.EventPage, error) { return s.inner.ListEvents(ctx, q) })
}

// CountEvents implements [store.Events].
func (s *Store) CountEvents(ctx context.Context, q store.EventQuery, bounds []time.Time, most int) ([]int, error) {
	return find(s, "CountEvents", q, func() ([]int, error) { return s.inner.CountEvents(ctx, q, bounds, most) })
}

// AuditEnds implements [store.Events].
func (s *Store) AuditEnds(ctx context.Context) (store.AuditEnds, error) {
	return find(s, "AuditEnds", nil, func() (store.AuditEnds, error) { return s.inner.AuditEnds(ctx) })
}

// FindMail implements [store.Mails].
func (s *Store) FindMail(ctx context.Context, id string) (store.Mail, error) {
	return find(s, "FindMail", id, func() (store.Mail, error) { return s.inner.FindMail(ctx, id) })
}

// ListMails implements [store.Mails].
func (s *Store) ListMails(ctx context.Context, q store.MailQuery) (store.MailPage, error) {
	return find(s, "ListMails", q, func() (store.MailPage, error) { return s.inner.ListMails(ctx, q) })
}

// ClaimMail implements [store.Mails].
func (s *Store) ClaimMail(ctx context.Context, c store.MailClaim) (store.Mail, error) {
	return find(s, "ClaimMail", nil, func() (store.Mail, error) { return s.inner.ClaimMail(ctx, c) })
}

// ListSealed implements [store.SealedStore].
func (s *Store) ListSealed(ctx context.Context, q store.SealedQuery) (store.SealedPage, error) {
	return find(s, "ListSealed", q, func() (store.SealedPage, error) { return s.inner.ListSealed(ctx, q) })
}

// Hit implements [store.Counters]. If the context ends during the call, only that is
// reported, as the drivers of databases do.
func (s *Store) Hit(ctx context.Context, now time.Time, hits ...store.Hit) (results []store.HitResult, counted bool, err error) {
	err = s.do("Hit", nil, func() (err error) {
		results, counted, err = s.inner.Hit(ctx, now, hits...)
		return err
	})
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, false, err
	}
	return results, counted, nil
}

// FindCounters implements [store.Counters].
func (s *Store) FindCounters(ctx context.Context, keys ...string) ([]store.Counter, error) {
	return find(s, "FindCounters", keys, func() ([]store.Counter, error) { return s.inner.FindCounters(ctx, keys...) })
}

// ClaimAnswer implements [store.Answers]. If the context ends during the call, only that
// is reported, as the drivers of databases do.
func (s *Store) ClaimAnswer(ctx context.Context, now time.Time, a store.Answer) (bool, error) {
	claimed, err := find(s, "ClaimAnswer", a, func() (bool, error) { return s.inner.ClaimAnswer(ctx, now, a) })
	if err == nil {
		err = ctx.Err()
	}
	return claimed && err == nil, err
}

// SettleAnswer implements [store.Answers].
func (s *Store) SettleAnswer(ctx context.Context, a store.Answer) error {
	return s.do("SettleAnswer", nil, func() error { return s.inner.SettleAnswer(ctx, a) })
}

// FindAnswer implements [store.Answers].
func (s *Store) FindAnswer(ctx context.Context, key store.Digest) (store.Answer, error) {
	return find(s, "FindAnswer", key, func() (store.Answer, error) { return s.inner.FindAnswer(ctx, key) })
}
