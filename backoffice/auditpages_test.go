package backoffice_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// wrote appends events as if they had happened, with nothing to chain them.
func (o *office) wrote(n int, change func(n int, e *store.Event)) {
	o.t.Helper()
	for i := range n {
		e := store.Event{ID: fmt.Sprintf("e-%03d", i), At: o.clock.Now(), Code: "signin.refused", Outcome: "failure", IP: "203.0.113.9"}
		change(i, &e)
		require.NoError(o.t, o.mem.Commit(ctx, store.AppendEvent{Event: e}))
	}
}

func TestManyEventsBothWays(t *testing.T) {
	o, sue := seated(t)
	o.wrote(120, func(n int, e *store.Event) {
		if n%2 == 0 {
			e.Code, e.Outcome, e.ActorID, e.ActorName = "operator.disabled", "success", sue.ID, "Sue"
		}
		e.At = e.At.Add(time.Duration(n) * time.Minute)
	})
	sue.get("/account")
	for query, want := range map[string]int{
		"": len(o.events()), "?area=operator": 60, "?event=operator.disabled": 60, "?outcome=failure": 60, "?address=203.0.113.9": 120,
		"?actor=Sue&area=operator": 60, "?actor=sue@example.org&area=operator": 60, "?from=2026-03-02T12:30&until=2026-03-02T13:00": 30, "?actor=nobody": 0,
		"?target=" + sue.ID + "&event=signin.succeeded": 1,
	} {
		pages, all := sue.walkPages("/audit"+query, "/audit/")
		require.Len(t, all, want, query)
		require.True(t, slices.IsSortedFunc(all, func(a, b string) int {
			x, _ := strconv.Atoi(a)
			y, _ := strconv.Atoi(b)
			return y - x
		}), "newest first")
		at := pages[len(pages)-1]
		for i := len(pages) - 2; i >= 0; i-- {
			back := at.link("Previous page")
			require.NotEmpty(t, back, "%s, page %d", query, i+1)
			at = sue.get(back)
			require.Equal(t, pages[i].rows(""), at.rows(""), "%s, back to page %d", query, i)
			require.NotEmpty(t, at.link("Next page"))
		}
		require.Empty(t, at.link("Previous page"), query)
		if query != "" && len(pages) > 1 {
			require.Contains(t, pages[0].link("Next page"), url.QueryEscape(strings.TrimPrefix(query, "?"))[:4])
		}
	}
	t.Run("times that make no sense are refused, and not left out", func(t *testing.T) {
		for query, field := range map[string]string{"?from=yesterday": "from", "?until=2026-13-01": "until", "?from=2026-03-03T00:00&until=2026-03-02T00:00": "until"} {
			p := sue.get("/audit" + query)
			require.Equal(t, http.StatusUnprocessableEntity, p.status)
			require.Contains(t, p.body, "#field-"+field)
			require.Empty(t, p.rows("/audit/"))
			require.NotContains(t, p.body, "/audit/export")
		}
		token := sue.get("/account").form("/logout").Get("csrf")
		before := o.count("audit.exported")
		require.Equal(t, http.StatusUnprocessableEntity, sue.post("/audit/export", url.Values{"csrf": {token}, "from": {"yesterday"}}).status)
		require.Equal(t, before, o.count("audit.exported"))
	})
	for _, query := range []string{"?before=x", "?before=-1", "?newer=x", "?newer=99999999999", "?actor=%00", "?target=%FF", "?address=%00", "?area=x", "?before=5&newer=5"} {
		require.Equal(t, http.StatusOK, sue.get("/audit"+query).status, query)
	}
}

func TestOneEventShowsBeforeAndAfter(t *testing.T) {
	o, sue := seated(t)
	ben := o.add(store.Operator{}, "Ben", backoffice.Moderator)
	sue.saves("session.idle=20")
	find := func(code string) page { return sue.get("/audit/" + sue.get("/audit?event=" + code).rows("/audit/")[0]) }
	shown := find("parameters.changed")
	require.Contains(t, shown.text(), "session.idle 30m 20m")
	require.Contains(t, shown.text(), "POST /parameters")
	require.Contains(t, shown.text(), "Firefox on Linux")
	require.Equal(t, "/operators/"+sue.ID, shown.link("Sue"))
	at := "/operators/" + ben.ID
	sue.does(sue.press(sue.get(at+"/roles"), at+"/roles", "Review", "primary="+backoffice.CommunityManager), at+"/roles", "Change roles")
	shown = find("operator.roles_changed")
	require.Contains(t, shown.text(), "Change moderator community-manager")
	require.Equal(t, at, shown.link("Ben"))
	older := sue.get(shown.link("Older"))
	require.Equal(t, shown.path, older.link("Newer"))
	require.Empty(t, sue.get("/audit/1").link("Older"))
	require.Empty(t, sue.get("/audit/"+sue.get("/audit").rows("/audit/")[0]).link("Newer"))
	names := sue.get("/audit/events").text()
	require.Contains(t, names, "operator.roles_changed An operator’s roles were changed.")
}

