package desk_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
)

// What is stored is a code, which a reader must not be shown.
func TestEveryStoredReasonIsSaid(t *testing.T) {
	stored := regexp.MustCompile(`(?:Because\(|brokenAt\(.*|Reply: |Reply = .*, )"([^"%\n]*[^"%: \n])(?:: )?(?:%.)?"`)
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	found := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, code := range stored.FindAllStringSubmatch(string(text), -1) {
			found++
			require.NotEmpty(t, desk.Why(code[1]).Key()+desk.Why(code[1]+": more").Key(), "%s: %s", file, code[1])
		}
	}
	require.Greater(t, found, 25)
}

func TestWhy(t *testing.T) {
	for stored, want := range map[string]string{
		"wrong password":                        "wrong password",
		"I asked her on the phone: it was Ada.": "I asked her on the phone: it was Ada.",
		"":                                      "",
		"periodic work: refresh members":        "periodic work: refresh members",
		"periodic work: of another version":     "periodic work: of another version",
		"the office address changed; not renewed: account is disabled": "the office address changed; not renewed: account is disabled",
		"reset: link does not work: unknown":                           "the link is unknown",
		"entries_gone: 17":                                             "Entries up to 17 existed and are gone: they were removed, or an older copy of the database was restored.",
		"550 5.1.1 <a@b.example>: unknown":                             "550 5.1.1 <a@b.example>: unknown",
		"deliver mail: connect: dial tcp: refused":                     "The mail server could not be reached: dial tcp: refused",
		"deliver mail: sign in":                                        "The office could not sign in to the mail server",
		"deliver mail: in a new way: no":                               "deliver mail: in a new way: no",
	} {
		require.Equal(t, want, desk.Why(stored).String(), stored)
	}
}
