package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// with runs the program with variables.
func with(t *testing.T, env map[string]string, args ...string) (status int, stderr string) {
	var out, problems bytes.Buffer
	status = run(t.Context(), args, func(name string) string { return env[name] }, &out, &problems)
	return status, problems.String()
}

func TestEverythingThatIsMissingIsNamed(t *testing.T) {
	status, stderr := with(t, nil)
	require.Equal(t, 1, status)
	for _, name := range []string{"ORIGIN", "LISTEN", "WATCH", "SECRET_FILE", "DATABASE_URL", "SMTP_ADDR", "SMTP_FROM"} {
		require.Contains(t, stderr, name+": is not set")
	}
	status, stderr = with(t, nil, "migrate")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "DATABASE_APP_ROLE: is not set")
	status, _ = with(t, nil, "no-such-command")
	require.Equal(t, 2, status)
}

func TestMistakesSayNoSecret(t *testing.T) {
	password := filepath.Join(t.TempDir(), "password")
	require.NoError(t, os.WriteFile(password, []byte("otterotter\n"), 0o600))
	for name, env := range map[string]map[string]string{
		"a URL that is none":      {"DATABASE_URL": "postgres://app:otterotter@db:port/community"},
		"a server that is absent": {"DATABASE_URL": "postgres://app@127.0.0.1:1/community", "DATABASE_PASSWORD_FILE": password},
	} {
		t.Run(name, func(t *testing.T) {
			env["DATABASE_APP_ROLE"] = "app"
			status, stderr := with(t, env, "migrate")
			require.Equal(t, 1, status)
			require.NotContains(t, stderr, "otter")
		})
	}
	_, stderr := with(t, map[string]string{"TRUSTED_PROXIES": "10.0.0.0/8, proxy", "SMTP_CA_FILE": password}, "operators")
	require.Contains(t, stderr, `TRUSTED_PROXIES: want IP addresses or networks such as 10.0.0.0/8, not "proxy"`)
	require.Contains(t, stderr, "SMTP_CA_FILE: has no certificate")
	require.NotContains(t, stderr, "otter")
}

func TestHealthyAsksTheProcessThatServes(t *testing.T) {
	answer := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "/live", r.URL.Path)
		w.WriteHeader(answer)
	}))
	env := map[string]string{"WATCH": server.Listener.Addr().String()}
	status, _ := with(t, env, "healthy")
	require.Zero(t, status)
	answer = http.StatusServiceUnavailable
	status, stderr := with(t, env, "healthy")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "503")
	server.Close()
	status, _ = with(t, env, "healthy")
	require.Equal(t, 1, status)
	for addr, at := range map[string]string{":9090": "127.0.0.1:9090", "0.0.0.0:9090": "127.0.0.1:9090", "[::]:9090": "127.0.0.1:9090", "10.0.0.7:1": "10.0.0.7:1"} {
		require.Equal(t, at, onLoopback(addr))
	}
}
