package need

import (
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Server runs a program in a folder until the test, or its process, ends. It returns once
// something listens at the address.
func Server(t testing.TB, dir, network, address string, command ...string) {
	t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", `"$@" & cat; kill $!; wait $!`, command[0]}, command...)...)
	cmd.Dir = dir
	held, err := cmd.StdinPipe()
	require.NoError(t, err)
	var said strings.Builder
	cmd.Stderr = &said
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		held.Close()
		_ = cmd.Wait()
	})
	require.Eventually(t, func() bool {
		conn, err := net.Dial(network, address)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, 10*time.Second, 5*time.Millisecond, &said)
}
