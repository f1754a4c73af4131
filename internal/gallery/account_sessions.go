package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

func sessionsPage() []state {
	this := desk.Session{ID: "s1", Device: "Firefox on Linux", IP: "203.0.113.7", Since: ago(2 * time.Hour), LastSeen: Time}
	return []state{
		{"alone", pages.SessionsPage{Current: "s1", Sessions: []desk.Session{this}}},
		{"several", pages.SessionsPage{Current: "s1", Sessions: []desk.Session{
			this,
			{ID: "s2", Device: "Safari on iPhone", IP: "2001:db8:85a3:8d3:1319:8a2e:370:7348", Since: ago(26 * time.Hour), LastSeen: ago(9 * time.Minute)},
			{ID: "s3", Device: "Unknown browser", IP: "198.51.100.24", Since: ago(70 * time.Hour), LastSeen: ago(40 * time.Hour)},
		}}},
	}
}
