package browser_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/need"
)

// TestADateWithoutATimeIsThatDayEverywhere: only moments move with the reader.
func TestADateWithoutATimeIsThatDayEverywhere(t *testing.T) {
	script, err := os.ReadFile(filepath.Join(need.Root(t), "internal/view/static/postern.js"))
	require.NoError(t, err)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(`<!DOCTYPE html><html lang="` + r.URL.Query().Get("lang") + `"><title>Dates</title><link rel="icon" href="data:,"><script type="module" src="/postern.js"></script>
<time id="day" datetime="2026-03-02" title="2 March 2026">2 Mar 2026</time>
<time id="moment" datetime="2026-03-02T01:30:00Z" title="2 March 2026, 01:30 UTC">2 Mar 2026, 01:30 UTC</time>
<time id="ago" datetime="2026-03-02T01:30:00Z" title="2 March 2026, 01:30 UTC" data-form="ago" data-age="65">1 minute ago</time>
<div><span data-group="rows"><input type="checkbox"></span><b data-ticked-rows='{"one":"{n} row","two":"{n} rows of two","few":"{n} few rows","other":"{n} rows"}'>none</b></div>
<div id="rows"><input type="checkbox"><input type="checkbox"><input type="checkbox"></div>`))
		case "/postern.js":
			w.Header().Set("Content-Type", "text/javascript")
			_, _ = w.Write(script)
		default:
			http.NotFound(w, r)
		}
	}))
	defer srv.Close()
	b := chrome.New(t)
	b.Zone("America/New_York")
	b.Open(strings.Replace(srv.URL, "127.0.0.1", "localhost", 1))
	b.Wait(`#moment[title*="("]`)
	require.Equal(t, "2 Mar 2026", b.Text("#day"))
	title, _ := b.Attribute("#day", "title")
	require.Equal(t, "2 March 2026", title)
	require.Equal(t, "1 Mar 2026, 20:30 GMT-5", b.Text("#moment"))
	for minutes, want := range map[int]string{4: "5 minutes ago", 58: "59 minutes ago", 60: "1 hour ago", 49 * 60: "2 days ago"} {
		b.Evaluate(fmt.Sprintf(`window.begun ??= Date.now(); Date.now = () => begun + %d * 60e3; document.dispatchEvent(new Event("visibilitychange"))`, minutes), nil)
		require.Equal(t, want, b.Text("#ago"), "whatever the browser's clock says")
	}

	// The language of the page is that of dates and plurals, and the server's text stays if
	// the browser does not know it.
	address := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1) + "/?lang="
	for lang, want := range map[string]struct{ moment, ago, two string }{
		"de":         {"1. März 2026, 20:30 GMT-5", "vor 1 Minute", "2 rows"},
		"ar":         {"1 مارس 2026، 20:30 غرينتش-5", "قبل دقيقة واحدة", "2 rows of two"},
		"tlh":        {"2 Mar 2026, 01:30 UTC", "1 minute ago", "2 rows"},
		"no_such_o-": {"2 Mar 2026, 01:30 UTC", "1 minute ago", "2 rows"},
	} {
		b.Open(address + lang)
		b.Wait(`[data-group]:not([hidden])`)
		require.Equal(t, want.moment, b.Text("#moment"), lang)
		require.Equal(t, want.ago, b.Text("#ago"), lang)
		b.Evaluate(`for (const tick of document.querySelectorAll("#rows input:not(:last-child)")) tick.click()`, nil)
		require.Equal(t, want.two, b.Text("[data-ticked-rows]"), lang)
	}
}
