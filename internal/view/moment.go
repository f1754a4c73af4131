package view

import (
	"time"

	"github.com/postern-go/postern/internal/messages"
)

// moment is a time as pages print it: in UTC, until the script puts it into the
// reader's time zone.
type moment struct {
	at, now time.Time
	in      *messages.Language
}

func (m moment) IsZero() bool { return m.at.IsZero() }

// Machine returns the datetime attribute (RFC 3339).
func (m moment) Machine() string { return m.at.UTC().Format(time.RFC3339) }

// Text returns "2 Jan 2026, 15:04 UTC".
func (m moment) Text() string { return m.said(messages.Moment) }

// Full returns "Friday, 2 January 2026, 15:04:05 UTC".
func (m moment) Full() string { return m.said(messages.Full) }

// Clock returns "15:04 UTC", for a list whose headings are days.
func (m moment) Clock() string { return m.said(messages.Clock) }

func (m moment) said(form messages.DateForm) string {
	return m.in.Date(messages.Date{At: m.at, Form: form})
}

// Age returns how long ago it was, in seconds, from which the script goes on counting
// whatever the browser's clock says.
func (m moment) Age() int64 { return int64(m.now.Sub(m.at) / time.Second) }

// Far reports whether Relative returns a date.
func (m moment) Far() bool { return messages.Far(m.at, m.now) }

// Relative returns the distance from now: "5 minutes ago", "in 2 hours". Beyond a
// month it returns the date.
func (m moment) Relative() string { return m.in.Relative(m.at, m.now) }
