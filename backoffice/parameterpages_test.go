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
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/settings"
)

const review = "Review and save"

// stored are the parameters that are not at their defaults.
func (o *office) stored() map[string]string {
	o.T.Helper()
	p, err := o.Mem.LoadParameters(ctx)
	require.NoError(o.T, err)
	return p.Values
}

// saves changes parameters on their page, through the question.
func saves(b *browser, edits ...string) page {
	b.T.Helper()
	asked := b.Press(b.Get("/parameters"), "/parameters", review, edits...)
	require.Equal(b.T, http.StatusOK, asked.Status, asked.Text())
	return b.Does(asked, "/parameters", "Save")
}

func TestParametersAsTheyAreShown(t *testing.T) {
	_, sue := seated(t)
	shown := sue.Get("/parameters")
	fields := shown.Filled("/parameters", review)
	for _, d := range settings.Definitions() {
		require.Contains(t, shown.Text(), d.Label)
		if d.Kind == settings.KindSwitch {
			require.False(t, fields.Has(d.Name), "%s is off and shown on", d.Name)
			continue
		}
		require.True(t, fields.Has(d.Name), d.Name)
		require.Equal(t, d.Kind == settings.KindDuration, fields.Has(d.Name+".unit"), d.Name)
	}
	require.Equal(t, "30", fields.Get("session.idle"))
	require.Equal(t, "m", fields.Get("session.idle.unit"))
	require.Contains(t, shown.Text(), "Default: 30 minutes · Range: 1 minute to 1 hour")
	require.Contains(t, shown.Text(), "Departs from NIST SP 800-63B-4", "a password alone is enough in this office")
	require.Equal(t, "/mail/test", shown.Link("Send a test email"))
	require.Contains(t, shown.Text(), "Emails come from Meadow <office@community.example> , as set in the server’s configuration. They are written to a folder")

	t.Run("sent back as they are, there is nothing to change", func(t *testing.T) {
		require.Equal(t, "/parameters?done=nothing", sue.Post("/parameters", fields).Location)
	})
}

func TestSavingParameters(t *testing.T) {
	o, sue := seated(t)
	before := o.Dump()
	asked := sue.Press(sue.Get("/parameters"), "/parameters", review,
		"session.idle=1", "session.idle.unit=h", "password.upper=on", "password.min_length=20", "signin.paused_text=Back at\r\nsix", "invite.life=72", "invite.life.unit=h")
	require.Equal(t, http.StatusOK, asked.Status, asked.Text())
	for _, words := range []string{"Longest idle time Looser 30 minutes 1 hour", "Upper-case letter Departs from NIST", "automatic 20 characters", "Back at six", "7 days 3 days", "easier to get into"} {
		require.Contains(t, asked.Text(), words)
	}
	require.True(t, before == o.Dump(), "asking changes nothing")
	saved := sue.Does(asked, "/parameters", "Save 5 changes")
	require.Contains(t, saved.Text(), "Saved.")
	require.Equal(t, map[string]string{"two_factor.who": "recommended", "session.proof": "15m",
		"session.idle": "1h", "password.upper": "on", "password.min_length": "20", "signin.paused_text": "Back at six", "invite.life": "3d"}, o.stored())
	require.Contains(t, strings.Join(o.Letters(), ""), "from 30m to 1h", "super-administrators are told of what is looser")

	t.Run("a switch goes off again, and a default comes back", func(t *testing.T) {
		require.Contains(t, saves(sue.Browser, "-password.upper").Text(), "Saved.")
		require.NotContains(t, o.stored(), "password.upper")
		asked := sue.Press(sue.Get("/parameters"), "/parameters", "Restore default : Invitation lifetime")
		require.Contains(t, asked.Text(), "Invitation lifetime Looser 3 days 7 days")
		sue.Does(asked, "/parameters", "Save 1 change")
		require.NotContains(t, o.stored(), "invite.life")
	})
	t.Run("the same time in another unit is no change", func(t *testing.T) {
		answer := sue.Press(sue.Get("/parameters"), "/parameters", review, "session.idle=60", "session.idle.unit=m")
		require.Equal(t, "/parameters?done=nothing", answer.Location)
	})
	t.Run("what is wrong stands beside its field, with what was typed", func(t *testing.T) {
		before := o.Dump()
		for edit, want := range map[string]string{
			"password.min_length=7": "0 or 8 to 64", "password.min_length=many": "0 or 8 to 64", "password.min_length=": "0 or 8 to 64",
			"session.idle=soon": "choose its unit: 1 minute to 1 hour", "session.idle=-1": "choose its unit: 1 minute to 1 hour", "session.idle=9": "choose its unit: 1 minute to 1 hour",
			"session.idle.unit=parsec": "choose its unit: 1 minute to 1 hour", "two_factor.who=nobody": "Choose one", "signin.paused=perhaps": "Choose one",
			"signin.paused_text=" + strings.Repeat("x", 501): "at most 500",
		} {
			name, value, _ := strings.Cut(edit, "=")
			field := strings.TrimSuffix(name, ".unit")
			for _, confirm := range []string{"confirm=no", "confirm=yes"} {
				refused := sue.Press(sue.Get("/parameters"), "/parameters", review, edit, "session.absolute=11", confirm)
				require.Equal(t, http.StatusUnprocessableEntity, refused.Status, edit)
				require.Contains(t, refused.Problems()[field], want, edit)
				again := refused.Filled("/parameters", review)
				require.Equal(t, "11", again.Get("session.absolute"), "the rest that was typed stays")
				if name == "session.idle" || name == "password.min_length" {
					require.Equal(t, value, again.Get(name), edit)
				}
			}
		}
		refused := sue.Press(sue.Get("/parameters"), "/parameters", review, "session.absolute=10", "session.absolute.unit=m")
		require.Contains(t, refused.Problems()["session.idle"], "longer than a session")
		require.True(t, before == o.Dump())
	})
	t.Run("fields that are no parameters change nothing", func(t *testing.T) {
		before := o.stored()
		eve := *sue
		eve.More = url.Values{"alias": {"chosen-by-eve"}, "secret": {"x"}, "password.none": {"1"}, "revision.x": {"1"}}
		answer := eve.Press(eve.Get("/parameters"), "/parameters", review, "restore=nothing", "confirm=yes")
		require.Equal(t, "/parameters?done=nothing", answer.Location, answer.Text())
		require.Equal(t, before, o.stored())
	})
}

