package bounded

import (
	"context"
	"time"

	"github.com/postern-go/postern/store"
)

var _ store.Store = (*Store)(nil)

// operation is a method of the store: an index into names.
type operation int

// names are the names of the methods, as given to a tracer.
var names []string

func named(method string) operation {
	names = append(names, prefix+method)
	return operation(len(names) - 1)
}

// prefix sets the store's operations apart in a trace.
const prefix = "store."

var (
	opCommit               = named("Commit")
	opPurge                = named("Purge")
	opPulse                = named("Pulse")
	opFindOperator         = named("FindOperator")
	opFindOperatorByLogin  = named("FindOperatorByLogin")
	opFindOperatorByMember = named("FindOperatorByMember")
	opListOperators        = named("ListOperators")
	opHasOperators         = named("HasOperators")
	opCountOperators       = named("CountOperators")
	opCountHolders         = named("CountHolders")
	opFindRole             = named("FindRole")
	opListRoles            = named("ListRoles")
	opFindSession          = named("FindSession")
	opListSessions         = named("ListSessions")
	opTouchSession         = named("TouchSession")
	opFindSessionValues    = named("FindSessionValues")
	opFindSignIn           = named("FindSignIn")
	opListBrowsers         = named("ListBrowsers")
	opListFactors          = named("ListFactors")
	opFindRecoverySet      = named("FindRecoverySet")
	opFindToken            = named("FindToken")
	opListTokens           = named("ListTokens")
	opLoadParameters       = named("LoadParameters")
	opParametersRevision   = named("ParametersRevision")
	opListEvents           = named("ListEvents")
	opCountEvents          = named("CountEvents")
	opAuditEnds            = named("AuditEnds")
	opFindMail             = named("FindMail")
	opListMails            = named("ListMails")
	opClaimMail            = named("ClaimMail")
	opListSealed           = named("ListSealed")
	opHit                  = named("Hit")
	opFindCounters         = named("FindCounters")
	opClaimAnswer          = named("ClaimAnswer")
	opSettleAnswer         = named("SettleAnswer")
	opFindAnswer           = named("FindAnswer")
)

// Commit implements [store.Store].
func (s *Store) Commit(ctx context.Context, writes ...store.Write) (err error) {
	c := s.begin(ctx, opCommit)
	defer c.end(&err)
	return s.inner.Commit(c, writes...)
}

// Purge implements [store.Store].
func (s *Store) Purge(ctx context.Context, p store.Purge) (purged store.Purged, err error) {
	c := s.begin(ctx, opPurge)
	defer c.end(&err)
	return s.inner.Purge(c, p)
}

// Pulse implements [store.Store].
func (s *Store) Pulse(ctx context.Context) (found store.Pulse, err error) {
	c := s.begin(ctx, opPulse)
	defer c.end(&err)
	return s.inner.Pulse(c)
}

// FindOperator implements [store.Operators].
func (s *Store) FindOperator(ctx context.Context, id string) (found store.Operator, err error) {
	c := s.begin(ctx, opFindOperator)
	defer c.end(&err)
	return s.inner.FindOperator(c, id)
}

// FindOperatorByLogin implements [store.Operators].
func (s *Store) FindOperatorByLogin(ctx context.Context, key string) (found store.Operator, err error) {
	c := s.begin(ctx, opFindOperatorByLogin)
	defer c.end(&err)
	return s.inner.FindOperatorByLogin(c, key)
}

// FindOperatorByMember implements [store.Operators].
func (s *Store) FindOperatorByMember(ctx context.Context, memberID string) (found store.Operator, err error) {
	c := s.begin(ctx, opFindOperatorByMember)
	defer c.end(&err)
	return s.inner.FindOperatorByMember(c, memberID)
}

// ListOperators implements [store.Operators].
func (s *Store) ListOperators(ctx context.Context, q store.OperatorQuery) (found store.OperatorPage, err error) {
	c := s.begin(ctx, opListOperators)
	defer c.end(&err)
	return s.inner.ListOperators(c, q)
}

