package backoffice_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

var onceTag = regexp.MustCompile(`<code class="once" id="(?:secret|address)"[^>]*>([^<]+)</code>`)

// once is the secret that a page shows one time.
func (p page) once() string {
	p.t.Helper()
	m := onceTag.FindStringSubmatch(p.body)
	require.NotNil(p.t, m, p.text())
	return m[1]
}

// onlyIn says that a secret was in one answer and nowhere else: no address, no
// other page, no log line, and not as it is in the store.
func (o *office) onlyIn(answer page, secret string) {
	o.t.Helper()
	for _, e := range o.wire.all {
		require.NotContains(o.t, e.target, secret)
		require.NotContains(o.t, e.header.Get("Location"), secret)
		if e.body != answer.body {
			require.NotContains(o.t, e.body, secret, e.target)
		}
	}
	require.NotContains(o.t, o.log.String(), secret)
	require.NotContains(o.t, readable(o), secret)
}

// desk is an office that a super-administrator sits in, with a password alone.
func seated(t *testing.T, change ...func(*backoffice.Config)) (*office, *person) {
	o := newOffice(t, change...)
	o.rules(lax)
	return o, o.entered("Sue", backoffice.SuperAdministrator)
}

func TestAnInvitationFromItsPages(t *testing.T) {
	o, sue := seated(t)
	shown := sue.get("/operators/new")
	refused := sue.press(shown, "/operators/new", "Send invitation", "email=ben at example", "name=Ben <b>", "+role="+backoffice.Moderator)
	require.Equal(t, http.StatusUnprocessableEntity, refused.status)
	require.Contains(t, refused.problems(), "email")
	again := refused.filled("/operators/new", "Send invitation")
	require.Equal(t, []string{"ben at example", "Ben <b>", backoffice.Moderator}, []string{again.Get("email"), again.Get("name"), again.Get("role")}, "what was typed stays")
	require.Contains(t, sue.press(shown, "/operators/new", "Send invitation", "email=ben@example.org").problems(), "role")

	page := sue.does(shown, "/operators/new", "Send invitation", "email=ben@example.org", "name=Ben", "+role="+backoffice.Moderator, "+role="+backoffice.CommunityManager)
	require.Contains(t, page.text(), "Invited, not signed in yet")
	require.Contains(t, page.text(), "Its link ends in 7 days")
	ben := page.path
	first := o.linkIn("welcome")
	op := o.find(strings.TrimPrefix(ben, "/operators/"))
	require.Equal(t, backoffice.Moderator, op.PrimaryRole)
	taken := sue.press(shown, "/operators/new", "Send invitation", "email=sue@example.org", "name=Other", "+role="+backoffice.Moderator)
	require.Contains(t, taken.problems()["email"], "already")

	t.Run("sent again, the first link ends", func(t *testing.T) {
		page = sue.does(page, ben+"/invitation", "Send it again")
		require.Contains(t, page.text(), "The invitation is on its way")
		second := o.linkIn("welcome")
		require.NotEqual(t, first, second)
		b := o.browser()
		require.Equal(t, http.StatusGone, b.use("/welcome", first, better).status)
	})
	t.Run("a link to hand over is shown once", func(t *testing.T) {
		answer := sue.press(page, ben+"/invitation", "Make a link")
		require.Equal(t, http.StatusOK, answer.status)
		link := answer.once()
		require.True(t, strings.HasPrefix(link, o.HomeURL()+"welcome#"))
		_, token, _ := strings.Cut(link, "#")
		require.NotContains(t, sue.get(ben+"/invitation").body, token)
		require.NotContains(t, sue.get(ben).body, token)
		o.onlyIn(answer, token)
		b := o.browser()
		require.Equal(t, "/login?done=welcome", b.use("/welcome", token, better).location)
		require.Equal(t, http.StatusForbidden, sue.press(page, ben+"/invitation", "Send it again").status, "there is nothing to send again")
	})
	t.Run("one that nobody used can be cancelled, and says when it ended", func(t *testing.T) {
		page := sue.does(shown, "/operators/new", "Send invitation", "email=cara@example.org", "+role="+backoffice.Moderator)
		cara := page.path
		require.Contains(t, page.text(), "cara", "named after the address until she says better")
		o.clock.Add(8 * 24 * time.Hour)
		sue.browser = o.browser()
		sue.login("Sue", good)
		require.Contains(t, sue.get(cara).text(), "The invitation has ended")
		ask := sue.get(cara + "/invitation")
		list := sue.does(ask, cara+"/invitation", "Cancel the invitation")
		require.Equal(t, "/operators", list.path)
		require.Contains(t, list.text(), "Invitation cancelled")
		require.Equal(t, http.StatusNotFound, sue.get(cara).status)
	})
}

