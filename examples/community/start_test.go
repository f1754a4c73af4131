package main

import (
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestItPrintsWhereEverythingIs(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	require.Len(t, r.order, 4)
	require.Regexp(t, `^community:   http://localhost:[0-9]+/$`, r.order[0])
	require.Regexp(t, `^back office: http://localhost:[0-9]+/[a-z2-7]{20}/$`, r.order[1])
	require.Regexp(t, `^setup:       http://localhost:[0-9]+/[a-z2-7]{20}/setup#[A-Za-z0-9_-]{43}$`, r.order[2])
	require.Equal(t, `outbox:      ./outbox`, r.order[3])
	require.True(t, strings.HasPrefix(r.lines["setup"], r.lines["back office"]))
	require.True(t, strings.HasPrefix(r.lines["back office"], r.lines["community"]))

	b := r.browser()
	require.Contains(t, b.get("/").body, "Riverside Community Garden")
	require.Equal(t, 200, b.get(r.lines["back office"]).status)
	require.Zero(t, r.stop(), "it ends when it is asked to")

	again := start(t, dir)
	_, path, _ := strings.Cut(r.lines["back office"][len("http://"):], "/")
	require.True(t, strings.HasSuffix(again.lines["back office"], "/"+path), "the address is kept")
	require.NotEqual(t, r.lines["setup"], again.lines["setup"], "each start prints a setup link of its own")
}

func TestItsHealthAndMetricsHaveAPortOfTheirOwn(t *testing.T) {
	r := start(t, t.TempDir(), "-watch", "127.0.0.1:0")
	b := r.browser()
	require.Contains(t, b.get(r.lines["watch"]+"ready").body, `"ready":true`)
	require.Contains(t, b.get(r.lines["watch"]+"live").body, `"alive":true`)
	require.Contains(t, b.get(r.lines["watch"]+"metrics").body, "\npostern_store_calls_total{")
	for _, path := range []string{"ready", "metrics"} {
		require.Equal(t, 404, b.get(r.lines["community"]+path).status)
	}
}

func TestSecretsAreInNoLogAndForNobodyElse(t *testing.T) {
	dir := t.TempDir()
	r := start(t, dir)
	b := r.browser()
	b.get(r.lines["back office"])
	b.get(r.lines["back office"] + "nothing")
	require.Zero(t, r.stop())

	key, err := os.ReadFile(filepath.Join(dir, "community.key"))
	require.NoError(t, err)
	require.Regexp(t, `^[0-9a-f]{64}\n$`, string(key))
	alias := regexp.MustCompile(`/([a-z2-7]{20})/`).FindStringSubmatch(r.lines["back office"])[1]
	_, token, _ := strings.Cut(r.lines["setup"], "#")
	for _, secret := range []string{alias, token, strings.TrimSpace(string(key))} {
		require.NotContains(t, r.log.String(), secret)
	}
	for _, name := range []string{"community.key", "community.db"} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), name)
	}
}

func TestItRefusesToStart(t *testing.T) {
	taken, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer taken.Close()
	tests := []struct {
		name   string
		args   []string
		files  map[string]string
		status int
		says   string
	}{
		{"on an address without a port", []string{"-addr", "localhost"}, nil, 2, `-addr "localhost": want HOST:PORT`},
		{"with mail going two ways", []string{"-smtp", "localhost:25", "-outbox", "mails"}, nil, 2, "choose one of them"},
		{"with a network that is none", []string{"-from", "the-garden"}, nil, 2, `invalid value "the-garden" for flag -from`},
		{"with health and metrics for everyone", []string{"-watch", ":9090"}, nil, 2, `-watch ":9090": want HOST:PORT of the loopback`},
		{"with an unknown flag", []string{"-port", "80"}, nil, 2, "flag provided but not defined"},
		{"with an unknown command", []string{"restart"}, nil, 2, `there is no command "restart"`},
		{"with a command for a database that does not exist", []string{"-db", "comunity.db", "invite", "eve@example.com", "-role", "super-administrator"}, nil, 1, "there is no database comunity.db"},
		{"where somebody listens", []string{"-addr", taken.Addr().String()}, nil, 1, "address already in use"},
		{"with a key that is not one", nil, map[string]string{"community.key": "open sesame"}, 1, "it must have 64 hexadecimal digits"},
		{"with a mail server far away and no TLS", []string{"-smtp", "mail.example"}, nil, 1, "SMTPConfig.Addr"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range tt.files {
				require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
			}
			args := tt.args
			if len(args) == 0 || args[0] != "-addr" && tt.status == 1 {
				args = append([]string{"-addr", "localhost:0"}, args...)
			}
			status, stdout, stderr := once(t, dir, args...)
			require.Equal(t, tt.status, status, stderr)
			require.Empty(t, stdout)
			require.Contains(t, stderr, tt.says)
			require.NotContains(t, stderr, "sesame")
			if tt.status == 2 || strings.Contains(tt.says, "no database") {
				left, err := os.ReadDir(dir)
				require.NoError(t, err)
				require.Empty(t, left, "a slip leaves nothing behind")
			}
		})
	}
}

