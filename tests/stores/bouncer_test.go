package stores_test

import (
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
)

// bouncer runs PgBouncer in front of a database until the test ends. It returns the
// beginning of a data source name; the rest is a pool_mode.
func bouncer(t *testing.T, d database, name string) string {
	program := need.Program(t, "pgbouncer")
	dir, err := os.MkdirTemp("", "bouncer") // t.TempDir is closed to other accounts
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755))
	free, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at := free.Addr().(*net.TCPAddr)
	require.NoError(t, free.Close())
	u, err := url.Parse(d.dsn)
	require.NoError(t, err)
	config := "[databases]\n"
	for _, mode := range []string{"session", "transaction", "statement"} {
		config += fmt.Sprintf("%s = host=%s dbname=%s user=postgres pool_mode=%[1]s\n", mode, u.Query().Get("host"), name)
	}
	config += fmt.Sprintf("[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = %d\nunix_socket_dir =\nauth_type = any\nignore_startup_parameters = extra_float_digits\n", at.Port)
	ini := filepath.Join(dir, "pgbouncer.ini")
	require.NoError(t, os.WriteFile(ini, []byte(config), 0o644))
	command := []string{program, "-q", ini}
	if os.Geteuid() == 0 { // it refuses to run as root
		command = append([]string{"setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"}, command...)
	}
	need.Server(t, dir, "tcp", at.String(), command...)
	return "postgres://postgres@" + at.String() + "/"
}
