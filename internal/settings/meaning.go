package settings

import (
	"cmp"
	"fmt"
	"maps"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/password"
)

// InForce are stored values at a time. Together they say what each of them means:
// an automatic length depends on who must have two-factor authentication.
type InForce struct {
	Values map[string]string
	Now    time.Time
}

// with returns the settings in force if one parameter had another value.
func (in InForce) with(name, value string) Settings {
	values := maps.Clone(in.Values)
	if values == nil {
		values = map[string]string{}
	}
	values[name] = value
	s, _ := Parse(values)
	return s
}

// Counts returns the value that a value comes to, as it would be stored: "12" for
// the automatic length, "" for a day that has come.
func (d Definition) Counts(value string, in InForce) string {
	switch {
	case d.counts != nil && d.Check(value) == nil:
		return d.counts(in.with(d.Name, value), in.Now)
	case d.Kind == KindDate:
		if day, err := ParseDay(value); err == nil && !day.After(in.Now) {
			return ""
		}
	}
	return value
}

// LoosensNow reports whether changing a value that was in force protects less than the one
// that will be. A day from which two-factor authentication is required postpones nothing if
// no one had to have it before.
func (d Definition) LoosensNow(before, after string, was, will InForce) bool {
	if d.Kind == KindDate && was.with(d.Name, before).TwoFactorWho == TwoFactorRecommended {
		return false
	}
	return d.Loosens(d.Counts(before, was), d.Counts(after, will))
}

// Means says what a value means now, in words that begin like a sentence:
// "Automatic: 12 characters, because everyone must have two-factor authentication".
func (d Definition) Means(value string, in InForce) string {
	if d.means != nil && d.Check(value) == nil {
		_, full := d.means(in.with(d.Name, value), in.Now)
		return full
	}
	return d.Meant(d.Counts(value, in))
}

// Brief is [Definition.Means] without reasons, for a list of values.
func (d Definition) Brief(value string, in InForce) string {
	if d.means != nil && d.Check(value) == nil {
		brief, _ := d.means(in.with(d.Name, value), in.Now)
		return brief
	}
	return d.Meant(d.Counts(value, in))
}

// Meant says what a value means whatever the others are, for values of the past.
func (d Definition) Meant(value string) string {
	if d.Zero != "" && (value == "0" || value == "") {
		return d.Zero
	}
	switch d.Kind {
	case KindSwitch:
		switch value {
		case "on":
			return "On"
		case "off":
			return "Off"
		}
	case KindChoice:
		if d.names != nil {
			return d.names(value)
		}
		return cmp.Or(choiceWords[value], value)
	case KindNumber:
		return counted(value, d.Unit)
	case KindDuration:
		return DurationWords(value)
	case KindDate:
		if day, err := ParseDay(value); err == nil {
			return dayWords(day)
		}
		return cmp.Or(value, "Immediately")
	}
	return cmp.Or(value, "None")
}

// choiceWords are the values of choices as people read them.
var choiceWords = map[string]string{
	string(TwoFactorEveryone):    "Everyone",
	string(TwoFactorRoles):       "Roles that require it",
	string(TwoFactorRecommended): "No one; it is only recommended",
}

func counted(value, unit string) string {
	if value == "1" {
		unit = cmp.Or(map[string]string{"characters": "character", "passwords": "password", "attempts": "attempt", "names": "name", "sessions": "session"}[unit], unit)
	}
	return strings.TrimSpace(value + " " + unit)
}

// dayWords is a day as pages write it.
func dayWords(day time.Time) string { return day.Format("2 January 2006") }

// DurationWords is a stored duration as people read it: "90 minutes". What is no
// duration is returned as it is.
func DurationWords(value string) string {
	t, err := ParseDuration(value)
	if err != nil {
		return value
	}
	text := FormatDuration(t)
	for suffix, unit := range map[string][2]string{"s": {"second", "seconds"}, "m": {"minute", "minutes"}, "h": {"hour", "hours"}, "d": {"day", "days"}} {
		number, ok := strings.CutSuffix(text, suffix)
		switch {
		case ok && number == "1":
			return number + " " + unit[0]
		case ok && strings.Trim(number, "0123456789") == "":
			return number + " " + unit[1]
		}
	}
	return text
}

// automatic is the shortest password, of which 0 depends on who must have
// two-factor authentication, and which is longer unless everyone must.
func automatic(d Definition) Definition {
	d.counts = func(s Settings, now time.Time) string { return strconv.Itoa(s.Password(now).MinLength) }
	d.means = func(s Settings, now time.Time) (brief, full string) {
		n, chosen := s.Password(now).MinLength, s.password.MinLength
		from := s.TwoFactorFrom(now)
		switch {
		case chosen == n:
			brief = fmt.Sprintf("%d characters", n)
			return brief, brief
		case chosen != 0:
			return fmt.Sprintf("%d characters", chosen), fmt.Sprintf("%d characters, because not everyone must have two-factor authentication; %d once everyone must", n, chosen)
		case n == password.DefaultMinLengthTwoFactor:
			full = fmt.Sprintf("Automatic: %d characters, because everyone must have two-factor authentication", n)
		case !from.IsZero() && s.TwoFactorWho == TwoFactorEveryone:
			full = fmt.Sprintf("Automatic: %d characters, because not everyone must have two-factor authentication before %s", n, dayWords(from))
		default:
			full = fmt.Sprintf("Automatic: %d characters, because not everyone must have two-factor authentication", n)
		}
		return fmt.Sprintf("Automatic: %d characters", n), full
	}
	return d.zero("Automatic")
}

// whoMeans names the day from which a rule that is not yet in force applies.
func whoMeans(s Settings, now time.Time) (brief, full string) {
	brief = choiceWords[string(s.TwoFactorWho)]
	from := s.TwoFactorFrom(now)
	switch {
	case from.IsZero():
		return brief, brief
	case s.TwoFactorWho == TwoFactorEveryone:
		return brief, fmt.Sprintf("Everyone, from %s", dayWords(from))
	}
	return brief, fmt.Sprintf("Roles that require it, from %s", dayWords(from))
}

// meaning sets what values mean that depend on others.
func (d Definition) meaning(means func(Settings, time.Time) (brief, full string)) Definition {
	d.means = means
	return d
}

// zero names what "0", or no text, means.
func (d Definition) zero(word string) Definition {
	d.Zero = word
	return d
}

// endless makes 0 more than any other value.
func (d Definition) endless() Definition {
	looser := d.looser
	d.looser = func(before, after string) bool {
		if before == "0" || after == "0" {
			return before != "0"
		}
		return looser(before, after)
	}
	return d
}

// offering sets the presets.
func (d Definition) offering(values ...string) Definition {
	d.Presets = values
	return d
}

// Complete reports whether the presets are all values that there are.
func (d Definition) Complete() bool {
	return d.Kind == KindNumber && len(d.Presets) == d.High-d.Low+1
}
