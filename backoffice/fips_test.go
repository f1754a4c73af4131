package backoffice_test

import (
	"crypto/fips140"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/totp"
)

// inFIPSMode runs tests of this binary in a process of its own with GODEBUG=fips140=mode.
func inFIPSMode(t *testing.T, mode, tests string) {
	run := exec.CommandContext(t.Context(), os.Args[0], "-test.v", "-test.run=^("+tests+")$")
	run.Env = append(os.Environ(), "GODEBUG=fips140="+mode)
	out, err := run.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: ")
}

func TestAnOfficeOnTheFIPSModule(t *testing.T) {
	t.Parallel()
	inFIPSMode(t, "on", "TestTheLeastConfigurationIsComplete|TestSignInWithTwoFactors|TestAForgottenPassword")
}

// TestFIPSOnlyIsRefused runs in a process of its own, because the mode is read at start.
func TestFIPSOnlyIsRefused(t *testing.T) {
	if !fips140.Enforced() {
		t.Parallel()
		inFIPSMode(t, "only", "TestFIPSOnlyIsRefused")
		return
	}
	secret, err := totp.NewSecret(totp.SHA256)
	require.NoError(t, err)
	now := time.Now()
	asks := map[string]func() error{
		"an office":  func() error { _, err := backoffice.New(ctx, least(t)); return err },
		"a hasher":   func() error { _, err := password.NewHasher(password.Config{}); return err },
		"an app key": func() error { _, err := totp.NewKey("Site", "ann", secret, totp.Options{}); return err },
		"an app code": func() error {
			_, err := totp.Verify(secret, "123456", now, totp.Options{})
			return err
		},
	}
	for name, ask := range asks {
		require.ErrorContains(t, ask(), "GODEBUG=fips140=only forbids", name)
		require.ErrorContains(t, ask(), "run with fips140=on", name)
	}
	fips140.WithoutEnforcement(func() {
		require.ErrorContains(t, asks["an office"](), "fips140=only", "its requests come later")
		require.NoError(t, asks["an app key"](), "a call")
	})
	sha256 := totp.Options{Algorithm: totp.SHA256}
	_, err = totp.Code(secret, now, sha256)
	require.NoError(t, err, "an approved algorithm")
}