const formula = `=cmd|' /C calc'!A0`

func TestExportingTheAudit(t *testing.T) {
	o, sue := seated(t)
	o.wrote(5, func(n int, e *store.Event) {
		e.UserAgent = []string{formula, "+1", "-1", "@SUM(1)", "a \"quoted\", text\r\nsecond line"}[n]
		e.TargetName, e.Detail = "\tTab", map[string]string{"k": "=v"}
	})
	o.wrote(0, nil)
	export := func(button string, query string) page {
		p := sue.press(sue.get("/audit"+query), "/audit/export", button)
		require.Equal(t, http.StatusOK, p.status)
		require.Regexp(t, `^attachment; filename="audit-2026-03-02\.(csv|jsonl)"$`, p.header.Get("Content-Disposition"))
		return p
	}
	p := export("CSV", "?address=203.0.113.9")
	require.Equal(t, "text/csv; charset=utf-8", p.header.Get("Content-Type"))
	require.Equal(t, strings.Count(p.body, "\n"), strings.Count(p.body, "\r\n"), "RFC 4180")
	rows, err := csv.NewReader(strings.NewReader(p.body)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 6)
	require.Equal(t, "seq", rows[0][0])
	agent := slices.Index(rows[0], "user_agent")
	require.Equal(t, []string{"a \"quoted\", text\nsecond line", "'@SUM(1)", "'-1", "'+1", "'" + formula},
		[]string{rows[1][agent], rows[2][agent], rows[3][agent], rows[4][agent], rows[5][agent]})
	for _, row := range rows[1:] {
		for _, cell := range row {
			require.NotRegexp(t, `^[=+\-@\t\r]`, cell, "a spreadsheet would take it for a formula")
		}
		require.Equal(t, `{"k":"=v"}`, row[len(row)-1])
	}
	p = export("JSON Lines", "?address=203.0.113.9")
	require.Equal(t, "application/x-ndjson; charset=utf-8", p.header.Get("Content-Type"))
	lines := json.NewDecoder(strings.NewReader(p.body))
	for want := len(rows) - 1; want > 0; want-- {
		var e map[string]any
		require.NoError(t, lines.Decode(&e))
		require.Equal(t, "signin.refused", e["event"])
		require.Equal(t, map[string]any{"k": "=v"}, e["detail"])
	}
	require.ErrorIs(t, lines.Decode(new(any)), io.EOF)
	require.Equal(t, 2, o.count("audit.exported"))

	t.Run("of nothing has its header", func(t *testing.T) {
		require.Equal(t, 1, strings.Count(export("CSV", "?actor=nobody").body, "\n"))
		require.Empty(t, export("JSON Lines", "?actor=nobody").body)
	})
	t.Run("of everything is more than a page, once each", func(t *testing.T) {
		o.wrote(700, func(n int, e *store.Event) { e.ID += "more" })
		p := export("JSON Lines", "")
		require.GreaterOrEqual(t, strings.Count(p.body, "\n"), 700)
		seen := map[float64]bool{}
		for line := range strings.Lines(p.body) {
			var e map[string]any
			require.NoError(t, json.Unmarshal([]byte(line), &e))
			require.False(t, seen[e["seq"].(float64)])
			seen[e["seq"].(float64)] = true
		}
	})
	t.Run("that breaks off does not look whole", func(t *testing.T) {
		shown := sue.get("/audit")
		form := shown.filled("/audit/export", "CSV")
		calls := 0
		for n := 1; n < 40; n++ {
			o.faults.Reset()
			o.faults.FailAt(n, errBroken)
			r := sue.request(http.MethodPost, "/audit/export", strings.NewReader(form.Encode()))
			r.Header.Set("User-Agent", sue.agent)
			res, err := sue.client.Do(r)
			if err != nil {
				calls++
				continue
			}
			body, err := io.ReadAll(res.Body)
			_ = res.Body.Close()
			switch {
			case res.StatusCode == http.StatusOK && err == nil:
				require.Greater(t, strings.Count(string(body), "\r\n"), 700)
				n = 40
			case res.StatusCode == http.StatusOK:
				calls++
			}
		}
		o.faults.Reset()
		require.Positive(t, calls, "some break off in the middle")
		require.Contains(t, o.log.String(), "response interrupted")
	})
	t.Run("is bounded", func(t *testing.T) {
		shown := sue.get("/audit")
		var last page
		for range 25 {
			last = sue.press(shown, "/audit/export", "JSON")
		}
		require.Equal(t, http.StatusTooManyRequests, last.status)
	})
}

