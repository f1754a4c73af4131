package password_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
)

func TestStrength(t *testing.T) {
	words := []string{"quillmere", "annabel"}
	for _, tc := range []struct {
		name, password string
		least, most    int
	}{
		{"nothing", "", 0, 0},
		{"invalid text", "\xff\xfe\xfd and some more text", 0, 0},
		{"a common password", "baseball", 0, 0},
		{"a common password doubled", "baseballbaseball", 0, 0},
		{"a context word with a year", "quillmere2026", 0, 0},
		{"a short random word", "xkq7v", 0, 1},
		{"the alphabet", "abcdefghijklmnopqrstuvwxyz", 0, 1},
		{"the alphabet many times, past the window", strings.Repeat("abcdefghijklmnopqrstuvwxyz", 9), 0, 1},
		{"a short phrase many times", strings.Repeat("xk7 ", 40), 0, 2},
		{"a famous substitution", "Tr0ub4dour&3", 0, 2},
		{"two context words", "annabel quillmere", 0, 1},
		{"two context words in a row, with look-alikes and a year", "qui11mereAnnabel2026", 0, 1},
		{"a dictionary word reversed, with a digit", "ytinummoc7", 0, 2},
		{"a passphrase", "violet harbour nine kettles", 4, 4},
		{"a passphrase with a context word in it", "violet quillmere nine kettles", 3, 4},
		{"random characters", "q7v!mz2x#hk4wtp", 4, 4},
		{"a passphrase in Cyrillic", "фиалка гавань девять чайников", 4, 4},
		{"fifteen different emoji", "🐎🔋📎🌵🧭🎻🧊🪴🛶🥁🎈🧵🪁🍋🐙", 4, 4},
		{"one emoji fifteen times", strings.Repeat("🐎", 15), 0, 0},
		{"a strong end behind a weak beginning", strings.Repeat("a", 70) + "violet harbour nine kettles", 4, 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := password.Strength(tc.password, words)
			require.GreaterOrEqual(t, got, tc.least)
			require.LessOrEqual(t, got, tc.most)
		})
	}
}

// The scores of the reference, zxcvbn 4.4.2 in JavaScript. None depends on the current year.
func TestTheEstimateAgreesWithTheReference(t *testing.T) {
	for score, passwords := range [][]string{
		{
			"zxcvbn", "1qaz2wsx3edc", "password1", "viking", "thx1138", "12345678", "rosebud", "Rosebud", "ROSEBUD",
			"rosebuD", "drowssap", "p@ssw0rd", "$unsh1ne", "aaaaaaaaaaaaaaa", "abcabcabcabc", "sunshinesunshine", "19841984",
			"poiuytrewq", "mnbvcxz", "nopqrstuvw", "letmeinletmein", "7777777",
		},
		{
			"D0g..................", "abcdefghijk987654321", "temppass22", "briansmith", "ScoRpi0ns", "defghi6789",
			"ros3bud99", "r0s3bud99", "ytinummoc7", "emosewa1999", "l3tm31n!", "31/12/1999", "31121999", "MichaelJordan23",
			"13579acegik", "gnizama", "elizabeth1999", "qazwsxedcrfv", "!QAZ2wsx", "Passw0rd!Passw0rd!",
		},
		{
			"qwER43@!", "Tr0ub4dour&3", "R0$38uD99", "2468101214", "zxcvfr45tgb", "violetharbour", "Wednesday2024",
			"aq1sw2de3fr4",
		},
		{
			"do you know", "ryanhunter2000", "rianhunter2000", "asdfghju7654rewq", "AOEUIDHG&*()LS_",
			"eheuczkqyq", "kettle lamp", "violet harbour", "liverpoolfc1892", "mypasswordislong", "iloveyousomuch",
			"monkey monkey", "horse-battery", "thisisapassword",
		},
		{
			"correcthorsebatterystaple", "correct horse battery staple", "coRrecth0rseba++ery9.23.2007staple$",
			"briansmith4mayor", "verlineVANDERMARK", "rWibMFACxAUGZmxhVncy", "Ba9ZyWABu99[BK#6MBgbH88Tofv)vs$w",
			"harbour kettle lamp", "q7v!mz2x#hk4wtp", "tobeornottobe",
		},
	} {
		for _, p := range passwords {
			require.Equal(t, score, password.Estimate(p), p)
		}
	}
}

func TestStrengthHasAWordForEveryEstimate(t *testing.T) {
	seen := map[string]bool{}
	for score := range password.MaxStrength + 1 {
		seen[password.StrengthWord(score)] = true
	}
	require.Len(t, seen, password.MaxStrength+1)
	require.Equal(t, "very weak", password.StrengthWord(-1))
	require.Equal(t, "strong", password.StrengthWord(99))
}

// Input that would slow down an estimator that tries combinations of look-alikes or rescans it. The bound is on
// allocations, which do not depend on the machine.
func TestHostileInputIsCheapToJudge(t *testing.T) {
	for name, pw := range map[string]string{
		"every look-alike":    strings.Repeat("4@8({[<36910!|7$5+%2", 12),
		"keyboard walks":      strings.Repeat("qwertyuiop1asdfghjkl", 12) + "x",
		"marks at both ends":  "1!2@3#" + strings.Repeat("p@55w0rd|", 26) + "4$5%6^",
		"dates":               strings.Repeat("12/31/1999 31122018 ", 12),
		"256 four-byte runes": strings.Repeat("🐎🔋📎🌵", 63) + "🐙🐎🐙🔋",
	} {
		allocs := testing.AllocsPerRun(1, func() { password.Policy{}.Check(pw, []string{"quillmere"}) })
		require.Less(t, allocs, 100_000.0, name)
	}
}

func TestCheckIsSafeForConcurrentUse(t *testing.T) {
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if len(password.Policy{}.Check("baseballbaseball", nil)) == 0 {
				t.Error("a common password was accepted")
			}
			password.Strength("violet harbour nine kettles", []string{"quillmere"})
		})
	}
	wg.Wait()
}
