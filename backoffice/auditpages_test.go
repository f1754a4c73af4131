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
	o.T.Helper()
	for i := range n {
		e := store.Event{ID: fmt.Sprintf("e-%03d", i), At: o.Clock.Now(), Code: "signin.refused", Outcome: "failure", IP: "203.0.113.9"}
		change(i, &e)
		o.Write(store.AppendEvent{Event: e})
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
	sue.Get("/account")
	for query, want := range map[string]int{
		"": len(o.Events()), "?area=operator": 60, "?event=operator.disabled": 60, "?outcome=failure": 60, "?address=203.0.113.9": 120,
		"?actor=Sue&area=operator": 60, "?actor=sue@example.org&area=operator": 60, "?from=2026-03-02T12:30&until=2026-03-02T13:00": 30, "?actor=nobody": 0,
		"?target=" + sue.ID + "&event=signin.succeeded": 1,
	} {
		pages, all := sue.WalkPages("/audit"+query, "/audit/")
		require.Len(t, all, want, query)
		require.True(t, slices.IsSortedFunc(all, func(a, b string) int {
			x, _ := strconv.Atoi(a)
			y, _ := strconv.Atoi(b)
			return y - x
		}), "newest first")
		at := pages[len(pages)-1]
		for i := len(pages) - 2; i >= 0; i-- {
			back := at.Link("Previous page")
			require.NotEmpty(t, back, "%s, page %d", query, i+1)
			at = sue.Get(back)
			require.Equal(t, pages[i].Rows(""), at.Rows(""), "%s, back to page %d", query, i)
			require.NotEmpty(t, at.Link("Next page"))
		}
		require.Empty(t, at.Link("Previous page"), query)
		if query != "" && len(pages) > 1 {
			require.Contains(t, pages[0].Link("Next page"), url.QueryEscape(strings.TrimPrefix(query, "?"))[:4])
		}
	}
	t.Run("times that make no sense are refused, and not left out", func(t *testing.T) {
		for query, field := range map[string]string{"?from=yesterday": "from", "?until=2026-13-01": "until", "?from=2026-03-03T00:00&until=2026-03-02T00:00": "until"} {
			p := sue.Get("/audit" + query)
			require.Equal(t, http.StatusUnprocessableEntity, p.Status)
			require.Contains(t, p.Body, "field-"+field+"-error")
			require.Empty(t, p.Rows("/audit/"))
			require.NotContains(t, p.Body, "/audit/export")
		}
		token := sue.Get("/account").Form("/logout").Get("csrf")
		before := o.Count("audit.exported")
		require.Equal(t, http.StatusUnprocessableEntity, sue.Post("/audit/export", url.Values{"csrf": {token}, "from": {"yesterday"}}).Status)
		require.Equal(t, before, o.Count("audit.exported"))
	})
	for _, query := range []string{"?before=x", "?before=-1", "?newer=x", "?newer=99999999999", "?actor=%00", "?target=%FF", "?address=%00", "?area=x", "?before=5&newer=5"} {
		require.Equal(t, http.StatusOK, sue.Get("/audit"+query).Status, query)
	}
}

