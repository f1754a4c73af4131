package breached_test

import (
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/password/breached"
)

var (
	_ password.BreachChecker = (*breached.Service)(nil)
	_ password.BreachChecker = (*breached.File)(nil)
	_ password.BreachChecker = (*breached.Folder)(nil)
)

const (
	// known is on every list of these tests, seen this often; unknown on none.
	known, seen = "password", 52256179
	unknown     = "orbit velvet canyon 93 maple"
)

func sum(password string) string { return fmt.Sprintf("%X", sha1.Sum([]byte(password))) }

// lines returns the lines of a list of the passwords number 0 to n-1, and of known, sorted.
func lines(n int) []string {
	list := []string{fmt.Sprintf("%s:%d", sum(known), seen)}
	for i := range n {
		list = append(list, fmt.Sprintf("%s:%d", sum(numbered(i)), i+1))
	}
	slices.Sort(list)
	return list
}

func numbered(i int) string { return fmt.Sprintf("number %d", i) }

// rangeOf returns the part of a list that a service answers for a prefix.
func rangeOf(list []string, prefix string) string {
	var text strings.Builder
	for _, line := range list {
		if rest, ok := strings.CutPrefix(line, prefix); ok {
			text.WriteString(rest + "\r\n")
		}
	}
	return text.String()
}

func write(t testing.TB, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "list.txt")
	require.NoError(t, os.WriteFile(name, []byte(text), 0o600))
	return name
}

// requireSilent fails if an error shows the password, or five digits of its hash.
func requireSilent(t testing.TB, err error, password string) {
	t.Helper()
	require.Error(t, err)
	require.NotContains(t, err.Error(), password)
	require.NotContains(t, strings.ToUpper(err.Error()), sum(password)[:5])
	require.NotContains(t, strings.ToUpper(err.Error()), sum(password)[5:12])
}