func TestNameAndColourCountOnEveryReplicaFromTheNextRequest(t *testing.T) {
	o, sue := seated(t, func(c *backoffice.Config) { c.Look.Accent = "#336699" })
	there := sue.At(o.replica())
	before := there.Get("/")
	require.Contains(t, before.Text(), "Home · Meadow")
	saves(sue.Browser, "office.name=Clearing", "office.accent=#C0392B")
	shown := there.Get("/")
	require.Contains(t, shown.Text(), "Home · Clearing")
	require.NotContains(t, shown.Text(), "Meadow")
	sheet := func(p page) string { return regexp.MustCompile(`/static/brand-[0-9a-f]+\.css`).FindString(p.Body) }
	require.NotEqual(t, sheet(before), sheet(shown))
	for _, b := range []*browser{sue.Browser, there} {
		require.Contains(t, b.Get(sheet(shown)).Body, "--accent: #c0392b;")
		require.Equal(t, sheet(shown), sheet(b.Get("/account")))
	}
	require.Contains(t, there.Get(sheet(before)).Body, "--accent: #336699;")
	require.Contains(t, o.Browser().Get("/login").Text(), "Clearing")

	refused := sue.Press(sue.Get("/parameters"), "/parameters", review, "office.accent=#ffee00", "office.name=...")
	require.Contains(t, refused.Problems()["office.accent"], "dark enough to stand out")
	require.Contains(t, refused.Problems(), "office.name")
	asked := sue.Press(sue.Get("/parameters"), "/parameters", "Restore default : Office name")
	require.Contains(t, asked.Text(), "Office name Clearing Meadow")
	sue.Does(asked, "/parameters", "Save 1 change")
	require.Contains(t, there.Get("/").Text(), "Home · Meadow")
	require.Equal(t, sheet(shown), sheet(there.Get("/")), "the colour stays")
}

