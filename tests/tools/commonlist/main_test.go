package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnotherPackageThanThePinnedOneIsRefused(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.tgz"), filepath.Join(dir, "out.gz")
	require.NoError(t, os.WriteFile(in, []byte("something else"), 0o600))
	require.ErrorContains(t, run(in, out), "digest")
	require.NoFileExists(t, out)
}
