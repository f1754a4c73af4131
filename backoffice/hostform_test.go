package backoffice_test

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestWhatIsPostedToTheHostNeedsTheToken(t *testing.T) {
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	o := newOffice(t)
	var got string
	var read error
	o.Inside.HandleFunc("/posts", func(_ http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
			var body []byte
			body, read = io.ReadAll(r.Body)
			got = string(body)
			return
		}
		got = r.FormValue("title")
		if r.MultipartForm != nil {
			files, err := os.ReadDir(temporary)
			require.NoError(t, err)
			require.Len(t, files, 1, "a large file waits on disk")
		}
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	token := ada.Get("/account").Form("/logout").Get("csrf")
	form := func(token string) (string, []byte) {
		return "application/x-www-form-urlencoded", []byte(url.Values{"title": {"spam"}, "csrf": {token}}.Encode())
	}
	upload := func(token string) (string, []byte) {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		require.NoError(t, m.WriteField("title", "spam"))
		require.NoError(t, m.WriteField("csrf", token))
		file, err := m.CreateFormFile("picture", "p.png")
		require.NoError(t, err)
		_, err = file.Write(bytes.Repeat([]byte("x"), 12<<20))
		require.NoError(t, err)
		require.NoError(t, m.Close())
		return m.FormDataContentType(), b.Bytes()
	}
	post := func(method, kind string, body []byte, header string) page {
		got, read = "", nil
		r := ada.Request(method, "/posts", bytes.NewReader(body))
		r.Header.Set("Origin", o.Cfg.Origin)
		r.Header.Set("Content-Type", kind)
		if header != "" {
			r.Header.Set("X-CSRF-Token", header)
		}
		return ada.Send(r)
	}
	for name, make := range map[string]func(string) (string, []byte){"a form": form, "an upload": upload} {
		for _, bad := range []string{"", "x", token + "x", token[1:], strings.ToUpper(token)} {
			kind, body := make(bad)
			require.Equal(t, http.StatusForbidden, post("POST", kind, body, "").Status, "%s with %q", name, bad)
			require.Empty(t, got)
		}
		kind, body := make(token)
		require.Equal(t, http.StatusOK, post("POST", kind, body, "").Status, name)
		require.Equal(t, "spam", got, name)
	}
	left, err := filepath.Glob(filepath.Join(temporary, "*"))
	require.NoError(t, err)
	require.Empty(t, left, "no upload stays on disk")

	document := []byte(`{"title":"spam"}`)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "POSTERN"} {
		for _, kind := range []string{"application/json", "text/plain", "", "multipart/form-data"} {
			refused := post(method, kind, document, "").Status
			require.Contains(t, []int{http.StatusForbidden, http.StatusBadRequest}, refused, "%s %s", method, kind)
			require.Empty(t, got)
		}
		require.Equal(t, http.StatusForbidden, post(method, "application/json", document, "x").Status)
		require.Equal(t, http.StatusOK, post(method, "application/json", document, token).Status)
		require.JSONEq(t, string(document), got)
	}
	require.Positive(t, o.Count("request.forged"))

	t.Run("a body is bounded", func(t *testing.T) {
		huge := bytes.Repeat([]byte("a"), 16<<20+1)
		require.Equal(t, http.StatusOK, post("POST", "application/json", huge, token).Status)
		require.Error(t, read, "the host reads no more than 16 MiB")
		require.Len(t, got, 16<<20)
		require.Equal(t, http.StatusRequestEntityTooLarge, post("POST", "application/x-www-form-urlencoded", append([]byte("csrf="+token+"&title="), huge...), "").Status)
	})
	t.Run("from elsewhere the right token does not help", func(t *testing.T) {
		r := ada.Request("POST", "/posts", bytes.NewReader(document))
		r.Header.Set("X-CSRF-Token", token)
		r.Header.Set("Sec-Fetch-Site", "same-site")
		got = ""
		require.Equal(t, http.StatusForbidden, ada.Send(r).Status)
		require.Empty(t, got)
	})
}
