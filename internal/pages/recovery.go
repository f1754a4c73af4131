package pages

import "github.com/postern-go/postern/internal/view"

// RecoveryPage asks for a recovery code in place of the authenticator app.
type RecoveryPage struct{ view.Form }

func (RecoveryPage) Template() string { return "recovery" }

// LostPhonePage says how to get in without the authenticator app.
type LostPhonePage struct{}

func (LostPhonePage) Template() string { return "lost_phone" }
