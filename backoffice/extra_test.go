package backoffice_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/cryptotest"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

// twin makes offices in which the same happens hold the same to the byte.
func twin(t *testing.T) func(*backoffice.Config) {
	cryptotest.SetGlobalRandom(t, 1)
	return func(c *backoffice.Config) { c.Origin = "https://office.example" }
}

// more are fields that no form has, unless it has: those of records, of other
// forms, and of mappers that other programs have.
var more = url.Values{
	"state": {"disabled"}, "password": {wrong}, "password_again": {wrong}, "current_password": {wrong}, "id": {"id-of-sue"}, "ID": {"id-of-sue"},
	"version": {"7"}, "Version": {"7"}, "revision": {"0"}, "primary": {backoffice.SuperAdministrator}, "primary_role": {backoffice.SuperAdministrator},
	"role": {backoffice.SuperAdministrator}, "roles": {backoffice.SuperAdministrator}, "roles[]": {backoffice.SuperAdministrator},
	"permission": {"parameters.manage"}, "permissions": {"parameters.manage"}, "all": {"on"}, "All": {"true"}, "built_in": {"on"},
	"member": {"m-mia"}, "member_id": {"m-mia"}, "MemberID": {"m-mia"}, "email": {"eve@example.org"}, "Email": {"eve@example.org"}, "name": {"Eve"}, "Name": {"Eve"},
	"two_factor": {"on"}, "must_change_password": {"on"}, "operator": {"id-of-sue"}, "operator_id": {"id-of-sue"}, "actor": {"id-of-sue"}, "target": {"id-of-sue"},
	"locked_until": {"2099-01-01"}, "created_by": {"id-of-sue"}, "proved_at": {"2099-01-01"}, "alias": {"chosen-kelp-otter-walnut"},
	"end": {"all"}, "to": {backoffice.Moderator}, "action": {"cancel"}, "reason": {"Because."}, "description": {"Described"}, "label": {"Mine"},
	"token": {strings.Repeat("x", 43)}, "next": {"/audit"}, "session": {"x"}, "confirm": {"no"}, "restore": {"session.idle"}, "format": {"csv"}, "area": {"alias"}, "login": {"Eve"},
	"session.idle": {"1"}, "session.idle.unit": {"m"}, "two_factor.who": {"recommended"}, "code": {"000000"}, "enrolment": {"x"}, "is_super": {"1"}, "admin": {"1"}, "_method": {"DELETE"},
	"__proto__[admin]": {"1"}, "key": {"parameters.manage"}, "text": {"x"}, "event": {"alias.changed"}, "outcome": {"refused"}, "address": {"x"}, "from": {"2026-01-01"}, "until": {"2026-01-02"},
}

// reads are the fields that the forms of the office's own pages have, and which
// of them the form below may leave out.
var reads = map[string][]string{
	"/operators/new": {"email", "name", "role"}, "/operators/new/several": {"people", "role", "seen", "confirm"}, "/operators/bulk": {"operator", "act", "role", "reason", "seen"},
	"/operators/{id}/name": {"name", "version"}, "/operators/{id}/roles": {"primary", "role", "version", "confirm"},
	"/operators/{id}/invitation": {"action"}, "/operators/{id}/sessions": {"end"}, "/operators/{id}/two-factor": {"reason"}, "/operators/{id}/new-password": {"reason"},
	"/operators/{id}/disable": {"reason"}, "/operators/{id}/delete": {"reason"}, "/members/{id}": {"name", "primary", "role", "version", "confirm"}, "/members/{id}/revoke": {"reason"},
	"/roles/new": {"name", "description", "permission", "two_factor"}, "/roles/{id}": {"name", "description", "permission", "two_factor", "version", "confirm"},
	"/roles/{id}/delete": {"to", "version"}, "/parameters/address": {"action", "alias", "confirm"}, "/parameters/sessions": {"reason"}, "/mail/{id}": {"action"},
	"/audit/export": {"format", "person", "as", "kind", "period", "outcome", "about", "address", "session", "from", "until", "zone"},
	// One field per parameter: what it leaves out is as it was.
	"/parameters/{section}": {"revision", "session.idle", "session.idle.unit", "two_factor.who", "confirm", "restore"},
}

// formed are forms that do something, by path.
func formed() map[string]url.Values {
	all := map[string]url.Values{
		"/operators/new":         {"email": {"new@example.org"}, "name": {"New"}, "role": {backoffice.Moderator}},
		"/operators/new/several": {"people": {"New <new@example.org>\nnewer@example.org"}, "role": {backoffice.Moderator}, "seen": {"0 0"}, "confirm": {"yes"}},
		"/operators/bulk":        {"act": {"add-role"}, "operator": {"id-of-mo", "id-of-invitedlow"}, "role": {backoffice.CommunityManager}, "seen": {"1 1"}},
		"/members/{id}":          {"primary": {backoffice.Moderator}, "version": {"0"}, "confirm": {"yes"}}, "/members/{id}/revoke": {},
		"/roles/new":          {"name": {"Press"}, "permission": {"posts.delete"}},
		"/roles/{id}":         {"name": {"Other"}, "permission": {"posts.delete"}, "version": {"1"}, "confirm": {"yes"}},
		"/roles/{id}/delete":  {"version": {"1"}},
		"/parameters/address": {"action": {"choose"}, "alias": {"new-kelp-otter-walnut"}, "confirm": {"yes"}}, "/parameters/{section}": {"password.min_length": {"20"}, "confirm": {"yes"}},
		"/operators/{id}/company": {}, "/mail/{id}": {"action": {"resend"}}, "/parameters/sessions": {"reason": {"Cookies were stolen"}}, "/mail/test": {}, "/audit/export": {}, "/audit/verify": {},
	}
	for path, form := range aims {
		all[path] = maps.Clone(form)
		all[path].Del("csrf")
	}
	return all
}

