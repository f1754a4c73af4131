package password_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
)

func TestContextWordsComeFromEverySource(t *testing.T) {
	got := password.ContextWords(password.Context{
		Office: "Riverside Back Office",
		Alias:  "k7w3-hidden",
		Origin: "https://community.Riverside.example.com:8443/",
		Login:  "annabel.l",
		Email:  "Annabel.Lee+office@mail.example.org",
		Name:   "Annabel Lee-Ødegård",
		Extra:  []string{"Paddle Board", "io"},
	})
	require.Equal(t, []string{
		"riverside back office", "riverside", "back", "office",
		"k7w3-hidden", "k7w3", "hidden",
		"community.riverside.example.com", "community", "example",
		"annabel.l", "annabel",
		"annabel.lee+office@mail.example.org", "lee", "mail",
		"annabel lee-ødegård", "ødegård",
		"paddle board", "paddle", "board",
		"annabel.lee+office",
	}, got)
	require.Empty(t, password.ContextWords(password.Context{}))
	require.Equal(t, []string{"localhost"}, password.ContextWords(password.Context{Origin: "http://localhost:8080"}))
}

func TestOnlyMechanicalDerivativesOfAContextWordAreRefused(t *testing.T) {
	words := password.ContextWords(password.Context{
		Office: "Riverside Back Office", Email: "annabel.lee@example.com", Alias: "k7w3x9"})
	for _, tc := range []struct {
		name, password string
		refused        bool
	}{
		{"the word", "riverside", true},
		{"in another case", "RiVeRsIdE", true},
		{"reversed", "edisrevir", true},
		{"twice", "riversideriverside", true},
		{"twice with a hyphen", "riverside-riverside", true},
		{"twice and a beginning", "riversideriversideriv", true},
		{"reversed twice", "edisreviredisrevir", true},
		{"with look-alikes", "r1v3r$1d3", true},
		{"with a nought for an o", "0ff1c3", true},
		{"with a bar for an i", "r|vers|de", true},
		{"with six digits behind", "riverside202611", true},
		{"with six marks before and behind", "!!!!!!riverside......", true},
		{"with digits and marks and look-alikes", "#1 R1v3rs1d3 2026", true},
		{"letter by letter", "r-i-v-e-r-s-i-d-e", true},
		{"the whole name without spaces", "RiversideBackOffice1", true},
		{"the address", "annabel.lee@example.com", true},
		{"the address without its marks", "annabelleeexamplecom", true},
		{"a word that contains digits", "k7w3x9k7w3x9!", true},
		{"with seven digits behind", "riverside2026112", false},
		{"with a letter behind", "riversidex", false},
		{"inside a passphrase", "the riverside has four kettles", false},
		{"two of them in a row, which only makes it weak", "riversideannabel", false},
		{"half of it", "river", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := codes(password.Policy{MinLength: 8}.Check(tc.password, words))
			if tc.refused {
				require.Contains(t, got, password.CodeContext)
				require.Contains(t, got, password.CodeWeak)
				return
			}
			require.NotContains(t, got, password.CodeContext)
		})
	}
	require.Contains(t, codes(password.Policy{MinLength: 8}.Check("riversideannabel", words)), password.CodeWeak)
}

func TestCommonPasswordsAreRefusedHoweverTheyAreStretched(t *testing.T) {
	for _, tc := range []struct {
		name, password string
		refused        bool
	}{
		{"the entry", "iloveyou", true},
		{"in capitals", "ILOVEYOU", true},
		{"with look-alikes", "P@$$w0rd", true},
		{"with look-alikes and a year", "P@$$w0rd2026!!", true},
		{"with spaces", "i love you", true},
		{"doubled", "passwordpassword", true},
		{"doubled and reversed", "drowssapdrowssap", true},
		{"two entries in a row", "sunshinebaseball", true},
		{"two entries with a space and a digit", "Sunshine Baseball 1", true},
		{"one character repeated", "aaaaaaaaaaaaaaaa", true},
		{"two characters repeated", "xyxyxyxyxyxyxyxy", true},
		{"digits counting up", "123456789012345", true},
		{"three entries in a row, left to the estimate", "sunshinebaseballdragon", false},
		{"a passphrase of common words", "dragon sunshine kettle monkey", false},
		{"random letters", "xkqzvwjhyfbtrcn", false},
		{"random digits", "748203915562847", false},
		{"random marks around two letters", "!?#%^xy&*()_+.", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got := codes(password.Policy{MinLength: 8}.Check(tc.password, nil))
			if tc.refused {
				require.Contains(t, got, password.CodeTooCommon)
				return
			}
			require.NotContains(t, got, password.CodeTooCommon)
		})
	}
}

// For each minimum length there must be at least 3000 passwords of that length that are refused as
// common (ASVS 6.2.4). The list itself does not have enough of more than eleven characters, so the rest are what
// people make of a listed one that is too short: they append a number, or repeat it until it is long enough.
func TestAtLeast3000CommonPasswordsOfEveryLengthAreRefused(t *testing.T) {
	const want = 3000
	entries := password.CommonEntries()
	require.Len(t, entries, 49233)
	for _, length := range []int{8, 9, 10, 11, 12, 13, 14, 15, 16, 20, 32, 64} {
		candidates := map[string]bool{}
		for _, e := range entries {
			if len(candidates) == want {
				break
			}
			switch gap := length - len(e); {
			case gap == 0:
				candidates[e] = true
			case gap > 0 && gap <= 4 && strings.IndexFunc(e, func(r rune) bool { return r < 'a' || r > 'z' }) < 0:
				candidates[e+"1234"[:gap]] = true
			case len(e) >= 4 && 2*len(e) <= length:
				candidates[strings.Repeat(e, length/len(e)+1)[:length]] = true
			}
		}
		require.Len(t, candidates, want, "length %d", length)
		policy := password.Policy{MinLength: length}
		for c := range candidates {
			if got := codes(policy.Check(c, nil)); len(got) != 2 || got[0] != password.CodeTooCommon || got[1] != password.CodeWeak {
				t.Fatalf("length %d: %q gives %v", length, c, got)
			}
		}
	}
}

func TestEveryEntryOfTheListIsFound(t *testing.T) {
	for _, e := range password.CommonEntries() {
		if !password.Common(e) {
			t.Fatalf("%q is not found", e)
		}
	}
}
