package docs_test

import (
	"go/ast"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

// inputs are the rules of everything that people type or send: the form fields, and
// the rule, in which a constant's name in braces stands for its value.
var inputs = []struct {
	name   string
	fields []string
	rule   string
}{
	{"name of a person", []string{"name"}, "1 to {internal/desk.maxName} characters that RFC 8266 allows, in NFC, single spaces, no `@`; invisible characters only where they belong: joiners in Persian or Malayalam, emoji, shapes of ideographs. No accent without a letter. No word mixes Latin, Greek, Cyrillic and other alphabets that look alike. Unique in the form in which names are [compared](decisions/021-names-are-what-they-look-like.md); not what pages call the office, the system or the command line, nor the name of the office; not another member’s name in the community"},
	{"email address", []string{"email"}, "one address of at most {mail.maxAddress} characters (`mail.ParseEmailAddress`): what copying adds around it is dropped, an international domain is stored in its ASCII form, and before the `@` it is ASCII; unique, ignoring case; not that by which the community knows another operator"},
	{"last day of an account", []string{"ends"}, "a day as `2006-01-02`, of UTC, from today to ten years ahead; empty for none"},
	{"people to invite", []string{"people"}, "at most {internal/desk.MostAtOnce}, one a line or between semicolons: an email address, alone or with a name, each by the rules above"},
	{"ticked operators", []string{"operator"}, "at most {internal/desk.MostAtOnce} ids; unknown ones, and those on whom the act is not possible, are left out with the reason"},
	{"login", []string{"login"}, "a name or an email address; anything else matches no one"},
	{"company sign-in under way", []string{"flow"}, "the name of one that this browser has begun and not finished; any other is told to start again"},
	{"answer of a passkey", []string{"passkey"}, "JSON, at most 16 KiB, to a challenge of this page that was not answered before"},
	{"label of an authenticator app or passkey, name of a role", []string{"label", "name"}, "the characters of a name"},
	{"description of a role", []string{"description"}, "one line, at most {internal/desk.maxDescription} characters"},
	{"new password", []string{"password", "password_again"}, "[the policy](#passwords), at most {password.MaxBytes} bytes"},
	{"password", []string{"password", "current_password"}, "at most {password.MaxBytes} bytes; longer ones are wrong, never cut"},
	{"code", []string{"code"}, "{internal/desk.codeLength} digits of any script, whatever signs are between them; O is read as 0, I and L as 1. In a sentence, the only such digits"},
	{"recovery code", []string{"code"}, "{internal/desk.recoveryLength} base32 characters without L, whatever signs are between them, in any case and width; 0 is read as O, 1 and L as I, 8 as B, a Cyrillic or Greek letter as the Latin one that it looks like. In a sentence, the only such word"},
	{"token of a link", []string{"token"}, "{reset.tokenChars} base64url characters, or {reset.codeChars} of Crockford’s base32, of which 12 bits check the others, in any case, whatever signs are between them, O read as 0, I and L as 1; alone or after the `#` of what is pasted: a link or a mail, also wrapped, quoted, encoded, or inside the link of a mail filter; at most {reset.maxPasted} bytes"},
	{"role", []string{"role", "primary", "to"}, "the id of an existing role that the giver holds"},
	{"permission", []string{"permission"}, "a declared one that the giver holds; yours are lower case, `area.verb`"},
	{"reason", []string{"reason"}, "one line, characters that show nothing or change direction replaced; required to reset someone's two-factor authentication"},
	{"language", []string{"language"}, "the tag of one of the office’s languages, or none"},
	{"return path", []string{"next"}, "inside the office: one leading slash, no `//`, backslash, control character, dot segment, scheme or host; at most {internal/pages.maxNext} bytes"},
	{"alias", []string{"alias"}, "{internal/desk.AliasShortest} to {internal/desk.AliasLongest} lower-case letters, digits and hyphens, no hyphen at either end; estimated strength {internal/desk.AliasStrength} or better; not made of words that people try first, or of the name, host or path of the community, whatever digits stand for letters; not the first word of the path in `Config.Origin`"},
	{"parameters", nil, "[their ranges](configuration.md#parameters), checked whenever they are read"},
	{"what the form was made from", []string{"version", "revision", "enrolment", "seen"}, "as it was, or else the form is shown again with the difference; of several people, those are left out of whom it is not"},
	{"buttons and boxes", []string{"act", "action", "confirm", "end", "remove", "restore", "two_factor", "require_passkey", "format", "scheme"}, "one of the form's values"},
	{"filters of an export", []string{"about", "address", "as", "from", "kind", "outcome", "period", "person", "session", "until", "zone"}, "compared whole; dates as `2026-03-14`; `zone` is minutes from UTC, 840 at most"},
}

// fieldsTogether are the rules between fields: which, the code of the refusal as
// the source has it, and the rule.
var fieldsTogether = []struct{ fields, refusal, rule string }{
	{"`session.idle`, `session.absolute`", "session.idle too_long", "idle is at most absolute"},
	{"`password.min_length`, `two_factor.who`, `two_factor.from`", "password.min_length too_short", "at least {password.DefaultMinLength}, or 0, unless everyone must have two-factor authentication"},
	{"`password`, `password_again`", "password_again differs", "the same"},
	{"`password`, `current_password`", "password reused", "different"},
	{"`from`, `until`", "until", "`from` is not later"},
	{"`button`, `path` of a message", "button alone", "both or neither"},
}

// constantName stands in a text for a constant's value.
var constantName = regexp.MustCompile(`\{([a-z/]+)\.(\w+)\}`)

// filled puts the constants into a text.
func filled(t *testing.T, s string) string {
	t.Helper()
	return constantName.ReplaceAllStringFunc(s, func(found string) string {
		name := constantName.FindStringSubmatch(found)
		value := values(parse(t, name[1]))[name[2]]
		require.NotEmpty(t, value, "%s is gone", found)
		return value
	})
}

// inputRules is the table of them, which has every field of every form.
func inputRules(t *testing.T) string {
	t.Helper()
	unnamed := map[string]bool{}
	for _, r := range pages.Routes() {
		for _, field := range ownFields(r) {
			unnamed[field] = true
		}
	}
	all := maps.Clone(unnamed)
	var rows [][]string
	for _, in := range inputs {
		for _, field := range in.fields {
			require.True(t, all[field], "no form has %q", field)
			delete(unnamed, field)
		}
		rows = append(rows, []string{in.name, codes(in.fields), filled(t, in.rule)})
	}
	require.Empty(t, slices.Sorted(maps.Keys(unnamed)), "fields without a rule")
	return table([]string{"input", "fields", "rule"}, rows)
}

// ruleOfOneField are refusals that look at no other field.
var ruleOfOneField = []string{"form", "not_address", "not_code", "not_text", "own", "path", "required", "reserved", "same", "taken", "too_long", "unknown", "wrong", "beyond", "not_token", "several_codes", "too_many", "cut", "elsewhere", "guessable", "weak", "not_day", "past", "too_far", "malformed", "unavailable", "company_only"}

// rulesBetween is the table of rules between fields, which has every refusal that
// the services make of more than one.
func rulesBetween(t *testing.T) string {
	t.Helper()
	made := refusals(t)
	var rows [][]string
	for _, r := range fieldsTogether {
		require.True(t, made[r.refusal], "nothing refuses with %q", r.refusal)
		delete(made, r.refusal)
		rows = append(rows, []string{r.fields, filled(t, r.rule)})
	}
	for refusal := range made {
		field, name, coded := strings.Cut(refusal, " ")
		alone := slices.Contains(ruleOfOneField, name)
		if !coded { // a page's, of a credential or of the whole form
			alone = slices.Contains([]string{"", "code", "login", "password", "token"}, field)
		}
		require.True(t, alone, "%q: say whether this is a rule between fields", refusal)
	}
	return table([]string{"fields", "rule"}, rows)
}

// refusals are the fields and codes that forms are refused with, as the source
// writes them.
func refusals(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, dir := range []string{"internal/desk", "internal/settings", "internal/pages"} {
		for _, file := range parse(t, dir) {
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) < 2 {
					return true
				}
				name := called(call)
				if !slices.Contains([]string{"Add", "invalid", "report", "Refuse"}, name) {
					return true
				}
				field, ok := call.Args[0].(*ast.BasicLit)
				if !ok {
					return true
				}
				refusal := text(t, field)
				if lit, ok := call.Args[1].(*ast.BasicLit); ok && name != "Refuse" {
					refusal += " " + text(t, lit)
				}
				found[refusal] = true
				return true
			})
		}
	}
	return found
}
