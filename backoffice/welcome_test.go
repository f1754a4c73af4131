package backoffice_test

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// firstStart is a configuration with everything that a first start needs.
func firstStart(t *testing.T) backoffice.Config {
	return backoffice.Config{
		Origin: "https://community.example", Store: memstore.New(),
		SecretFile: filepath.Join(t.TempDir(), "office.key"), Mail: &mail.Outbox{Dir: t.TempDir()},
		Log: slog.New(slog.DiscardHandler),
	}
}

func TestTheServerAdministratorIsToldHowToSetUp(t *testing.T) {
	const development, production = true, false
	link, home := `^\nsetup: \S+/setup#\S+\n\n$`, `^\nback office: http://localhost:8080/\S+/\n\n$`
	tests := []struct {
		name                   string
		local, console, set    bool
		prints, logs, neverLog string
	}{
		{"a console gets the link, and the log nothing", production, true, false, link, `^$`, "setup"},
		{"without a console, the log says how to get it", production, false, false, `^$`, `command setup prints`, "setup#"},
		{"an office that is set up says nothing", production, true, true, `^$`, `^$`, "setup"},
		{"during development its URL is printed", development, true, true, home, `^$`, "setup"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := firstStart(t)
			if tt.local {
				cfg.Origin, cfg.InsecurePlainHTTP = "http://localhost:8080", true
			}
			if tt.set {
				require.NoError(t, cfg.Store.Commit(t.Context(), store.PutOperator{Operator: store.Operator{
					ID: "ada", Name: "Ada", NameKey: "ada", Email: "ada@example.org", EmailKey: "ada@example.org",
					State: store.OperatorActive, PrimaryRole: backoffice.SuperAdministrator}}))
			}
			var printed, logged bytes.Buffer
			if tt.console {
				cfg.Console = &printed
			}
			cfg.Log = slog.New(slog.NewTextHandler(&logged, nil))
			office, err := backoffice.New(t.Context(), cfg)
			require.NoError(t, err)
			require.Empty(t, printed.String(), "commands make an office too")
			logged.Reset()
			for range 2 {
				office.Greet(t.Context())
			}
			require.Regexp(t, tt.prints, printed.String())
			require.Regexp(t, tt.logs, logged.String())
			require.NotContains(t, logged.String(), tt.neverLog)
			require.LessOrEqual(t, strings.Count(logged.String(), "\n"), 1)
		})
	}
}

func TestAForgottenRunIsNoticedWhileNobodyCanGetIn(t *testing.T) {
	var logged bytes.Buffer
	cfg := firstStart(t)
	cfg.Log = slog.New(slog.NewTextHandler(&logged, nil))
	office, err := backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	handler := office.Wrap(http.NotFoundHandler())
	for range 5 {
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	}
	require.Equal(t, 1, strings.Count(logged.String(), "Office.Run has not been called"))
}

func TestTheSecretFile(t *testing.T) {
	const line = "8ac1be0e1eab9a29a7c8c8d0b4bb80f5ea3ef5a4f2bb9c8a6d1b1a5d7f3f6c21\n"
	const older = "1f00be0e1eab9a29a7c8c8d0b4bb80f5ea3ef5a4f2bb9c8a6d1b1a5d7f3f6c21\n"
	tests := []struct {
		name, text string
		mode       os.FileMode
		change     func(*backoffice.Config)
		says       string
	}{
		{"one secret", line, 0o600, nil, ""},
		{"earlier secrets below", line + older, 0o400, nil, ""},
		{"a group that may read", line, 0o440, nil, ""},
		{"others who may read", line, 0o604, nil, "run: chmod 600"},
		{"a group that may write", line, 0o620, nil, "run: chmod 600"},
		{"nothing", "\n", 0o600, nil, "line 1: the master secret is empty; make one with: openssl rand -hex 32"},
		{"too short", line[:40], 0o600, nil, "has 40 characters; it must have 64"},
		{"not hexadecimal", "zz" + line[2:], 0o600, nil, "not hexadecimal digits"},
		{"not random", strings.Repeat("ab", 32), 0o600, nil, "repeats itself"},
		{"a wrong second line", line + "x", 0o600, nil, "line 2: "},
		{"a secret besides", line, 0o600, func(c *backoffice.Config) { c.Secret = []byte("x") }, "Secret is set as well"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := firstStart(t)
			require.NoError(t, os.WriteFile(cfg.SecretFile, []byte(tt.text), 0o600))
			require.NoError(t, os.Chmod(cfg.SecretFile, tt.mode))
			if tt.change != nil {
				tt.change(&cfg)
			}
			_, err := backoffice.New(t.Context(), cfg)
			if tt.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.says)
			require.ErrorContains(t, err, "Config.SecretFile: ")
			require.NotContains(t, err.Error(), line[2:12], "a secret")
		})
	}
}

func TestASecretIsMadeForAnEmptyStoreOnly(t *testing.T) {
	cfg := firstStart(t)
	_, err := backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	info, err := os.Stat(cfg.SecretFile)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	made, err := os.ReadFile(cfg.SecretFile)
	require.NoError(t, err)
	secret, err := backoffice.ParseSecret(string(made))
	require.NoError(t, err)

	same := cfg
	same.SecretFile, same.Secret = "", secret
	_, err = backoffice.New(t.Context(), same)
	require.NoError(t, err)

	require.NoError(t, os.Remove(cfg.SecretFile))
	_, err = backoffice.New(t.Context(), cfg)
	require.ErrorContains(t, err, "the store was made with the secret in it: bring the file back")
	require.NoFileExists(t, cfg.SecretFile)
}

// overtaken is a store on which another replica begins at the same time.
type overtaken struct {
	store.Store
	first func()
}

func (l *overtaken) Commit(ctx context.Context, writes ...store.Write) error {
	if first := l.first; first != nil {
		l.first = nil
		first()
	}
	return l.Store.Commit(ctx, writes...)
}

func TestTwoReplicasDoNotBeginWithSecretsOfTheirOwn(t *testing.T) {
	cfg, other := firstStart(t), firstStart(t)
	other.Store = cfg.Store
	cfg.Store = &overtaken{cfg.Store, func() {
		_, err := backoffice.New(t.Context(), other)
		require.NoError(t, err)
	}}
	_, err := backoffice.New(t.Context(), cfg)
	require.ErrorContains(t, err, "another replica has begun on this store with a secret of its own")
	require.NoFileExists(t, cfg.SecretFile)
	require.FileExists(t, other.SecretFile)
}

func TestTheSecretThatAnotherReplicaReadIsNotDeleted(t *testing.T) {
	cfg := firstStart(t)
	other := cfg
	cfg.Store = &overtaken{cfg.Store, func() {
		_, err := backoffice.New(t.Context(), other)
		require.NoError(t, err)
	}}
	_, err := backoffice.New(t.Context(), cfg)
	require.NoError(t, err)
	require.FileExists(t, cfg.SecretFile, "the store was made with the secret in it")
}

// unopened is a store that has to be opened.
type unopened struct {
	store.Store
	err error
}

func (c unopened) Open(context.Context) error { return c.err }

func TestNewOpensTheStore(t *testing.T) {
	cfg := firstStart(t)
	cfg.Store = unopened{cfg.Store, os.ErrPermission}
	_, err := backoffice.New(t.Context(), cfg)
	require.ErrorIs(t, err, os.ErrPermission)
	require.ErrorContains(t, err, "Config.Store: ")
	require.NoFileExists(t, cfg.SecretFile, "no secret without a store")
}
