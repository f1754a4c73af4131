package pages

import "time"

// SessionsPage lists where the operator is signed in.
type SessionsPage struct {
	// Sessions are ordered by last use, this one included.
	Sessions []SessionRow
}

// SessionRow is one signed-in browser.
type SessionRow struct {
	// ID is what the form that ends it sends, in the hidden input "end".
	ID string
	// Device is in words; see [Device].
	Device, Address string
	Since, LastSeen time.Time
	// Current is the session that looks at the page.
	Current bool
}

func (SessionsPage) Template() string { return "sessions" }
