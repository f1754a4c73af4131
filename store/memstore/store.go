package memstore

import (
	"context"
	"fmt"
	"sync"

	"github.com/postern-go/postern/store"
)

var _ store.Store = (*Store)(nil)

// Store is a store in memory. Create it with [New]. All methods may be called
// concurrently.
type Store struct {
	// mu guards everything below, but is locked by [Store.change] alone. The values
	// in the maps are never changed in place, only replaced, so that a commit can be
	// undone.
	mu sync.RWMutex
	// views is a cache of what is below.
	views views

	operators map[string]store.Operator
	// names, emails, members and subjects map a unique key to an operator's id.
	names, emails, members, subjects map[string]string

	roles     map[string]store.Role
	roleNames map[string]string

	sessions    map[store.Digest]store.Session
	sessionIDs  map[string]store.Digest
	values      map[string]map[string][]byte // by session id, then by name
	preSessions map[store.Digest]store.PreSession

	factors map[string]store.Factor
	// factorIDs maps an operator to its factors, oldest first, and handles those that are
	// set to the factor's id.
	factorIDs map[string][]string
	handles   map[store.Digest]string
	recovery  map[string]store.RecoverySet

	// devices maps an operator and a digest to the device.
	devices map[string]map[store.Digest]store.Device

	// browsers maps an id to the known browser, browserIDs a current digest to the id,
	// and browsersOf an operator to the ids.
	browsers   map[string]store.Browser
	browserIDs map[store.Digest]string
	browsersOf map[string][]string

	tokens     map[store.Digest]store.Token
	parameters store.Parameters
	events     eventLog
	mails      map[string]store.Mail
	counters   map[string]store.Counter
	answers    map[store.Digest]store.Answer
}

// New returns an empty store.
func New() *Store {
	return &Store{
		operators:   map[string]store.Operator{},
		names:       map[string]string{},
		emails:      map[string]string{},
		members:     map[string]string{},
		subjects:    map[string]string{},
		roles:       map[string]store.Role{},
		roleNames:   map[string]string{},
		sessions:    map[store.Digest]store.Session{},
		sessionIDs:  map[string]store.Digest{},
		values:      map[string]map[string][]byte{},
		preSessions: map[store.Digest]store.PreSession{},
		factors:     map[string]store.Factor{},
		factorIDs:   map[string][]string{},
		handles:     map[store.Digest]string{},
		recovery:    map[string]store.RecoverySet{},
		devices:     map[string]map[store.Digest]store.Device{},
		browsers:    map[string]store.Browser{},
		browserIDs:  map[store.Digest]string{},
		browsersOf:  map[string][]string{},
		tokens:      map[store.Digest]store.Token{},
		mails:       map[string]store.Mail{},
		counters:    map[string]store.Counter{},
		answers:     map[store.Digest]store.Answer{},
	}
}

// Commit implements [store.Store].
func (s *Store) Commit(ctx context.Context, writes ...store.Write) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	defer s.change()()
	// Deferred, so that a panic in a caller's MAC leaves nothing behind either.
	u := &undo{}
	defer u.unlessKept()
	for _, w := range writes {
		if err := s.apply(u, w); err != nil {
			return fmt.Errorf("memstore: commit %T: %w", w, err)
		}
	}
	u.keep()
	return nil
}

// change locks the store for a change, and returns the function that unlocks it.
func (s *Store) change() (done func()) {
	s.mu.Lock()
	s.views.generation.Add(1)
	return s.mu.Unlock
}

// apply applies one write. If it fails, Commit undoes what it did.
func (s *Store) apply(u *undo, w store.Write) error {
	switch w := w.(type) {
	case store.PutOperator:
		return s.putOperator(u, w)
	case store.CheckOperator:
		return s.checkOperator(w)
	case store.CheckNoOperators:
		return s.checkNoOperators()
	case store.DeleteOperator:
		return s.deleteOperator(u, w)
	case store.UpgradePassword:
		return s.upgradePassword(u, w)
	case store.MarkLocked:
		s.markLocked(u, w)
		return nil
	case store.MarkRefreshed:
		s.markRefreshed(u, w)
		return nil
	case store.MoveInvitation:
		s.moveInvitation(u, w)
		return nil
	case store.PutRole:
		return s.putRole(u, w)
	case store.DeleteRole:
		return s.deleteRole(u, w)
	case store.CheckRole:
		return s.checkRole(w)
	case store.PutSession:
		return s.putSession(u, w)
	case store.CheckSessions:
		return s.checkSessions(w)
	case store.ReplaceSession:
		return s.replaceSession(u, w)
	case store.EndSessions:
		return s.endSessions(u, w)
	case store.PutPreSession:
		return s.putPreSession(u, w)
	case store.EndPreSession:
		return s.endPreSession(u, w)
	case store.PutSessionValues:
		return s.putSessionValues(u, w)
	case store.PutBrowser:
		return s.putBrowser(u, w)
	case store.DeleteBrowsers:
		return s.deleteBrowsers(u, w)
	case store.PutFactor:
		return s.putFactor(u, w)
	case store.AdvanceFactor:
		return s.advanceFactor(u, w)
	case store.RemoveFactors:
		return s.removeFactors(u, w)
	case store.PutRecoverySet:
		return s.putRecoverySet(u, w)
	case store.UseRecoveryCode:
		return s.useRecoveryCode(u, w)
	case store.Reseal:
		return s.reseal(u, w)
	case store.PutToken:
		return s.putToken(u, w)
	case store.ConsumeToken:
		return s.consumeToken(u, w)
	case store.RevokeTokens:
		s.revokeTokens(u, w)
		return nil
	case store.PutParameters:
		return s.putParameters(u, w)
	case store.AppendEvent:
		return s.appendEvent(u, w)
	case store.PurgeEvents:
		return s.purgeEvents(u, w)
	case store.EnqueueMail:
		return s.enqueueMail(u, w)
	case store.MoveMail:
		return s.moveMail(u, w)
	case store.Unhit:
		s.unhit(u, w)
		return nil
	case store.RenewMail:
		return s.renewMail(u, w)
	case store.ClearCounter:
		remove(u, s.counters, w.Key)
		return nil
	}
	return store.ErrUnknownWrite
}

// missing returns the error of a read that found nothing.
func missing(what string) error {
	return fmt.Errorf("memstore: find %s: %w", what, store.ErrNotFound)
}
