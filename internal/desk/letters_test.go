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