// HasOperators implements [store.Operators].
func (s *Store) HasOperators(ctx context.Context) (found bool, err error) {
	c := s.begin(ctx, opHasOperators)
	defer c.end(&err)
	return s.inner.HasOperators(c)
}

// CountOperators implements [store.Operators].
func (s *Store) CountOperators(ctx context.Context, now time.Time, most int) (found store.OperatorCounts, err error) {
	c := s.begin(ctx, opCountOperators)
	defer c.end(&err)
	return s.inner.CountOperators(c, now, most)
}

// CountHolders implements [store.Operators].
func (s *Store) CountHolders(ctx context.Context) (counts map[string]int, err error) {
	c := s.begin(ctx, opCountHolders)
	defer c.end(&err)
	return s.inner.CountHolders(c)
}

// FindRole implements [store.Roles].
func (s *Store) FindRole(ctx context.Context, id string) (found store.Role, err error) {
	c := s.begin(ctx, opFindRole)
	defer c.end(&err)
	return s.inner.FindRole(c, id)
}

// ListRoles implements [store.Roles].
func (s *Store) ListRoles(ctx context.Context) (found []store.Role, err error) {
	c := s.begin(ctx, opListRoles)
	defer c.end(&err)
	return s.inner.ListRoles(c)
}

// FindSession implements [store.Sessions].
func (s *Store) FindSession(ctx context.Context, d store.Digest) (found store.SessionView, err error) {
	c := s.begin(ctx, opFindSession)
	defer c.end(&err)
	return s.inner.FindSession(c, d)
}

// ListSessions implements [store.Sessions].
func (s *Store) ListSessions(ctx context.Context, operatorID string) (found []store.Session, err error) {
	c := s.begin(ctx, opListSessions)
	defer c.end(&err)
	return s.inner.ListSessions(c, operatorID)
}

// TouchSession implements [store.Sessions].
func (s *Store) TouchSession(ctx context.Context, d store.Digest, at time.Time) (err error) {
	c := s.begin(ctx, opTouchSession)
	defer c.end(&err)
	return s.inner.TouchSession(c, d, at)
}

// FindSessionValues implements [store.Sessions].
func (s *Store) FindSessionValues(ctx context.Context, sessionID, name string) (found []byte, err error) {
	c := s.begin(ctx, opFindSessionValues)
	defer c.end(&err)
	return s.inner.FindSessionValues(c, sessionID, name)
}

// FindSignIn implements [store.SignIns].
func (s *Store) FindSignIn(ctx context.Context, q store.SignInQuery) (found store.SignInView, err error) {
	c := s.begin(ctx, opFindSignIn)
	defer c.end(&err)
	return s.inner.FindSignIn(c, q)
}

// ListBrowsers implements [store.Browsers].
func (s *Store) ListBrowsers(ctx context.Context, operatorID string) (found []store.Browser, err error) {
	c := s.begin(ctx, opListBrowsers)
	defer c.end(&err)
	return s.inner.ListBrowsers(c, operatorID)
}

// ListFactors implements [store.Factors].
func (s *Store) ListFactors(ctx context.Context, operatorID string) (found []store.Factor, err error) {
	c := s.begin(ctx, opListFactors)
	defer c.end(&err)
	return s.inner.ListFactors(c, operatorID)
}

// FindRecoverySet implements [store.Factors].
func (s *Store) FindRecoverySet(ctx context.Context, operatorID string) (found store.RecoverySet, err error) {
	c := s.begin(ctx, opFindRecoverySet)
	defer c.end(&err)
	return s.inner.FindRecoverySet(c, operatorID)
}

// FindToken implements [store.Tokens].
func (s *Store) FindToken(ctx context.Context, d store.Digest, purpose string) (found store.Token, err error) {
	c := s.begin(ctx, opFindToken)
	defer c.end(&err)
	return s.inner.FindToken(c, d, purpose)
}

// ListTokens implements [store.OpenTokens].
func (s *Store) ListTokens(ctx context.Context, q store.TokenQuery) (found []store.Token, err error) {
	c := s.begin(ctx, opListTokens)
	defer c.end(&err)
	return s.inner.ListTokens(c, q)
}

