package backoffice_test

import (
	"net/http"
	"net/url"
	"slices"
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

// pageOf is the page of a parameter.
func pageOf(t testing.TB, name string) string {
	t.Helper()
	for _, d := range settings.Definitions() {
		if d.Name == name {
			return "/parameters/" + d.SectionID
		}
	}
	t.Fatal("no parameter " + name)
	return ""
}

// custom are edits of a form that choose to type a value where one is typed.
func custom(edits ...string) (all []string) {
	for _, edit := range edits {
		name, value, _ := strings.Cut(edit, "=")
		for _, d := range settings.Definitions() {
			if d.Name == name && slices.Contains(d.Presets, value) {
				edit = name + ".preset=" + value
			} else if d.Name == name && len(d.Presets) > 0 {
				all = append(all, name+".preset=custom")
			}
		}
		all = append(all, edit)
	}
	return all
}

// change presses the button of the page of a parameter.
func change(b *browser, shown page, path string, edits ...string) page {
	b.T.Helper()
	return b.Press(shown, path, review, custom(edits...)...)
}

// saves changes parameters on their pages, through the question, and returns the last.
func saves(b *browser, edits ...string) (saved page) {
	b.T.Helper()
	on := map[string][]string{}
	var paths []string
	for _, edit := range edits {
		name, _, _ := strings.Cut(strings.TrimPrefix(edit, "-"), "=")
		path := pageOf(b.T, strings.TrimSuffix(name, ".unit"))
		if on[path] == nil {
			paths = append(paths, path)
		}
		on[path] = append(on[path], edit)
	}
	for _, path := range paths {
		asked := change(b, b.Get(path), path, on[path]...)
		require.Equal(b.T, http.StatusOK, asked.Status, asked.Text())
		saved = b.Does(asked, path, "Save")
	}
	return saved
}

func TestParametersAsTheyAreShown(t *testing.T) {
	_, sue := seated(t)
	for _, of := range settings.Sections() {
		path := "/parameters/" + of.ID
		shown := sue.Get(path)
		require.Contains(t, sue.Get("/parameters").Body, path, "the first page leads there")
		fields := shown.Filled(path, review)
		for _, d := range settings.Definitions() {
			if d.SectionID != of.ID {
				require.False(t, fields.Has(d.Name) || fields.Has(d.Name+".preset"), "%s is on the page %s", d.Name, of.ID)
				continue
			}
			require.Contains(t, shown.Text(), d.Label().String())
			require.Equal(t, "/parameters/history/"+d.Name, shown.Link("History : "+d.Label().String()))
			if d.Kind == settings.KindSwitch {
				require.False(t, fields.Has(d.Name), "%s is off and shown on", d.Name)
				continue
			}
			require.True(t, fields.Has(d.Name) || d.Complete(), d.Name)
			require.Equal(t, len(d.Presets) > 0, fields.Has(d.Name+".preset"), d.Name)
			require.Equal(t, d.Kind == settings.KindDuration, fields.Has(d.Name+".unit"), d.Name)
		}
		require.Equal(t, path+"?done=nothing", sue.Post(path, fields).Location, "sent back as they are, there is nothing to change")
	}
	shown := sue.Get("/parameters/session-limits")
	fields := shown.Filled("/parameters/session-limits", review)
	require.Equal(t, "30m", fields.Get("session.idle.preset"))
	require.Equal(t, []string{"", "m"}, []string{fields.Get("session.idle"), fields.Get("session.idle.unit")})
	require.Equal(t, "15m", fields.Get("session.proof.preset"))
	require.Contains(t, shown.Text(), "Default: 30 minutes · Range: 1 minute to 1 hour")
	require.Contains(t, sue.Get("/parameters/two-factor").Text(), "Departs from NIST SP 800-63B-4", "a password alone is enough in this office")
	require.Contains(t, sue.Get("/parameters/passwords").Text(), "Now: Automatic: 15 characters, because not everyone must have two-factor authentication.")
	require.Equal(t, http.StatusNotFound, sue.Get("/parameters/alias").Status)

	first := sue.Get("/parameters")
	require.Equal(t, "/mail/test", first.Link("Send a test email"))
	for _, words := range []string{"Minimum length Automatic: 15 characters", "Two-factor authentication Who must have it No one; it is only recommended Changed: 1 Departs from NIST: 1", "Longest idle time 30 minutes",
		"Emails come from Meadow <office@community.example> , as set in the server’s configuration. They are written to a folder"} {
		require.Contains(t, first.Text(), words)
	}
}

func TestSavingParameters(t *testing.T) {
	o, sue := seated(t)
	before := o.Dump()
	const limits, passwords = "/parameters/session-limits", "/parameters/passwords"
	asked := change(sue.Browser, sue.Get(passwords), passwords, "password.upper=on", "password.min_length=20", "password.history=7", "password.temporary_life.preset=3d")
	require.Equal(t, http.StatusOK, asked.Status, asked.Text())
	for _, words := range []string{"Upper-case letter Departs from NIST", "Automatic: 15 characters, because not everyone must have two-factor authentication 20 characters", "Temporary password lifetime Looser 1 day 3 days", "None 7 passwords", "easier to get into"} {
		require.Contains(t, asked.Text(), words)
	}
	require.True(t, before == o.Dump(), "asking changes nothing")
	saved := sue.Does(asked, passwords, "Save 4 changes")
	require.Contains(t, saved.Text(), "Saved.")
	saves(sue.Browser, "session.idle=1", "session.idle.unit=h", "invite.life=72", "invite.life.unit=h", "signin.paused_text=Back at\r\nsix")
	require.Equal(t, map[string]string{"two_factor.who": "recommended", "session.proof": "15m", "password.history": "7", "password.temporary_life": "3d",
		"session.idle": "1h", "password.upper": "on", "password.min_length": "20", "signin.paused_text": "Back at six", "invite.life": "3d"}, o.stored(), "a page leaves switches of others as they are")
	require.Contains(t, strings.Join(o.Letters(), ""), "Longest idle time: from “30 minutes” to “1 hour”.", "super-administrators are told what became looser")

	t.Run("a switch goes off again, and a default comes back", func(t *testing.T) {
		require.Contains(t, saves(sue.Browser, "-password.upper").Text(), "Saved.")
		require.NotContains(t, o.stored(), "password.upper")
		asked := sue.Press(sue.Get("/parameters/invitations"), "/parameters/invitations", "Restore default : Invitation lifetime")
		require.Contains(t, asked.Text(), "Invitation lifetime Looser 3 days 7 days")
		sue.Does(asked, "/parameters/invitations", "Save 1 change")
		require.NotContains(t, o.stored(), "invite.life")
	})
	t.Run("the same time in another unit is no change", func(t *testing.T) {
		answer := change(sue.Browser, sue.Get(limits), limits, "session.idle=60", "session.idle.unit=m")
		require.Equal(t, limits+"?done=nothing", answer.Location)
	})
	t.Run("a value that is typed counts only as custom", func(t *testing.T) {
		answer := sue.Press(sue.Get(limits), limits, review, "session.idle=20")
		require.Equal(t, limits+"?done=nothing", answer.Location)
	})
	t.Run("what is wrong stands beside its field, with what was typed", func(t *testing.T) {
		before := o.Dump()
		for edit, want := range map[string]string{
			"password.min_length=7": "whole number: 8 to 64", "password.min_length=many": "whole number: 8 to 64", "password.min_length=": "whole number: 8 to 64",
			"password.min_length.preset=13.5": "whole number: 8 to 64",
			"session.idle=soon":               "choose its unit: 1 minute to 1 hour", "session.idle=-1": "choose its unit: 1 minute to 1 hour", "session.idle=9": "choose its unit: 1 minute to 1 hour",
			"session.idle.unit=parsec": "choose its unit: 1 minute to 1 hour", "two_factor.who=nobody": "Choose one", "signin.paused=perhaps": "Choose one",
			"signin.paused_text=" + strings.Repeat("x", 501): "at most 500",
		} {
			name, value, _ := strings.Cut(edit, "=")
			field := strings.TrimSuffix(strings.TrimSuffix(name, ".unit"), ".preset")
			path := pageOf(t, field)
			edits := custom(edit)
			if name == "session.idle.unit" {
				edits = append(edits, "session.idle.preset=custom", "session.idle=1")
			} else if field == "session.idle" {
				edits = append(edits, "session.idle.unit=h")
			}
			for _, confirm := range []string{"confirm=no", "confirm=yes"} {
				refused := sue.Press(sue.Get(path), path, review, append(edits, "session.absolute.preset=custom", "session.absolute=11", confirm)...)
				require.Equal(t, http.StatusUnprocessableEntity, refused.Status, edit)
				require.Contains(t, refused.Problems()[field], want, edit)
				again := refused.Filled(path, review)
				if path == limits {
					require.Equal(t, "11", again.Get("session.absolute"), "the rest that was typed stays")
				}
				if name == "session.idle" || name == "password.min_length" {
					require.Equal(t, []string{"custom", value}, []string{again.Get(name + ".preset"), again.Get(name)}, edit)
				}
			}
		}
		refused := change(sue.Browser, sue.Get(limits), limits, "session.absolute=10", "session.absolute.unit=m")
		require.Contains(t, refused.Problems()["session.idle"], "longer than a session")
		require.True(t, before == o.Dump())
	})
	t.Run("a mistake that concerns another page says which", func(t *testing.T) {
		o := newOffice(t)
		sue := o.Enrolled("Sue", backoffice.SuperAdministrator)
		o.Set(map[string]string{"password.min_length": "8"})
		refused := sue.Press(sue.Get("/parameters/two-factor"), "/parameters/two-factor", review, "two_factor.who=roles")
		require.Equal(t, http.StatusUnprocessableEntity, refused.Status)
		require.Contains(t, refused.Text(), "Passwords: Minimum length: Unless everyone must have two-factor authentication")
	})
	t.Run("fields that are no parameters change nothing", func(t *testing.T) {
		before := o.stored()
		eve := *sue
		eve.More = url.Values{"alias": {"chosen-by-eve"}, "secret": {"x"}, "password.none": {"1"}, "revision.x": {"1"}, "password.upper": {"on"}}
		answer := eve.Press(eve.Get(limits), limits, review, "restore=nothing", "confirm=yes")
		require.Equal(t, limits+"?done=nothing", answer.Location, answer.Text())
		require.Equal(t, before, o.stored())
	})
}

func TestBeforeTheDayPeopleAreToldAndFromItOnTheyEnrol(t *testing.T) {
	o, sue := seated(t)
	const path = "/parameters/two-factor"
	asked := sue.Press(sue.Get(path), path, review, "two_factor.who=everyone", "two_factor.from=2026-03-20")
	require.Contains(t, asked.Text(), "Required from Departs from NIST SP 800-63B-4")
	require.Contains(t, asked.Text(), "Immediately 20 March 2026 Save 2 changes")
	require.Contains(t, asked.Text(), "No one; it is only recommended Everyone, from 20 March 2026")
	sue.Does(asked, path, "Save 2 changes")
	require.Equal(t, "2026-03-20", sue.Get(path).Filled(path, review).Get("two_factor.from"))

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
	require.Regexp(t, `Invitations ?, renewed and emailed again: 3( \w+){3} `, chosen.Text())
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
		require.Equal(t, "/winter-garden-gate/parameters", answer.Header.Get("Location"))
		return at(&old, "/winter-garden-gate")
	}
	there := move()
	arrived := there.Get("/parameters")
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
		require.Equal(t, "/winter-garden-gate/parameters", there.Get("/parameters/address").Header.Get("Location"), "no further one is asked for meanwhile")
		kept := there.Does(there.Get("/"), "/parameters/address", "Keep this address")
		require.Contains(t, kept.Text(), "Office address confirmed. All operators are notified by email. 2 emails are going out. 3 open links are replaced by further emails.")
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
		"/parameters", "/mail?state=sent", "/audit?kind=operator", "/audit/verify", "/audit/events", "/audit/2", "/operators/" + sue.ID} {
		require.Equal(t, http.StatusOK, sue.Get(path).Status, path)
	}
	require.True(t, before == o.Dump())
}
