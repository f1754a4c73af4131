package backoffice_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestBodiesInTheOfficesLayout(t *testing.T) {
	o := newOffice(t)
	var body func(io.Writer) error
	o.Inside.HandleFunc("/body", func(w http.ResponseWriter, r *http.Request) {
		o.RenderBody(w, r, "Numbers & more", func(w io.Writer) error { return body(w) })
	})
	ada := o.Enrolled("Ada", backoffice.Moderator)
	write := func(text string, err error) func(io.Writer) error {
		return func(w io.Writer) error {
			_, _ = io.WriteString(w, text)
			return err
		}
	}
	body = write("<h1>Five</h1>\x00{{.Frame}}", nil)
	shown := ada.Get("/body")
	require.Equal(t, http.StatusOK, shown.Status)
	require.Contains(t, shown.Body, "<title>Numbers &amp; more · Meadow</title>")
	require.Contains(t, shown.Body, "<h1>Five</h1>\x00{{.Frame}}", "as it was written")
	require.Contains(t, shown.Text(), "Sign out")

	for name, c := range map[string]struct {
		body func(io.Writer) error
		log  string
	}{
		"an error": {write("HALF", errors.New("the numbers are gone")), "the numbers are gone"},
		"a panic":  {func(io.Writer) error { panic("the numbers fell over") }, "the numbers fell over"},
		"too much": {func(w io.Writer) error {
			for range 17 {
				if _, err := io.WriteString(w, strings.Repeat("HALF", 1<<18)); err != nil {
					return err
				}
			}
			return nil
		}, "longer than 16 MiB"},
	} {
		t.Run(name, func(t *testing.T) {
			o.Log.Reset()
			body = c.body
			answer := ada.Get("/body")
			require.Equal(t, http.StatusInternalServerError, answer.Status)
			require.Contains(t, answer.Body, "</html>", "a whole page")
			require.NotContains(t, answer.Body, "HALF")
			require.NotContains(t, answer.Body, c.log)
			require.Contains(t, o.Log.String(), c.log)
		})
	}

	w := httptest.NewRecorder()
	o.RenderBody(w, httptest.NewRequest(http.MethodGet, "/", nil), "x", func(io.Writer) error { t.Error("asked outside of the office"); return nil })
	require.Equal(t, "meadow", w.Header().Get("X-Community"))
}
