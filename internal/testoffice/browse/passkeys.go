package browse

import (
	"html"
	"net/http"
	"regexp"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
)

// WithPasskeys gives an office passkeys, which [authenticator.Checker] checks, and the host
// name that they are bound to: the server of the test has none.
func WithPasskeys(c *backoffice.Config) { c.Passkeys, c.Origin = checker{}, testoffice.Origin }

// checker is the checker in the types of the host.
type checker struct{ authenticator.Checker }

func (c checker) CreationOptions(r backoffice.PasskeyRequest) ([]byte, error) {
	return c.Checker.CreationOptions(asked(r))
}

func (c checker) RequestOptions(r backoffice.PasskeyRequest) ([]byte, error) {
	return c.Checker.RequestOptions(asked(r))
}

func (c checker) Created(r backoffice.PasskeyRequest, answer []byte) (backoffice.Passkey, error) {
	made, err := c.Checker.Created(asked(r), answer)
	return backoffice.Passkey(made), err
}

func (c checker) Used(r backoffice.PasskeyRequest, of backoffice.Passkey, answer []byte) (backoffice.PasskeyUse, error) {
	use, err := c.Checker.Used(asked(r), desk.Passkey(of), answer)
	return backoffice.PasskeyUse(use), err
}

func asked(r backoffice.PasskeyRequest) desk.PasskeyRequest {
	var known []desk.Passkey
	for _, p := range r.Known {
		known = append(known, desk.Passkey(p))
	}
	return desk.PasskeyRequest{
		RPID: r.RPID, Origin: r.Origin, RPName: r.RPName, Challenge: r.Challenge, UserID: r.UserID, UserName: r.UserName,
		UserDisplayName: r.UserDisplayName, Known: known, VerifyUser: r.VerifyUser, Discoverable: r.Discoverable,
	}
}

// given finds the options that a page gives to the browser.
var given = regexp.MustCompile(`data-options="([^"]*)"`)

// Passkey is what an authenticator answers to the options of a page: what the script of the
// page posts.
func (p Page) Passkey(a *authenticator.Authenticator, change ...func(*authenticator.Answer)) string {
	p.T.Helper()
	options := given.FindStringSubmatch(p.Body)
	require.NotNil(p.T, options, "%s asks for no passkey: %s", p.Path, p.Text())
	ask := a.Get
	if strings.Contains(p.Body, `data-passkey="create"`) {
		ask = a.Create
	}
	answer, err := ask(html.UnescapeString(options[1]), change...)
	require.NoError(p.T, err)
	return answer
}

// Keyed is a new operator who is signed in with a password and a passkey.
func (s *Site) Keyed(name string, roles ...string) (*Person, *authenticator.Authenticator) {
	s.T.Helper()
	p, a := s.at(s.Person(name, roles...)), authenticator.New(s.Cfg.Origin)
	shown := p.Follow(p.Login(name, testoffice.Good))
	done := p.Submit(shown, "/login/enrol/passkey", "passkey", shown.Passkey(a))
	require.Equal(s.T, http.StatusOK, done.Status, done.Text())
	p.Codes = done.RecoveryCodes()
	require.True(s.T, p.SignedIn())
	return p, a
}
