package lettertest_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/letters/lettertest"
)

const (
	goodText = "{{.Greeting}} {{with .Button}}{{.URL}}{{end}} {{.NotYou}}\n"
	goodHTML = `<p>{{.Greeting}}</p>{{with .Button}}<a href="{{.URL}}">{{.Label}}</a>{{end}}<p>{{.NotYou}}</p>`
)

func TestCheck(t *testing.T) {
	require.NoError(t, lettertest.Check(nil), "our own templates leave nothing out")
	for _, test := range []struct {
		name, file, source, want string
	}{
		{"one that does not parse", "letter.txt", "{{", "parse mail template"},
		{"one that does not execute", "letter.html", goodHTML + "{{.Nope}}", "Nope"},
		{"one that does not execute for one letter", "invitation.txt", goodText + "{{.Values.Nope}}", "Nope"},
		{"one named after no letter", "pasword-reset.txt", goodText, "there is no such letter"},
		{"a text without the link", "letter.txt", "{{.NotYou}}", "the text template leaves out the link"},
		{"markup without the link", "letter.html", "{{.NotYou}}", "the HTML template leaves out the link"},
		{"markup that shows the link and links nowhere", "letter.html", "{{.NotYou}}{{with .Button}}{{.URL}}{{end}}", "the HTML template leaves out the link"},
		{"a text without advice", "letter.txt", "x{{with .Button}}{{.URL}}{{end}}", "the text template leaves out what to do"},
		{"markup with the advice in a comment", "letter.html", `<!-- {{.NotYou}} -->{{with .Button}}<a href="{{.URL}}">x</a>{{end}}`, "the HTML template leaves out what to do"},
		{"an empty subject", "letter.txt", `{{define "subject"}} {{end}}` + goodText, "subject: need 1 to 200 characters"},
		{"one that is fine", "letter.html", goodHTML, ""},
		{"values of a letter", "invitation.txt", goodText + "{{.Values.By}} {{.Values.Office}} {{.Values.Roles}}", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := lettertest.Check(fstest.MapFS{test.file: {Data: []byte(test.source)}})
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, test.want)
		})
	}
}
