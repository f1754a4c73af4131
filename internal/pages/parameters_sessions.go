package pages

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

var everyoneSignedOut = success("everyone-signed-out")

// ParametersSessionsPage asks before everyone is signed out.
type ParametersSessionsPage struct{ view.Form }

func (ParametersSessionsPage) Template() string { return "parameters_sessions" }

func (ParametersSessionsPage) crumbs(in *messages.Language) []view.Crumb {
	return []view.Crumb{parametersTop(in), {Label: in.Text("parameters.sessions")}}
}

func (c *call) getEndAll() error { return c.show(http.StatusOK, ParametersSessionsPage{}) }

// postEndAll signs everyone out, the reader included.
func (c *call) postEndAll() error {
	err := c.Desk.EndAllSessions(c.ctx(), c.actor(), c.visit, c.form.Get("reason"))
	bad := (*desk.InvalidError)(nil)
	switch {
	case errors.As(err, &bad):
		return c.show(http.StatusUnprocessableEntity, ParametersSessionsPage{c.problems(bad)})
	case err != nil:
		return err
	}
	c.setCookie(sessionCookie, "")
	return c.redirect(everyoneSignedOut.at("/login"))
}
