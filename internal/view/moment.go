package view

import (
	"fmt"
	"strconv"
	"time"
)

// moment is a time as pages print it: in UTC, until the script puts it into the
// reader's time zone.
type moment struct {
	at, now time.Time
}

func (m moment) IsZero() bool { return m.at.IsZero() }

// Machine returns the datetime attribute (RFC 3339).
func (m moment) Machine() string { return m.at.UTC().Format(time.RFC3339) }

// Text returns "2 Jan 2026, 15:04 UTC".
func (m moment) Text() string { return m.at.UTC().Format("2 Jan 2006, 15:04 UTC") }

// Full returns "Friday, 2 January 2026, 15:04:05 UTC".
func (m moment) Full() string { return m.at.UTC().Format("Monday, 2 January 2006, 15:04:05 UTC") }

// Clock returns "15:04 UTC", for a list whose headings are days.
func (m moment) Clock() string { return m.at.UTC().Format("15:04 UTC") }

// Age returns how long ago it was, in seconds, from which the script goes on counting
// whatever the browser's clock says.
func (m moment) Age() int64 { return int64(m.now.Sub(m.at) / time.Second) }

// farAway is the distance beyond which a date says more.
const farAway = 31 * 24 * time.Hour

// Far reports whether Relative returns a date.
func (m moment) Far() bool { return m.now.Sub(m.at).Abs() > farAway }

// Relative returns the distance from now: "5 minutes ago", "in 2 hours". Beyond a
// month it returns the date.
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
		return "in " + Span(d)
	default:
		return Span(d) + " ago"
	}
}

// Day returns a date for a sentence, in UTC: "2 January 2026".
func Day(t time.Time) string { return t.UTC().Format("2 January 2006") }

// count returns a number with its thousands separated: "1,042".
func count(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// Span returns a length of time, rounded to one unit: "30 minutes", "1 day".
func Span(d time.Duration) string {
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
