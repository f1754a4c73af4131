package backoffice_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// The figures that docs/security.md promises.
const (
	perNetwork = 60   // entries of one event in 15 minutes
	perEvent   = 1000 // entries of one event at once
	perMessage = 100  // log lines of one message in 15 minutes
)

// outside is an office and everyone outside it.
type outside struct {
	provider *testoffice.Provider
	*office
	pre, csrf string
	refuses   bool
	// links are those that do not work, by what is wrong with them; live is one that
	// does.
	links map[string]string
	live  string
	// sent counts requests, networks where they came from, and seen is the last entry
	// that was counted.
	sent, networks int
	seen           int64
}

// outcome is one way in which a request without a session can end.
type outcome struct {
	name string
	// code is the entry that the first one leaves, if any.
	code string
	// send makes the nth such request.
	send func(n int) *http.Request
	// during, when set, brings the office into the state for it, and back.
	during func(do func())
}

func newOutside(t *testing.T) *outside {
	c := &outside{links: map[string]string{}, provider: &testoffice.Provider{}}
	c.office = newOffice(t, func(cfg *backoffice.Config) {
		cfg.Decide = func(context.Context, backoffice.Access) error {
			if c.refuses {
				return backoffice.Refuse("Not today.")
			}
			return nil
		}
	}, browse.WithCompany(c.provider))
	return c
}

// settle gives the crowd a browser with a form token, and every link that there is.
func (c *outside) settle() {
	shown := c.Browser()
	form := shown.Get("/login").Form("/login")
	c.pre, c.csrf = shown.Cookie(preCookie), form.Get("csrf")
	boss := c.Enrolled("Boss", backoffice.SuperAdministrator)
	leaver := c.Enrolled("Leaver", backoffice.SuperAdministrator)
	d, v := c.Desk(), testoffice.Home
	as := func(p *person) desk.Actor {
		id, err := d.Authenticate(ctx, v, p.Cookie(sessionCookie))
		require.NoError(c.T, err)
		return id.Actor()
	}
	handed := func(by *person, to store.Operator) string {
		link, _, err := d.PasswordLink(ctx, as(by), v, to.ID)
		require.NoError(c.T, err)
		return testoffice.Token(link)
	}
	invited := func(by *person, name string) (store.Operator, string) {
		o, link, err := d.Invite(ctx, as(by), v, desk.InviteForm{Email: name + "@example.org", Name: name, Roles: []string{backoffice.Moderator}})
		require.NoError(c.T, err)
		return o, testoffice.Token(link)
	}
	for _, name := range []string{"Ada", "Dora", "Gone", "Late", "Used", "Kept", "Liv"} {
		c.Person(name, backoffice.Moderator)
	}
	c.Person("Norole")
	c.links["expired"] = handed(boss, c.Find("id-of-late"))
	_, c.links["invitation, expired"] = invited(boss, "tardy")
	c.Clock.Add(8 * 24 * time.Hour)
	c.Write(store.EndSessions{OperatorID: boss.ID, All: true}, store.EndSessions{OperatorID: leaver.ID, All: true})
	boss.Browser, leaver.Browser = boss.Again(), leaver.Again()
	c.links["of a disabled operator"] = handed(boss, c.Find("id-of-dora"))
	c.links["of a deleted operator"] = handed(boss, c.Find("id-of-gone"))
	c.links["used"] = handed(boss, c.Find("id-of-used"))
	c.links["of someone who left"] = handed(leaver, c.Find("id-of-kept"))
	c.live = handed(boss, c.Find("id-of-liv"))
	invited(boss, "ivan")
	cancelled, link := invited(boss, "cora")
	c.links["invitation, cancelled"] = link
	_, c.links["invitation, used"] = invited(boss, "uli")
	_, c.links["invitation of someone who left"] = invited(leaver, "kim")
	c.links["unknown"], c.links["malformed"], c.links["none"] = strings.Repeat("A", 43), "hello", ""
	_, err := d.Reset(ctx, v, desk.LinkForm{Token: c.links["used"], Password: better, Again: better})
	require.NoError(c.T, err)
	_, err = d.Welcome(ctx, v, desk.LinkForm{Token: c.links["invitation, used"], Password: better, Again: better})
	require.NoError(c.T, err)
	require.NoError(c.T, d.CancelInvitation(ctx, as(boss), v, cancelled.ID))
	c.Write(store.DeleteOperator{ID: "id-of-gone", Version: c.Find("id-of-gone").Version})
	for _, id := range []string{"id-of-dora", leaver.ID} {
		c.Change(id, func(o *store.Operator) { o.State = store.OperatorDisabled })
	}
}

