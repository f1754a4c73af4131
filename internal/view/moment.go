package view

import (
	"fmt"
	"strconv"
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

// farAway is from when on a date says more than a distance.
const farAway = 31 * 24 * time.Hour

// Far says that Relative is a date.
func (m moment) Far() bool { return m.now.Sub(m.at).Abs() > farAway }

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
	case m.Far():
		return m.at.UTC().Format("2 Jan 2006")
	case ahead:
		return "in " + span(d)
	default:
		return span(d) + " ago"
	}
}

// Day is a day as pages print it in sentences, in UTC: "2 January 2026".
func Day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// count is a number with its thousands apart: "1,042".
func count(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// span is a length of time in one unit, rounded: "30 minutes", "1 day". What is
// hardly any is "less than a second".
func span(d time.Duration) string {
	many := func(n int64, unit string) string {
		if n == 1 {
			return "1 " + unit
		}
		return fmt.Sprintf("%d %ss", n, unit)
	}
	switch d = d.Abs(); {
	case d > 0 && d < time.Second:
		return "less than a second"
	case d < time.Minute:
		return many(int64(d.Round(time.Second)/time.Second), "second")
	case d < time.Hour:
		return many(int64(d.Round(time.Minute)/time.Minute), "minute")
	case d < 48*time.Hour:
		return many(int64(d.Round(time.Hour)/time.Hour), "hour")
	default:
		return many(int64(d.Round(24*time.Hour)/(24*time.Hour)), "day")
	}
}
