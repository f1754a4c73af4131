package backoffice_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

func TestAStaleFormOfParametersShowsTheDifference(t *testing.T) {
	o, sue := seated(t)
	tom := o.Entered("Tom", backoffice.SuperAdministrator)
	const passwords = "/parameters/passwords"
	mine := sue.Get(passwords)
	saves(tom.Browser, "password.min_length=20", "password.history=5", "password.upper=on", "session.idle=20")
	before := o.stored()
	edits := custom("password.min_length=16", "password.temporary_life=1d", "password.temporary_life.preset=3d")
	for _, confirm := range []string{"confirm=no", "confirm=yes"} {
		stale := sue.Press(mine, passwords, review, append(edits, confirm)...)
		require.Equal(t, http.StatusConflict, stale.Status, stale.Text())
		require.Equal(t, before, o.stored(), "nothing is overwritten")
		for _, words := range []string{"Tom changed parameters", "Minimum length You both changed it Automatic: 15 characters, because not everyone must have two-factor authentication 20 characters 16 characters",
			"Password history None 5 passwords as before", "Upper-case letter Off On as before", "Temporary password lifetime 1 day as before 3 days"} {
			require.Contains(t, stale.Text(), words)
		}
		require.NotContains(t, stale.Text(), "Longest idle time", "a change on another page is not a conflict")
		asked := sue.Press(stale, passwords, "Continue with yours")
		require.Equal(t, http.StatusOK, asked.Status, asked.Text())
		require.Contains(t, asked.Text(), "20 characters 16 characters")
		require.NotContains(t, asked.Text(), "Password history", "what they changed stays")
		if confirm == "confirm=yes" {
			sue.Does(asked, passwords, "Save 2 changes")
		}
	}
	require.Equal(t, "16", o.stored()["password.min_length"])
	require.Equal(t, "5", o.stored()["password.history"])
	require.Equal(t, "on", o.stored()["password.upper"])
	require.Equal(t, "3d", o.stored()["password.temporary_life"])

	sessions := sue.Get("/parameters/session-limits")
	saves(tom.Browser, "password.history=10")
	sue.Does(change(sue.Browser, sessions, "/parameters/session-limits", "session.idle=7"), "/parameters/session-limits", "Save 1 change")
	require.Equal(t, []string{"7m", "10"}, []string{o.stored()["session.idle"], o.stored()["password.history"]}, "two pages do not meet")
	for _, revision := range []string{"", "x", "-1", "99?", "1?%zz"} {
		before := o.stored()
		answer := sue.Press(mine, passwords, review, "revision="+revision, "password.history.preset=24", "confirm=yes")
		require.Equal(t, http.StatusConflict, answer.Status, revision)
		require.Equal(t, before, o.stored())
	}
}

func TestADefaultRestoredOnAStaleFormIsShownAsMine(t *testing.T) {
	o, sue := seated(t)
	saves(sue.Browser, "session.idle=20", "session.per_operator=4", "office.name=Clearing", "two_factor.from=2026-03-20", "signin.paused_text=Back soon")
	tom := o.Entered("Tom", backoffice.SuperAdministrator)
	mine := map[string]page{}
	for _, name := range []string{"session.idle", "office.name", "two_factor.from", "signin.paused_text"} {
		mine[pageOf(t, name)] = sue.Get(pageOf(t, name))
	}
	saves(tom.Browser, "session.idle=10", "session.absolute=11", "office.name=Glade", "two_factor.strict=on", "signin.paused=on")
	for label, c := range map[string]struct{ shows, name, left string }{
		"Longest idle time": {"Longest idle time You both changed it 20 minutes 10 minutes 30 minutes", "session.idle", "Longest session 12 hours 11 hours as before"},
		"Office name":       {"Office name You both changed it Clearing Glade Meadow", "office.name", ""},
		"Required from":     {"Required from 20 March 2026 as before Immediately", "two_factor.from", "Only the current code Off On as before"},
		"Notice":            {"Notice Back soon as before None", "signin.paused_text", "Pause sign-ins Off On as before"},
	} {
		before := o.stored()
		path := pageOf(t, c.name)
		stale := sue.Press(mine[path], path, "Restore default : "+label)
		require.Equal(t, http.StatusConflict, stale.Status, label)
		require.Contains(t, stale.Text(), c.shows)
		require.Contains(t, stale.Text(), c.left)
		require.Equal(t, before, o.stored())
		saved := sue.Does(sue.Press(stale, path, "Continue with yours"), path, "Save 1 change")
		require.Contains(t, saved.Text(), "Saved.", label)
		delete(before, c.name)
		require.Equal(t, before, o.stored(), "%s alone comes back", label)
	}
	require.Equal(t, "on", o.stored()["two_factor.strict"])
	require.Equal(t, "on", o.stored()["signin.paused"])
}