func (c *outside) request(method, path string, form url.Values) *http.Request {
	r := httptest.NewRequest(method, c.Cfg.Origin+c.Base+path, strings.NewReader(form.Encode()))
	r.Header.Set("User-Agent", testoffice.Agent)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Sec-Fetch-Mode", "navigate")
	r.Header.Set("Cookie", c.Named(preCookie)+"="+c.pre)
	if method != http.MethodGet {
		r.Header.Set("Origin", "null")
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

// post is a form of ours, filled in.
func (c *outside) post(path string, pairs ...string) *http.Request {
	form := url.Values{"csrf": {c.csrf}}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return c.request(http.MethodPost, path, form)
}

// comes makes a request come from an IP address.
func (c *outside) comes(r *http.Request, ip string) (status int, body string) {
	r.RemoteAddr = "[" + ip + "]:4711"
	answer := httptest.NewRecorder()
	c.Server.Config.Handler.ServeHTTP(answer, r)
	return answer.Code, answer.Body.String()
}

// flood sends a request a number of times, each from where from says.
func (c *outside) flood(o outcome, times int, from func() string) {
	if o.during == nil {
		o.during = func(do func()) { do() }
	}
	o.during(func() {
		for range times {
			c.sent++
			status, _ := c.comes(o.send(c.sent), from())
			require.Less(c.T, status, 600, o.name)
		}
	})
}

// entries counts what was written since its last call, by event.
func (c *outside) entries() map[string]int {
	counts := map[string]int{}
	for {
		page, err := c.Under.ListEvents(ctx, store.EventQuery{OldestFirst: true, AfterSeq: c.seen, Limit: 500})
		require.NoError(c.T, err)
		for _, e := range page.Rows {
			counts[e.Code]++
			c.seen = e.Seq
		}
		if page.Next == 0 {
			return counts
		}
	}
}

// lines counts the log lines of each message.
func (c *outside) lines() map[string]int {
	counts := map[string]int{}
	for line := range strings.Lines(c.Log.String()) {
		var l struct{ Msg string }
		require.NoError(c.T, json.Unmarshal([]byte(line), &l), line)
		counts[l.Msg]++
	}
	return counts
}

// table is a table of the store.
func (c *outside) table(name string) reflect.Value {
	return reflect.ValueOf(c.Mem).Elem().FieldByName(name)
}

// network returns another network each time.
func (c *outside) network() string {
	c.networks++
	return fmt.Sprintf("2001:db8:%x::1", c.networks)
}

func TestStrangersCannotFillTheOffice(t *testing.T) {
	c := newOutside(t)
	c.settle()
	own, refused := c.own(), c.refused()
	c.entries()
	c.Log.Reset()
	mails, tokens, written := c.table("mails").Len(), c.table("tokens").Len(), 0
	count := func() map[string]int {
		counts := c.entries()
		for _, n := range counts {
			written += n
		}
		return counts
	}

	// Each outcome many times from one network of its own, and every refusal
	// from one.
	for _, o := range own {
		ip := c.network()
		from := func() string { return ip }
		c.flood(o, 1, from)
		counts := count()
		if o.code == "" {
			require.Empty(t, counts, o.name)
		} else {
			require.Equal(t, map[string]int{o.code: 1}, counts, o.name)
		}
		c.flood(o, 69, from)
		for code, n := range count() {
			require.LessOrEqual(t, n, perNetwork, "%s: %s", o.name, code)
		}
	}
	ip := c.network()
	for _, o := range refused {
		c.flood(o, 3, func() string { return ip })
	}
	counts := count()
	require.Equal(t, []int{perNetwork, perNetwork}, []int{counts["request.malformed"], counts["request.forged"]})

	// Once the limit is reached, no request adds an entry, from any network.
	for code := range desk.Outside {
		for range perEvent {
			c.Desk().Audit(testoffice.From(c.network()), code, desk.Refused).Record(ctx)
		}
	}
	for code, n := range count() {
		require.LessOrEqual(t, n, perEvent, code)
	}
	for _, o := range slices.Concat(own, refused) {
		c.flood(o, 5, c.network)
		require.Empty(t, count(), o.name)
	}
	c.Clock.Add(10 * time.Second)
	c.flood(own[0], 1, c.network)
	t.Logf("%d requests from %d networks", c.sent, c.networks)

	lines := c.lines()
	require.Equal(t, written, lines["audit"])
	delete(lines, "audit")
	for message, n := range lines {
		require.LessOrEqual(t, n, perMessage, message)
	}
	require.LessOrEqual(t, c.table("mails").Len()-mails, 2*c.table("operators").Len())
	require.LessOrEqual(t, c.table("tokens").Len()-tokens, 2)

	// Counters that are not an operator's have 2^24 keys of each kind, and end within a
	// day, or with the link that they are for.
	made := regexp.MustCompile(`^([a-z-]+:|reset/[a-z.]+/)[\w-]{4}$`)
	ofOperator := func(key string) bool {
		_, id, _ := strings.Cut(key, ":")
		_, err := c.Under.FindOperator(ctx, id)
		return err == nil
	}
	require.LessOrEqual(t, c.table("counters").Len(), 8*c.sent)
	for _, key := range c.table("counters").MapKeys() {
		require.True(t, made.MatchString(key.String()) || ofOperator(key.String()), key)
	}
	c.Clock.Add(24 * time.Hour)
	_, err := c.Under.Purge(ctx, store.Purge{Now: c.Clock.Now()})
	require.NoError(t, err)
	for _, key := range c.table("counters").MapKeys() {
		require.True(t, strings.HasPrefix(key.String(), "link:") || ofOperator(key.String()), key)
	}
}

// TestStrangersBeforeTheSetup tries setup links, which only an office without
// operators has, and a store that is down.
func TestStrangersBeforeTheSetup(t *testing.T) {
	c := newOutside(t)
	shown := c.Browser()
	c.csrf = shown.Get("/setup").Form("/setup").Get("csrf")
	c.pre = shown.Cookie(preCookie)
	setup := outcome{name: "a setup link", send: func(n int) *http.Request {
		return c.post("/setup", "token", strings.Repeat("A", 42)+string(rune('A'+n%26)), "password", better, "password_again", better)
	}}
	c.entries()
	c.flood(setup, 100, func() string { return "192.0.2.1" })
	require.Equal(t, map[string]int{"setup.refused": 20, "request.limited": perNetwork}, c.entries())
	c.flood(setup, perEvent+100, c.network)
	require.Equal(t, map[string]int{"setup.refused": perEvent - 20}, c.entries())

	for _, method := range []string{"Commit", "Hit", "ParametersRevision"} {
		c.Log.Reset()
		c.Clock.Add(15 * time.Minute)
		c.Store.FailMethod(method, errDown)
		c.flood(setup, 150, c.network)
		c.flood(outcome{send: func(int) *http.Request { return c.post("/forgot", "csrf", "guess") }}, 150, c.network)
		c.Store.FailMethod(method, nil)
		lines := c.lines()
		delete(lines, "audit")
		for message, n := range lines {
			require.LessOrEqual(t, n, perMessage, "%s: %s", method, message)
		}
		require.Equal(t, perMessage, max(lines["request failed"], lines["audit entry not written"]), "the first come through")
	}
}
