package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAListOfBreachedPasswordsIsAFileAFolderOrTheService(t *testing.T) {
	name := filepath.Join(t.TempDir(), "list.txt")
	require.NoError(t, os.WriteFile(name, []byte("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8:52256179\n"), 0o600))
	list, err := breachedPasswords(name)
	require.NoError(t, err)
	found, err := list.Breached(context.Background(), "password")
	require.NoError(t, err)
	require.True(t, found)

	_, err = breachedPasswords(filepath.Dir(name))
	require.ErrorContains(t, err, "00000.txt")
	_, err = breachedPasswords("none")
	require.ErrorIs(t, err, os.ErrNotExist)
	_, err = breachedPasswords("online")
	require.NoError(t, err)
}
