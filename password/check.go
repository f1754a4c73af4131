package password

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/messages"
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
	Code  string // one of the Code constants
	Text  string // a sentence for people that says what to do, in English
	Limit int    // the number of characters in Text; 0 if it has none
}

// Requirement is one line of the list that a form shows. Its code is that of the [Reason] for not meeting it.
type Requirement struct {
	Code string
	Text string // in English
	Min  int    // the limit, if any: characters, strength, earlier passwords; otherwise 0
	Max  int    // the largest number of characters for CodeTooLong; otherwise 0
}

// class is a kind of character with its code.
type class struct {
	code string
	has  func(rune) bool
}

// list returns the selected classes in a fixed order.
func (c Classes) list() []class {
	var out []class
	for _, k := range []struct {
		on bool
		class
	}{
		{c.Lower, class{CodeClassLower, unicode.IsLower}},
		{c.Upper, class{CodeClassUpper, unicode.IsUpper}},
		{c.Digit, class{CodeClassDigit, unicode.IsDigit}},
		{c.Symbol, class{CodeClassSymbol, notWord}},
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
	r := Reason{Code: code}
	switch code {
	case CodeTooShort:
		r.Limit = p.withDefaults().MinLength
	case CodeTooLong:
		r.Limit = MaxLength
	}
	if key := "password.reason." + code; messages.English().Has(key) {
		r.Text = messages.English().Text(key, "n", r.Limit)
	}
	return r
}

// Requirements lists what a form shows before anything is typed, in the order in which Check returns reasons.
func (p Policy) Requirements() []Requirement {
	p = p.withDefaults()
	var out []Requirement
	add := func(code, key string, least, most int) {
		text := messages.English().Text("password.need."+key, "n", max(least, most), "strength", StrengthWord(least))
		out = append(out, Requirement{Code: code, Text: text, Min: least, Max: most})
	}
	add(CodeTooShort, CodeTooShort, p.MinLength, 0)
	add(CodeTooLong, CodeTooLong, 0, MaxLength)
	for _, c := range p.Classes.list() {
		add(c.code, c.code, 1, 0)
	}
	add(CodeTooCommon, CodeTooCommon, 0, 0)
	add(CodeContext, CodeContext, 0, 0)
	add(CodeWeak, CodeWeak, p.MinStrength, 0)
	switch {
	case p.History == 1:
		add(CodeReused, "not_last", 1, 0)
	case p.History > 1:
		add(CodeReused, CodeReused, p.History, 0)
	}
	return out
}
