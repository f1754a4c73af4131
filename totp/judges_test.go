package totp_test

import (
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/totp"
)

// judge finds a program that implements the standard independently of this
// package. Without it, the test fails if CI is true, and otherwise logs what was
// not checked.
func judge(t *testing.T, program string) (path string, found bool) {
	t.Helper()
	path, err := exec.LookPath(program)
	if err == nil {
		return path, true
	}
	require.NotEqual(t, "true", os.Getenv("CI"), "%s is not installed", program)
	t.Logf("NOT CHECKED: %s is not installed", program)
	return "", false
}

func run(t *testing.T, program string, args ...string) string {
	t.Helper()
	out, err := exec.Command(program, args...).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.TrimSuffix(string(out), "\n")
}

func TestOathtoolMakesTheSameCodes(t *testing.T) {
	oathtool, found := judge(t, "oathtool")
	if !found {
		return
	}
	for _, algorithm := range []totp.Algorithm{totp.SHA1, totp.SHA256, totp.SHA512} {
		for _, digits := range []int{6, 8} {
			for _, at := range []time.Time{time.Unix(0, 0), noon, noon.Add(15 * time.Second), time.Unix(20000000000, 0)} {
				s := rfcSecret(t, algorithm)
				code := run(t, oathtool, "--totp="+strings.ToLower(algorithm.String()), "-d", strconv.Itoa(digits),
					"--now", at.UTC().Format("2006-01-02 15:04:05 UTC"), "-b", s.Base32())
				o := totp.Options{Algorithm: algorithm, Digits: digits, StrictWindow: true}
				require.Equal(t, code, codeAt(t, s, at, o))
				step, err := totp.Verify(s, code, at, o)
				require.NoError(t, err)
				require.Equal(t, totp.Step(at), step)
			}
		}
	}
}

func TestOathtoolReadsTheKeyAsPeopleTypeIt(t *testing.T) {
	oathtool, found := judge(t, "oathtool")
	if !found {
		return
	}
	s := rfcSecret(t, totp.SHA1)
	code := run(t, oathtool, "--totp", "--now", noon.Format("2006-01-02 15:04:05 UTC"), "-b", s.Grouped())
	require.Equal(t, codeAt(t, s, noon, totp.Options{}), code)
}

// scan writes img to a file and returns what zbarimg reads there.
func scan(t *testing.T, zbarimg string, img image.Image) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "qr.png")
	f, err := os.Create(file)
	require.NoError(t, err)
	require.NoError(t, png.Encode(f, img))
	require.NoError(t, f.Close())
	return run(t, zbarimg, "-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", file)
}

func TestZbarReadsTheURIFromThePicture(t *testing.T) {
	zbarimg, found := judge(t, "zbarimg")
	if !found {
		return
	}
	keys := map[string]totp.Key{
		"ordinary":      newKey(t, "ACME Co", "ada@example.org", totp.Options{}),
		"accents, plus": newKey(t, "Café Zürich", "zoë+ops@example.org", totp.Options{}),
		"other script":  newKey(t, "日本語", "👩‍💻", totp.Options{}),
		"long digits":   newKey(t, "1234567890", "00000000000000000000", totp.Options{}),
		"SHA512, eight": newKey(t, "ACME Co", "ada@example.org", totp.Options{Algorithm: totp.SHA512, Digits: 8}),
		"markup":        newKey(t, `<b>"&'`, "a;b=c?d#e", totp.Options{}),
		"smallest":      newKey(t, "A", "b", totp.Options{}),
		"largest":       largestKey(t),
	}
	for name, k := range keys {
		t.Run(name, func(t *testing.T) {
			data, err := k.PNG(400)
			require.NoError(t, err)
			file := filepath.Join(t.TempDir(), "qr.png")
			require.NoError(t, os.WriteFile(file, data, 0o600))
			fromPNG := run(t, zbarimg, "-q", "--raw", "--nodbus", "-Sdisable", "-Sqrcode.enable", file)
			require.Equal(t, k.URI(), fromPNG)

			svg, err := k.SVG()
			require.NoError(t, err)
			fromSVG := scan(t, zbarimg, rasterise(t, svg, 4))
			require.Equal(t, k.URI(), fromSVG)
		})
	}
}
