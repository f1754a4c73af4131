package settings

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/messages"
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

// Means is what a value means now, which begins like a sentence:
// "Automatic: 12 characters, because everyone must have two-factor authentication".
func (d Definition) Means(value string, in InForce) messages.Text {
	if d.means != nil && d.Check(value) == nil {
		_, full := d.means(in.with(d.Name, value), in.Now)
		return full
	}
	return d.Meant(d.Counts(value, in))
}

// Brief is [Definition.Means] without reasons, for a list of values.
func (d Definition) Brief(value string, in InForce) messages.Text {
	if d.means != nil && d.Check(value) == nil {
		brief, _ := d.means(in.with(d.Name, value), in.Now)
		return brief
	}
	return d.Meant(d.Counts(value, in))
}

// Meant is what a value means whatever the others are, for values of the past.
func (d Definition) Meant(value string) messages.Text {
	if d.named && (value == "0" || value == "") {
		return d.Zero()
	}
	switch d.Kind {
	case KindSwitch:
		switch value {
		case "on":
			return messages.New("common.on")
		case "off":
			return messages.New("common.off")
		}
	case KindChoice:
		if d.names != nil {
			return messages.Plain(d.names(value))
		}
		if !d.open && slices.Contains(d.Choices, value) {
			return messages.New("settings." + d.Name + ".choice." + value)
		}
	case KindNumber:
		if n, err := strconv.Atoi(value); err == nil {
			return messages.New(d.keys.count, "n", n)
		}
	case KindDuration:
		return DurationText(value)
	case KindDate:
		if day, err := ParseDay(value); err == nil {
			return dayText(day)
		}
	}
	if value == "" {
		return messages.New("common.none")
	}
	return messages.Plain(value)
}

// dayText is a day as pages write it.
func dayText(day time.Time) messages.Text {
	return messages.New("settings.day", "day", messages.On(day))
}

// DurationText is a stored duration as people read it: "90 minutes". What is no
// duration is returned as it is.
func DurationText(value string) messages.Text {
	t, err := ParseDuration(value)
	if err != nil {
		return messages.Plain(value)
	}
	text := FormatDuration(t)
	unit := len(text) - 1
	n, err := strconv.Atoi(text[:unit])
	if err != nil {
		return messages.Plain(text)
	}
	return messages.New(spans[text[unit]], "n", n)
}

// spans are the messages of units of time.
var spans = map[byte]string{'s': "format.span.second", 'm': "format.span.minute", 'h': "format.span.hour", 'd': "format.span.day"}

// automatic is the shortest password, of which 0 depends on who must have
// two-factor authentication, and which is longer unless everyone must.
func automatic(d Definition) Definition {
	d.counts = func(s Settings, now time.Time) string { return strconv.Itoa(s.Password(now).MinLength) }
	d.means = func(s Settings, now time.Time) (brief, full messages.Text) {
		n, chosen := s.Password(now).MinLength, s.password.MinLength
		from := s.TwoFactorFrom(now)
		switch {
		case chosen == n:
			brief = messages.New("settings.count.characters", "n", n)
			return brief, brief
		case chosen != 0:
			return messages.New("settings.count.characters", "n", chosen), messages.New("settings.password.min_length.raised", "n", n, "chosen", chosen)
		case n == password.DefaultMinLengthTwoFactor:
			full = messages.New("settings.password.min_length.because", "n", n)
		case !from.IsZero() && s.TwoFactorWho == TwoFactorEveryone:
			full = messages.New("settings.password.min_length.until", "n", n, "day", messages.On(from))
		default:
			full = messages.New("settings.password.min_length.unless", "n", n)
		}
		return messages.New("settings.password.min_length.automatic", "n", n), full
	}
	return d.zero()
}

// whoMeans names the day from which a rule that is not yet in force applies.
func whoMeans(s Settings, now time.Time) (brief, full messages.Text) {
	brief = messages.New("settings.two_factor.who.choice." + string(s.TwoFactorWho))
	from := s.TwoFactorFrom(now)
	switch {
	case from.IsZero():
		return brief, brief
	case s.TwoFactorWho == TwoFactorEveryone:
		return brief, messages.New("settings.two_factor.who.everyone_from", "day", messages.On(from))
	}
	return brief, messages.New("settings.two_factor.who.roles_from", "day", messages.On(from))
}

// meaning sets what values mean that depend on others.
func (d Definition) meaning(means func(Settings, time.Time) (brief, full messages.Text)) Definition {
	d.means = means
	return d
}

// zero gives what "0", or no text, means a message of its own.
func (d Definition) zero() Definition {
	d.named = true
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
