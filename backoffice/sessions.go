package backoffice

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/gorilla/securecookie"
	"github.com/gorilla/sessions"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// maxValues is how large the values of one session may be, encoded.
const maxValues = 64 << 10

// SessionStore returns a store for values of yours beside the operator's session,
// such as the filters of a list or a draft, for code written against
// gorilla/sessions. The values are encrypted in the office's store, never in a
// cookie, and are deleted with the session. Get and Save return ErrSignedOut for
// requests that did not come through the office, and Get returns ErrUnreadable, with
// empty values, if no secret decrypts the stored ones. Register types other than the
// basic ones with encoding/gob. The values of one name can have 64 KiB. If two
// requests save at once, the last one wins. An operator who sees the office as another one
// has no values, and saving them does nothing.
func (o *Office) SessionStore() sessions.Store { return valueStore{o} }

type valueStore struct{ o *Office }

// Get returns the values of this name, cached for the request.
func (s valueStore) Get(r *http.Request, name string) (*sessions.Session, error) {
	return sessions.GetRegistry(r).Get(s, name)
}

// New returns the values of this name as the store has them; none are empty
// values with IsNew set. It never returns nil.
func (s valueStore) New(r *http.Request, name string) (*sessions.Session, error) {
	values := sessions.NewSession(s, name)
	values.IsNew = true
	scope, ok := s.o.scope(r)
	if !ok {
		return values, ErrSignedOut
	}
	if scope.Identity().SeenBy != nil {
		return values, nil // neither theirs nor those of whom they see the office as
	}
	id := scope.Identity().Session.ID
	sealed, err := s.o.desk.Store.FindSessionValues(r.Context(), id, name)
	if errors.Is(err, store.ErrNotFound) {
		return values, nil
	}
	if err != nil {
		return values, fmt.Errorf("find session values: %w", err)
	}
	plain, err := s.o.vault.Open(vault.HostValues, desk.ValuesPlace(id, name), sealed)
	if err != nil {
		return values, fmt.Errorf("open session values: %w", ErrUnreadable)
	}
	if err := (securecookie.GobEncoder{}).Deserialize(plain, &values.Values); err != nil {
		return values, fmt.Errorf("read session values: %w", err)
	}
	values.IsNew = false
	return values, nil
}

// Save stores the values; with Options.MaxAge below zero it deletes them.
func (s valueStore) Save(r *http.Request, _ http.ResponseWriter, values *sessions.Session) error {
	scope, ok := s.o.scope(r)
	if !ok {
		return ErrSignedOut
	}
	if scope.Identity().SeenBy != nil {
		return nil
	}
	id, name := scope.Identity().Session.ID, values.Name()
	put := store.PutSessionValues{SessionID: id, Name: name}
	if values.Options == nil || values.Options.MaxAge >= 0 {
		plain, err := (securecookie.GobEncoder{}).Serialize(values.Values)
		if err != nil {
			return fmt.Errorf("encode session values: %w", err)
		}
		if len(plain) > maxValues {
			return fmt.Errorf("session values have %d bytes, %d are the most", len(plain), maxValues)
		}
		put.Data = s.o.vault.Seal(vault.HostValues, desk.ValuesPlace(id, name), plain)
	}
	if err := s.o.desk.Store.Commit(r.Context(), put); err != nil {
		return fmt.Errorf("store session values: %w", err)
	}
	return nil
}
