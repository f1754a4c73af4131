package useragent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/useragent"
)

func TestTheYoungestOfAFamilyIsNamed(t *testing.T) {
	for header, want := range map[string][2]string{
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Ubuntu Chromium/80.0 Chrome/80.0 Safari/537.36":                                {"Chromium", "Linux"},
		"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0 Safari/537.36":                                            {"Chrome", "Linux"},
		"Mozilla/5.0 (Linux; Android 10; HD1913) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36 EdgA/140.0":                          {"Edge", "Android"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 EdgiOS/140.0 Mobile/15E148 Safari/604.1": {"Edge", "iPhone"},
		"Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/64.0 Safari/537.36 Edge/17.17134":                                         {"Edge", "Windows"},
		"Mozilla/5.0 (X11; FreeBSD amd64; rv:140.0) Gecko/20100101 Firefox/140.0":                                                                              {"Firefox", "FreeBSD"},
		"Wget/1.21.4 (linux-gnu)": {"Wget", ""},
		"python-requests/2.32":    {"A Python program", ""},
		"":                        {"", ""},
	} {
		require.Equal(t, want, [2]string{useragent.Browser(header), useragent.System(header)}, header)
	}
}
