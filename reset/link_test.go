package reset_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/reset"
)

func TestLinkShowsItsTokenOnlyWhenAskedByName(t *testing.T) {
	link, _, err := setup(t).Make("m1", "")
	require.NoError(t, err)
	token := link.Token()
	type public struct{ Link reset.Link }
	type private struct{ link reset.Link }

	shown := map[string]string{}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%T"} {
		for name, value := range map[string]any{
			"link": link, "pointer": &link, "field": public{link}, "private field": private{link},
			"slice": []reset.Link{link}, "map": map[string]reset.Link{"k": link},
			"private in pointer": &private{link},
		} {
			shown[verb+" of "+name] = fmt.Sprintf(verb, value)
		}
	}
	var log bytes.Buffer
	for _, handler := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(handler).Info("made", "link", link, "in", public{link}, "hidden", private{link})
	}
	shown["log"] = log.String()
	inJSON, err := json.Marshal(public{link})
	require.NoError(t, err)
	shown["json"] = string(inJSON)
	inXML, err := xml.Marshal(public{link})
	require.NoError(t, err)
	shown["xml"] = string(inXML)
	shown["error"] = fmt.Errorf("mail %v: %s", link, link).Error()

	for where, text := range shown {
		require.NotContains(t, text, token, where)
		require.NotContains(t, text, fmt.Sprintf("%x", token), where)
		require.NotContains(t, text, fmt.Sprintf("%X", token), where)
		require.NotContains(t, text, fmt.Sprint([]byte(token))[1:20], where)
	}
	for _, where := range []string{"%v of link", "%#v of link", "%x of link", "%d of field", "log", "json", "xml", "error"} {
		require.Contains(t, shown[where], "[redacted]", where)
	}
	require.Equal(t, "[redacted]", link.String())
	require.Equal(t, "[redacted]", link.GoString())
}

func TestURLTakesPlainPagesOnly(t *testing.T) {
	link, _, err := setup(t).Make("m1", "")
	require.NoError(t, err)
	tests := map[string]struct {
		page string
		ok   bool
	}{
		"https":                       {"https://example.org/reset", true},
		"http, for development":       {"http://localhost:8080/k7w3/reset", true},
		"IPv6":                        {"http://[::1]:8080/reset", true},
		"no path":                     {"https://example.org", true},
		"escaped path":                {"https://example.org/a%20b/reset", true},
		"empty":                       {"", false},
		"relative":                    {"/reset", false},
		"without scheme":              {"//example.org/reset", false},
		"another scheme":              {"ftp://example.org/reset", false},
		"script":                      {"javascript:alert(1)", false},
		"no host":                     {"https:///reset", false},
		"port without host":           {"https://:443/reset", false},
		"opaque":                      {"https:example.org/reset", false},
		"query":                       {"https://example.org/reset?a=b", false},
		"empty query":                 {"https://example.org/reset?", false},
		"fragment":                    {"https://example.org/reset#x", false},
		"empty fragment":              {"https://example.org/reset#", false},
		"user":                        {"https://ada:pw@example.org/reset", false},
		"line break":                  {"https://example.org/reset\r\nBcc: eve@example.com", false},
		"blank":                       {"https://example.org/re set", false},
		"quotation mark":              {"https://example.org/\"onclick=", false},
		"bad escape":                  {"https://example.org/%zz", false},
		"backslash, read two ways":    {"https://example.org\\@evil.example/", false},
		"backslash later in the path": {"https://example.org/a\\b", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := link.URL(test.page)
			if test.ok {
				require.NoError(t, err)
				require.Equal(t, test.page+"#"+link.Token(), got)
				return
			}
			require.Error(t, err)
			require.Empty(t, got)
			require.NotContains(t, err.Error(), link.Token())
			if test.page != "" {
				require.NotContains(t, err.Error(), test.page, "an office's address is not for logs")
			}
		})
	}
}

func TestZeroLinkHoldsNothing(t *testing.T) {
	var link reset.Link
	require.Empty(t, link.Token())
	require.Equal(t, "[redacted]", fmt.Sprint(link))
	_, err := link.URL("https://example.org/reset")
	require.ErrorContains(t, err, "empty")
}
