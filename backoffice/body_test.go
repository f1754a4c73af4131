package backoffice_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// Nothing trims, folds or cuts a password on its way from the form.
func TestAPasswordIsTakenAsItIsTyped(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	const typed = " Tıdal  harbor 64 \u00e9/e\u0301 cinnamon "
	form := ada.Get("/account/password")
	require.Equal(t, "/account?done=password", ada.Submit(form, "/account/password", "current_password", good, "password", typed, "password_again", typed).Location)
	for _, other := range []string{strings.TrimSpace(typed), strings.ToLower(typed), strings.Replace(typed, "  ", " ", 1), strings.Replace(typed, "\u00e9", "e\u0301", 1)} {
		require.Equal(t, http.StatusUnprocessableEntity, o.Browser().Login("Ada", other).Status, "%q", other)
	}
	require.Equal(t, "/login/code", o.Browser().Login("Ada", typed).Location)
}
