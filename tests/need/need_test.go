package need_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// spy records how a test ended. Like the real ones, Fatalf and Skipf do not
// return.
type spy struct {
	testing.TB
	failed, skipped string
}

func (s *spy) Helper() {}

func (s *spy) Fatalf(format string, _ ...any) {
	s.failed = format
	runtime.Goexit()
}

func (s *spy) Skipf(format string, _ ...any) {
	s.skipped = format
	runtime.Goexit()
}

func run(f func(t testing.TB)) *spy {
	s := &spy{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		f(s)
	}()
	<-done
	return s
}

func TestProgram(t *testing.T) {
	absent := func(t testing.TB) { need.Program(t, "no-such-program") }

	t.Run("a missing program skips the test outside CI", func(t *testing.T) {
		t.Setenv("CI", "")
		s := run(absent)
		require.Contains(t, s.skipped, "SKIPPED:")
		require.Empty(t, s.failed)
	})
	t.Run("a missing program fails the test in CI", func(t *testing.T) {
		t.Setenv("CI", "true")
		s := run(absent)
		require.Contains(t, s.failed, "is missing")
		require.Empty(t, s.skipped)
	})
	t.Run("the first program found is used", func(t *testing.T) {
		dir := t.TempDir()
		want := filepath.Join(dir, "present")
		require.NoError(t, os.WriteFile(want, []byte("#!/bin/sh\n"), 0o700))
		t.Setenv("PATH", dir)
		require.Equal(t, want, need.Program(t, "absent", "present"))
	})
}

func TestRootHoldsTheWorkspace(t *testing.T) {
	require.FileExists(t, filepath.Join(need.Root(t), "go.work"))
	require.FileExists(t, filepath.Join(need.Root(t), "tests", "go.mod"))
}
