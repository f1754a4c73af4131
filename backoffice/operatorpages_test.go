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
func once(p page) string {
	p.T.Helper()
	m := onceTag.FindStringSubmatch(p.Body)
	require.NotNil(p.T, m, p.Text())
	return m[1]
}

// onlyIn says that a secret was in one answer and nowhere else: no address, no
// other page, no log line, and not as it is in the store.
func (o *office) onlyIn(answer page, secret string) {
	o.T.Helper()
	for _, e := range o.wire.all {
		require.NotContains(o.T, e.target, secret)
		require.NotContains(o.T, e.Header.Get("Location"), secret)
		if e.Body != answer.Body {
			require.NotContains(o.T, e.Body, secret, e.target)
		}
	}
	require.NotContains(o.T, o.Log.String(), secret)
	require.NotContains(o.T, o.Dump(), secret)
}

// desk is an office that a super-administrator sits in, with a password alone.
func seated(t *testing.T, change ...func(*backoffice.Config)) (*office, *person) {
	o := newOffice(t, change...)
	o.Set(lax)
	return o, o.Entered("Sue", backoffice.SuperAdministrator)
}

func TestAnInvitationFromItsPages(t *testing.T) {
	o, sue := seated(t)
	shown := sue.Get("/operators/new")
	refused := sue.Press(shown, "/operators/new", "Send invitation", "email=ben at example", "name=Ben <b>", "+role="+backoffice.Moderator)
	require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
	require.Contains(t, refused.Problems(), "email")
	again := refused.Filled("/operators/new", "Send invitation")
	require.Equal(t, []string{"ben at example", "Ben <b>", backoffice.Moderator}, []string{again.Get("email"), again.Get("name"), again.Get("role")}, "what was typed stays")
	require.Contains(t, sue.Press(shown, "/operators/new", "Send invitation", "email=ben@example.org").Problems(), "role")

	page := sue.Does(shown, "/operators/new", "Send invitation", "email=ben@example.org", "name=Ben", "+role="+backoffice.Moderator, "+role="+backoffice.CommunityManager)
	require.Contains(t, page.Text(), "Invited, not signed in yet")
	require.Contains(t, page.Text(), "Its link expires in 7 days")
	ben := page.Path
	first := o.LinkIn("welcome")
	op := o.Find(strings.TrimPrefix(ben, "/operators/"))
	require.Equal(t, backoffice.Moderator, op.PrimaryRole)
	taken := sue.Press(shown, "/operators/new", "Send invitation", "email=sue@example.org", "name=Other", "+role="+backoffice.Moderator)
	require.Contains(t, taken.Problems()["email"], "already")

	t.Run("sent again, the first link ends", func(t *testing.T) {
		page = sue.Does(page, ben+"/invitation", "Resend invitation")
		require.Contains(t, page.Text(), "The invitation is on its way")
		second := o.LinkIn("welcome")
		require.NotEqual(t, first, second)
		b := o.Browser()
		require.Equal(t, http.StatusGone, b.Use("/welcome", first, better).Status)
	})
	t.Run("a link to hand over is shown once", func(t *testing.T) {
		answer := sue.Press(page, ben+"/invitation", "Create a link")
		require.Equal(t, http.StatusOK, answer.Status)
		link := once(answer)
		require.True(t, strings.HasPrefix(link, o.HomeURL()+"welcome#"))
		_, token, _ := strings.Cut(link, "#")
		require.NotContains(t, sue.Get(ben+"/invitation").Body, token)
		require.NotContains(t, sue.Get(ben).Body, token)
		o.onlyIn(answer, token)
		b := o.Browser()
		require.Equal(t, "/login?done=welcome", b.Use("/welcome", token, better).Location)
		page.Body = strings.ReplaceAll(page.Body, page.Form("/logout").Get("csrf"), sue.Get(ben).Form("/logout").Get("csrf"))
		again := sue.Press(page, ben+"/invitation", "Resend invitation")
		require.Equal(t, http.StatusUnprocessableEntity, again.Status, "there is nothing to send again")
		require.Contains(t, again.Text(), "Send a reset email instead")
	})
	t.Run("one that nobody used can be cancelled, and says when it ended", func(t *testing.T) {
		page := sue.Does(shown, "/operators/new", "Send invitation", "email=cara@example.org", "+role="+backoffice.Moderator)
		cara := page.Path
		require.Contains(t, page.Text(), "cara", "named after the address until she says better")
		o.Clock.Add(8 * 24 * time.Hour)
		sue.Browser = o.Browser()
		sue.Login("Sue", good)
		require.Contains(t, sue.Get(cara).Text(), "The invitation has expired")
		ask := sue.Get(cara + "/invitation")
		list := sue.Does(ask, cara+"/invitation", "Cancel invitation")
		require.Equal(t, "/operators", list.Path)
		require.Contains(t, list.Text(), "Invitation cancelled")
		require.Equal(t, http.StatusNotFound, sue.Get(cara).Status)
	})
}

