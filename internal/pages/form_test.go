package pages_test

import (
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

func FuzzReadForm(f *testing.F) {
	const form = "application/x-www-form-urlencoded"
	f.Add(form, "login=ada&password=x", "")
	f.Add(form, "role=a&role=b", "role=c")
	f.Add(form, strings.Repeat("permission=a&", 300)+"name=x", "")
	f.Add(form+"; charset=utf-8", "a=%00&b=%ff", "a=1;b=2")
	f.Add("multipart/form-data; boundary=x", "--x", "")
	f.Add("text/plain", "login=ada", "%zz")
	f.Fuzz(func(t *testing.T, kind, body, query string) {
		r := httptest.NewRequest("POST", "/login", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Type", kind)
		got, status := pages.ReadForm(httptest.NewRecorder(), r)
		if status != 0 {
			require.Contains(t, []int{400, 413, 415}, status)
			require.Nil(t, got)
			return
		}
		require.LessOrEqual(t, len(body), 64<<10)
		for name, values := range got {
			require.True(t, len(values) == 1 || name == "role" || name == "permission")
			for _, v := range values {
				require.True(t, utf8.ValidString(v) && !strings.Contains(v, "\x00"))
			}
		}
		require.LessOrEqual(t, len(got), 100)
		want, err := url.ParseQuery(body)
		require.NoError(t, err)
		require.Equal(t, want, url.Values(got), "what stands in the address is no field")
	})
}