func TestMistakesInTheNameOfTheOfficesDatabase(t *testing.T) {
	const form = "write the data source name as user:password@tcp(host:3306)/name"
	for name, says := range map[string]string{
		"mysql://app:sesame@localhost/office": form,
		"app:sesame@localhost:3306/office":    form,
		"postgres://app:sesame@db/office":     form,
		"app:sesame@tcp(localhost:3306)":      form,
		"app:sesame@tcp(localhost:1)/office":  "connection refused",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(officeDatabase, name)
			status, _, stderr := once(t, t.TempDir(), "-addr", "localhost:0")
			require.Equal(t, 1, status)
			require.Contains(t, stderr, says)
			require.Contains(t, stderr, officeDatabase)
			require.NotContains(t, stderr, "sesame")
		})
	}
}

func TestAKeyThatOthersMayReadIsRefused(t *testing.T) {
	dir := t.TempDir()
	start(t, dir).stop()
	require.NoError(t, os.Chmod(filepath.Join(dir, "community.key"), 0o644))
	status, _, stderr := once(t, dir, "-addr", "localhost:0")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "chmod 600 community.key")

	require.NoError(t, os.Remove(filepath.Join(dir, "community.key")))
	status, _, stderr = once(t, dir, "-addr", "localhost:0")
	require.Equal(t, 1, status)
	require.Contains(t, stderr, "bring the file back")
}

func TestHelpNamesEveryFlag(t *testing.T) {
	status, _, stderr := once(t, t.TempDir(), "-help")
	require.Zero(t, status)
	for _, f := range []string{"-addr HOST:PORT", "-db FILE", "-sso", "-smtp HOST:PORT", "-outbox DIR", "-breaches LIST", "-languages LANGUAGES", "-from NETWORK"} {
		require.Contains(t, stderr, f)
	}
}

func TestWhereABrowserFindsIt(t *testing.T) {
	for addr, want := range map[string]string{
		"localhost:8080":   "http://localhost:8080",
		":8080":            "http://localhost:8080",
		"0.0.0.0:8080":     "http://localhost:8080",
		"[::]:8080":        "http://localhost:8080",
		"127.0.0.1:8080":   "http://127.0.0.1:8080",
		"[::1]:8080":       "http://[::1]:8080",
		"localhost:80":     "http://localhost",
		"[::1]:80":         "http://[::1]",
		"garden.local:808": "http://garden.local:808",
		"LocalHost:8080":   "http://localhost:8080",

		"[0:0:0:0:0:0:0:1]:8080":  "http://[::1]:8080",
		"[::ffff:127.0.0.1]:8080": "http://127.0.0.1:8080",
	} {
		require.Equal(t, want, origin(addr), addr)
	}
}

func TestPlainHTTPIsForThisMachineOnly(t *testing.T) {
	dir := t.TempDir()
	o := options{db: filepath.Join(dir, "garden.db"), outbox: filepath.Join(dir, "outbox")}
	_, err := open(t.Context(), o, origin("192.0.2.1:8080"), slog.New(slog.DiscardHandler))
	require.ErrorContains(t, err, "plain HTTP only on localhost")
}