func TestChangingRolesShowsTheDifferenceFirst(t *testing.T) {
	o, sue := seated(t)
	ben := o.entered("Ben", backoffice.Moderator)
	at := "/operators/" + ben.ID + "/roles"
	shown := sue.get(at)
	before := o.dump()
	asked := sue.press(shown, at, "Review changes", "primary="+backoffice.Administrator, "+role="+backoffice.CommunityManager)
	require.Equal(t, http.StatusOK, asked.status, asked.text())
	for _, words := range []string{"Adds Administrator", "Adds Community manager", "Removes Moderator", "Primary Moderator → becomes Administrator", "New rights:", "Read the audit"} {
		require.Contains(t, asked.text(), words)
	}
	require.True(t, before == o.dump(), "asking changes nothing")
	require.Equal(t, http.StatusForbidden, ben.get("/audit").status)
	done := sue.does(asked, at, "Change roles")
	require.Contains(t, done.text(), "Roles changed")
	require.Equal(t, []string{backoffice.Administrator, backoffice.CommunityManager}, o.find(ben.ID).AllRoles())
	require.Equal(t, http.StatusOK, ben.get("/audit").status, "from the very next click")

	t.Run("a form from before is stale", func(t *testing.T) {
		stale := sue.press(shown, at, "Review changes", "primary=")
		require.Equal(t, http.StatusForbidden, stale.status)
		require.Contains(t, stale.link("Open the form again")+stale.link("Go back")+stale.body, at)
		stale = sue.press(asked, at, "Change roles")
		require.Equal(t, http.StatusForbidden, stale.status)
		require.Equal(t, []string{backoffice.Administrator, backoffice.CommunityManager}, o.find(ben.ID).AllRoles())
	})
	t.Run("all access can go, and says so", func(t *testing.T) {
		asked := sue.press(sue.get(at), at, "Review changes", "primary=", "-role")
		require.Contains(t, asked.text(), "Nothing is left")
		sue.does(asked, at, "Remove all access")
		require.Empty(t, o.find(ben.ID).AllRoles())
		require.False(t, ben.signedIn())
	})
	t.Run("a role that is gone stands beside the field", func(t *testing.T) {
		refused := sue.press(sue.get(at), at, "Review changes", "+role=no-such-role")
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.problems()["role"], "no such role")
	})
	t.Run("the last super-administrator stays one", func(t *testing.T) {
		mine := "/operators/" + sue.ID
		refused := sue.press(sue.press(sue.get(mine+"/roles"), mine+"/roles", "Review changes", "primary="+backoffice.Administrator, "-role"), mine+"/roles", "Change roles")
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.text(), "last active super-administrator")
		other := o.add(store.Operator{}, "Other", backoffice.SuperAdministrator)
		forms := map[string]page{"/disable": sue.get(mine + "/disable"), "/delete": sue.get(mine + "/delete")}
		o.change(other.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
		for act, shown := range forms {
			there := sue.open(mine + act)
			require.Equal(t, mine, there.path, "who comes now is led to where the reason stands")
			require.Contains(t, there.text(), "That is not possible for this operator now")
			require.Contains(t, there.text(), "last active super-administrator")
			require.Empty(t, there.link("Disable")+there.link("Delete"))
			require.NotContains(t, sue.get("/operators").body, o.base+mine+act)
			refused := sue.press(shown, mine+act, "", "reason=I like the sea")
			require.Equal(t, http.StatusUnprocessableEntity, refused.status)
			require.Contains(t, refused.text(), "last active super-administrator")
			require.Equal(t, "I like the sea", refused.filled(mine+act, "").Get("reason"))
		}
		require.Equal(t, backoffice.SuperAdministrator, o.find(sue.ID).PrimaryRole)
	})
}