func TestChangingRolesShowsTheDifferenceFirst(t *testing.T) {
	o, sue := seated(t)
	ben := o.Entered("Ben", backoffice.Moderator)
	at := "/operators/" + ben.ID + "/roles"
	shown := sue.Get(at)
	before := o.Dump()
	asked := sue.Press(shown, at, "Review changes", "role="+backoffice.Administrator, "+role="+backoffice.CommunityManager)
	require.Equal(t, http.StatusOK, asked.Status, asked.Text())
	for _, words := range []string{"Adds Administrator", "Adds Community manager", "Removes Moderator", "Primary role It is shown beside their name", "New permissions:", "Read the audit log"} {
		require.Contains(t, asked.Text(), words)
	}
	require.Equal(t, backoffice.Administrator, asked.Filled(at, "Change roles").Get("primary"), "the first, as the one before goes")
	require.True(t, before == o.Dump(), "asking changes nothing")
	other := sue.Press(shown, at, "Review changes", "role="+backoffice.Administrator, "+role="+backoffice.CommunityManager)
	require.Equal(t, http.StatusForbidden, ben.Get("/audit").Status)
	done := sue.Does(asked, at, "Change roles")
	require.Contains(t, done.Text(), "Roles changed")
	require.Equal(t, []string{backoffice.Administrator, backoffice.CommunityManager}, o.Find(ben.ID).AllRoles())
	require.Equal(t, http.StatusOK, ben.Get("/audit").Status, "from the very next click")

	t.Run("a form from before is stale", func(t *testing.T) {
		stale := sue.Press(shown, at, "Review changes")
		require.Equal(t, http.StatusForbidden, stale.Status)
		require.Contains(t, stale.Link("Open the form again")+stale.Link("Go back")+stale.Body, at)
		stale = sue.Press(other, at, "Change roles")
		require.Equal(t, http.StatusForbidden, stale.Status)
		require.Equal(t, []string{backoffice.Administrator, backoffice.CommunityManager}, o.Find(ben.ID).AllRoles())
	})
	t.Run("another of their roles becomes the primary one", func(t *testing.T) {
		asked := sue.Press(sue.Get(at), at, "Review changes")
		require.Contains(t, asked.Text(), "What changes")
		sue.Does(asked, at, "Change roles")
		require.Equal(t, backoffice.Administrator, o.Find(ben.ID).PrimaryRole, "the present one stays")
		done := sue.Press(sue.Press(sue.Get(at), at, "Review changes"), at, "Change roles", "primary="+backoffice.CommunityManager)
		require.Equal(t, http.StatusSeeOther, done.Status)
		require.Equal(t, []string{backoffice.CommunityManager, backoffice.Administrator}, o.Find(ben.ID).AllRoles())
	})
	t.Run("all access can go, and says so", func(t *testing.T) {
		asked := sue.Press(sue.Get(at), at, "Review changes", "-role")
		require.Contains(t, asked.Text(), "No roles are left")
		sue.Does(asked, at, "Remove all access")
		require.Empty(t, o.Find(ben.ID).AllRoles())
		require.False(t, ben.SignedIn())
	})
	t.Run("a role that is gone stands beside the field", func(t *testing.T) {
		refused := sue.Press(sue.Get(at), at, "Review changes", "+role=no-such-role")
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
		require.Contains(t, refused.Problems()["role"], "no longer exists")
	})
	t.Run("the last super-administrator stays one", func(t *testing.T) {
		mine := "/operators/" + sue.ID
		refused := sue.Press(sue.Press(sue.Get(mine+"/roles"), mine+"/roles", "Review changes", "role="+backoffice.Administrator), mine+"/roles", "Change roles")
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
		require.Contains(t, refused.Text(), "last active super-administrator")
		other := o.Person("Other", backoffice.SuperAdministrator)
		forms := map[string]page{"/disable": sue.Get(mine + "/disable"), "/delete": sue.Get(mine + "/delete")}
		o.Change(other.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
		for act, shown := range forms {
			there := sue.Open(mine + act)
			require.Equal(t, mine, there.Path, "who comes now is led to where the reason stands")
			require.Contains(t, there.Text(), "That is not possible for this operator now")
			require.Contains(t, there.Text(), "last active super-administrator")
			require.Empty(t, there.Link("Disable")+there.Link("Delete"))
			require.NotContains(t, sue.Get("/operators").Body, o.Base+mine+act)
			refused := sue.Press(shown, mine+act, "", "reason=I like the sea")
			require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
			require.Contains(t, refused.Text(), "last active super-administrator")
			require.Equal(t, "I like the sea", refused.Filled(mine+act, "").Get("reason"))
		}
		require.Equal(t, backoffice.SuperAdministrator, o.Find(sue.ID).PrimaryRole)
	})
}

func TestActsOnAnOperator(t *testing.T) {
	o, sue := seated(t)
	ben := o.Entered("Ben", backoffice.Moderator)
	at := "/operators/" + ben.ID

	t.Run("a name", func(t *testing.T) {
		shown := sue.Get(at + "/name")
		refused := sue.Press(shown, at+"/name", "Rename", "name=Sue")
		require.Contains(t, refused.Problems()["name"], "Another operator has this name")
		require.Equal(t, "Sue", refused.Filled(at+"/name", "Rename").Get("name"))
		require.Contains(t, sue.Does(shown, at+"/name", "Rename", "name=Benno").Text(), "Name changed")
		require.Equal(t, http.StatusForbidden, sue.Press(shown, at+"/name", "Rename", "name=Bert").Status, "stale")
		require.Equal(t, "Benno", o.Find(ben.ID).Name)
	})
	t.Run("an e-mail address", func(t *testing.T) {
		shown := sue.Get(at + "/email")
		require.Contains(t, shown.Text(), "They are signed out on 1 device")
		refused := sue.Press(shown, at+"/email", "Change", "email=SUE@example.org")
		require.Contains(t, refused.Problems()["email"], "already")
		require.Equal(t, "SUE@example.org", refused.Filled(at+"/email", "Change").Get("email"))
		o.Letters()
		require.Contains(t, sue.Does(shown, at+"/email", "Change", "email=benno@example.org").Text(), "Email address changed")
		require.Equal(t, http.StatusForbidden, sue.Press(shown, at+"/email", "Change", "email=bert@example.org").Status, "stale")
		require.Equal(t, "benno@example.org", o.Find(ben.ID).Email)
		letters := strings.Join(o.Letters(), "")
		require.Contains(t, letters, "To: <ben@example.org>")
		require.Contains(t, letters, "To: <benno@example.org>")
		require.False(t, ben.SignedIn())
		ben.Login("benno@example.org", good)
		require.True(t, ben.SignedIn())
	})
	t.Run("sessions, one and all", func(t *testing.T) {
		second := o.Browser()
		require.Equal(t, "/", second.Login("Benno", good).Location)
		shown, other := sue.Get(at+"/sessions"), sue.Get(at+"/sessions")
		require.Contains(t, shown.Text(), "Firefox on Linux")
		require.Contains(t, sue.Does(shown, at+"/sessions", "End session").Text(), "Sessions ended")
		require.NotEqual(t, second.SignedIn(), ben.SignedIn(), "one of the two")
		sue.Does(sue.Get(at+"/sessions"), at+"/sessions", "End all sessions")
		require.False(t, second.SignedIn() || ben.SignedIn())
		gone := sue.Press(other, at+"/sessions", "End session")
		require.Equal(t, http.StatusForbidden, gone.Status, "it is gone: %s", gone.Text())
		require.Contains(t, sue.Get(at+"/sessions").Text(), "Not signed in anywhere")
	})
	t.Run("a reset mail", func(t *testing.T) {
		require.Contains(t, sue.Does(sue.Get(at), at+"/reset-mail", "Send reset email").Text(), "A reset link is on its way")
		require.Equal(t, "/login?done=reset", o.Browser().Use("/reset", o.LinkIn("reset"), better).Location)
	})
	t.Run("a link to hand over is shown once", func(t *testing.T) {
		answer := sue.Press(sue.Get(at+"/link"), at+"/link", "Create link")
		_, token, ok := strings.Cut(once(answer), o.HomeURL()+"reset#")
		require.True(t, ok)
		require.NotContains(t, sue.Get(at+"/link").Body, token)
		o.onlyIn(answer, token)
		require.Equal(t, "/login?done=reset", o.Browser().Use("/reset", token, good).Location)
	})
	t.Run("a password that is known to others", func(t *testing.T) {
		b := o.Browser()
		require.Equal(t, "/", b.Follow(b.Login("Benno", good)).Path)
		require.NotEmpty(t, sue.Get(at).Link("Require a new password"))
		shown := sue.Does(sue.Get(at+"/new-password"), at+"/new-password", "Require a new password", "reason=On a note")
		require.Contains(t, shown.Text(), "must choose a new password at the next sign-in")
		require.Contains(t, shown.Text(), "Must be changed")
		require.Equal(t, "/login", b.Get("/").Location, "signed out")
		require.Equal(t, "/account/password", b.Follow(b.Login("Benno", good)).Path, "it opens nothing but the page that changes it")
		require.Equal(t, "/account/password", b.Get("/").Location)
		require.Equal(t, 1, o.Count("password.compromised"))
		require.Equal(t, at, sue.Open(at+"/new-password").Path, "once is enough")
	})
	t.Run("a temporary password only where the parameter says so, shown once", func(t *testing.T) {
		require.Empty(t, sue.Get(at).Link("Generate temporary password"))
		require.Equal(t, at, sue.Open(at+"/temporary-password").Path)
		require.Equal(t, http.StatusForbidden, sue.Post(at+"/temporary-password", sue.Get(at).Form("/logout")).Status)
		o.Set(map[string]string{"two_factor.who": "recommended", "session.proof": "15m", "password.temporary": "on"})
		require.NotEmpty(t, sue.Get(at).Link("Generate temporary password"))
		answer := sue.Press(sue.Get(at+"/temporary-password"), at+"/temporary-password", "Generate")
		require.Contains(t, answer.Text(), "If it is not used, it stops working in 24 hours")
		plain := once(answer)
		require.NotContains(t, sue.Get(at+"/temporary-password").Body, plain)
		require.NotContains(t, strings.Join(o.Letters(), ""), plain)
		o.onlyIn(answer, plain)
		b := o.Browser()
		require.Equal(t, "/account/password", b.Follow(b.Login("Benno", plain)).Path, "it opens nothing but the page that changes it")
	})
	t.Run("two-factor, with a reason", func(t *testing.T) {
		refused := sue.Press(sue.Get(at+"/two-factor"), at+"/two-factor", "Reset two-factor", "reason= ")
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
		require.Contains(t, refused.Problems()["reason"], "Say why")
		require.Contains(t, sue.Does(refused, at+"/two-factor", "Reset two-factor", "reason=Lost her phone").Text(), "Two-factor authentication reset")
		require.Equal(t, 1, o.Count("two_factor.reset"))
	})
	t.Run("locked, and unlocked", func(t *testing.T) {
		require.NoError(t, o.Mem.Commit(ctx, store.MarkLocked{OperatorID: ben.ID, Until: o.Clock.Now().Add(time.Hour)}))
		require.Contains(t, sue.Get(at).Text(), "Unlocks automatically in 1 hour")
		require.Contains(t, sue.Does(sue.Get(at), at+"/unlock", "Unlock now").Text(), "Account unlocked")
		require.NotContains(t, sue.Get(at).Text(), "Too many failed attempts")
	})
	t.Run("disabled and enabled", func(t *testing.T) {
		shown := sue.Get(at + "/disable")
		require.Contains(t, sue.Does(shown, at+"/disable", "Disable", "reason=On holiday").Text(), "Account disabled")
		require.Equal(t, http.StatusForbidden, sue.Press(shown, at+"/disable", "Disable").Status, "already")
		require.Equal(t, http.StatusUnprocessableEntity, o.Browser().Login("Benno", good).Status)
		require.Contains(t, sue.Does(sue.Get(at+"/enable"), at+"/enable", "Enable").Text(), "Account enabled")
	})
	t.Run("deleted", func(t *testing.T) {
		list := sue.Does(sue.Get(at+"/delete"), at+"/delete", "Delete", "reason=Left us")
		require.Contains(t, list.Text(), "Operator deleted")
		require.NotContains(t, list.Rows("/operators/"), ben.ID)
		require.Equal(t, http.StatusNotFound, sue.Get(at).Status)
		require.Positive(t, o.Count("operator.deleted"), "the audit stays")
	})
}

// aims are every page about somebody or something, with what is posted to it.
var aims = map[string]url.Values{
	"/operators/{id}/name": {"name": {"Eve"}, "version": {"1"}}, "/operators/{id}/email": {"email": {"eve@example.org"}, "version": {"1"}}, "/operators/{id}/roles": {"primary": {""}, "version": {"1"}, "confirm": {"yes"}},
	"/operators/{id}/invitation": {"action": {"resend"}}, "/operators/{id}/unlock": {}, "/operators/{id}/sessions": {"end": {"all"}},
	"/operators/{id}/reset-mail": {}, "/operators/{id}/link": {}, "/operators/{id}/temporary-password": {}, "/operators/{id}/new-password": {"reason": {"because"}}, "/operators/{id}/see-as": {"reason": {"because"}},
	"/operators/{id}/two-factor": {"reason": {"because"}}, "/operators/{id}/disable": {"reason": {"because"}},
	"/operators/{id}/enable": {"ends": {"2026-12-31"}}, "/operators/{id}/end": {"ends": {"2026-12-31"}, "version": {"1"}, "confirm": {"yes"}}, "/operators/{id}/delete": {"reason": {"because"}},
}

func TestNobodyActsOnSomebodyWhoHoldsMore(t *testing.T) {
	o := newOffice(t, withDirectory)
	o.Set(map[string]string{"two_factor.who": "recommended", "session.proof": "15m", "password.temporary": "on"})
	ada := o.Entered("Ada", backoffice.Administrator)
	o.customRole("above", "parameters.manage")
	for name, op := range map[string]store.Operator{
		"Sue": {}, "Ivan": {State: store.OperatorInvited, InviteExpiresAt: o.Clock.Now().Add(time.Hour)}, "Disa": {State: store.OperatorDisabled}, "Mel": {MemberID: "m-mel"},
	} {
		op := o.Add(op, name, backoffice.Moderator, "above")
		shown := ada.Get("/operators/" + op.ID)
		require.Contains(t, shown.Text(), "holds more than you do")
		require.NotContains(t, shown.Body, o.Base+"/operators/"+op.ID+"/", "no button leads on")
		token := shown.Form("/logout").Get("csrf")
		for path, form := range aims {
			path = strings.Replace(path, "{id}", op.ID, 1)
			form.Set("csrf", token)
			before := o.Find(op.ID)
			if answer := ada.Get(path); answer.Status != http.StatusMethodNotAllowed {
				require.Equal(t, http.StatusForbidden, answer.Status, "GET %s", path)
			}
			require.Equal(t, http.StatusForbidden, ada.Post(path, form).Status, "POST %s", path)
			require.Equal(t, before, o.Find(op.ID), path)
		}
	}
	require.Contains(t, ada.Get("/members/m-mel").Text(), "holds more than you do")
	token := ada.Get("/account").Form("/logout").Get("csrf")
	require.Equal(t, http.StatusForbidden, ada.Post("/members/m-mel", url.Values{"csrf": {token}, "version": {"1"}, "primary": {""}, "confirm": {"yes"}}).Status)
	require.Equal(t, http.StatusForbidden, ada.Get("/members/m-mel/revoke").Status)
	require.Equal(t, http.StatusForbidden, ada.Post("/members/m-mel/revoke", url.Values{"csrf": {token}}).Status)

	t.Run("nor gives more than they hold", func(t *testing.T) {
		ben := o.Person("Ben", backoffice.Moderator)
		for _, role := range []string{backoffice.SuperAdministrator, "above"} {
			at := "/operators/" + ben.ID + "/roles"
			refused := ada.Press(ada.Get(at), at, "Review changes", "+role="+role, "confirm=yes")
			require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
			require.Contains(t, refused.Problems()["role"], "only what you hold yourself")
			require.Contains(t, ada.Press(ada.Get("/operators/new"), "/operators/new", "Send", "email=x@example.org", "+role="+role).Problems()["role"], "only what you hold")
			refused = ada.Press(ada.Get("/members/m-mia"), "/members/m-mia", "Review", "role="+role, "confirm=yes")
			require.Equal(t, http.StatusUnprocessableEntity, refused.Status, refused.Text())
		}
		require.Equal(t, []string{backoffice.Moderator}, o.Find(ben.ID).AllRoles())
		require.Contains(t, ada.Press(ada.Get("/roles/new"), "/roles/new", "Create role", "name=Mine", "+permission=parameters.manage").Problems()["permission"], "only what you hold")
		at := "/roles/above"
		require.Contains(t, ada.Get(at).Text(), "holds more than you do")
		require.Equal(t, http.StatusForbidden, ada.Post(at, url.Values{"csrf": {token}, "name": {"Mine"}, "version": {"1"}, "permission": {"audit.view"}}).Status)
		require.Equal(t, http.StatusForbidden, ada.Get(at+"/delete").Status)
		require.Equal(t, http.StatusForbidden, ada.Post(at+"/delete", url.Values{"csrf": {token}, "version": {"1"}}).Status)
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
				if answer := ada.Get(at); answer.Status != http.StatusMethodNotAllowed {
					require.Equal(t, http.StatusNotFound, answer.Status, "GET %s", at)
				}
				require.Equal(t, http.StatusNotFound, ada.Post(at, form).Status, "POST %s", at)
			}
		}
		for _, id := range []string{"0", "-1", "99999999", "x", "99999999999999999999", "1.0"} {
			require.Equal(t, http.StatusNotFound, ada.Get("/audit/"+id).Status, id)
		}
	})
}

