package backoffice_test

import (
	"context"
	"net/http"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestTextsOfTheHostAreSaidInTheLanguageOfTheReader(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.Messages = fstest.MapFS{
			"en.json": {Data: []byte(`{"posts.waiting": {"one": "{n} post waits", "other": "{n} posts wait"}}`)},
			"de.json": {Data: []byte(`{
				"posts.waiting": {"one": "{n} Beitrag wartet", "other": "{n} Beiträge warten"},
				"Reports": "Meldungen", "Garden": "Garten", "What grows.": "Was wächst."
			}`)},
		}
		c.Menu = append(c.Menu, backoffice.MenuItem{Label: "Garden", Text: "What grows.", Path: "/garden"})
		c.HandlerTemplates = fstest.MapFS{"garden.html": {Data: []byte(`{{define "content"}}<h1>{{template "title" .}}</h1>{{end}}`)}}
		c.Widgets = []backoffice.Widget{{Title: "Reports", Load: func(ctx context.Context) (backoffice.WidgetData, error) {
			return backoffice.WidgetData{Figure: "2", Text: backoffice.Text(ctx, "posts.waiting", "n", 2) + backoffice.Text(ctx, "/none")}, nil
		}}}
	})
	o.Inside.HandleFunc("/garden", func(w http.ResponseWriter, r *http.Request) { o.Render(w, r, "garden.html", "Garden", nil) })
	o.Set(lax)
	mel := o.Entered("Mel", backoffice.Moderator)
	for language, want := range map[string][]string{
		"de": {"Meldungen 2 2 Beiträge warten/none", "Garten Was wächst.", "Garten"},
		"en": {"Reports 2 2 posts wait/none", "Garden What grows.", "Garden"},
	} {
		home := in(mel.Browser, language, "/").Text()
		require.Contains(t, home, want[0])
		require.Contains(t, home, want[1])
		require.Contains(t, in(mel.Browser, language, "/garden").Body, "<h1>"+want[2]+"</h1>")
	}
	require.Equal(t, "posts.waiting", backoffice.Text(t.Context(), "posts.waiting", "n", 2))
}