func TestBeforeTheDayPeopleAreToldAndFromItOnTheyEnrol(t *testing.T) {
	o, sue := seated(t)
	asked := sue.Press(sue.Get("/parameters"), "/parameters", review, "two_factor.who=everyone", "two_factor.from=2026-03-20")
	require.Contains(t, asked.Text(), "Required from Looser Departs from NIST SP 800-63B-4")
	require.Contains(t, asked.Text(), "immediately 20 March 2026 Save 2 changes")
	sue.Does(asked, "/parameters", "Save 2 changes")
	require.Equal(t, "2026-03-20", sue.Get("/parameters").Filled("/parameters", review).Get("two_factor.from"))

	ben := o.Entered("Ben", backoffice.Moderator)
	for _, path := range []string{"/", "/account", "/account/two-factor"} {
		shown := ben.Get(path)
		require.Equal(t, http.StatusOK, shown.Status, path)
		require.Contains(t, shown.Text(), "From 20 March 2026 you need two-factor authentication", path)
		require.Equal(t, "/account/two-factor/add", shown.Link("Set it up now"), path)
	}
	require.Contains(t, ben.Get("/").Text(), "You need two-factor authentication from 20 March 2026 Soon")
	require.NotContains(t, ben.Open("/account/two-factor/add").Text(), "From 20 March", "who is there need not be told")

	o.Clock.Add(time.Date(2026, 3, 19, 23, 50, 0, 0, time.UTC).Sub(o.Clock.Now()))
	ben.Browser = o.Browser()
	require.Equal(t, "/", ben.Login("Ben", good).Location)
	require.Equal(t, http.StatusOK, ben.Get("/account").Status)
	o.Clock.Add(10 * time.Minute)
	for _, path := range []string{"/", "/account", "/analytics"} {
		require.Equal(t, "/account/two-factor/add", ben.Get(path).Location, path)
	}
	late := o.Browser()
	require.Equal(t, "/login/code", late.Login("Ben", good).Location)
	require.Equal(t, "/login/enrol", late.Get("/login/code").Location)
}

func TestAStaleFormOfParametersShowsTheDifference(t *testing.T) {
	o, sue := seated(t)
	tom := o.Entered("Tom", backoffice.SuperAdministrator)
	mine := sue.Get("/parameters")
	saves(tom.Browser, "session.idle=20", "password.history=5", "password.upper=on")
	before := o.stored()
	edits := []string{"session.idle=10", "session.per_operator=2"}
	for _, confirm := range []string{"confirm=no", "confirm=yes"} {
		stale := sue.Press(mine, "/parameters", review, append(edits, confirm)...)
		require.Equal(t, http.StatusConflict, stale.Status, stale.Text())
		require.Equal(t, before, o.stored(), "nothing is overwritten")
		for _, words := range []string{"Tom changed parameters", "Longest idle time You both changed it 30 minutes 20 minutes 10 minutes",
			"Password history none 5 passwords as before", "Upper-case letter Off On as before", "Sessions of one operator 3 sessions as before 2 sessions"} {
			require.Contains(t, stale.Text(), words)
		}
		asked := sue.Press(stale, "/parameters", "Continue with yours")
		require.Equal(t, http.StatusOK, asked.Status, asked.Text())
		require.Contains(t, asked.Text(), "20 minutes 10 minutes")
		require.NotContains(t, asked.Text(), "Password history", "what they changed stays")
		if confirm == "confirm=yes" {
			sue.Does(asked, "/parameters", "Save 2 changes")
		}
	}
	require.Equal(t, "10m", o.stored()["session.idle"])
	require.Equal(t, "5", o.stored()["password.history"])
	require.Equal(t, "on", o.stored()["password.upper"])
	require.Equal(t, "2", o.stored()["session.per_operator"])
	for _, revision := range []string{"", "x", "-1", "99?", "1?%zz"} {
		before := o.stored()
		answer := sue.Press(mine, "/parameters", review, "revision="+revision, "session.idle=7", "confirm=yes")
		require.Equal(t, http.StatusConflict, answer.Status, revision)
		require.Equal(t, before, o.stored())
	}
}

func TestADefaultRestoredOnAStaleFormIsShownAsMine(t *testing.T) {
	o, sue := seated(t)
	saves(sue.Browser, "session.idle=20", "office.name=Clearing", "invite.life=3", "invite.life.unit=d", "two_factor.from=2026-03-20", "signin.paused_text=Back soon")
	tom := o.Entered("Tom", backoffice.SuperAdministrator)
	mine := sue.Get("/parameters")
	saves(tom.Browser, "session.idle=10", "office.name=Glade", "password.upper=on", "signin.codes=4")
	for label, c := range map[string]struct{ shows, name, left string }{
		"Longest idle time":   {"Longest idle time You both changed it 20 minutes 10 minutes 30 minutes", "session.idle", ""},
		"Office name":         {"Office name You both changed it Clearing Glade Meadow", "office.name", ""},
		"Invitation lifetime": {"Invitation lifetime 3 days as before 7 days", "invite.life", ""},
		"Required from":       {"Required from 20 March 2026 as before immediately", "two_factor.from", ""},
		"Notice":              {"Notice Back soon as before empty", "signin.paused_text", ""},
	} {
		before := o.stored()
		stale := sue.Press(mine, "/parameters", "Restore default : "+label)
		require.Equal(t, http.StatusConflict, stale.Status, label)
		require.Contains(t, stale.Text(), c.shows)
		require.Contains(t, stale.Text(), "Wrong codes in one sign-in 5 attempts 4 attempts as before")
		require.Equal(t, before, o.stored())
		saved := sue.Does(sue.Press(stale, "/parameters", "Continue with yours"), "/parameters", "Save 1 change")
		require.Contains(t, saved.Text(), "Saved.", label)
		delete(before, c.name)
		require.Equal(t, before, o.stored(), "%s alone comes back", label)
		saves(tom.Browser, "session.absolute=11") // so that mine is stale again
		saves(tom.Browser, "session.absolute=12")
	}
	require.Equal(t, "on", o.stored()["password.upper"])
}