func TestOneEventShowsBeforeAndAfter(t *testing.T) {
	o, sue := seated(t)
	ben := o.Person("Ben", backoffice.Moderator)
	saves(sue.Browser, "session.idle=20")
	find := func(code string) page { return sue.Get("/audit/" + sue.Get("/audit?event=" + code).Rows("/audit/")[0]) }
	shown := find("parameters.changed")
	require.Contains(t, shown.Text(), "session.idle 30m 20m")
	require.Contains(t, shown.Text(), "POST /parameters/session-limits")
	require.Contains(t, shown.Text(), "Firefox on Linux")
	require.Equal(t, "/operators/"+sue.ID, shown.Link("Sue"))
	at := "/operators/" + ben.ID
	sue.Does(sue.Press(sue.Get(at+"/roles"), at+"/roles", "Review", "primary="+backoffice.CommunityManager), at+"/roles", "Change roles")
	shown = find("operator.roles_changed")
	require.Contains(t, shown.Text(), "Change moderator community-manager")
	require.Equal(t, at, shown.Link("Ben"))
	older := sue.Get(shown.Link("Older"))
	require.Equal(t, shown.Path, older.Link("Newer"))
	require.Empty(t, sue.Get("/audit/1").Link("Older"))
	require.Empty(t, sue.Get("/audit/"+sue.Get("/audit").Rows("/audit/")[0]).Link("Newer"))
	names := sue.Get("/audit/events").Text()
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
		p := sue.Press(sue.Get("/audit"+query), "/audit/export", button)
		require.Equal(t, http.StatusOK, p.Status)
		require.Regexp(t, `^attachment; filename="audit-2026-03-02\.(csv|jsonl)"$`, p.Header.Get("Content-Disposition"))
		return p
	}
	p := export("CSV", "?address=203.0.113.9")
	require.Equal(t, "text/csv; charset=utf-8", p.Header.Get("Content-Type"))
	require.Equal(t, strings.Count(p.Body, "\n"), strings.Count(p.Body, "\r\n"), "RFC 4180")
	rows, err := csv.NewReader(strings.NewReader(p.Body)).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 6)
	require.Equal(t, "\uFEFFseq", rows[0][0])
	agent := slices.Index(rows[0], "user_agent")
	require.Equal(t, []string{"a \"quoted\", text\uFFFD\uFFFDsecond line", "'@SUM(1)", "'-1", "'+1", "'" + formula},
		[]string{rows[1][agent], rows[2][agent], rows[3][agent], rows[4][agent], rows[5][agent]})
	for _, row := range rows[1:] {
		for _, cell := range row {
			require.NotRegexp(t, `^[=+\-@\t\r]`, cell, "a spreadsheet would take it for a formula")
		}
		require.Equal(t, `{"k":"=v"}`, row[len(row)-1])
	}
	p = export("JSON Lines", "?address=203.0.113.9")
	require.Equal(t, "application/x-ndjson; charset=utf-8", p.Header.Get("Content-Type"))
	lines := json.NewDecoder(strings.NewReader(p.Body))
	for want := len(rows) - 1; want > 0; want-- {
		var e map[string]any
		require.NoError(t, lines.Decode(&e))
		require.Equal(t, "signin.refused", e["event"])
		require.Equal(t, map[string]any{"k": "=v"}, e["detail"])
	}
	require.ErrorIs(t, lines.Decode(new(any)), io.EOF)
	require.Equal(t, 2, o.Count("audit.exported"))

	t.Run("of nothing has its header", func(t *testing.T) {
		require.Equal(t, 1, strings.Count(export("CSV", "?actor=nobody").Body, "\n"))
		require.Empty(t, export("JSON Lines", "?actor=nobody").Body)
	})
	t.Run("of everything is more than a page, once each", func(t *testing.T) {
		o.wrote(700, func(n int, e *store.Event) { e.ID += "more" })
		p := export("JSON Lines", "")
		require.GreaterOrEqual(t, strings.Count(p.Body, "\n"), 700)
		seen := map[float64]bool{}
		for line := range strings.Lines(p.Body) {
			var e map[string]any
			require.NoError(t, json.Unmarshal([]byte(line), &e))
			require.False(t, seen[e["seq"].(float64)])
			seen[e["seq"].(float64)] = true
		}
	})
	t.Run("that breaks off does not look whole", func(t *testing.T) {
		shown := sue.Get("/audit")
		form := shown.Filled("/audit/export", "CSV")
		calls := 0
		for n := 1; n < 40; n++ {
			o.Store.Reset()
			o.Store.FailAt(n, errDown)
			r := sue.Request(http.MethodPost, "/audit/export", strings.NewReader(form.Encode()))
			r.Header.Set("User-Agent", sue.Agent)
			res, err := sue.Client.Do(r)
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
		o.Store.Reset()
		require.Positive(t, calls, "some break off in the middle")
		require.Contains(t, o.Log.String(), "response interrupted")
	})
	t.Run("is bounded", func(t *testing.T) {
		shown := sue.Get("/audit")
		var last page
		for range 25 {
			last = sue.Press(shown, "/audit/export", "JSON")
		}
		require.Equal(t, http.StatusTooManyRequests, last.Status)
	})
}

