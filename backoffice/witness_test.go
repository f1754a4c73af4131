package backoffice_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
)

func TestAFileWitnessKeepsEveryMarkAndReadsTheLast(t *testing.T) {
	const first, second = "1:0123456789abcdef", "1042:9f86d081884c7d65"
	path := filepath.Join(t.TempDir(), "marks")
	w := backoffice.FileWitness(path)
	last := func(want string) {
		t.Helper()
		got, err := w.Last(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	last("")
	require.NoError(t, w.Keep(t.Context(), first))
	last(first)
	require.NoError(t, w.Keep(t.Context(), second))
	last(second)
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	// A crash cut the last line off.
	for _, torn := range []string{"1043:01234", "1043:0123456789abcdef"} {
		require.NoError(t, os.WriteFile(path, []byte(first+"\n"+second+"\n"+torn), 0o600))
		last(second)
		require.NoError(t, w.Keep(t.Context(), first))
		last(first)
	}

	var all sync.WaitGroup
	for i := range 50 {
		all.Go(func() { require.NoError(t, w.Keep(t.Context(), fmt.Sprintf("%d:0123456789abcdef", 1000+i))) })
	}
	all.Wait()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	for i := range 50 {
		require.Contains(t, string(text), fmt.Sprintf("\n%d:0123456789abcdef\n", 1000+i))
	}

	require.NoError(t, os.WriteFile(path, []byte("something else\n"), 0o600))
	_, err = w.Last(t.Context())
	require.ErrorContains(t, err, "does not end with a mark")
	require.Error(t, backoffice.FileWitness(filepath.Join(path, "below")).Keep(t.Context(), first))
}

func TestAMailWitnessSendsEachMark(t *testing.T) {
	var sent testoffice.Postbox
	w := backoffice.MailWitness{Sender: &sent, To: "audit@elsewhere.example"}
	require.NoError(t, w.Keep(t.Context(), "1042:9f86d081884c7d65"))
	all := sent.All()
	require.Len(t, all, 1)
	require.Equal(t, "audit@elsewhere.example", all[0].To)
	require.Contains(t, all[0].Subject, "1042:9f86d081884c7d65")
	require.Contains(t, all[0].Text, "\naudit verify -since 1042:9f86d081884c7d65\n")
	_, err := w.Last(t.Context())
	require.ErrorIs(t, err, errors.ErrUnsupported)
	sent.Refuse(errors.New("no"))
	require.Error(t, w.Keep(t.Context(), "1043:9f86d081884c7d65"))
}
