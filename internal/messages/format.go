package messages

import (
	"strconv"
	"strings"
	"time"
)

// Date is a time with the form in which it is said, always in UTC.
type Date struct {
	At   time.Time
	Form DateForm
}

// DateForm names a message that formats a time, with the arguments day, month, mon (short),
// year, weekday, time (15:04) and seconds (15:04:05).
type DateForm string

const (
	// Moment is "2 Jan 2026, 15:04 UTC".
	Moment DateForm = "format.moment"
	// Full is "Friday, 2 January 2026, 15:04:05 UTC".
	Full DateForm = "format.full"
	// DayAt is "2 January 2026 at 15:04 UTC".
	DayAt DateForm = "format.day_at"
	// Day is "2 January 2026".
	Day DateForm = "format.day"
	// ShortDay is "2 Jan 2026".
	ShortDay DateForm = "format.day_short"
	// Clock is "15:04 UTC".
	Clock DateForm = "format.clock"
)

// On returns a date for an argument: "2 January 2026".
func On(t time.Time) Date { return Date{t, Day} }

// At returns a date and time for an argument: "2 January 2026 at 15:04 UTC".
func At(t time.Time) Date { return Date{t, DayAt} }

// formats are what a language needs for every number.
type formats struct {
	// group separates thousands, in numbers from so many digits on.
	group string
	from  int
}

// Date formats a time.
func (l *Language) Date(d Date) string {
	at := d.At.UTC()
	m, _, _ := l.find(string(d.Form))
	var b strings.Builder
	for _, p := range m.other {
		switch p.Arg {
		case "day":
			b.WriteString(strconv.Itoa(at.Day()))
		case "year":
			b.WriteString(strconv.Itoa(at.Year()))
		case "month":
			b.WriteString(l.Text("format.month." + strconv.Itoa(int(at.Month()))))
		case "mon":
			b.WriteString(l.Text("format.mon." + strconv.Itoa(int(at.Month()))))
		case "weekday":
			b.WriteString(l.Text("format.weekday." + strconv.Itoa(int(at.Weekday()))))
		case "time":
			b.WriteString(at.Format("15:04"))
		case "seconds":
			b.WriteString(at.Format("15:04:05"))
		default:
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// fill says a message whose arguments are said already, and need no isolation.
func (l *Language) fill(key string, markup bool, args ...string) string {
	m, _, _ := l.find(key)
	var b strings.Builder
	for _, p := range m.other {
		if markup {
			b.WriteString(p.html)
		} else {
			b.WriteString(p.Text)
		}
		for i := 0; i < len(args); i += 2 {
			if p.Arg == args[i] {
				b.WriteString(args[i+1])
			}
		}
	}
	return b.String()
}

// Number groups the thousands of a number: "1,042".
func (l *Language) Number(n int) string { return l.grouped(strconv.Itoa(n)) }

func (l *Language) grouped(digits string) string {
	if len(strings.TrimPrefix(digits, "-")) < l.formats.from {
		return digits
	}
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + l.formats.group + digits[i:]
	}
	return digits
}

// List joins texts for a sentence: "Ada, Ben and Cleo". None is "none".
func (l *Language) List(texts []string) string {
	return l.join(false, len(texts), func(i int) string { return l.isolate(texts[i]) })
}

// join joins items, as text or as HTML.
func (l *Language) join(markup bool, n int, item func(i int) string) string {
	if n == 0 {
		return l.fill("format.list.none", markup)
	}
	all := item(0)
	for i := 1; i < n; i++ {
		form := "format.list.more"
		if i == n-1 {
			form = "format.list.last"
		}
		all = l.fill(form, markup, "before", all, "item", item(i))
	}
	return all
}

// Span is a length of time, rounded to one unit: "30 minutes", "1 day".
func (l *Language) Span(d time.Duration) string { return l.timed("format.span.", d.Abs()) }

// Relative is the distance of a time from now: "5 minutes ago", "in 2 hours". Beyond a
// month it is the date; [Far] reports that.
func (l *Language) Relative(at, now time.Time) string {
	switch d := now.Sub(at); {
	case d.Abs() < time.Minute && d < 0:
		return l.Text("format.soon")
	case d.Abs() < time.Minute:
		return l.Text("format.now")
	case Far(at, now):
		return l.Date(Date{at, ShortDay})
	case d < 0:
		return l.timed("format.in.", -d)
	default:
		return l.timed("format.ago.", d)
	}
}

// Far reports whether a date says more than a distance.
func Far(at, now time.Time) bool { return now.Sub(at).Abs() > 31*24*time.Hour }

func (l *Language) timed(prefix string, d time.Duration) string {
	unit, length := "day", 24*time.Hour
	switch {
	case d > 0 && d < time.Second:
		return l.Text("format.instant")
	case d < time.Minute:
		unit, length = "second", time.Second
	case d < time.Hour:
		unit, length = "minute", time.Minute
	case d < 48*time.Hour:
		unit, length = "hour", time.Hour
	}
	return l.Text(prefix+unit, "n", int(d.Round(length)/length))
}
