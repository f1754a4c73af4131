package pages

import (
	"time"

	"github.com/postern-go/postern/internal/view"
)

// Address is where the office answers. The page reads the address itself from
// the frame.
type Address struct {
	// Until is when the old address comes back unless this one is confirmed;
	// zero when there is nothing to confirm. Old is that address.
	Until time.Time
	Old   string
	// PendingLinks counts links in mails that die with the address.
	PendingLinks int
	// ChangedAt and ChangedBy are of the last change; zero when there was none.
	ChangedAt time.Time
	ChangedBy string
}

// ParametersAddressPage asks before the office moves to another address, and
// lets people choose one.
type ParametersAddressPage struct {
	view.Form
	// Alias is what was typed.
	Alias string
	// Proposed is the address to confirm; empty asks for one first.
	Proposed string
	// PendingLinks counts links in mails that die with the old address.
	PendingLinks int
	// Within is how long there is to confirm.
	Within   time.Duration
	Revision string
	Fields   []Hidden
}

func (ParametersAddressPage) Template() string { return "parameters_address" }

func (p ParametersAddressPage) crumbs() []view.Crumb {
	return []view.Crumb{{Label: "Parameters", Path: "/parameters"}, {Label: "Address"}}
}
