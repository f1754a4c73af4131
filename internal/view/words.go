package view

import (
	"html"
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/messages"
)

// wordFuncs are the functions of templates that say something in a language.
//
//	{{t "home.attention.codes" "n" .Page.Left}}
//	{{th "signin.sso" "sso" .Page.SSO}}
//
// t says a message as text, th with its tags as HTML. say says a [messages.Text], host a
// text of the host's, forms all plural forms of a message for the script. ago and stamp are
// <time> elements, as arguments of th.
func wordFuncs(l *messages.Language, clock func() time.Time) template.FuncMap {
	at := func(t time.Time) moment { return moment{at: t, now: clock(), in: l} }
	return template.FuncMap{
		"t":      l.Text,
		"forms":  l.Forms,
		"th":     l.HTML,
		"say":    l.Say,
		"host":   func(text string) string { return l.Say(messages.Host(text)) },
		"moment": at,
		"ago":    func(t time.Time) template.HTML { return at(t).agoHTML() },
		"stamp":  func(t time.Time) template.HTML { return at(t).stampHTML() },
		"day":    func(t time.Time) string { return l.Date(messages.On(t)) },
		"span":   l.Span,
		"count":  l.Number,
		"list":   l.ListHTML,
		// What charts are drawn from.
		"bars":  func(chart any) (drawn, error) { return drawBars(chart, l) },
		"lines": func(chart any) (drawn, error) { return drawLines(chart, l) },
		// What a sentence calls an office of this name, after "the".
		"backOffice": func(name string) string { return brand.OfficeIn(l, name) },
	}
}

// agoHTML is what the partial "ago" shows.
func (m moment) agoHTML() template.HTML {
	if m.IsZero() {
		return template.HTML(html.EscapeString(m.in.Text("format.never")))
	}
	form := "ago"
	if m.Far() {
		form = "day"
	}
	return m.element(form, ` data-age="`+strconv.FormatInt(m.Age(), 10)+`"`, m.Relative())
}

// stampHTML is what the partial "time" shows.
func (m moment) stampHTML() template.HTML {
	if m.IsZero() {
		return template.HTML(html.EscapeString(m.in.Text("format.never")))
	}
	return m.element("moment", "", m.Text())
}

func (m moment) element(form, more, text string) template.HTML {
	var b strings.Builder
	b.WriteString(`<time datetime="` + m.Machine() + `" title="` + html.EscapeString(m.Full()) + `" data-form="` + form + `"` + more + `>`)
	b.WriteString(html.EscapeString(text) + "</time>")
	return template.HTML(b.String())
}
