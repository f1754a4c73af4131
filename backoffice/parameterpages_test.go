package backoffice_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/store"
)

const review = "Review and save"

// stored are the parameters that are not at their defaults.
func (o *office) stored() map[string]string {
	o.t.Helper()
	p, err := o.mem.LoadParameters(ctx)
	require.NoError(o.t, err)
	return p.Values
}

// saves changes parameters on their page, through the question.
func (b *browser) saves(edits ...string) page {
	b.t.Helper()
	asked := b.press(b.get("/parameters"), "/parameters", review, edits...)
	require.Equal(b.t, http.StatusOK, asked.status, asked.text())
	return b.does(asked, "/parameters", "Save")
}

func TestParametersAsTheyAreShown(t *testing.T) {
	_, sue := seated(t)
	shown := sue.get("/parameters")
	fields := shown.filled("/parameters", review)
	for _, d := range settings.Definitions() {
		require.Contains(t, shown.text(), d.Label)
		if d.Kind == settings.KindSwitch {
			require.False(t, fields.Has(d.Name), "%s is off and shown on", d.Name)
			continue
		}
		require.True(t, fields.Has(d.Name), d.Name)
		require.Equal(t, d.Kind == settings.KindDuration, fields.Has(d.Name+".unit"), d.Name)
	}
	require.Equal(t, "30", fields.Get("session.idle"))
	require.Equal(t, "m", fields.Get("session.idle.unit"))
	require.Contains(t, shown.text(), "Default: 30 minutes · Range: 1 minute to 1 hour")
	require.Contains(t, shown.text(), "Departs from NIST SP 800-63B-4", "a password alone is enough in this office")
	require.Equal(t, "/mail/test", shown.link("Send a test email"))
	require.Contains(t, shown.text(), "Emails come from Meadow <office@community.example> , as set in the server’s configuration. They are written to a folder")

	t.Run("sent back as they are, there is nothing to change", func(t *testing.T) {
		require.Equal(t, "/parameters?done=nothing", sue.post("/parameters", fields).location)
	})
}

func TestSavingParameters(t *testing.T) {
	o, sue := seated(t)
	before := o.dump()
	asked := sue.press(sue.get("/parameters"), "/parameters", review,
		"session.idle=1", "session.idle.unit=h", "password.upper=on", "password.min_length=20", "signin.paused_text=Back at\r\nsix", "invite.life=72", "invite.life.unit=h")
	require.Equal(t, http.StatusOK, asked.status, asked.text())
	for _, words := range []string{"Longest idle time Looser 30 minutes 1 hour", "Upper-case letter Departs from NIST", "automatic 20 characters", "Back at six", "7 days 3 days", "easier to get into"} {
		require.Contains(t, asked.text(), words)
	}
	require.True(t, before == o.dump(), "asking changes nothing")
	saved := sue.does(asked, "/parameters", "Save 5 changes")
	require.Contains(t, saved.text(), "Saved.")
	require.Equal(t, map[string]string{"two_factor.who": "recommended", "session.proof": "15m",
		"session.idle": "1h", "password.upper": "on", "password.min_length": "20", "signin.paused_text": "Back at six", "invite.life": "3d"}, o.stored())
	require.Contains(t, strings.Join(o.letters(), ""), "from 30m to 1h", "super-administrators are told of what is looser")

	t.Run("a switch goes off again, and a default comes back", func(t *testing.T) {
		require.Contains(t, sue.saves("-password.upper").text(), "Saved.")
		require.NotContains(t, o.stored(), "password.upper")
		asked := sue.press(sue.get("/parameters"), "/parameters", "Restore default : Invitation lifetime")
		require.Contains(t, asked.text(), "Invitation lifetime Looser 3 days 7 days")
		sue.does(asked, "/parameters", "Save 1 change")
		require.NotContains(t, o.stored(), "invite.life")
	})
	t.Run("the same time in another unit is no change", func(t *testing.T) {
		answer := sue.press(sue.get("/parameters"), "/parameters", review, "session.idle=60", "session.idle.unit=m")
		require.Equal(t, "/parameters?done=nothing", answer.location)
	})
	t.Run("what is wrong stands beside its field, with what was typed", func(t *testing.T) {
		before := o.dump()
		for edit, want := range map[string]string{
			"password.min_length=7": "0 or 8 to 64", "password.min_length=many": "0 or 8 to 64", "password.min_length=": "0 or 8 to 64",
			"session.idle=soon": "choose its unit: 1 minute to 1 hour", "session.idle=-1": "choose its unit: 1 minute to 1 hour", "session.idle=9": "choose its unit: 1 minute to 1 hour",
			"session.idle.unit=parsec": "choose its unit: 1 minute to 1 hour", "two_factor.who=nobody": "Choose one", "signin.paused=perhaps": "Choose one",
			"signin.paused_text=" + strings.Repeat("x", 501): "at most 500",
		} {
			name, value, _ := strings.Cut(edit, "=")
			field := strings.TrimSuffix(name, ".unit")
			for _, confirm := range []string{"x=y", "confirm=yes"} {
				refused := sue.press(sue.get("/parameters"), "/parameters", review, edit, "session.absolute=11", confirm)
				require.Equal(t, http.StatusUnprocessableEntity, refused.status, edit)
				require.Contains(t, refused.problems()[field], want, edit)
				again := refused.filled("/parameters", review)
				require.Equal(t, "11", again.Get("session.absolute"), "the rest that was typed stays")
				if name == "session.idle" || name == "password.min_length" {
					require.Equal(t, value, again.Get(name), edit)
				}
			}
		}
		refused := sue.press(sue.get("/parameters"), "/parameters", review, "session.absolute=10", "session.absolute.unit=m")
		require.Contains(t, refused.problems()["session.idle"], "longer than a session")
		require.True(t, before == o.dump())
	})
	t.Run("fields that are no parameters change nothing", func(t *testing.T) {
		before := o.stored()
		answer := sue.press(sue.get("/parameters"), "/parameters", review, "alias=chosen-by-eve", "secret=x", "password.none=1", "restore=nothing", "revision.x=1", "confirm=yes")
		require.Equal(t, "/parameters?done=nothing", answer.location, answer.text())
		require.Equal(t, before, o.stored())
	})
}

