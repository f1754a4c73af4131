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

func (SessionsPage) states() []state {
	ago := func(d time.Duration) time.Time { return galleryTime.Add(-d) }
	this := SessionRow{"s1", "Firefox on Linux", "203.0.113.7", ago(2 * time.Hour), galleryTime, true}
	return []state{
		{"alone", SessionsPage{Sessions: []SessionRow{this}}},
		{"several", SessionsPage{Sessions: []SessionRow{
			this,
			{"s2", "Safari on iPhone", "2001:db8:85a3:8d3:1319:8a2e:370:7348", ago(26 * time.Hour), ago(9 * time.Minute), false},
			{"s3", "A browser we do not know", "198.51.100.24", ago(70 * time.Hour), ago(40 * time.Hour), false},
		}}},
	}
}
