package backoffice_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// TestWherePasskeysAreRequiredAndMissingPeopleAreToldSo: the office was started without
// Config.Passkeys, and a parameter asks for passkeys still.
func TestWherePasskeysAreRequiredAndMissingPeopleAreToldSo(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	o.Set(map[string]string{"passkeys.who": "everyone"})
	told := ada.Follow(ada.Get("/operators"))
	require.Equal(t, http.StatusForbidden, told.Status)
	require.Contains(t, told.Text(), "this office cannot check one")
	require.Contains(t, told.Text(), "Sign out")

	o.Person("Ben", backoffice.Moderator) // has nothing yet
	b := o.Browser()
	told = b.Follow(b.Login("Ben", testoffice.Good))
	require.Equal(t, http.StatusForbidden, told.Status)
	require.Contains(t, told.Text(), "this office cannot check one")
}

// TestTheAccountPageLeadsToTheRecoveryCodesOfAPasskey: they come with a passkey as with an app,
// and let in unless a passkey is required.
func TestTheAccountPageLeadsToTheRecoveryCodesOfAPasskey(t *testing.T) {
	o := newOffice(t, browse.WithPasskeys)
	ada, _ := o.Keyed("Ada", backoffice.SuperAdministrator)
	require.Contains(t, ada.Get("/account").Body, `/account/recovery-codes"`)
}