func TestMovingToANewAddress(t *testing.T) {
	o, sue := seated(t)
	ben := o.Entered("Ben", backoffice.Moderator)
	for _, name := range []string{"Ivan", "Judy", "Kim"} {
		_, _, err := o.Desk().Invite(ctx, desk.CommandLine(), desk.Visit{}, desk.InviteForm{Email: strings.ToLower(name) + "@example.org", Name: name, Roles: []string{backoffice.Moderator}})
		require.NoError(t, err)
	}
	first := o.LinkIn("welcome")
	for _, alias := range []string{"", "admin", "Upper-Case-Alias", "with space and more", "-starts-with-dash", "a/b/c/d/e/f/g", strings.TrimPrefix(o.Base, "/")} {
		refused := sue.Press(sue.Get("/parameters/address"), "/parameters/address", "Review", "alias="+alias)
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status, alias)
		require.Contains(t, refused.Problems(), "alias")
		require.Equal(t, alias, refused.Filled("/parameters/address", "Review").Get("alias"))
		refused = sue.Press(sue.Get("/parameters/address"), "/parameters/address", "Review", "alias="+alias, "confirm=yes")
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status, alias)
	}
	before := o.Dump()
	shown := sue.Get("/parameters")
	generated := sue.Press(shown, "/parameters/address", "Generate a new address")
	require.Regexp(t, "^"+o.Cfg.Origin+"/[a-z0-9-]{16,}/$", once(generated))
	chosen := sue.Press(sue.Get("/parameters/address"), "/parameters/address", "Review", "alias=winter-garden-gate")
	require.Equal(t, o.Cfg.Origin+"/winter-garden-gate/", once(chosen))
	require.Contains(t, chosen.Text(), "You have 15 minutes to confirm")
	require.Regexp(t, `Invitations ?, renewed and emailed again: 3 \( ?\w+ ?; ?\w+ ?; ?\w+ ?\)`, chosen.Text())
	require.True(t, before == o.Dump(), "asking changes nothing")

	old := *sue.Browser
	at := func(b *browser, base string) *browser {
		other, there := *b, *b.Site
		there.Base, other.Site = base, &there
		return &other
	}
	move := func() *browser {
		answer := old.Press(chosen, "/parameters/address", "Move to this address")
		require.Equal(t, http.StatusSeeOther, answer.Status, answer.Text())
		require.Equal(t, "/winter-garden-gate/parameters?done=address-changed", answer.Header.Get("Location"))
		return at(&old, "/winter-garden-gate")
	}
	there := move()
	arrived := there.Get("/parameters?done=address-changed")
	require.Equal(t, http.StatusOK, arrived.Status, "with the same cookie")
	require.Contains(t, arrived.Text(), "If no one confirms that it works, the old address is restored")
	require.Contains(t, arrived.Text(), o.Cfg.Origin+o.Base+"/ is restored in 15 minutes")
	require.Contains(t, arrived.Text(), "Unused one-time links with the old address: 3.")
	require.Equal(t, http.StatusNotFound, sue.Get("/parameters").Status, "the old one is dead")
	require.NotContains(t, strings.Join(o.Letters(), ""), "winter-garden-gate", "nobody is told yet")
	bens := at(ben.Browser, "/winter-garden-gate").Get("/")
	require.Contains(t, bens.Text(), "A super-administrator must confirm it")
	require.NotContains(t, bens.Body, "Keep this address")

	t.Run("unconfirmed, the old one comes back", func(t *testing.T) {
		o.Clock.Add(15 * time.Minute)
		require.Equal(t, http.StatusNotFound, there.Get("/parameters").Status)
		require.Equal(t, http.StatusSeeOther, sue.Get("/parameters/address").Status, "only a proof is too old")
		require.Equal(t, http.StatusOK, sue.Get("/parameters").Status)
		require.NotContains(t, sue.Get("/parameters").Text(), "This address is new")
	})
	t.Run("confirmed, it stays and everybody is told", func(t *testing.T) {
		shown := sue.Open("/step-up")
		require.Equal(t, http.StatusSeeOther, sue.Submit(shown, "/step-up", "password", good).Status)
		old = *sue.Browser
		chosen = sue.Press(sue.Get("/parameters/address"), "/parameters/address", "Review", "alias=winter-garden-gate")
		there := move()
		kept := there.Does(there.Get("/"), "/parameters/address", "Keep this address")
		require.Contains(t, kept.Text(), "Office address confirmed. All operators are notified by email. 2 emails are going out, and further ones that replace 3 open links.")
		require.NoError(t, o.Desk().ReplaceLinks(ctx))
		token := o.LinkIn("welcome")
		require.NotEqual(t, first, token)
		stranger := at(o.Browser(), "/winter-garden-gate")
		require.Equal(t, http.StatusGone, stranger.Use("/welcome", first, better).Status)
		require.Equal(t, "/login?done=welcome", stranger.Use("/welcome", token, better).Location)
		require.NotContains(t, kept.Text(), "This is the new address")
		mails := strings.Join(o.Letters(), "")
		require.Contains(t, mails, "/winter-garden-gate/")
		require.Contains(t, mails, "ben@example.org")
		o.Clock.Add(16 * time.Minute)
		require.Equal(t, http.StatusOK, there.Get("/parameters").Status)
		require.Contains(t, there.Get("/parameters").Text(), "by Sue")
		require.Equal(t, http.StatusNotFound, sue.Get("/").Status)
	})
}