func TestActsOnAnOperator(t *testing.T) {
	o, sue := seated(t)
	ben := o.entered("Ben", backoffice.Moderator)
	at := "/operators/" + ben.ID

	t.Run("a name", func(t *testing.T) {
		shown := sue.get(at + "/name")
		refused := sue.press(shown, at+"/name", "Save", "name=Sue")
		require.Contains(t, refused.problems()["name"], "Another operator has this name")
		require.Equal(t, "Sue", refused.filled(at+"/name", "Save").Get("name"))
		require.Contains(t, sue.does(shown, at+"/name", "Save", "name=Benno").text(), "Name changed")
		require.Equal(t, http.StatusForbidden, sue.press(shown, at+"/name", "Save", "name=Bert").status, "stale")
		require.Equal(t, "Benno", o.find(ben.ID).Name)
	})
	t.Run("an e-mail address", func(t *testing.T) {
		shown := sue.get(at + "/email")
		require.Contains(t, shown.text(), "They are signed out on 1 device")
		refused := sue.press(shown, at+"/email", "Change", "email=SUE@example.org")
		require.Contains(t, refused.problems()["email"], "already")
		require.Equal(t, "SUE@example.org", refused.filled(at+"/email", "Change").Get("email"))
		o.letters()
		require.Contains(t, sue.does(shown, at+"/email", "Change", "email=benno@example.org").text(), "Email address changed")
		require.Equal(t, http.StatusForbidden, sue.press(shown, at+"/email", "Change", "email=bert@example.org").status, "stale")
		require.Equal(t, "benno@example.org", o.find(ben.ID).Email)
		letters := strings.Join(o.letters(), "")
		require.Contains(t, letters, "To: <ben@example.org>")
		require.Contains(t, letters, "To: <benno@example.org>")
		require.False(t, ben.signedIn())
		ben.login("benno@example.org", good)
		require.True(t, ben.signedIn())
	})
	t.Run("sessions, one and all", func(t *testing.T) {
		second := o.browser()
		require.Equal(t, "/", second.login("Benno", good).location)
		shown := sue.get(at + "/sessions")
		require.Contains(t, shown.text(), "Firefox on Linux")
		require.Contains(t, sue.does(shown, at+"/sessions", "End session").text(), "Sessions ended")
		require.NotEqual(t, second.signedIn(), ben.signedIn(), "one of the two")
		sue.does(sue.get(at+"/sessions"), at+"/sessions", "End all sessions")
		require.False(t, second.signedIn() || ben.signedIn())
		gone := sue.press(shown, at+"/sessions", "End session")
		require.Equal(t, http.StatusForbidden, gone.status, "it is gone: %s", gone.text())
		require.Contains(t, sue.get(at+"/sessions").text(), "Signed in nowhere")
	})
	t.Run("a reset mail", func(t *testing.T) {
		require.Contains(t, sue.does(sue.get(at), at+"/reset-mail", "Send reset mail").text(), "A reset link is on its way")
		require.Equal(t, "/login?done=reset", o.browser().use("/reset", o.linkIn("reset"), better).location)
	})
	t.Run("a link to hand over is shown once", func(t *testing.T) {
		answer := sue.press(sue.get(at+"/link"), at+"/link", "Make the link")
		_, token, ok := strings.Cut(answer.once(), o.HomeURL()+"reset#")
		require.True(t, ok)
		require.NotContains(t, sue.get(at+"/link").body, token)
		o.onlyIn(answer, token)
		require.Equal(t, "/login?done=reset", o.browser().use("/reset", token, good).location)
	})
	t.Run("a temporary password only where the parameter says so, shown once", func(t *testing.T) {
		require.Empty(t, sue.get(at).link("Temporary password"))
		require.Equal(t, at, sue.open(at+"/temporary-password").path)
		require.Equal(t, http.StatusForbidden, sue.post(at+"/temporary-password", sue.get(at).form("/logout")).status)
		o.rules(map[string]string{"two_factor.who": "recommended", "session.proof": "15m", "password.temporary": "on"})
		require.NotEmpty(t, sue.get(at).link("Temporary password"))
		answer := sue.press(sue.get(at+"/temporary-password"), at+"/temporary-password", "Generate")
		require.Contains(t, answer.text(), "Unused, it stops working in 24 hours")
		plain := answer.once()
		require.NotContains(t, sue.get(at+"/temporary-password").body, plain)
		require.NotContains(t, strings.Join(o.letters(), ""), plain)
		o.onlyIn(answer, plain)
		b := o.browser()
		require.Equal(t, "/account/password", b.follow(b.login("Benno", plain)).path, "it opens nothing but the page that changes it")
	})
	t.Run("two-factor, with a reason", func(t *testing.T) {
		refused := sue.press(sue.get(at+"/two-factor"), at+"/two-factor", "Reset two-factor", "reason= ")
		require.Equal(t, http.StatusUnprocessableEntity, refused.status)
		require.Contains(t, refused.problems()["reason"], "Say why")
		require.Contains(t, sue.does(refused, at+"/two-factor", "Reset two-factor", "reason=Lost her phone").text(), "Two-factor authentication reset")
		require.Equal(t, 1, o.count("two_factor.reset"))
	})
	t.Run("locked, and unlocked", func(t *testing.T) {
		require.NoError(t, o.mem.Commit(ctx, store.MarkLocked{OperatorID: ben.ID, Until: o.clock.Now().Add(time.Hour)}))
		require.Contains(t, sue.get(at).text(), "Opens again in 1 hour")
		require.Contains(t, sue.does(sue.get(at), at+"/unlock", "Unlock now").text(), "Account unlocked")
		require.NotContains(t, sue.get(at).text(), "Too many wrong tries")
	})
	t.Run("disabled and enabled", func(t *testing.T) {
		shown := sue.get(at + "/disable")
		require.Contains(t, sue.does(shown, at+"/disable", "Disable", "reason=On holiday").text(), "Account disabled")
		require.Equal(t, http.StatusForbidden, sue.press(shown, at+"/disable", "Disable").status, "already")
		require.Equal(t, http.StatusUnprocessableEntity, o.browser().login("Benno", good).status)
		require.Contains(t, sue.does(sue.get(at+"/enable"), at+"/enable", "Enable").text(), "Account enabled")
	})
	t.Run("deleted", func(t *testing.T) {
		list := sue.does(sue.get(at+"/delete"), at+"/delete", "Delete", "reason=Left us")
		require.Contains(t, list.text(), "Operator deleted")
		require.NotContains(t, list.rows("/operators/"), ben.ID)
		require.Equal(t, http.StatusNotFound, sue.get(at).status)
		require.Positive(t, o.count("operator.deleted"), "the audit stays")
	})
}

