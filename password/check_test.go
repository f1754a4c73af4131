package password_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
)

func codes(reasons []password.Reason) []string {
	out := []string{}
	for _, r := range reasons {
		out = append(out, r.Code)
	}
	return out
}

func TestCheckGivesEveryReasonAtOnce(t *testing.T) {
	all := password.Policy{Classes: password.Classes{Lower: true, Upper: true, Digit: true, Symbol: true}}
	words := []string{"quillmere", "annabel"}
	for _, tc := range []struct {
		name     string
		policy   password.Policy
		password string
		want     []string
	}{
		{"a passphrase is accepted", password.Policy{}, "violet harbour nine kettles", nil},
		{"only lower-case letters are accepted", password.Policy{}, "violetharbourninekettles", nil},
		{"only digits are accepted", password.Policy{}, "748203915562847103", nil},
		{"an emoji counts as one character and is accepted", password.Policy{}, "🐎🔋📎🌵🧭🎻🧊🪴🛶🥁🎈🧵🪁🍋🐙", nil},
		{"fourteen characters are too few", password.Policy{}, "q7v!mz2x#hk4wt", []string{"too_short"}},
		{"fifteen characters are enough", password.Policy{}, "q7v!mz2x#hk4wtp", nil},
		{"fourteen four-byte characters are too few", password.Policy{}, "🐎🔋📎🌵🧭🎻🧊🪴🛶🥁🎈🧵🪁🍋", []string{"too_short"}},
		{"a combining mark is a character of its own", password.Policy{MinLength: 14}, "q7v!e\u0301z2x#o\u0308k4", nil},
		{"spaces at both ends count", password.Policy{}, " q7v!mz2x#hk4w ", nil},
		{"twelve are enough where the policy says so", password.DefaultPolicyTwoFactor(), "q7v!mz2x#hk4", nil},
		{"nothing at all", password.Policy{}, "", []string{"too_short", "weak"}},
		{"256 characters are accepted", password.Policy{}, strings.Repeat("q7v!mz2x", 16) + strings.Repeat("hk4wtp#r", 16), nil},
		{"257 characters are too many", password.Policy{}, strings.Repeat("q7v!mz2x", 16) + strings.Repeat("hk4wtp#r", 16) + "x", []string{"too_long"}},
		{"1025 bytes are not looked at further", password.Policy{}, strings.Repeat("a", 1025), []string{"too_long"}},
		{"invalid UTF-8 is not text", all, "q7v!mz2x#hk4wtp\xff", []string{"not_text"}},
		{"a common password", password.Policy{MinLength: 8}, "baseball", []string{"too_common", "weak"}},
		{"a common password doubled", password.Policy{}, "baseballbaseball", []string{"too_common", "weak"}},
		{"a common password that is too short as well", password.Policy{}, "baseball", []string{"too_short", "too_common", "weak"}},
		{"a context word with a year", password.Policy{}, "QuillMere2026!!", []string{"context", "weak"}},
		{"a context word inside a long passphrase is accepted", password.Policy{}, "violet quillmere nine kettles", nil},
		{"a run of the alphabet is weak without being listed", password.Policy{}, "bcdefghijklmnopqrst", []string{"weak"}},
		{"missing classes are each named", all, "748203915562847103", []string{"class_lower", "class_upper", "class_symbol"}},
		{"a digit is missing", all, "Violet harbour nine kettles", []string{"class_digit"}},
		{"letters of any script have a case", all, "Фиалка гавань девять чайников 7", nil},
		{"a lax policy is still held to eight characters", password.Policy{MinLength: 1, MinStrength: -5}, "q7v!mz2", []string{"too_short"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			reasons := tc.policy.Check(tc.password, words)
			if tc.want == nil {
				require.Empty(t, reasons)
				return
			}
			require.Equal(t, tc.want, codes(reasons))
			for _, r := range reasons {
				require.True(t, strings.HasSuffix(r.Text, "."), r.Text)
			}
		})
	}
}

