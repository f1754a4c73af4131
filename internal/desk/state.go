package desk

import (
	"time"

	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

// Lives that are not parameters.
const (
	// preSessionLife is how long a person has between password and second
	// factor: long enough to install an authenticator app (N-PRE).
	preSessionLife = 10 * time.Minute
	// enrolmentLife is how long a shown QR code can be confirmed.
	enrolmentLife = 10 * time.Minute
	// setupLife is how long a printed setup link works; each start prints a
	// new one.
	setupLife = 24 * time.Hour
	// touchEvery is how exactly a session's last use is known: one write in
	// this time, not one a request.
	touchEvery = 15 * time.Second
)

// State is one consistent reading of the parameters.
type State struct {
	Settings settings.Settings
	// Stored is as it came from the store.
	Stored store.Parameters
}

// Alias is the address in force at a time: a new one that was not confirmed in
// time has stopped being it, whether or not anybody wrote that down yet.
func (s *State) Alias(now time.Time) string {
	if s.unconfirmed(now) {
		return s.Stored.PreviousAlias
	}
	return s.Stored.Alias
}

func (s *State) unconfirmed(now time.Time) bool {
	return !s.Stored.ConfirmBy.IsZero() && !now.Before(s.Stored.ConfirmBy)
}
