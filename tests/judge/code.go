package judge

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/postern-go/postern/tests/need"
)

// QR returns the text of the only QR code in an image: PNG, or another format that
// zbarimg reads. If there is none, or more than one, the test fails.
func QR(t testing.TB, picture []byte) string {
	t.Helper()
	zbarimg := need.Program(t, "zbarimg")
	file := filepath.Join(t.TempDir(), "picture")
	if err := os.WriteFile(file, picture, 0o600); err != nil {
		t.Fatalf("read a QR code: %v", err)
	}
	text, err := output(t, exec.Command(zbarimg, "-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", file))
	if err != nil {
		t.Fatalf("read a QR code: zbarimg found none: %v", err)
	}
	codes := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if len(codes) != 1 {
		t.Fatalf("read a QR code: zbarimg found %d", len(codes))
	}
	return codes[0]
}

// Code returns the six digits that an authenticator app shows now for a base32
// secret. Spaces in the secret are dropped, as apps do.
func Code(t testing.TB, secret string) string {
	t.Helper()
	return CodeAt(t, secret, time.Now())
}

// CodeAt is Code at another time, such as the next step after this one's code was
// used.
func CodeAt(t testing.TB, secret string, at time.Time) string {
	t.Helper()
	oathtool := need.Program(t, "oathtool")
	cmd := exec.Command(oathtool, "--totp", "--base32",
		"--now", at.UTC().Format("2006-01-02 15:04:05 UTC"), "-")
	// On standard input, because other users can read the arguments.
	cmd.Stdin = strings.NewReader(strings.ReplaceAll(secret, " ", "") + "\n")
	code, err := output(t, cmd)
	if err != nil {
		t.Fatalf("make a code: %v", err)
	}
	return strings.TrimSpace(code)
}