func TestNameAndColourCountOnEveryReplicaFromTheNextRequest(t *testing.T) {
	o, sue := seated(t, func(c *backoffice.Config) { c.Look.Accent = "#336699" })
	there := sue.at(o.replica())
	before := there.get("/")
	require.Contains(t, before.text(), "Home · Meadow")
	sue.saves("office.name=Clearing", "office.accent=#C0392B")
	shown := there.get("/")
	require.Contains(t, shown.text(), "Home · Clearing")
	require.NotContains(t, shown.text(), "Meadow")
	sheet := func(p page) string { return regexp.MustCompile(`/static/brand-[0-9a-f]+\.css`).FindString(p.body) }
	require.NotEqual(t, sheet(before), sheet(shown))
	for _, b := range []*browser{sue.browser, there} {
		require.Contains(t, b.get(sheet(shown)).body, "--accent: #c0392b;")
		require.Equal(t, sheet(shown), sheet(b.get("/account")))
	}
	require.Contains(t, there.get(sheet(before)).body, "--accent: #336699;")
	require.Contains(t, o.browser().get("/login").text(), "Clearing")

	refused := sue.press(sue.get("/parameters"), "/parameters", review, "office.accent=#ffee00", "office.name=...")
	require.Contains(t, refused.problems()["office.accent"], "dark enough to stand out")
	require.Contains(t, refused.problems(), "office.name")
	asked := sue.press(sue.get("/parameters"), "/parameters", "Restore default : Office name")
	require.Contains(t, asked.text(), "Office name Clearing Meadow")
	sue.does(asked, "/parameters", "Save 1 change")
	require.Contains(t, there.get("/").text(), "Home · Meadow")
	require.Equal(t, sheet(shown), sheet(there.get("/")), "the colour stays")
}