func TestVerifyingTheAudit(t *testing.T) {
	o, sue := seated(t)
	shown := sue.Get("/audit/verify")
	count := len(o.Events())
	require.Contains(t, shown.Text(), fmt.Sprintf("%d entries; a million", count))
	whole := sue.Press(shown, "/audit/verify", "Verify now")
	require.Contains(t, whole.Text(), "The audit log is intact")
	require.Contains(t, whole.Text(), fmt.Sprintf("All %d entries", count))
	o.wrote(1, func(_ int, e *store.Event) { e.Reason = "put in past the office" })
	broken := sue.Press(shown, "/audit/verify", "Verify now")
	require.Contains(t, broken.Text(), "The audit log was tampered with")
	require.Contains(t, broken.Text(), fmt.Sprintf("The chain breaks at entry %d", count+2), "the first check is an entry, too")
	require.Contains(t, sue.Get(broken.Link("Show the entry")).Text(), "put in past the office")
}

func TestWhatPeopleTypeIsTextOnEveryPage(t *testing.T) {
	const evil = `"><script>alert(1)</script><img src=x onerror=alert(2)>`
	o, sue := seated(t, withDirectory)
	ben := o.Add(store.Operator{MemberID: "m-mel"}, evil, backoffice.Moderator)
	ben = o.Find(ben.ID)
	o.Write(store.PutRole{Role: store.Role{ID: "evil", Name: evil, NameKey: "evil", Description: evil, Permissions: []string{"analytics.view"}}})
	o.Change(sue.ID, func(op *store.Operator) { op.Roles = []string{"evil"} })
	o.mailed(2, func(_ int, m *store.Mail) {
		m.To, m.Subject, m.Reply, m.Kind, m.OperatorID, m.State = evil, evil, evil, evil, ben.ID, store.MailFailed
	})
	o.wrote(1, func(_ int, e *store.Event) {
		e.ActorID, e.ActorName, e.TargetKind, e.TargetID, e.TargetName, e.UserAgent, e.Route, e.Reason, e.IP = ben.ID, evil, "operator", sue.ID, evil, evil, evil, evil, evil
		e.Detail = map[string]string{evil: evil, "before": evil, "x": evil + " → " + evil}
	})
	saves(sue.Browser, "signin.paused=on", "signin.paused_text="+evil)
	seq := fmt.Sprint(len(o.Events()) - 1)
	q := url.QueryEscape(evil)
	for _, path := range []string{
		"/", "/operators", "/operators?q=" + q + "&role=" + q + "&state=" + q + "&id=" + q, "/operators/" + url.PathEscape(ben.ID), "/operators/" + url.PathEscape(ben.ID) + "/name",
		"/operators/" + url.PathEscape(ben.ID) + "/roles", "/operators/" + url.PathEscape(ben.ID) + "/disable", "/operators/" + url.PathEscape(ben.ID) + "/delete",
		"/operators/" + url.PathEscape(ben.ID) + "/sessions", "/operators/new", "/members?q=" + q, "/members?access=yes", "/members/m-mel", "/members/m-mel/revoke",
		"/roles", "/roles/evil", "/roles/evil/delete", "/mail", "/mail?operator=" + url.QueryEscape(ben.ID) + "&kind=" + q, "/mail/mail-000", "/parameters",
		"/audit", "/audit/" + seq, "/audit?actor=" + q + "&from=" + q + "&area=" + q, "/operators/" + sue.ID,
	} {
		p := sue.Get(path)
		require.Contains(t, []int{200, 422}, p.Status, "%s: %s", path, p.Text())
		require.NotContains(t, p.Body, "<script>alert", path)
		require.NotContains(t, p.Body, "<img src=x", path)
	}
	require.Contains(t, sue.Get("/audit/"+seq).Text(), evil, "it is shown, as text")
	require.Contains(t, o.Browser().Get("/login").Body, "&lt;script&gt;alert(1)")
	require.NotContains(t, o.Browser().Get("/login").Body, "<script>alert")
}
