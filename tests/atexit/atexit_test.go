package atexit_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/atexit"
)

// TestMain lets the binary restart itself as a process that crashes.
func TestMain(m *testing.M) {
	if fifo := os.Getenv("ATEXIT_FIFO"); fifo != "" {
		if err := atexit.Run(`echo "cleaned $2" >"$1"`, fifo, "up"); err != nil {
			os.Exit(1)
		}
		panic("end without any clean-up in Go")
	}
	os.Exit(m.Run())
}

func TestTheScriptRunsEvenAfterAPanic(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	require.NoError(t, exec.Command("mkfifo", fifo).Run())

	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), "ATEXIT_FIFO="+fifo)
	require.Error(t, child.Run(), "the child panics")

	said, err := os.ReadFile(fifo) // waits until the script has written
	require.NoError(t, err)
	require.Equal(t, "cleaned up\n", string(said))
}