func TestBeforeTheDayPeopleAreToldAndFromItOnTheyEnrol(t *testing.T) {
	o, sue := seated(t)
	asked := sue.press(sue.get("/parameters"), "/parameters", review, "two_factor.who=everyone", "two_factor.from=2026-03-20")
	require.Contains(t, asked.text(), "Required from Looser Departs from NIST SP 800-63B-4")
	require.Contains(t, asked.text(), "immediately 20 March 2026 Save 2 changes")
	sue.does(asked, "/parameters", "Save 2 changes")
	require.Equal(t, "2026-03-20", sue.get("/parameters").filled("/parameters", review).Get("two_factor.from"))

	ben := o.entered("Ben", backoffice.Moderator)
	for _, path := range []string{"/", "/account", "/account/two-factor"} {
		shown := ben.get(path)
		require.Equal(t, http.StatusOK, shown.status, path)
		require.Contains(t, shown.text(), "From 20 March 2026 you need two-factor authentication", path)
		require.Equal(t, "/account/two-factor/add", shown.link("Set it up now"), path)
	}
	require.Contains(t, ben.get("/").text(), "You need two-factor authentication from 20 March 2026 Soon")
	require.NotContains(t, ben.open("/account/two-factor/add").text(), "From 20 March", "who is there need not be told")

	o.clock.Add(time.Date(2026, 3, 19, 23, 50, 0, 0, time.UTC).Sub(o.clock.Now()))
	ben.browser = o.browser()
	require.Equal(t, "/", ben.login("Ben", good).location)
	require.Equal(t, http.StatusOK, ben.get("/account").status)
	o.clock.Add(10 * time.Minute)
	for _, path := range []string{"/", "/account", "/analytics"} {
		require.Equal(t, "/account/two-factor/add", ben.get(path).location, path)
	}
	late := o.browser()
	require.Equal(t, "/login/code", late.login("Ben", good).location)
	require.Equal(t, "/login/enrol", late.get("/login/code").location)
}

func TestAStaleFormOfParametersShowsTheDifference(t *testing.T) {
	o, sue := seated(t)
	tom := o.entered("Tom", backoffice.SuperAdministrator)
	mine := sue.get("/parameters")
	tom.saves("session.idle=20", "password.history=5", "password.upper=on")
	before := o.stored()
	edits := []string{"session.idle=10", "session.per_operator=2"}
	for _, confirm := range []string{"x=y", "confirm=yes"} {
		stale := sue.press(mine, "/parameters", review, append(edits, confirm)...)
		require.Equal(t, http.StatusConflict, stale.status, stale.text())
		require.Equal(t, before, o.stored(), "nothing is overwritten")
		for _, words := range []string{"Tom changed parameters", "Longest idle time You both changed it 30 minutes 20 minutes 10 minutes",
			"Password history none 5 passwords as before", "Upper-case letter Off On as before", "Sessions of one operator 3 sessions as before 2 sessions"} {
			require.Contains(t, stale.text(), words)
		}
		asked := sue.press(stale, "/parameters", "Continue with yours")
		require.Equal(t, http.StatusOK, asked.status, asked.text())
		require.Contains(t, asked.text(), "20 minutes 10 minutes")
		require.NotContains(t, asked.text(), "Password history", "what they changed stays")
		if confirm == "confirm=yes" {
			sue.does(asked, "/parameters", "Save 2 changes")
		}
	}
	require.Equal(t, "10m", o.stored()["session.idle"])
	require.Equal(t, "5", o.stored()["password.history"])
	require.Equal(t, "on", o.stored()["password.upper"])
	require.Equal(t, "2", o.stored()["session.per_operator"])
	for _, revision := range []string{"", "x", "-1", "99?", "1?%zz"} {
		before := o.stored()
		answer := sue.press(mine, "/parameters", review, "revision="+revision, "session.idle=7", "confirm=yes")
		require.Equal(t, http.StatusConflict, answer.status, revision)
		require.Equal(t, before, o.stored())
	}
}

