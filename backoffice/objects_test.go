package backoffice_test

import (
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// stage is an office with somebody or something of every kind in it, as an
// administrator looks at them. Sue is the last active super-administrator.
func stage(t *testing.T, change ...func(*backoffice.Config)) (o *office, ada, sue *person) {
	o = newOffice(t, append(change, withDirectory)...)
	o.Set(map[string]string{"two_factor.who": "recommended", "session.proof": "15m", "password.temporary": "on"})
	ada, sue = o.Entered("Ada", backoffice.Administrator), o.Entered("Sue", backoffice.SuperAdministrator)
	o.Person("Alf", backoffice.Administrator)
	o.Add(store.Operator{Subject: "mo at the company", SubjectName: "mo@example.org"}, "Mo", backoffice.Moderator)
	o.customRole("within", "audit.view", "posts.delete")
	o.customRole("above", "parameters.manage")
	for name, roles := range map[string][]string{"Low": {backoffice.Moderator}, "High": {"above"}} {
		o.Add(store.Operator{State: store.OperatorInvited, InviteExpiresAt: o.Clock.Now().Add(time.Hour)}, "invited"+name, roles...)
		o.Add(store.Operator{State: store.OperatorDisabled, Password: "x"}, "disabled"+name, roles...)
		for i, m := range []store.Mail{
			{Kind: "new-device", OperatorID: "id-of-sue"}, {Kind: "invitation", OperatorID: "id-of-invited" + strings.ToLower(name)},
		} {
			m.ID, m.To, m.State, m.Subject, m.CreatedAt = []string{"plain", "link"}[i]+name, "x@example.org", store.MailFailed, "Subject", o.Clock.Now()
			o.Write(store.EnqueueMail{Mail: m})
		}
	}
	o.Write(store.EnqueueMail{Mail: store.Mail{ID: "mine", Kind: "new-device", OperatorID: ada.ID, State: store.MailFailed, CreatedAt: o.Clock.Now()}})
	o.Letters()
	return o, ada, sue
}

// verdict is what becomes of an act.
type verdict string

const (
	done    verdict = "done"
	beyond  verdict = "refused: they hold more"
	absent  verdict = "refused: there is none"
	inapt   verdict = "refused: not in that state"
	kept    verdict = "refused: the last super-administrator"
	chained verdict = "refused: not of one's own"
)

var statuses = map[verdict][]int{done: {200, 303}, beyond: {403}, absent: {404}, inapt: {403, 422}, kept: {422}, chained: {422}}

// stages are offices in which to try acts. What is refused changes nothing, so
// one does for all of that; what is done takes a fresh one.
func stages(t *testing.T) func(t *testing.T, who string, want verdict) (*office, *person) {
	old, oldAda, oldSue := stage(t)
	return func(t *testing.T, who string, want verdict) (*office, *person) {
		o, ada, sue := old, oldAda, oldSue
		if want == done {
			o, ada, sue = stage(t)
		}
		return o, map[string]*person{"Ada": ada, "Sue": sue}[who]
	}
}

// tries posts a form, and looks whether it did, or left undone, what the
// verdict says.
func tries(t *testing.T, o *office, actor *person, path string, form url.Values, want verdict) {
	t.Helper()
	fields := maps.Clone(form)
	if fields == nil {
		fields = url.Values{}
	}
	fields.Set("csrf", actor.Get("/account").Form("/logout").Get("csrf"))
	before, written := o.Dump("events", "counters", "answers"), len(o.Events())
	answer := actor.Post(path, fields)
	what := actor.Name + " posts to " + path + ": " + string(want) + ": " + answer.Text()
	require.Contains(t, statuses[want], answer.Status, what)
	require.NotContains(t, answer.Location, "/step-up", what)
	same := before == o.Dump("events", "counters", "answers")
	switch {
	case want != done:
		require.True(t, same, what)
	case strings.HasSuffix(path, "/unlock") || strings.HasSuffix(path, "/sessions"):
		require.Greater(t, len(o.Events()), written, what) // there may be nothing to end
	default:
		require.False(t, same, what)
	}
	require.NotContains(t, o.Log.String(), "request failed", what)
}

// on are the kinds of operators, and who acts on them.
var on = []struct{ who, kind, active, invited, disabled string }{
	{"Ada", "oneself", "id-of-ada", "", ""},
	{"Ada", "an equal", "id-of-alf", "", ""},
	{"Ada", "somebody who holds less", "id-of-mo", "id-of-invitedlow", "id-of-disabledlow"},
	{"Ada", "somebody who holds more", "id-of-sue", "id-of-invitedhigh", "id-of-disabledhigh"},
	{"Ada", "nobody", "id-of-nobody", "id-of-nobody", "id-of-nobody"},
	{"Sue", "the last super-administrator", "id-of-sue", "", ""},
	{"Sue", "somebody who holds less", "id-of-ada", "id-of-invitedhigh", "id-of-disabledhigh"},
}

func TestEveryActOnEveryKindOfOperator(t *testing.T) {
	stages := stages(t)
	for path, form := range aims {
		act := strings.TrimPrefix(path, "/operators/{id}")
		for _, c := range on {
			t.Run(c.who+" on "+c.kind+act, func(t *testing.T) {
				id, want := c.active, done
				switch act {
				case "/invitation":
					id = c.invited
				case "/enable":
					id = c.disabled
				}
				if id == "" {
					id, want = c.active, inapt
				}
				switch c.kind {
				case "somebody who holds more":
					want = beyond
				case "nobody":
					want = absent
				case "the last super-administrator":
					if act == "/roles" || act == "/disable" || act == "/delete" {
						want = kept
					}
				}
				o, actor := stages(t, c.who, want)
				tries(t, o, actor, strings.Replace(path, "{id}", id, 1), form, want)
			})
		}
	}
}

func TestEveryActOnEveryKindOfThing(t *testing.T) {
	stages := stages(t)
	role := url.Values{"name": {"Other"}, "permission": {"posts.delete"}, "version": {"1"}, "confirm": {"yes"}}
	version := url.Values{"version": {"1"}, "to": {""}}
	grant := url.Values{"primary": {backoffice.Moderator}, "version": {"1"}, "confirm": {"yes"}}
	resend := url.Values{"action": {"resend"}}
	climb := url.Values{"primary": {backoffice.SuperAdministrator}, "version": {"1"}, "confirm": {"yes"}}
	for _, c := range []struct {
		name, who, path string
		form            url.Values
		want            verdict
	}{
		{"a role of less", "Ada", "/roles/within", role, done},
		{"a role of more", "Ada", "/roles/above", role, beyond},
		{"a built-in role", "Ada", "/roles/" + backoffice.Moderator, role, absent},
		{"a built-in role, by who holds all", "Sue", "/roles/" + backoffice.Moderator, role, absent},
		{"no role", "Ada", "/roles/none", role, absent},
		{"a role of less, deleted", "Ada", "/roles/within/delete", version, done},
		{"a role of more, deleted", "Ada", "/roles/above/delete", version, beyond},
		{"a role of more, by who holds it", "Sue", "/roles/above/delete", version, done},
		{"a built-in role, deleted", "Sue", "/roles/" + backoffice.Moderator + "/delete", version, absent},
		{"no role, deleted", "Ada", "/roles/none/delete", version, absent},
		{"a role of less, for one of more", "Ada", "/roles/within/delete", url.Values{"version": {"1"}, "to": {"above"}}, chained},
		{"a role that gets more than its maker", "Ada", "/roles/within", url.Values{"name": {"Other"}, "permission": {"parameters.manage"}, "version": {"1"}, "confirm": {"yes"}}, chained},
		{"a role as it was before", "Ada", "/roles/within", url.Values{"name": {"Other"}, "permission": {"posts.delete"}, "version": {"0"}, "confirm": {"yes"}}, inapt},
		{"a member without access", "Ada", "/members/m-mia", grant, done},
		{"a member without access, as super-administrator", "Ada", "/members/m-mia", climb, chained},
		{"no member", "Ada", "/members/m-none", grant, absent},
		{"no member, revoked", "Ada", "/members/m-none/revoke", nil, absent},
		{"a member without access, revoked", "Ada", "/members/m-mia/revoke", nil, absent},
		{"oneself, higher", "Ada", "/operators/id-of-ada/roles", climb, chained},
		{"an equal, higher", "Ada", "/operators/id-of-alf/roles", climb, chained},
		{"a mail to oneself", "Ada", "/mail/mine", resend, done},
		{"a mail to somebody else", "Ada", "/mail/plainLow", resend, done},
		{"a link to somebody who holds less", "Ada", "/mail/linkLow", resend, done},
		{"a link to somebody who holds more", "Ada", "/mail/linkHigh", resend, beyond},
		{"no mail", "Ada", "/mail/none", resend, absent},
	} {
		t.Run(c.name, func(t *testing.T) {
			o, actor := stages(t, c.who, c.want)
			tries(t, o, actor, c.path, c.form, c.want)
		})
	}
}

func TestPagesOffersAndRefusesAsTheirActsDo(t *testing.T) {
	_, ada, sue := stage(t)
	for _, c := range on {
		actor := map[string]*person{"Ada": ada, "Sue": sue}[c.who]
		for path := range aims {
			act := strings.TrimPrefix(path, "/operators/{id}")
			answer := actor.Get("/operators/" + c.active + act)
			what := c.who + " looks at " + act + " of " + c.kind + ": " + answer.Text()
			switch {
			case answer.Status == http.StatusMethodNotAllowed:
				require.Contains(t, []string{"/unlock", "/reset-mail"}, act)
			case c.kind == "nobody":
				require.Equal(t, http.StatusNotFound, answer.Status, what)
			case c.kind == "somebody who holds more":
				require.Equal(t, http.StatusForbidden, answer.Status, what)
			case act == "/invitation", act == "/enable", c.kind == "the last super-administrator" && (act == "/disable" || act == "/delete"):
				require.Equal(t, "/operators/"+c.active+"?done=not-now", answer.Location, what)
			default:
				require.Equal(t, http.StatusOK, answer.Status, what)
			}
		}
	}
	high := ada.Get("/mail/linkHigh")
	require.Contains(t, high.Text(), "They have permissions that you do not have")
	require.NotContains(t, high.Body, "Resend email")
	require.Contains(t, ada.Get("/mail/linkLow").Body, "Resend email")
}

func TestNobodyReachesAnothersOwnThings(t *testing.T) {
	o, ada, sue := stage(t)
	token := ada.Get("/account").Form("/logout").Get("csrf")
	sessions := o.SessionsOf(sue.ID)
	answer := ada.Post("/account/sessions", url.Values{"csrf": {token}, "end": {sessions[0].ID}})
	require.Equal(t, "/account/sessions?done=session-gone", answer.Location)
	answer = ada.Post("/operators/id-of-mo/sessions", url.Values{"csrf": {token}, "end": {sessions[0].ID}})
	require.Equal(t, http.StatusForbidden, answer.Status, "it is not that operator's")
	require.True(t, sue.SignedIn())
	o.Write(store.PutFactor{Factor: store.Factor{ID: "factor-of-sue", OperatorID: sue.ID, Label: "Phone", CreatedAt: o.Clock.Now(), ConfirmedAt: o.Clock.Now()}})
	at := "/account/two-factor/factor-of-sue/remove"
	require.Equal(t, http.StatusNotFound, ada.Get(at).Status)
	require.Equal(t, http.StatusNotFound, ada.Post(at, url.Values{"csrf": {token}}).Status)
	factors, err := o.Mem.ListFactors(ctx, sue.ID)
	require.NoError(t, err)
	require.Len(t, factors, 1)
}