// aims are every page about somebody or something, with what is posted to it.
var aims = map[string]url.Values{
	"/operators/{id}/name": {"name": {"Eve"}, "version": {"1"}}, "/operators/{id}/email": {"email": {"eve@example.org"}, "version": {"1"}}, "/operators/{id}/roles": {"primary": {""}, "version": {"1"}, "confirm": {"yes"}},
	"/operators/{id}/invitation": {"action": {"resend"}}, "/operators/{id}/unlock": {}, "/operators/{id}/sessions": {"end": {"all"}},
	"/operators/{id}/reset-mail": {}, "/operators/{id}/link": {}, "/operators/{id}/temporary-password": {},
	"/operators/{id}/two-factor": {"reason": {"because"}}, "/operators/{id}/disable": {"reason": {"because"}},
	"/operators/{id}/enable": {}, "/operators/{id}/delete": {"reason": {"because"}},
}

func TestNobodyActsOnSomebodyWhoHoldsMore(t *testing.T) {
	o := newOffice(t, withDirectory)
	o.rules(map[string]string{"two_factor.who": "recommended", "session.proof": "15m", "password.temporary": "on"})
	ada := o.entered("Ada", backoffice.Administrator)
	o.customRole("above", "parameters.manage")
	for name, op := range map[string]store.Operator{
		"Sue": {}, "Ivan": {State: store.OperatorInvited, InviteExpiresAt: o.clock.Now().Add(time.Hour)}, "Disa": {State: store.OperatorDisabled}, "Mel": {MemberID: "m-mel"},
	} {
		op := o.add(op, name, backoffice.Moderator, "above")
		shown := ada.get("/operators/" + op.ID)
		require.Contains(t, shown.text(), "holds more than you do")
		require.NotContains(t, shown.body, o.base+"/operators/"+op.ID+"/", "no button leads on")
		token := shown.form("/logout").Get("csrf")
		for path, form := range aims {
			path = strings.Replace(path, "{id}", op.ID, 1)
			form.Set("csrf", token)
			before := o.find(op.ID)
			if answer := ada.get(path); answer.status != http.StatusMethodNotAllowed {
				require.Equal(t, http.StatusForbidden, answer.status, "GET %s", path)
			}
			require.Equal(t, http.StatusForbidden, ada.post(path, form).status, "POST %s", path)
			require.Equal(t, before, o.find(op.ID), path)
		}
	}
	require.Contains(t, ada.get("/members/m-mel").text(), "holds more than you do")
	token := ada.get("/account").form("/logout").Get("csrf")
	require.Equal(t, http.StatusForbidden, ada.post("/members/m-mel", url.Values{"csrf": {token}, "version": {"1"}, "primary": {""}, "confirm": {"yes"}}).status)
	require.Equal(t, http.StatusForbidden, ada.get("/members/m-mel/revoke").status)
	require.Equal(t, http.StatusForbidden, ada.post("/members/m-mel/revoke", url.Values{"csrf": {token}}).status)

	t.Run("nor gives more than they hold", func(t *testing.T) {
		ben := o.add(store.Operator{}, "Ben", backoffice.Moderator)
		for _, role := range []string{backoffice.SuperAdministrator, "above"} {
			at := "/operators/" + ben.ID + "/roles"
			refused := ada.press(ada.get(at), at, "Review changes", "+role="+role, "confirm=yes")
			require.Equal(t, http.StatusUnprocessableEntity, refused.status)
			require.Contains(t, refused.problems()["role"], "only what you hold yourself")
			require.Contains(t, ada.press(ada.get("/operators/new"), "/operators/new", "Send", "email=x@example.org", "+role="+role).problems()["role"], "only what you hold")
			refused = ada.press(ada.get("/members/m-mia"), "/members/m-mia", "Review", "primary="+role, "confirm=yes")
			require.Equal(t, http.StatusUnprocessableEntity, refused.status, refused.text())
		}
		require.Equal(t, []string{backoffice.Moderator}, o.find(ben.ID).AllRoles())
		require.Contains(t, ada.press(ada.get("/roles/new"), "/roles/new", "Make", "name=Mine", "+permission=parameters.manage").problems()["permission"], "only what you hold")
		at := "/roles/above"
		require.Contains(t, ada.get(at).text(), "holds more than you do")
		require.Equal(t, http.StatusForbidden, ada.post(at, url.Values{"csrf": {token}, "name": {"Mine"}, "version": {"1"}, "permission": {"audit.view"}}).status)
		require.Equal(t, http.StatusForbidden, ada.get(at+"/delete").status)
		require.Equal(t, http.StatusForbidden, ada.post(at+"/delete", url.Values{"csrf": {token}, "version": {"1"}}).status)
	})
	t.Run("and nobody finds whom or what there is not", func(t *testing.T) {
		paths := map[string]url.Values{"/members/{id}": {}, "/members/{id}/revoke": {}, "/roles/{id}": {}, "/roles/{id}/delete": {}, "/mail/{id}": {"action": {"resend"}}}
		for path, form := range aims {
			paths[path] = form
		}
		for path, form := range paths {
			for _, id := range []string{"nobody", "%00", "%FF", strings.Repeat("x", 300), "..%2f..", "%27%20OR%201=1"} {
				at := strings.Replace(path, "{id}", id, 1)
				form.Set("csrf", token)
				if answer := ada.get(at); answer.status != http.StatusMethodNotAllowed {
					require.Equal(t, http.StatusNotFound, answer.status, "GET %s", at)
				}
				require.Equal(t, http.StatusNotFound, ada.post(at, form).status, "POST %s", at)
			}
		}
		for _, id := range []string{"0", "-1", "99999999", "x", "99999999999999999999", "1.0"} {
			require.Equal(t, http.StatusNotFound, ada.get("/audit/"+id).status, id)
		}
	})
}