// at is whom and what a form of formed is for, on a stage.
var at = strings.NewReplacer("/operators/{id}/invitation", "/operators/id-of-invitedlow/invitation", "/operators/{id}/enable", "/operators/id-of-disabledlow/enable",
	"/operators/{id}", "/operators/id-of-mo", "/roles/{id}", "/roles/within", "/members/{id}/revoke", "/members/m-mel/revoke", "/members/{id}", "/members/m-mia", "/parameters/{section}", "/parameters/passwords", "/mail/{id}", "/mail/linkLow")

func TestEveryFormOfTheOfficesPagesIsTried(t *testing.T) {
	all := formed()
	for _, r := range pages.Routes() {
		if r.Permission != "" && r.Method == http.MethodPost {
			_, ok := all[r.Path]
			require.True(t, ok, "%s has no form here: add it to formed()", r.Path)
			delete(all, r.Path)
		}
	}
	require.Empty(t, all, "forms of formed() without a page")
}

func TestFieldsThatAFormDoesNotHaveChangeNothing(t *testing.T) {
	// does posts a form in a new office, and says what it came to.
	does := func(t *testing.T, path string, form, more url.Values) (answer page, changed bool, kept string, events []store.Event) {
		o, _, sue := stage(t, twin(t))
		token := sue.Get("/account").Form("/logout").Get("csrf")
		if path == "/members/{id}/revoke" {
			require.Equal(t, http.StatusSeeOther, sue.Post("/members/m-mel", url.Values{"csrf": {token}, "primary": {backoffice.Moderator}, "version": {"0"}, "confirm": {"yes"}}).Status)
		}
		fields := maps.Clone(form)
		fields.Set("csrf", token)
		if path == "/parameters/{section}" {
			fields.Set("revision", sue.Get("/parameters/passwords").Filled("/parameters/passwords", review).Get("revision"))
		}
		sue.More = more
		before := o.Dump()
		answer = sue.Post(at.Replace(path), fields)
		sue.Get("/login") // on the same connection, so after the first handler has returned: it notes what was posted last
		changed, kept, events = before != o.Dump(), o.Dump(noted...), o.Events()
		if told := sue.Get("/audit"); told.Status == http.StatusOK {
			require.NotContains(t, told.Text(), "…", "an entry has not all that its sentence needs")
		}
		return answer, changed, kept, events
	}
	for path, form := range formed() {
		t.Run(path, func(t *testing.T) {
			extra := maps.Clone(more)
			for _, name := range reads[path] {
				delete(extra, name)
			}
			plain, changed, want, events := does(t, path, form, nil)
			require.Contains(t, []int{http.StatusOK, http.StatusSeeOther}, plain.Status, plain.Text())
			answer, _, got, more := does(t, path, form, extra)
			require.True(t, changed || path == "/audit/verify", "the form does something")
			require.Equal(t, plain.Status, answer.Status, answer.Text())
			require.Equal(t, plain.Location, answer.Location)
			require.True(t, want == got, "what is stored differs")
			requireNoted(t, events, more)
		})
	}
}

// noted is where it is noted that a form came with fields that it does not have, and the
// answers to forms, which nothing else reads.
var noted = []string{"events", "counters", "answers"}

// requireNoted requires that what else was posted left an entry, and nothing else.
func requireNoted(t *testing.T, without, with []store.Event) {
	t.Helper()
	require.Len(t, with, len(without)+1)
	require.Equal(t, without, with[:len(without)])
	last := with[len(without)]
	require.Equal(t, "request.malformed", last.Code)
	require.Contains(t, last.Reason, "fields that the form does not have: ")
	require.NotContains(t, last.Reason, "is_super", "a name that no form has may be anything")
}

func TestFieldsThatAFormOfOnesOwnDoesNotHaveChangeNothing(t *testing.T) {
	own := map[string][]string{
		"a password": {"login", "password", "next"}, "a password, with the code to come": {"login", "password", "next"},
		"a code": {"code"}, "a recovery code": {"code"}, "an enrolment": {"code", "enrolment"}, "a forgotten password": {"email"},
		"a reset link": {"token", "password", "password_again", "code"}, "an invitation": {"token", "password", "password_again"},
		"setting up": {"token", "email", "name", "password", "password_again"}, "a step-up": {"password", "code", "next"}, "a new name": {"name"},
		"a new password": {"current_password", "password", "password_again"}, "a second authenticator": {"code", "label", "enrolment"},
		"ending the other sessions": {"end"}, "new recovery codes": nil, "signing out": nil,
	}
	for name, known := range own {
		t.Run(name, func(t *testing.T) {
			does := func(more url.Values) (page, string, []store.Event) {
				o := newOffice(t, twin(t))
				b, request := scenes[name](o)
				b.More = more
				answer := request()
				b.Get("/login") // after the handler has returned, as above
				return answer, o.Dump(noted...), o.Events()
			}
			extra := maps.Clone(more)
			for _, field := range known {
				delete(extra, field)
			}
			plain, want, events := does(nil)
			require.Less(t, plain.Status, 400, plain.Text())
			answer, got, more := does(extra)
			require.Equal(t, plain.Status, answer.Status, answer.Text())
			require.Equal(t, plain.Location, answer.Location)
			require.True(t, want == got, "what is stored differs")
			requireNoted(t, events, more)
		})
	}
}
