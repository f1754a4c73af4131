package desk_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
)

// Otherwise a template of the host's could keep everyone out who signs in from
// a new browser.
func TestAMailTemplateThatFailsKeepsNobodyOut(t *testing.T) {
	templates, err := mail.NewTemplates(fstest.MapFS{"new-device.txt": {Data: []byte("{{.Values.Nope}}")}}, letters.Kinds...)
	require.NoError(t, err)
	o := newOffice(t, func(c *desk.Config) { c.MailTemplates = templates })
	_, in := o.Enrolled("Ada", desk.RoleSuperAdministrator)
	o.Again("Ada", in.Secret)

	elsewhere := home
	elsewhere.UserAgent, elsewhere.IP = "curl/8", "198.51.100.9"
	p, err := o.SignIn(ctx, elsewhere, desk.SignInForm{Login: "Ada", Password: good})
	require.NoError(t, err)
	_, err = o.SubmitCode(ctx, elsewhere, p.Token, o.Code(in.Secret))
	require.NoError(t, err)
	require.Contains(t, o.Letter("ada@example.org").Text, "from a new\nbrowser", "in the library's words")
	require.Contains(t, o.Log.String(), "mail template failed")
	require.Contains(t, o.Log.String(), "Nope")
}

// An email that cannot be sent would be detected too late: it would be queued and
// then fail for good.
func TestAMailTemplateThatCannotBeSentKeepsNobodyWaiting(t *testing.T) {
	for name, text := range map[string]string{
		"without the link": "Dear {{.Greeting}}", "with a control character": `{{.Button.URL}}{{"\x1b"}}[2J`, "with a subject too long": `{{define "subject"}}{{range 300}}x{{end}}{{end}}{{.Button.URL}}`,
	} {
		templates, err := mail.NewTemplates(fstest.MapFS{"password-reset.txt": {Data: []byte(text)}}, letters.Kinds...)
		require.NoError(t, err)
		o := newOffice(t, func(c *desk.Config) { c.MailTemplates = templates })
		o.Person("Ada", desk.RoleSuperAdministrator)
		require.NotEmpty(t, o.ResetLink("ada@example.org"), name)
		require.Contains(t, o.Log.String(), "mail template failed", name)
	}
}

func TestAnOfficeMayHaveAnyName(t *testing.T) {
	o := newOffice(t)
	o.Person("Ada", desk.RoleSuperAdministrator)
	o.Rules(map[string]string{"office.name": "=?utf-8?q?Meadow?="})
	require.NotEmpty(t, o.ResetLink("ada@example.org"))
	require.Contains(t, o.Letter("ada@example.org").Subject, "= ?utf-8?q?Meadow?=")
}

func TestLettersLookLikeTheOffice(t *testing.T) {
	logo := &mail.Picture{ContentID: mail.LogoID, ContentType: "image/png", Body: []byte("\x89PNG\r\n\x1a\n")}
	o := newOffice(t, func(c *desk.Config) { c.Logo = logo })
	o.Person("Ada", desk.RoleSuperAdministrator)
	o.Rules(map[string]string{"office.accent": "#7a1fa2"})
	require.NotEmpty(t, o.ResetLink("ada@example.org"))
	m := o.Letter("ada@example.org")
	require.Contains(t, m.HTML, "background-color:#7a1fa2;color:#ffffff")
	require.Contains(t, m.HTML, `src="cid:logo"`)
	require.Equal(t, []mail.Picture{*logo}, m.Pictures, "added when it is sent, not queued with each email")
}