func TestADefaultRestoredOnAStaleFormIsShownAsMine(t *testing.T) {
	o, sue := seated(t)
	sue.saves("session.idle=20", "office.name=Clearing", "invite.life=3", "invite.life.unit=d", "two_factor.from=2026-03-20", "signin.paused_text=Back soon")
	tom := o.entered("Tom", backoffice.SuperAdministrator)
	mine := sue.get("/parameters")
	tom.saves("session.idle=10", "office.name=Glade", "password.upper=on", "signin.codes=4")
	for label, c := range map[string]struct{ shows, name, left string }{
		"Longest idle time":   {"Longest idle time You both changed it 20 minutes 10 minutes 30 minutes", "session.idle", ""},
		"Office name":         {"Office name You both changed it Clearing Glade Meadow", "office.name", ""},
		"Invitation lifetime": {"Invitation lifetime 3 days as before 7 days", "invite.life", ""},
		"Required from":       {"Required from 20 March 2026 as before immediately", "two_factor.from", ""},
		"Notice":              {"Notice Back soon as before empty", "signin.paused_text", ""},
	} {
		before := o.stored()
		stale := sue.press(mine, "/parameters", "Restore default : "+label)
		require.Equal(t, http.StatusConflict, stale.status, label)
		require.Contains(t, stale.text(), c.shows)
		require.Contains(t, stale.text(), "Wrong codes in one sign-in 5 attempts 4 attempts as before")
		require.Equal(t, before, o.stored())
		saved := sue.does(sue.press(stale, "/parameters", "Continue with yours"), "/parameters", "Save 1 change")
		require.Contains(t, saved.text(), "Saved.", label)
		delete(before, c.name)
		require.Equal(t, before, o.stored(), "%s alone comes back", label)
		tom.saves("session.absolute=11") // so that mine is stale again
		tom.saves("session.absolute=12")
	}
	require.Equal(t, "on", o.stored()["password.upper"])
}

func TestMovingToANewAddress(t *testing.T) {
	o, sue := seated(t)
	ben := o.entered("Ben", backoffice.Moderator)
	o.add(store.Operator{State: store.OperatorInvited, InviteExpiresAt: o.clock.Now().Add(time.Hour)}, "Ivan", backoffice.Moderator)
	for _, alias := range []string{"", "admin", "Upper-Case-Alias", "with space and more", "-starts-with-dash", "a/b/c/d/e/f/g", strings.TrimPrefix(o.base, "/")} {
		refused := sue.press(sue.get("/parameters/address"), "/parameters/address", "Review", "alias="+alias)
		require.Equal(t, http.StatusUnprocessableEntity, refused.status, alias)
		require.Contains(t, refused.problems(), "alias")
		require.Equal(t, alias, refused.filled("/parameters/address", "Review").Get("alias"))
		refused = sue.press(sue.get("/parameters/address"), "/parameters/address", "Review", "alias="+alias, "confirm=yes")
		require.Equal(t, http.StatusUnprocessableEntity, refused.status, alias)
	}
	before := o.dump()
	shown := sue.get("/parameters")
	require.Contains(t, shown.text(), "1 link in an email has not been used yet")
	generated := sue.press(shown, "/parameters/address", "Generate a new address")
	require.Regexp(t, "^"+o.cfg.Origin+"/[a-z0-9-]{16,}/$", generated.once())
	chosen := sue.press(sue.get("/parameters/address"), "/parameters/address", "Review", "alias=winter-garden-gate")
	require.Equal(t, o.cfg.Origin+"/winter-garden-gate/", chosen.once())
	require.Contains(t, chosen.text(), "You have 15 minutes to confirm")
	require.True(t, before == o.dump(), "asking changes nothing")

	old := *sue.browser
	at := func(b *browser, base string) *browser {
		other, there := *b, *b.o
		there.base, other.o = base, &there
		return &other
	}
	move := func() *browser {
		answer := old.press(chosen, "/parameters/address", "Move to this address")
		require.Equal(t, http.StatusSeeOther, answer.status, answer.text())
		require.Equal(t, "/winter-garden-gate/parameters?done=address-changed", answer.header.Get("Location"))
		return at(&old, "/winter-garden-gate")
	}
	there := move()
	arrived := there.get("/parameters?done=address-changed")
	require.Equal(t, http.StatusOK, arrived.status, "with the same cookie")
	require.Contains(t, arrived.text(), "If no one confirms that it works, the old address is restored")
	require.Contains(t, arrived.text(), o.cfg.Origin+o.base+"/ is restored in 15 minutes")
	require.Equal(t, http.StatusNotFound, sue.get("/parameters").status, "the old one is dead")
	require.NotContains(t, strings.Join(o.letters(), ""), "winter-garden-gate", "nobody is told yet")
	bens := at(ben.browser, "/winter-garden-gate").get("/")
	require.Contains(t, bens.text(), "A super-administrator must confirm it")
	require.NotContains(t, bens.body, "Keep this address")

	t.Run("unconfirmed, the old one comes back", func(t *testing.T) {
		o.clock.Add(15 * time.Minute)
		require.Equal(t, http.StatusNotFound, there.get("/parameters").status)
		require.Equal(t, http.StatusSeeOther, sue.get("/parameters/address").status, "only a proof is too old")
		require.Equal(t, http.StatusOK, sue.get("/parameters").status)
		require.NotContains(t, sue.get("/parameters").text(), "This address is new")
	})
	t.Run("confirmed, it stays and everybody is told", func(t *testing.T) {
		shown := sue.open("/step-up")
		require.Equal(t, http.StatusSeeOther, sue.submit(shown, "/step-up", "password", good).status)
		old = *sue.browser
		chosen = sue.press(sue.get("/parameters/address"), "/parameters/address", "Review", "alias=winter-garden-gate")
		there := move()
		kept := there.does(there.get("/"), "/parameters/address", "Keep this address")
		require.Contains(t, kept.text(), "Office address confirmed")
		require.NotContains(t, kept.text(), "This is the new address")
		mails := strings.Join(o.letters(), "")
		require.Contains(t, mails, "/winter-garden-gate/")
		require.Contains(t, mails, "ben@example.org")
		o.clock.Add(16 * time.Minute)
		require.Equal(t, http.StatusOK, there.get("/parameters").status)
		require.Contains(t, there.get("/parameters").text(), "by Sue")
		require.Equal(t, http.StatusNotFound, sue.get("/").status)
	})
}