func TestWhatSomebodyDidAndWhatWasDoneToThem(t *testing.T) {
	o, sue := seated(t)
	ada := o.entered("Ada", backoffice.Administrator)
	ben := o.add(store.Operator{}, "Ben", backoffice.Moderator)
	at := "/operators/" + ben.ID
	ada.does(ada.get(at+"/name"), at+"/name", "Save", "name=Benno")
	at = "/operators/" + ada.ID
	sue.does(sue.get(at+"/sessions"), at+"/sessions", "End all sessions")
	shown := sue.get(at)
	require.Contains(t, shown.text(), "By Ada , about Benno")
	require.Contains(t, shown.text(), "By Sue , about Ada")
	did, done := sue.get(shown.link("All they did")), sue.get(shown.link("all done to them"))
	require.Contains(t, did.text(), "operator.renamed")
	require.NotContains(t, did.text(), "operator.sessions_ended Sue")
	require.Contains(t, done.text(), "operator.sessions_ended Sue")
	require.NotContains(t, done.text(), "operator.renamed Ada")

	t.Run("who reads the audit finds them by name, and sees nobody's address", func(t *testing.T) {
		o.customRole("reader", "audit.view")
		rita := o.entered("Rita", "reader")
		require.Contains(t, rita.get("/audit?actor=ADA").text(), "operator.renamed")
		require.Contains(t, rita.get("/audit?actor="+url.QueryEscape(ada.Email)).text(), "No matching entries")
		require.Contains(t, sue.get("/audit?actor="+url.QueryEscape(ada.Email)).text(), "operator.renamed")
	})
}
