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

func TestParametersAreFoundByWhatPeopleCallThem(t *testing.T) {
	_, sue := seated(t)
	hidden := regexp.MustCompile(`(?s)<li[^>]* hidden>.*?</li>`)
	found := func(query string) page {
		p := sue.Get("/parameters?q=" + url.QueryEscape(query))
		p.Body = hidden.ReplaceAllString(p.Body, "")
		return p
	}
	for query, link := range map[string]string{"second_admin_alias": "/parameters#section-address", "rate limit": "/parameters/sign-in#field-signin.per_address",
		"Kick": "/parameters/sessions", "SMTP": "/mail/test", "2FA": "/parameters/two-factor#field-two_factor.who"} {
		p := found(query)
		require.Contains(t, p.Body, `"`+sue.Site.Base+link+`"`, query)
		require.NotContains(t, p.Body, "#field-office.name", query)
	}
	require.Contains(t, found("sso").Text(), "Company sign-in Set in the server’s configuration")
	require.Contains(t, found("banana<b>").Text(), "No parameter has these words.")
	require.NotContains(t, found("banana<b>").Body, "banana<b>")
}

func TestWhatFollowsFromAParameterIsShownAndTold(t *testing.T) {
	o, sue := seated(t)
	asked := sue.Press(sue.Get("/parameters/two-factor"), "/parameters/two-factor", review, "two_factor.who=everyone")
	require.Contains(t, asked.Text(), "What follows")
	require.Contains(t, asked.Text(), "Minimum length Looser Automatic: 15 characters, because not everyone must have two-factor authentication Automatic: 12 characters, because everyone must have two-factor authentication")
	sue.Does(asked, "/parameters/two-factor", "Save 1 change")
	require.Contains(t, strings.Join(o.Letters(), ""), "Minimum length: from “Automatic: 15 characters")
	require.NotContains(t, o.stored(), "password.min_length")
	last := o.Events()[len(o.Events())-1]
	for _, e := range o.Events() {
		if e.Code == "parameters.changed" {
			last = e
		}
	}
	require.Equal(t, map[string]string{"two_factor.who": "recommended → everyone"}, last.Detail)
}

func TestTheHistoryOfAParameter(t *testing.T) {
	o, sue := seated(t)
	for _, idle := range []string{"session.idle=20", "session.idle=45", "session.proof=3", "session.idle.preset=30m"} {
		o.Clock.Add(time.Second)
		if strings.Contains(idle, "preset") {
			limits := "/parameters/session-limits"
			sue.Does(sue.Press(sue.Get(limits), limits, review, idle), limits, "Save")
			continue
		}
		saves(sue.Browser, idle)
	}
	shown := sue.Get("/parameters/history/session.idle")
	require.Regexp(t, `(?s)30 minutes.*Sue 45 minutes 30 minutes.*Sue 20 minutes 45 minutes.*Sue 30 minutes 20 minutes`, shown.Text())
	require.NotContains(t, shown.Text(), "3 minutes")
	require.Contains(t, shown.Body, `/audit/`)
	require.NotContains(t, shown.Text(), "Older changes")
	require.Contains(t, sue.Get("/parameters/history/session.absolute").Text(), "The audit log has no change of this parameter.")
	require.Equal(t, http.StatusNotFound, sue.Get("/parameters/history/session").Status)

	o.Write(store.PutRole{Role: store.Role{ID: "rules", Name: "Rules", NameKey: "rules", Permissions: []string{"parameters.manage"}}})
	ben := o.Entered("Ben", "rules")
	theirs := ben.Get("/parameters/history/session.idle")
	require.Contains(t, theirs.Text(), "Sue 20 minutes 45 minutes")
	require.NotContains(t, theirs.Body, "/audit/", "who may not read the audit log is not sent there")
	require.NotContains(t, theirs.Text(), o.Events()[len(o.Events())-1].IP)
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
		require.Contains(t, b.Get(sheet(shown)).Body, "--accent: var(--light, #c0392b)")
		require.Equal(t, sheet(shown), sheet(b.Get("/account")))
	}
	require.Contains(t, there.Get(sheet(before)).Body, "--accent: var(--light, #336699)")
	require.Contains(t, o.Browser().Get("/login").Text(), "Clearing")

	refused := sue.Press(sue.Get("/parameters/look"), "/parameters/look", review, "office.accent=#ffee00", "office.name=...")
	require.Contains(t, refused.Problems()["office.accent"], "dark enough to stand out")
	require.Contains(t, refused.Problems(), "office.name")
	asked := sue.Press(sue.Get("/parameters/look"), "/parameters/look", "Restore default : Office name")
	require.Contains(t, asked.Text(), "Office name Clearing Meadow")
	sue.Does(asked, "/parameters/look", "Save 1 change")
	require.Contains(t, there.Get("/").Text(), "Home · Meadow")
	require.Equal(t, sheet(shown), sheet(there.Get("/")), "the colour stays")
}