func TestOnAnotherReplicaEverythingCountsFromTheNextRequest(t *testing.T) {
	o, sue := seated(t)
	tom := o.entered("Tom", backoffice.Administrator)
	there := tom.at(o.replica())
	require.Equal(t, http.StatusOK, there.get("/audit").status)
	at := "/operators/" + tom.ID

	sue.saves("session.per_operator=2", "signin.paused=on", "signin.paused_text=Back soon")
	require.Contains(t, there.get("/").text(), "Back soon")
	require.Equal(t, http.StatusServiceUnavailable, o.browser().login("Tom", good).status)
	sue.saves("-signin.paused")
	require.NotContains(t, there.get("/").text(), "Back soon")

	sue.does(sue.press(sue.get(at+"/roles"), at+"/roles", "Review", "primary="+backoffice.Moderator), at+"/roles", "Change roles")
	require.Equal(t, http.StatusForbidden, there.get("/audit").status)
	sue.does(sue.press(sue.get(at+"/roles"), at+"/roles", "Review", "primary="+backoffice.Administrator), at+"/roles", "Change roles")
	require.Equal(t, http.StatusOK, there.get("/audit").status)

	o.customRole("press", "audit.view")
	sue.does(sue.press(sue.get(at+"/roles"), at+"/roles", "Review", "primary=press"), at+"/roles", "Change roles")
	require.Equal(t, http.StatusOK, there.get("/audit").status)
	sue.does(sue.press(sue.get("/roles/press"), "/roles/press", "Review", "permission=mail.view"), "/roles/press", "Change the role")
	require.Equal(t, http.StatusForbidden, there.get("/audit").status)
	require.Equal(t, http.StatusOK, there.get("/mail").status)

	sue.does(sue.get(at+"/disable"), at+"/disable", "Disable")
	require.Equal(t, http.StatusSeeOther, there.get("/mail").status)
	require.Equal(t, "/login", there.get("/mail").location[:6])
}

func TestReadersOfAllPagesChangeNothing(t *testing.T) {
	o, sue := seated(t, withDirectory)
	sue.does(sue.get("/operators/new"), "/operators/new", "Send", "email=ben@example.org", "+role="+backoffice.Moderator)
	o.letters()
	sue.get("/account")
	before := o.dump()
	for _, path := range []string{"/", "/operators?q=ben&sort=created", "/operators?state=invited", "/members", "/members?access=yes", "/roles", "/roles/moderator",
		"/parameters", "/mail?state=sent", "/audit?area=operator", "/audit/verify", "/audit/events", "/audit/2", "/operators/" + sue.ID} {
		require.Equal(t, http.StatusOK, sue.get(path).status, path)
	}
	require.True(t, before == o.dump())
}
