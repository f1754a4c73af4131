package view

import (
	"fmt"
	"time"
)

// moment is a time as pages print it: UTC in the markup, the reader's zone
// where the script runs.
type moment struct {
	at, now time.Time
}

func (m moment) IsZero() bool { return m.at.IsZero() }

// Machine is for the datetime attribute (RFC 3339).
func (m moment) Machine() string { return m.at.UTC().Format(time.RFC3339) }

// Text is short: "2 Jan 2026, 15:04 UTC".
func (m moment) Text() string { return m.at.UTC().Format("2 Jan 2006, 15:04 UTC") }

// Full is complete: "Friday, 2 January 2026, 15:04:05 UTC".
func (m moment) Full() string { return m.at.UTC().Format("Monday, 2 January 2006, 15:04:05 UTC") }

// Relative is how far the moment is from now: "5 minutes ago", "in 2 hours".
// Past a month it is the date.
func (m moment) Relative() string {
	d := m.now.Sub(m.at)
	ahead := d < 0
	d = d.Abs()
	switch {
	case d < time.Minute && ahead:
		return "in less than a minute"
	case d < time.Minute:
		return "just now"
	case d > 31*24*time.Hour:
		return m.at.UTC().Format("2 Jan 2006")
	case ahead:
		return "in " + span(d)
	default:
		return span(d) + " ago"
	}
}

// Day is a day as pages print it in sentences, in UTC: "2 January 2026".
func Day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// span is a length of time in one unit, rounded: "30 minutes", "1 day".
func span(d time.Duration) string {
	count := func(n int64, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	switch d = d.Abs(); {
	case d < time.Minute:
		return count(int64(d.Round(time.Second)/time.Second), "second")
	case d < time.Hour:
		return count(int64(d.Round(time.Minute)/time.Minute), "minute")
	case d < 48*time.Hour:
		return count(int64(d.Round(time.Hour)/time.Hour), "hour")
	default:
		return count(int64(d.Round(24*time.Hour)/(24*time.Hour)), "day")
	}
}
