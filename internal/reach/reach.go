// Package reach lets backoffice/officetest at the parts of an office. It is internal, so that
// no one outside of this module gets past the gate and the guard.
package reach

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

// Parts are what a *backoffice.Office is made of.
type Parts struct {
	Desk   *desk.Desk
	Server *pages.Server
}

// Of returns the parts of a *backoffice.Office. Package backoffice sets it.
var Of func(office any) Parts