func TestEveryReasonHasARequirementWithItsCodeAndLimit(t *testing.T) {
	p := password.Policy{MinLength: 20, MinStrength: 4, History: 5, Classes: password.Classes{Lower: true, Upper: true, Digit: true, Symbol: true}}
	listed := map[string]password.Requirement{}
	for _, r := range p.Requirements() {
		require.NotEmpty(t, r.Text)
		listed[r.Code] = r
	}
	require.Equal(t, 20, listed["too_short"].Min)
	require.Equal(t, 256, listed["too_long"].Max)
	require.Equal(t, 4, listed["weak"].Min)
	require.Equal(t, 5, listed["reused"].Min)
	for _, pw := range []string{"", "baseball", "riverside", strings.Repeat("a", 257)} {
		for _, reason := range p.Check(pw, []string{"riverside"}) {
			require.Contains(t, listed, reason.Code)
		}
	}
	require.Contains(t, p.Reason("too_short").Text, "20")

	var defaults []string
	for _, r := range password.DefaultPolicy().Requirements() {
		defaults = append(defaults, r.Code)
	}
	require.Equal(t, []string{"too_short", "too_long", "too_common", "context", "weak"}, defaults,
		"no kind of character is asked for unless the owner says so")
}

func TestEveryCodeHasAText(t *testing.T) {
	for _, code := range []string{password.CodeTooShort, password.CodeTooLong, password.CodeNotText, password.CodeClassLower,
		password.CodeClassUpper, password.CodeClassDigit, password.CodeClassSymbol, password.CodeTooCommon, password.CodeContext,
		password.CodeWeak, password.CodeReused, password.CodeBreached, password.CodeExpired} {
		r := password.Policy{}.Reason(code)
		require.Equal(t, code, r.Code)
		require.NotEmpty(t, r.Text, code)
	}
}

func TestValidateListsEveryMistake(t *testing.T) {
	require.NoError(t, password.Policy{}.Validate())
	require.NoError(t, password.DefaultPolicy().Validate())
	require.NoError(t, password.Policy{MinLength: 64, MinStrength: 4, History: 24, MaxAge: 90 * 24 * time.Hour}.Validate())

	err := password.Policy{MinLength: 7, MinStrength: 5, History: 25, MaxAge: time.Hour}.Validate()
	for _, field := range []string{"MinLength: 7", "MinStrength: 5", "History: 25", "MaxAge: 1h"} {
		require.ErrorContains(t, err, field)
	}
	require.ErrorContains(t, password.Policy{MinLength: 65}.Validate(), "MinLength")
	require.ErrorContains(t, password.Policy{MinLength: -1}.Validate(), "MinLength")
}

func TestExpired(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	quarter := password.Policy{MaxAge: 90 * 24 * time.Hour}
	for _, tc := range []struct {
		name    string
		policy  password.Policy
		changed time.Time
		want    bool
	}{
		{"without a maximum age ten years are fine", password.Policy{}, now.AddDate(-10, 0, 0), false},
		{"without a maximum age an unknown time is fine", password.Policy{}, time.Time{}, false},
		{"a day before the end it is fine", quarter, now.AddDate(0, 0, -89), false},
		{"at the end it has expired", quarter, now.AddDate(0, 0, -90), true},
		{"an unknown time has expired", quarter, time.Time{}, true},
		{"a clock that runs ahead a little is fine", quarter, now.Add(time.Hour), false},
		{"a time far in the future has expired", quarter, now.AddDate(5, 0, 0), true},
	} {
		t.Run(tc.name, func(t *testing.T) { require.Equal(t, tc.want, tc.policy.Expired(tc.changed, now)) })
	}
}

func TestDeparturesAreNamedAndTheDefaultsHaveNone(t *testing.T) {
	require.Empty(t, password.DefaultPolicy().Departures(false))
	require.Empty(t, password.DefaultPolicyTwoFactor().Departures(true))

	var got []string
	p := password.Policy{MinLength: 12, Classes: password.Classes{Digit: true}, History: 3, MaxAge: 90 * 24 * time.Hour}
	for _, d := range p.Departures(false) {
		require.Contains(t, d.Text, "departs from NIST SP 800-63B-4")
		got = append(got, d.Code)
	}
	require.Equal(t, []string{"too_short", "class_digit", "reused", "expired"}, got)
}

type breaches struct {
	found bool
	err   error
}

func (b breaches) Breached(context.Context, string) (bool, error) { return b.found, b.err }

func TestCheckBreached(t *testing.T) {
	reasons, err := password.CheckBreached(t.Context(), nil, phrase)
	require.NoError(t, err)
	require.Empty(t, reasons)

	reasons, err = password.CheckBreached(t.Context(), breaches{found: true}, phrase)
	require.NoError(t, err)
	require.Equal(t, []string{"breached"}, codes(reasons))

	reasons, err = password.CheckBreached(t.Context(), breaches{}, phrase)
	require.NoError(t, err)
	require.Empty(t, reasons)

	down := errors.New("no answer")
	_, err = password.CheckBreached(t.Context(), breaches{err: down}, phrase)
	require.ErrorIs(t, err, down)
}
