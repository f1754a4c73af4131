package desk

import (
	"cmp"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/brand"
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

// Name is what the office is called.
func (d *Desk) Name() string { return cmp.Or(d.Settings().Office.Name, d.Config.Name) }

// Accent is the colour of its buttons and links.
func (d *Desk) Accent() string {
	return cmp.Or(d.Settings().Office.Accent, d.Config.Accent, brand.DefaultAccent)
}

// Definitions are all parameters, with the defaults of this office.
func (d *Desk) Definitions() []settings.Definition {
	defs := settings.Definitions()
	for i, def := range defs {
		switch def.Name {
		case "office.name":
			defs[i] = def.DefaultingTo(d.Config.Name)
		case "office.accent":
			defs[i] = def.DefaultingTo(cmp.Or(strings.ToLower(d.Config.Accent), brand.DefaultAccent))
		}
	}
	return defs
}

// Alias is the address in force at a time: a new one that was not confirmed in
// time has stopped being it, whether or not anybody wrote that down yet.
func (s *State) Alias(now time.Time) string {
	if s.unconfirmed(now) {
		return s.Stored.PreviousAlias
	}
	return s.Stored.Alias
}

// confirmedAlias is the last address that operators were told of: that is where
// an address goes back to which is not confirmed, however many were tried.
func (s *State) confirmedAlias() string {
	if s.Stored.ConfirmBy.IsZero() {
		return s.Stored.Alias
	}
	return s.Stored.PreviousAlias
}

func (s *State) unconfirmed(now time.Time) bool {
	return !s.Stored.ConfirmBy.IsZero() && !now.Before(s.Stored.ConfirmBy)
}
