package password

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Codes of reasons and requirements. They are stable: forms, audit entries and tests may rely on them.
const (
	CodeTooShort    = "too_short"
	CodeTooLong     = "too_long"
	CodeNotText     = "not_text" // invalid UTF-8
	CodeClassLower  = "class_lower"
	CodeClassUpper  = "class_upper"
	CodeClassDigit  = "class_digit"
	CodeClassSymbol = "class_symbol"
	CodeTooCommon   = "too_common"
	CodeContext     = "context"
	CodeWeak        = "weak"
	CodeReused      = "reused"   // found by Hasher.Reused, not by Check
	CodeBreached    = "breached" // found by CheckBreached, not by Check
	CodeExpired     = "expired"  // found by Policy.Expired; a reason to change a password, not to refuse one
)

// Reason is a reason for refusing a password.
type Reason struct {
	Code string // one of the Code constants
	Text string // a sentence for people that says what to do
}

// Requirement is one line of the list that a form shows. Its code is that of the [Reason] for not meeting it.
type Requirement struct {
	Code string
	Text string
	Min  int // the limit, if any: characters, strength, earlier passwords; otherwise 0
	Max  int // the largest number of characters for CodeTooLong; otherwise 0
}

// class is a kind of character with its code.
type class struct {
	code, kind string
	has        func(rune) bool
}

// list returns the selected classes in a fixed order.
func (c Classes) list() []class {
	var out []class
	for _, k := range []struct {
		on bool
		class
	}{
		{c.Lower, class{CodeClassLower, "lower-case letter", unicode.IsLower}},
		{c.Upper, class{CodeClassUpper, "upper-case letter", unicode.IsUpper}},
		{c.Digit, class{CodeClassDigit, "digit", unicode.IsDigit}},
		{c.Symbol, class{CodeClassSymbol, "symbol, such as a space or a full stop", notWord}},
	} {
		if k.on {
			out = append(out, k.class)
		}
	}
	return out
}

// Check returns every reason why password may not be set, in a fixed order, or nil. context holds words that the
// password must not be derived from, see [ContextWords]. Check leaves out three rules that need more than the
// password: history ([Hasher.Reused] with [Policy.Reason]), breaches ([CheckBreached]) and age ([Policy.Expired]).
// It checks the password as it is; only the copies used for comparison are folded. Check is deterministic, safe for
// concurrent use and bounded: a millisecond or two for what people type, about twenty for the worst input that fits.
func (p Policy) Check(password string, context []string) []Reason {
	p = p.withDefaults()
	if len(password) > MaxBytes {
		return []Reason{p.Reason(CodeTooLong)} // input of unbounded size is not processed
	}
	if !utf8.ValidString(password) {
		return []Reason{p.Reason(CodeNotText)}
	}
	var out []Reason
	add := func(refused bool, code string) {
		if refused {
			out = append(out, p.Reason(code))
		}
	}
	n := utf8.RuneCountInString(password)
	add(n < p.MinLength, CodeTooShort)
	add(n > MaxLength, CodeTooLong)
	for _, c := range p.Classes.list() {
		add(!strings.ContainsFunc(password, c.has), c.code)
	}
	isCommon, isContext := common(password), contextual(password, context)
	add(isCommon, CodeTooCommon)
	add(isContext, CodeContext)
	add(isCommon || isContext || estimate(password, context) < p.MinStrength, CodeWeak)
	return out
}

// Reason returns the reason with this code and the limits of p in its text.
func (p Policy) Reason(code string) Reason {
	p = p.withDefaults()
	r := Reason{Code: code}
	switch code {
	case CodeTooShort:
		r.Text = fmt.Sprintf("Use at least %d characters. A few unrelated words are long and easy to remember.", p.MinLength)
	case CodeTooLong:
		r.Text = fmt.Sprintf("Use at most %d characters.", MaxLength)
	case CodeNotText:
		r.Text = "This is not valid text. Enter the password again, or choose one with other characters."
	case CodeTooCommon:
		r.Text = "This password, or the one it is made from, is among the most common ones and is tried first. " +
			"Choose one that no one else would think of."
	case CodeContext:
		r.Text = "This password is made from a name or email address of yours or this site’s. " +
			"Choose words that have nothing to do with either."
	case CodeWeak:
		r.Text = "This password is too easy to guess. Add another unrelated word or two, or let a password manager choose one."
	case CodeReused:
		r.Text = "You have used this password here before. Choose a new one."
	case CodeBreached:
		r.Text = "This password has become public in a breach of another site. Choose a new one, and change it there too."
	case CodeExpired:
		r.Text = "Your password has reached its age limit. Choose a new one."
	default:
		for _, c := range (Classes{true, true, true, true}).list() {
			if c.code == code {
				r.Text = "Add at least one " + c.kind + "."
			}
		}
	}
	return r
}

// Requirements lists what a form shows before anything is typed, in the order in which Check returns reasons.
func (p Policy) Requirements() []Requirement {
	p = p.withDefaults()
	out := []Requirement{
		{Code: CodeTooShort, Text: fmt.Sprintf("At least %d characters", p.MinLength), Min: p.MinLength},
		{Code: CodeTooLong, Text: fmt.Sprintf("At most %d characters, spaces and emoji included", MaxLength), Max: MaxLength},
	}
	for _, c := range p.Classes.list() {
		out = append(out, Requirement{Code: c.code, Text: "At least one " + c.kind, Min: 1})
	}
	out = append(out,
		Requirement{Code: CodeTooCommon, Text: "Not a common password, nor made from one"},
		Requirement{Code: CodeContext, Text: "Not made from your name, your email address or the name of this site"},
		Requirement{Code: CodeWeak, Text: fmt.Sprintf("Hard to guess: strength “%s” or better", StrengthWord(p.MinStrength)), Min: p.MinStrength},
	)
	switch {
	case p.History == 1:
		out = append(out, Requirement{Code: CodeReused, Text: "Not your last password", Min: 1})
	case p.History > 1:
		out = append(out, Requirement{Code: CodeReused, Text: fmt.Sprintf("Not one of your last %d passwords", p.History), Min: p.History})
	}
	return out
}
