package backoffice_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/pages"
)

// bothOf are both methods of pages with a form.
func bothOf(paths ...string) (all []string) {
	for _, p := range paths {
		all = append(all, http.MethodGet+" "+p, http.MethodPost+" "+p)
	}
	return all
}

// TestWhatIsServedWithoutAPermission has a list of its own of everything that the
// office serves without asking for a permission: a route that is to join it, such as
// an endpoint for machines, has to be written down twice.
func TestWhatIsServedWithoutAPermission(t *testing.T) {
	want := map[string][]string{
		"everyone": append(bothOf("/forgot", "/reset", "/welcome"), "GET /logout"),
		"strangers": append(bothOf("/setup", "/login", "/login/with-passkey", "/login/passkey", "/login/code", "/login/recovery", "/login/enrol", "/login/enrol/passkey"),
			"GET /login/lost-phone"),
		"operators": append(bothOf("/step-up", "/account/password", "/account/language"),
			"GET /{$}", "GET /search", "GET /account", "GET /account/form-token", "GET /account/session", "GET /account/sessions", "GET /account/two-factor", "GET /account/recovery-codes", "POST /logout", "POST /{$}", "POST /account/appearance", "GET /mail/arrived/{id}"),
		"operators who have just confirmed who they are": append(bothOf("/account/name", "/account/passkeys/new", "/account/two-factor/add", "/account/two-factor/{id}/remove"),
			"POST /account/sessions", "GET /account/recovery-codes/new", "POST /account/recovery-codes"),
	}
	got := map[string][]string{}
	for _, r := range pages.Routes() {
		who := "everyone"
		switch {
		case r.Permission != "":
			continue
		case r.Proved:
			who = "operators who have just confirmed who they are"
		case r.SignedIn:
			who = "operators"
		case r.SignedOut:
			who = "strangers"
		}
		got[who] = append(got[who], r.Method+" "+r.Path)
	}
	for who := range want {
		slices.Sort(want[who])
		slices.Sort(got[who])
		require.Equal(t, want[who], got[who], "for %s", who)
	}
	require.Len(t, got, len(want))
}
