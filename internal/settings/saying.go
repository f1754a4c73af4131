package settings

import (
	"strings"

	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/internal/messages"
)

// keys are those of the messages of a parameter, made once.
type keys struct{ section, label, effect, zero, limits, problem, words, unit, count string }

func keysOf(section string, d Definition) keys {
	prefix := "settings." + d.Name + "."
	return keys{
		section: "settings.section." + section + ".title", label: prefix + "label", effect: prefix + "effect", zero: prefix + "zero",
		limits: prefix + "range", problem: prefix + "problem", words: "settings.words." + d.Name,
		unit: "settings.unit." + d.unit, count: "settings.count." + d.unit,
	}
}

// saying sets the arguments of the messages of a parameter.
func (d Definition) saying(args ...any) Definition {
	d.args = args
	return d
}

// Section is the title of its page.
func (d Definition) Section() messages.Text { return messages.New(d.keys.section) }

// Label is what it is called.
func (d Definition) Label() messages.Text { return messages.New(d.keys.label) }

// Effect is a sentence on what it does.
func (d Definition) Effect() messages.Text { return messages.New(d.keys.effect, d.args...) }

// Called is what it is called away from its page: "Passwords: Maximum age".
func (d Definition) Called() messages.Text {
	return messages.New("settings.called", "section", d.Section(), "label", d.Label())
}

// Zero is what "0", or no text, means if that is not a value like others: "Never". If it
// is, Zero is the zero value.
func (d Definition) Zero() messages.Text {
	if !d.named {
		return messages.Text{}
	}
	return messages.New(d.keys.zero)
}

// Unit is what a number counts, and the zero value for other kinds: "characters".
func (d Definition) Unit() messages.Text {
	if d.unit == "" {
		return messages.Text{}
	}
	return messages.New(d.keys.unit)
}

// Range is which values it takes, as they are stored: "0 or 8 to 64", "5m to 1d".
func (d Definition) Range() messages.Text {
	switch d.Kind {
	case KindNumber, KindDuration:
		if d.OrNone {
			return messages.New("settings.range.or_zero", "low", d.Least, "high", d.Most)
		}
		return between(messages.Plain(d.Least), messages.Plain(d.Most))
	case KindSwitch:
		return messages.New("settings.range.switch")
	case KindChoice:
		if !d.open {
			return messages.Plain(strings.Join(d.Choices, ", "))
		}
	}
	return messages.New(d.keys.limits, d.args...)
}

func between(low, high messages.Text) messages.Text {
	return messages.New("settings.range.between", "low", low, "high", high)
}

// Takes is Range with what 0 means, and with the unit: "0 (Automatic) or 8 to 64
// characters".
func (d Definition) Takes() messages.Text {
	takes := d.Range()
	switch {
	case d.named && d.OrNone:
		takes = messages.New("settings.range.or_named_zero", "zero", d.Zero(), "low", d.Least, "high", d.Most)
	case d.named && d.Least == "0":
		takes = messages.New("settings.range.from_named_zero", "zero", d.Zero(), "high", d.Most)
	}
	if d.unit == "" {
		return takes
	}
	return messages.New("settings.range.with_unit", "range", takes, "unit", d.Unit())
}

// Typed is which values can be typed on its page, where presets have what 0 means, and
// durations are as people read them: "8 to 64", "5 minutes to 1 day". It is the zero value
// if there is nothing to type.
func (d Definition) Typed() messages.Text {
	least := d.Least
	if d.named && least == "0" {
		least = "1"
	}
	switch d.Kind {
	case KindSwitch, KindChoice:
		return messages.Text{}
	case KindNumber:
		return between(messages.Plain(least), messages.Plain(d.Most))
	case KindDuration:
		return between(DurationText(least), DurationText(d.Most))
	}
	return d.Range()
}

// Problem tells people what is wrong with a value out of range, or what to enter instead.
func (d Definition) Problem(value string) messages.Text {
	switch d.Kind {
	case KindDuration:
		return messages.New("settings.problem.duration", "range", d.Range())
	case KindNumber:
		return messages.New("settings.problem.number", "range", d.Range())
	case KindText:
		instead := messages.New(d.keys.problem, d.args...)
		if d.wrong != nil && d.wrong(value) != nil {
			return messages.New("settings.problem.text", "wrong", line.Text(d.wrong(value)), "instead", instead)
		}
		return instead
	case KindDate, KindColour:
		return messages.New(d.keys.problem, d.args...)
	}
	return messages.New("settings.problem.choice")
}
