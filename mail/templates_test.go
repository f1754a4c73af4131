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
		"password-reset.txt":  `{{define "subject"}}New password for {{.Values.Office}}{{end}}Our words, {{.Values.Name}}. ` + goodText,
		"password-reset.html": "<h1>Our words</h1>" + goodHTML,
		"README.md":           "{{ not a template",
	}))
	require.NoError(t, err)

	m, err := templates.Message(sample(t, "password-reset"), "Ada@Example.com")
	require.NoError(t, err)
	require.Equal(t, "Ada@example.com", m.To)
	require.Equal(t, "New password for Acme", m.Subject)
	require.Contains(t, m.Text, "Our words, Ada Lovelace. Hello Ada Lovelace, https://community.example/")
	require.Contains(t, m.HTML, "<h1>Our words</h1>")

	m, err = templates.Message(sample(t, "new-device"), "ada@example.com")
	require.NoError(t, err)
	require.Contains(t, m.Text, "Our layout. Hello Ada Lovelace,")
	require.Equal(t, "New sign-in to your Acme back office account", m.Subject)
	require.Contains(t, m.HTML, "<!doctype html>", "what the host does not replace stays")
}

func TestHostTemplatesAreCheckedAtConstruction(t *testing.T) {
	for _, test := range []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"one that does not parse", map[string]string{"letter.txt": "{{"}, "parse mail template"},
		{"one that does not execute", map[string]string{"letter.html": goodHTML + "{{.Nope}}"}, "Nope"},
		{"one that does not execute for one letter", map[string]string{"invitation.txt": goodText + "{{.Values.Nope}}"}, "Nope"},
		{"one named after no letter", map[string]string{"pasword-reset.txt": goodText}, "there is no such letter"},
		{"one with an extension too many", map[string]string{"letter.en.txt": goodText, "x.html": goodHTML}, "x.html: there is no such letter"},
		{"a text without the link", map[string]string{"letter.txt": "{{.NotYou}}"}, "the text template leaves out the link"},
		{"markup without the link", map[string]string{"letter.html": "{{.NotYou}}"}, "the HTML template leaves out the link"},
		{"markup that shows the link and links nowhere", map[string]string{"letter.html": "{{.NotYou}}{{with .Button}}{{.URL}}{{end}}"}, "the HTML template leaves out the link"},
		{"a text without advice", map[string]string{"letter.txt": "x{{with .Button}}{{.URL}}{{end}}"}, "the text template leaves out what to do"},
		{"markup with the advice in a comment", map[string]string{"letter.html": `<!-- {{.NotYou}} -->{{with .Button}}<a href="{{.URL}}">x</a>{{end}}`}, "the HTML template leaves out what to do"},
		{"an empty subject", map[string]string{"letter.txt": `{{define "subject"}} {{end}}` + goodText}, "leaves out the subject"},
	} {
		t.Run(test.name, func(t *testing.T) {
			templates, err := mail.NewTemplates(host(test.files))
			require.ErrorContains(t, err, test.want)
			require.Nil(t, templates)
		})
	}
}

func TestHostTemplatesEscapeValues(t *testing.T) {
	templates, err := mail.NewTemplates(host(map[string]string{"letter.html": goodHTML}))
	require.NoError(t, err)
	l := sample(t, "new-device")
	l.Greeting = "<script>{{.}}"
	m, err := templates.Message(l, "ada@example.com")
	require.NoError(t, err)
	require.Contains(t, m.HTML, "<p>&lt;script&gt;{{.}}</p>")
}

func TestKindsAreDistinct(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range mail.Kinds() {
		require.False(t, seen[kind], kind)
		require.Regexp(t, `^[a-z]+(-[a-z]+)*$`, kind)
		seen[kind] = true
	}
	require.Len(t, seen, 26)
}
