package backoffice_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestWidgetsOfTheHostOnTheHomePage(t *testing.T) {
	var reports atomic.Int32
	card := func(title, permission string, load func(context.Context) (backoffice.WidgetData, error)) backoffice.Widget {
		return backoffice.Widget{Title: title, Permission: permission, Load: load}
	}
	o := newOffice(t, func(c *backoffice.Config) {
		c.Permissions = append(c.Permissions, backoffice.Permission{Key: "reports.view", Label: "See reports"})
		c.Widgets = []backoffice.Widget{
			card("Members", "", func(ctx context.Context) (backoffice.WidgetData, error) {
				op, _ := backoffice.OperatorFrom(ctx)
				return backoffice.WidgetData{Figure: "1,284", Text: "as seen by " + op.Name + "\n<b>", Rows: []backoffice.WidgetRow{
					{Label: "Inside", Path: "/inside?a=b"}, {Label: "Outside", Path: "https://evil.example/"}, {Label: "Beside", Path: "//evil.example/"}, {Value: "no label", Path: "/inside"},
					{Label: "4"}, {Label: "5"}, {Label: "6"}, {Label: "seventh row"},
				}}, nil
			}),
			card("Fails", "", func(context.Context) (backoffice.WidgetData, error) {
				return backoffice.WidgetData{Figure: "half of it"}, errors.New("no answer")
			}),
			card("Empty", "", func(context.Context) (backoffice.WidgetData, error) { return backoffice.WidgetData{}, nil }),
			card("Panics", "", func(context.Context) (backoffice.WidgetData, error) { panic("of the host") }),
			card("Reports", "reports.view", func(context.Context) (backoffice.WidgetData, error) {
				reports.Add(1)
				return backoffice.WidgetData{Figure: "3"}, nil
			}),
		}
	})
	o.Set(lax)
	mel, sue := o.Entered("Mel", backoffice.Moderator), o.Entered("Sue", backoffice.SuperAdministrator)
	shown := mel.Get("/")
	require.Equal(t, http.StatusOK, shown.Status)
	for _, text := range []string{"Members 1,284 as seen by Mel\uFFFD&lt;b>", "Fails Not available at the moment.", "Empty Nothing to show.", "Panics Not available at the moment.", "Inside Outside Beside 4 5 6"} {
		require.Contains(t, strings.ReplaceAll(shown.Text(), "<b>", "&lt;b>"), text)
	}
	for _, text := range []string{"Reports", "evil.example", "seventh row", "half of it", "no label", "of the host", "<b>\n", "as seen by Mel\n"} {
		require.NotContains(t, shown.Body, text)
	}
	require.Contains(t, shown.Body, `href="`+o.Base+`/inside?a=b"`)
	require.Zero(t, reports.Load(), "it is not even asked without the permission")
	require.Contains(t, sue.Get("/").Text(), "Reports 3")
	require.Contains(t, o.Log.String(), "no answer")
	require.Contains(t, o.Log.String(), "panic: of the host")
}