func TestWhatSomebodyDidAndWhatWasDoneToThem(t *testing.T) {
	o, sue := seated(t)
	ada := o.Entered("Ada", backoffice.Administrator)
	ben := o.Person("Ben", backoffice.Moderator)
	at := "/operators/" + ben.ID
	ada.Does(ada.Get(at+"/name"), at+"/name", "Rename", "name=Benno")
	at = "/operators/" + ada.ID
	sue.Does(sue.Get(at+"/sessions"), at+"/sessions", "End all sessions")
	shown := sue.Get(at)
	const did, done = "Ada renamed Ben to Benno", "Sue signed Ada out everywhere"
	require.Contains(t, shown.Text(), did)
	require.Contains(t, shown.Text(), done)
	all := sue.Get(shown.Link("Everything"))
	require.Contains(t, all.Text(), did)
	require.Contains(t, all.Text(), done)
	by, about := sue.Get(all.Link("Everything by Ada")), sue.Get(all.Link("Everything about Ada"))
	require.Contains(t, by.Text(), did)
	require.NotContains(t, by.Text(), done)
	require.Contains(t, about.Text(), done)
	require.NotContains(t, about.Text(), did)

	t.Run("who reads the audit finds them by name, and sees nobody's address", func(t *testing.T) {
		o.customRole("reader", "audit.view")
		rita := o.Entered("Rita", "reader")
		require.Contains(t, rita.Get("/audit?person=ADA").Text(), did)
		require.Contains(t, rita.Get("/audit?person="+url.QueryEscape(ada.Email)).Text(), "No matching entries")
		require.Contains(t, sue.Get("/audit?person="+url.QueryEscape(ada.Email)).Text(), did)
	})
	t.Run("a part of a name finds the only one who has it, and offers several", func(t *testing.T) {
		found := sue.Get("/audit?person=enno&kind=operator")
		require.Contains(t, found.Text(), did)
		require.NotContains(t, found.Text(), done)
		several := sue.Get("/audit?person=example&as=by&kind=operator")
		require.Contains(t, several.Text(), "Choose one: Ada Benno Rita Sue")
		require.Contains(t, sue.Get(several.Link("Ada")).Text(), did)
		for _, reader := range []*browser{sue.Browser, o.Entered("Reeve", "reader").Browser} {
			require.Contains(t, reader.Get("/audit?person=nobody").Text(), "No operator is called")
		}
		require.Contains(t, o.Entered("Rolf", "reader").Get("/audit?person=enno").Text(), "No operator is called", "nobody searches whom they may not see")
	})
}