func TestVerifyingTheAudit(t *testing.T) {
	o, sue := seated(t)
	shown := sue.get("/audit/verify")
	count := len(o.events())
	require.Contains(t, shown.text(), fmt.Sprintf("%d entries; a million", count))
	whole := sue.press(shown, "/audit/verify", "Verify now")
	require.Contains(t, whole.text(), "The audit log is intact")
	require.Contains(t, whole.text(), fmt.Sprintf("All %d entries", count))
	o.wrote(1, func(_ int, e *store.Event) { e.Reason = "put in past the office" })
	broken := sue.press(shown, "/audit/verify", "Verify now")
	require.Contains(t, broken.text(), "The audit log was tampered with")
	require.Contains(t, broken.text(), fmt.Sprintf("The chain breaks at entry %d", count+2), "the first check is an entry, too")
	require.Contains(t, sue.get(broken.link("Show the entry")).text(), "put in past the office")
}

func TestWhatPeopleTypeIsTextOnEveryPage(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>`
	o, sue := seated(t, withDirectory)
	ben := o.add(store.Operator{MemberID: "m-mel"}, evil, backoffice.Moderator)
	ben = o.find(ben.ID)
	require.NoError(t, o.mem.Commit(ctx, store.PutRole{Role: store.Role{ID: "evil", Name: evil, NameKey: "evil", Description: evil, Permissions: []string{"analytics.view"}}}))
	o.change(sue.ID, func(op *store.Operator) { op.Roles = []string{"evil"} })
	o.mailed(2, func(_ int, m *store.Mail) {
		m.To, m.Subject, m.Reply, m.Kind, m.OperatorID, m.State = evil, evil, evil, evil, ben.ID, store.MailFailed
	})
	o.wrote(1, func(_ int, e *store.Event) {
		e.ActorID, e.ActorName, e.TargetKind, e.TargetID, e.TargetName, e.UserAgent, e.Route, e.Reason, e.IP = ben.ID, evil, "operator", sue.ID, evil, evil, evil, evil, evil
		e.Detail = map[string]string{evil: evil, "before": evil, "x": evil + " → " + evil}
	})
	sue.saves("signin.paused=on", "signin.paused_text="+evil)
	seq := fmt.Sprint(len(o.events()) - 1)
	q := url.QueryEscape(evil)
	for _, path := range []string{
		"/", "/operators", "/operators?q=" + q + "&role=" + q + "&state=" + q + "&id=" + q, "/operators/" + url.PathEscape(ben.ID), "/operators/" + url.PathEscape(ben.ID) + "/name",
		"/operators/" + url.PathEscape(ben.ID) + "/roles", "/operators/" + url.PathEscape(ben.ID) + "/disable", "/operators/" + url.PathEscape(ben.ID) + "/delete",
		"/operators/" + url.PathEscape(ben.ID) + "/sessions", "/operators/new", "/members?q=" + q, "/members?access=yes", "/members/m-mel", "/members/m-mel/revoke",
		"/roles", "/roles/evil", "/roles/evil/delete", "/mail", "/mail?operator=" + url.QueryEscape(ben.ID) + "&kind=" + q, "/mail/mail-000", "/parameters",
		"/audit", "/audit/" + seq, "/audit?actor=" + q + "&from=" + q + "&area=" + q, "/operators/" + sue.ID,
	} {
		p := sue.get(path)
		require.Contains(t, []int{200, 422}, p.status, "%s: %s", path, p.text())
		require.NotContains(t, p.body, "<script>alert", path)
		require.NotContains(t, p.body, "<img src=x", path)
	}
	require.Contains(t, sue.get("/audit/"+seq).text(), evil, "it is shown, as text")
	require.Contains(t, o.browser().get("/login").body, "&lt;script&gt;alert(1)")
	require.NotContains(t, o.browser().get("/login").body, "<script>alert")
}