// LoadParameters implements [store.ParametersStore].
func (s *Store) LoadParameters(ctx context.Context) (found store.Parameters, err error) {
	c := s.begin(ctx, opLoadParameters)
	defer c.end(&err)
	return s.inner.LoadParameters(c)
}

// ParametersRevision implements [store.ParametersStore].
func (s *Store) ParametersRevision(ctx context.Context) (found store.Reading, err error) {
	c := s.begin(ctx, opParametersRevision)
	defer c.end(&err)
	return s.inner.ParametersRevision(c)
}

// ListEvents implements [store.Events].
func (s *Store) ListEvents(ctx context.Context, q store.EventQuery) (found store.EventPage, err error) {
	c := s.begin(ctx, opListEvents)
	defer c.end(&err)
	return s.inner.ListEvents(c, q)
}

// CountEvents implements [store.Events].
func (s *Store) CountEvents(ctx context.Context, q store.EventQuery, bounds []time.Time, most int) (counts []int, err error) {
	c := s.begin(ctx, opCountEvents)
	defer c.end(&err)
	return s.inner.CountEvents(c, q, bounds, most)
}

// AuditEnds implements [store.Events].
func (s *Store) AuditEnds(ctx context.Context) (found store.AuditEnds, err error) {
	c := s.begin(ctx, opAuditEnds)
	defer c.end(&err)
	return s.inner.AuditEnds(c)
}

// FindMail implements [store.Mails].
func (s *Store) FindMail(ctx context.Context, id string) (found store.Mail, err error) {
	c := s.begin(ctx, opFindMail)
	defer c.end(&err)
	return s.inner.FindMail(c, id)
}

// ListMails implements [store.Mails].
func (s *Store) ListMails(ctx context.Context, q store.MailQuery) (found store.MailPage, err error) {
	c := s.begin(ctx, opListMails)
	defer c.end(&err)
	return s.inner.ListMails(c, q)
}

// ClaimMail implements [store.Mails].
func (s *Store) ClaimMail(ctx context.Context, claim store.MailClaim) (found store.Mail, err error) {
	c := s.begin(ctx, opClaimMail)
	defer c.end(&err)
	return s.inner.ClaimMail(c, claim)
}

// ListSealed implements [store.SealedStore].
func (s *Store) ListSealed(ctx context.Context, q store.SealedQuery) (found store.SealedPage, err error) {
	c := s.begin(ctx, opListSealed)
	defer c.end(&err)
	return s.inner.ListSealed(c, q)
}

// Hit implements [store.Counters].
func (s *Store) Hit(ctx context.Context, now time.Time, hits ...store.Hit) (results []store.HitResult, counted bool, err error) {
	c := s.begin(ctx, opHit)
	defer c.end(&err)
	return s.inner.Hit(c, now, hits...)
}

// FindCounters implements [store.Counters].
func (s *Store) FindCounters(ctx context.Context, keys ...string) (found []store.Counter, err error) {
	c := s.begin(ctx, opFindCounters)
	defer c.end(&err)
	return s.inner.FindCounters(c, keys...)
}

// ClaimAnswer implements [store.Answers].
func (s *Store) ClaimAnswer(ctx context.Context, now time.Time, a store.Answer) (claimed bool, err error) {
	c := s.begin(ctx, opClaimAnswer)
	defer c.end(&err)
	return s.inner.ClaimAnswer(c, now, a)
}

// SettleAnswer implements [store.Answers].
func (s *Store) SettleAnswer(ctx context.Context, a store.Answer) (err error) {
	c := s.begin(ctx, opSettleAnswer)
	defer c.end(&err)
	return s.inner.SettleAnswer(c, a)
}

// FindAnswer implements [store.Answers].
func (s *Store) FindAnswer(ctx context.Context, key store.Digest) (found store.Answer, err error) {
	c := s.begin(ctx, opFindAnswer)
	defer c.end(&err)
	return s.inner.FindAnswer(c, key)
}
