package mail_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/mail"
)

// host returns templates of a host, by file name and content.
func host(files map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return fsys
}

const (
	goodText = "{{.Greeting}} {{with .Button}}{{.URL}}{{end}} {{.NotYou}}\n"
	goodHTML = `<p>{{.Greeting}}</p>{{with .Button}}<a href="{{.URL}}">{{.Label}}</a>{{end}}<p>{{.NotYou}}</p>`
)

func TestHostTemplates(t *testing.T) {
	templates, err := mail.NewTemplates(host(map[string]string{
		"letter.txt":          "Our layout. " + goodText,
		"password-reset.txt":  `{{define "subject"}}New password for {{.Sender}}{{end}}Our words, {{.Values.Token}}. ` + goodText,
		"password-reset.html": "<h1>Our words</h1>" + goodHTML,
		"README.md":           "{{ not a template",
	}), "password-reset", "digest")
	require.NoError(t, err)

	m, err := templates.Message(letter(), "Ada@Example.com")
	require.NoError(t, err)
	require.Equal(t, "Ada@example.com", m.To)
	require.Equal(t, "New password for Acme", m.Subject)
	require.Contains(t, m.Text, "Our words, "+token+". Hello Ada, https://community.example/")
	require.Contains(t, m.HTML, "<h1>Our words</h1>")

	l := letter()
	l.Kind = "digest"
	m, err = templates.Message(l, "ada@example.com")
	require.NoError(t, err)
	require.Contains(t, m.Text, "Our layout. Hello Ada,")
	require.Equal(t, "Reset your Acme password", m.Subject)
	require.Contains(t, m.HTML, "<!doctype html>", "what the host does not replace stays")

	m, err = l.Message("ada@example.com")
	require.NoError(t, err)
	require.NotContains(t, m.Text, "Our layout", "the library's own are not changed")
}

func TestHostTemplatesAreCheckedAtConstruction(t *testing.T) {
	for _, test := range []struct {
		name, file, source, want string
	}{
		{"text that does not parse", "letter.txt", "{{", "parse mail template"},
		{"markup that does not parse", "letter.html", "{{", "parse mail template"},
		{"markup that cannot be escaped", "letter.html", "<a href='{{.Home}}", "parse mail template"},
		{"one with a function that does not exist", "letter.txt", "{{nope .Home}}", `"nope" not defined`},
		{"text with a control character", "letter.txt", goodText + "\x1b[2J", "letter.txt has a control character"},
		{"markup that is not UTF-8", "letter.html", goodHTML + "\xff", "letter.html is not valid UTF-8"},
		{"one named after no letter", "pasword-reset.txt", goodText, "there is no such letter"},
		{"one with an extension too many", "x.html", goodHTML, "x.html: there is no such letter"},
	} {
		t.Run(test.name, func(t *testing.T) {
			templates, err := mail.NewTemplates(host(map[string]string{test.file: test.source, "letter.en.txt": goodText}), "password-reset")
			require.ErrorContains(t, err, test.want)
			require.Nil(t, templates)
		})
	}
	_, err := mail.NewTemplates(host(map[string]string{"letter.txt": "{{", "y.txt": ""}))
	require.ErrorContains(t, err, "letter.txt")
	require.ErrorContains(t, err, "y.txt: there is no such letter", "all are reported at once")
}

func TestHostTemplatesEscapeValues(t *testing.T) {
	templates, err := mail.NewTemplates(host(map[string]string{"letter.html": goodHTML}))
	require.NoError(t, err)
	l := letter()
	l.Greeting = "<script>{{.}}"
	m, err := templates.Message(l, "ada@example.com")
	require.NoError(t, err)
	require.Contains(t, m.HTML, "<p>&lt;script&gt;{{.}}</p>")
}

func TestATemplateThatFailsIsAnError(t *testing.T) {
	for _, test := range []struct{ name, file, source, want string }{
		{"a field that does not exist", "letter.txt", "{{.Values.Nope}}", "Nope"},
		{"no text", "letter.txt", " \n", "text: must not be empty"},
		{"a control character", "letter.txt", goodText + `{{"\x1b"}}[2J`, "text: has a control character"},
		{"an empty subject", "letter.txt", `{{define "subject"}} {{end}}` + goodText, "subject: need 1 to 200 characters"},
		{"a subject that goes on", "letter.txt", `{{define "subject"}}{{range 300}}x{{end}}{{end}}` + goodText, "subject: need 1 to 200 characters"},
		{"no link in the text", "letter.txt", "{{.Greeting}}", "the link is missing"},
		{"no link in the markup", "letter.html", "<p>{{.Greeting}}</p>", "the link is missing"},
		{"no end", "letter.txt", `{{define "a"}}more {{template "a"}}{{end}}{{template "a"}}`, "exceeded maximum template depth"},
		{"nearly no end", "letter.html", `{{range 1000000000}}more and more {{end}}`, "longer than 1 MiB"},
		{"a panic", "letter.txt", `{{index .Paragraphs 99}}`, "out of range"},
	} {
		t.Run(test.name, func(t *testing.T) {
			templates, err := mail.NewTemplates(host(map[string]string{test.file: test.source}))
			require.NoError(t, err)
			m, err := templates.Message(letter(), "ada@example.com")
			require.ErrorContains(t, err, test.want)
			require.Zero(t, m)
		})
	}
}

func TestAHeadingIsNoHeader(t *testing.T) {
	templates, err := mail.NewTemplates(host(map[string]string{"letter.txt": `{{define "subject"}}Hello
Bcc: eve@evil.example =?utf-8?q?=0D=0A?={{end}}` + goodText}))
	require.NoError(t, err)
	m, err := templates.Message(letter(), "ada@example.com")
	require.NoError(t, err)
	require.Equal(t, "Hello Bcc: eve@evil.example = ?utf-8?q?=0D=0A?=", m.Subject)
}
