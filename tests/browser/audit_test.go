package browser_test

import (
	"database/sql"
	"encoding/csv"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/tests/chrome"
)

// TestAuditIsFilteredExportedAndVerified: who answers for the office finds an
// act in the audit, takes the audit along, and checks that nobody has changed
// it.
func TestAuditIsFilteredExportedAndVerified(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	p.invite("Ben Ode", "ben@riverside.example", backoffice.Moderator)

	t.Run("filtered", func(t *testing.T) {
		p.follow("Audit log")
		require.Greater(t, p.Count(".entry"), 1)
		p.pick("#field-kind", "operator.invited")
		p.shows(t, 1)
		require.Equal(t, p.name+" invited Ben Ode as Moderator", p.Text(".entry p"))
		p.Submit(".entry-time")
		entry := visibleText(p)
		for _, what := range []string{p.name, "Ben Ode", "127.0.0.1", "operator.invited"} {
			require.Contains(t, entry, what)
		}
	})

	t.Run("exported", func(t *testing.T) {
		p.follow("Audit log")
		p.pick("#field-kind", "operator")
		p.shows(t, 1)
		name, content := p.Download(p.mark("main", "CSV"))
		require.Regexp(t, `^audit-[0-9]{4}-[0-9]{2}-[0-9]{2}\.csv$`, name)
		rows, err := csv.NewReader(strings.NewReader(content)).ReadAll()
		require.NoError(t, err)
		require.Len(t, rows, 2, "the heads, and what fits the filters")
		require.Contains(t, rows[1], "operator.invited")
		p.follow("Audit log")
		require.Contains(t, p.Text(".trail"), "exported the audit log", "that, too, is written down")
	})

	t.Run("verified", func(t *testing.T) {
		verify := func() string {
			p.follow("Audit log")
			p.press("Verify")
			require.Equal(t, 200, p.press("Verify now"))
			return p.Text("h1")
		}
		require.Equal(t, "The audit log is intact", verify())
		db, err := sql.Open("sqlite", s.dsn)
		require.NoError(t, err)
		defer db.Close()
		// Somebody with every right over the database.
		_, err = db.ExecContext(t.Context(), `DROP TRIGGER postern_events_no_update; UPDATE postern_events SET actor_name = 'Mallory' WHERE code = 'operator.invited'`)
		require.NoError(t, err)
		require.Equal(t, "The audit log was tampered with", verify())
	})
}

// pick chooses an option as a person does, whose browser tells the page.
func (p *person) pick(selector, value string) {
	p.s.t.Helper()
	p.Choose(selector, value)
	p.Evaluate(fmt.Sprintf(`{ const select = document.querySelector(%q); select.focus(); select.dispatchEvent(new Event("input", {bubbles: true})); }`, selector), nil)
}

// shows waits until the audit log shows so many entries.
func (p *person) shows(t *testing.T, entries int) {
	t.Helper()
	require.Eventually(t, func() bool { return p.Count(".entry") == entries }, 5*time.Second, 10*time.Millisecond)
}

// TestWhoMovedTheOfficeLastMonth finds it among much else, with and without script, and
// reads all of it on a phone.
func TestWhoMovedTheOfficeLastMonth(t *testing.T) {
	s := newSite(t)
	p := s.owner(t)
	var writes []store.Write
	for i := range 70 {
		e := store.Event{ID: fmt.Sprint("e", i), At: s.now().Add(time.Duration(i)*time.Hour - 70*24*time.Hour), Code: "signin.refused", Outcome: "failure", TargetKind: "operator", TargetID: "grace", TargetName: "Grace Hopper", IP: "203.0.113.9"}
		if i%3 == 0 {
			e.Code, e.Outcome, e.ActorID, e.ActorName = "operator.disabled", "success", "grace", "Grace Hopper"
			e.TargetID, e.TargetName = "ben", "Benedikt Ode of the Riverside Gardeners"
		}
		switch i {
		case 60:
			e.Code, e.ActorName, e.TargetKind, e.TargetID, e.TargetName = "alias.changed", "Katherine Johnson", "", "", ""
		case 69:
			e.Code, e.Outcome, e.ActorID, e.ActorName, e.TargetKind, e.TargetID, e.TargetName = "alias.changed", "success", "katherine", "Katherine Johnson", "", "", ""
			e.At = s.now().Add(-20 * 24 * time.Hour)
		}
		writes = append(writes, store.AppendEvent{Event: e})
	}
	require.NoError(t, s.store.Commit(t.Context(), writes...))
	const sentence = "Katherine Johnson moved the office to a new address"
	query := func() url.Values {
		u, err := url.Parse(p.Location())
		require.NoError(t, err)
		return u.Query()
	}

	p.follow("Parameters")
	require.Equal(t, 200, p.press("History : Office address"))
	p.shows(t, 3)
	require.Contains(t, p.Text("main"), sentence, "one click from the address")

	p.follow("Audit log")
	p.Look(chrome.Shot{Width: 390, Height: 800})
	height := 0
	p.Evaluate(`document.documentElement.scrollHeight`, &height)
	require.Equal(t, 50, p.Count(".entry"))
	require.Less(t, height, 5000, "50 entries on a phone")
	require.Positive(t, height)
	broken := 0
	p.Evaluate(`[...document.querySelectorAll(".bars > li")].filter(e => e.scrollHeight > 80).length`, &broken)
	require.Zero(t, broken, "days of the chart, digit below digit")
	p.Click(".entry .menu summary")
	trails := ""
	p.Evaluate(`document.querySelector(".entry .menu[open] ul").innerText`, &trails)
	require.Contains(t, trails, "Everything by Katherine Johnson\n", "a space before the name")
	p.Press(chrome.Escape)
	p.Look(chrome.Shot{Width: 1280, Height: 800})

	p.pick("#field-kind", "alias.changed")
	p.shows(t, 2)
	p.pick("#field-period", "30d")
	p.shows(t, 1)
	require.Equal(t, sentence, p.Text(".entry p"))
	require.Equal(t, "1 match", p.Text("body > [role=status]"))
	require.Equal(t, "alias.changed 30d", query().Get("kind")+" "+query().Get("period"), "the address has the filters")
	p.Submit(".bars a")
	require.Equal(t, sentence, p.Text(".entry p"), "a bar leads to what it counts")
	require.Equal(t, "custom", query().Get("period"))
	p.Back()
	require.Equal(t, "30d", p.Value("#field-period"), "and back")

	p.Fill("#field-person", "nobody at all")
	p.shows(t, 0)
	where := ""
	p.Evaluate(`document.activeElement.id + document.activeElement.selectionStart`, &where)
	require.Equal(t, "field-person13", where, "focus and caret stay")
	require.Equal(t, "No matching entries", p.Text("body > [role=status]"))
	p.Submit(p.mark("main", "Clear"))

	p.DisableScript()
	p.Open(s.at("/audit"))
	require.Contains(t, p.Text("form.filters"), "Periods are in UTC.")
	p.Choose("#field-kind", "alias.changed")
	p.Choose("#field-period", "30d")
	require.Equal(t, 200, p.press("Show"))
	require.Equal(t, 1, p.Count(".entry"))
	require.Equal(t, sentence, p.Text(".entry p"))
}