func TestOnAnotherReplicaEverythingCountsFromTheNextRequest(t *testing.T) {
	o, sue := seated(t)
	tom := o.Entered("Tom", backoffice.Administrator)
	there := tom.At(o.replica())
	require.Equal(t, http.StatusOK, there.Get("/audit").Status)
	at := "/operators/" + tom.ID

	saves(sue.Browser, "session.per_operator=2", "signin.paused=on", "signin.paused_text=Back soon")
	require.Contains(t, there.Get("/").Text(), "Back soon")
	require.Equal(t, http.StatusServiceUnavailable, o.Browser().Login("Tom", good).Status)
	saves(sue.Browser, "-signin.paused")
	require.NotContains(t, there.Get("/").Text(), "Back soon")

	sue.Does(sue.Press(sue.Get(at+"/roles"), at+"/roles", "Review", "role="+backoffice.Moderator), at+"/roles", "Change roles")
	require.Equal(t, http.StatusForbidden, there.Get("/audit").Status)
	sue.Does(sue.Press(sue.Get(at+"/roles"), at+"/roles", "Review", "role="+backoffice.Administrator), at+"/roles", "Change roles")
	require.Equal(t, http.StatusOK, there.Get("/audit").Status)

	o.customRole("press", "audit.view")
	sue.Does(sue.Press(sue.Get(at+"/roles"), at+"/roles", "Review", "role=press"), at+"/roles", "Change roles")
	require.Equal(t, http.StatusOK, there.Get("/audit").Status)
	sue.Does(sue.Press(sue.Get("/roles/press"), "/roles/press", "Review", "permission=mail.view"), "/roles/press", "Change the role")
	require.Equal(t, http.StatusForbidden, there.Get("/audit").Status)
	require.Equal(t, http.StatusOK, there.Get("/mail").Status)

	sue.Does(sue.Get(at+"/disable"), at+"/disable", "Disable")
	require.Equal(t, http.StatusSeeOther, there.Get("/mail").Status)
	require.Equal(t, "/login", there.Get("/mail").Location[:6])
}

func TestReadersOfAllPagesChangeNothing(t *testing.T) {
	o, sue := seated(t, withDirectory)
	sue.Does(sue.Get("/operators/new"), "/operators/new", "Send", "email=ben@example.org", "+role="+backoffice.Moderator)
	o.Letters()
	sue.Get("/account")
	before := o.Dump()
	for _, path := range []string{"/", "/operators?q=ben&sort=created", "/operators?state=invited", "/members", "/members?access=yes", "/roles", "/roles/moderator",
		"/parameters", "/mail?state=sent", "/audit?area=operator", "/audit/verify", "/audit/events", "/audit/2", "/operators/" + sue.ID} {
		require.Equal(t, http.StatusOK, sue.Get(path).Status, path)
	}
	require.True(t, before == o.Dump())
}
