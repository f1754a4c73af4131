package judge_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/skip2/go-qrcode"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

func TestQR(t *testing.T) {
	picture, err := qrcode.Encode("otpauth://totp/a:b?secret=GEZDGNBV", qrcode.Medium, 256)
	require.NoError(t, err)
	require.Equal(t, "otpauth://totp/a:b?secret=GEZDGNBV", judge.QR(t, picture))
}

// The expected codes are the last six digits of RFC 6238, appendix B.
func TestCodeAt(t *testing.T) {
	const secret = "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
	require.Equal(t, "287082", judge.CodeAt(t, secret, time.Unix(59, 0)))
	require.Equal(t, "081804", judge.CodeAt(t, secret, time.Unix(1111111109, 0)))
	require.Len(t, judge.Code(t, secret), 6)
}

func TestMarkup(t *testing.T) {
	good := []byte("<!doctype html><html lang=\"en\"><head><title>Good</title></head><body><h1>Good</h1></body></html>")
	findings := judge.Markup(t, map[string][]byte{
		"good page":    good,
		"bad page":     []byte("<!doctype html><html lang=\"en\"><head><title>Bad</title></head>\n<body><img src=\"x\"></div></body></html>"),
		"good.css":     []byte("p { color: red }"),
		"bad.css":      []byte("p { colour: red }"),
		"room.css":     []byte("p { container: room / inline-size; color: red }\n@container room (min-width: 1rem) { p { color: red } }"),
		"bad room.css": []byte("@container room (min-width: 1rem) { p { colour: red } }"),
		"another good": good,
	})
	found := map[string]int{}
	for _, f := range findings {
		require.NotEmpty(t, f.Message)
		found[f.Name]++
	}
	require.Equal(t, map[string]int{"bad page": 2, "bad.css": 1, "bad room.css": 1}, found, "%v", findings)
	require.Equal(t, 2, findings[0].Line, "%v", findings)
}

func TestAxe(t *testing.T) {
	const page = `<!doctype html><html lang="en"><head><title>Page</title></head>
<body><main><h1>Page</h1><form>%s</form></main></body></html>`
	tests := []struct {
		name, field string
		want        []string
	}{
		{name: "a labelled field is fine", field: `<label>Name <input name="n"></label>`},
		{name: "a field without a label is found", field: `<input name="n">`, want: []string{"label"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Security-Policy", "default-src 'none'")
				fmt.Fprintf(w, page, tt.field)
			}))
			t.Cleanup(server.Close)
			b := chrome.New(t)
			b.Open(server.URL)
			var rules []string
			for _, v := range judge.Axe(t, b) {
				rules = append(rules, v.Rule)
			}
			require.Equal(t, tt.want, rules)
			b.TakeProblems() // this small site has no icon
		})
	}
}
