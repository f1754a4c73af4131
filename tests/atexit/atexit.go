// Package atexit stops what a test binary has started, even if the binary crashes.
//
// A t.Cleanup and the end of a TestMain do not run if a test panics or times out,
// and servers outlive the process that started them. So a small shell waits on a
// pipe whose other end only the test binary holds: the kernel closes it when the
// binary ends, and the shell cleans up.
package atexit

import (
	"fmt"
	"io"
	"os/exec"
	"sync"
)

// held keeps the writing ends open for the life of the process: the garbage
// collector would close a pipe, and stop its server in the middle of a test.
var (
	mu   sync.Mutex
	held []io.WriteCloser
)

// Run arranges for a POSIX shell script to run after this process ends. The args
// are the script's positional parameters, $1 and following. Run is safe for
// concurrent use.
func Run(script string, args ...string) error {
	// Ctrl-C reaches the whole process group; the cleanup must survive it.
	guarded := "trap '' INT HUP TERM\ncat >/dev/null\n" + script
	cmd := exec.Command("sh", append([]string{"-c", guarded, "atexit"}, args...)...)
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("prepare clean-up: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("prepare clean-up: %w", err)
	}
	mu.Lock()
	defer mu.Unlock()
	held = append(held, pipe)
	return nil
}
