package backoffice_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// folk is a community whose members can leave it.
type folk struct{ *testoffice.Directory }

func (f folk) FindMember(ctx context.Context, id string) (backoffice.Member, error) {
	m, err := f.Directory.FindMember(ctx, id)
	return backoffice.Member(m), err
}

func (f folk) FindMemberByLogin(ctx context.Context, login string) (backoffice.Member, error) {
	m, err := f.Directory.FindMemberByLogin(ctx, login)
	return backoffice.Member(m), err
}

// crossroads is an office with Boss, and with Sam, who is on the way in.
type crossroads struct {
	*office
	folk folk
	// want are the answers that strangers got first, by what they did.
	want map[string]string
	// sam is Sam's email address, page and token are those of the link that Sam has.
	sam, page, token string
}

func newCrossroads(t *testing.T, sso bool) *crossroads {
	c := &crossroads{folk: folk{testoffice.NewDirectory("Sam")}, sam: "sam@example.org"}
	c.office = newOffice(t, func(cfg *backoffice.Config) { cfg.Members = c.folk })
	c.sso(sso)
	c.Set(map[string]string{"two_factor.who": "recommended"})
	c.Person("Boss", backoffice.SuperAdministrator)
	return c
}

// sso restarts the office with company sign-in, or without.
func (c *crossroads) sso(on bool) {
	c.Cfg.SSO = nil
	if on {
		c.Cfg.SSO = &backoffice.SSO{URL: "https://login.acme.example", Name: "Acme"}
	}
	c.Office = c.Another()
	c.Server.Config.Handler = c.Wrap(http.HandlerFunc(community))
}

func (c *crossroads) ssoName() string {
	if c.Cfg.SSO == nil {
		return ""
	}
	return c.Cfg.SSO.Name
}

// as is an operator who has just signed in.
func (c *crossroads) as(name string) (*browser, desk.Actor) {
	b := c.Browser()
	require.Equal(c.T, "/", b.Login(name, good).Location)
	id, err := c.Desk().Authenticate(ctx, testoffice.Home, b.Cookie(sessionCookie))
	require.NoError(c.T, err)
	return b, id.Actor()
}

// later lets time go by.
func (c *crossroads) later(d time.Duration) *crossroads { c.Clock.Add(d); return c }

// invited has Sam invited by someone.
func (c *crossroads) invited(by string) *crossroads {
	c.folk.Forget("m-sam") // who would have the name
	_, a := c.as(by)
	_, link, err := c.Desk().Invite(ctx, a, testoffice.Home, desk.InviteForm{Email: c.sam, Name: "Sam", Roles: []string{backoffice.Moderator}})
	require.NoError(c.T, err)
	c.page, c.token = "/welcome", testoffice.Token(link)
	return c
}

// granted gives Sam, as a member, access under SSO.
func (c *crossroads) granted() *crossroads {
	c.sam = "sam@members.example"
	_, a := c.as("Boss")
	_, err := c.Desk().Grant(ctx, a, testoffice.Home, "m-sam", []string{backoffice.Moderator})
	require.NoError(c.T, err)
	c.page, c.token = "/welcome", c.LinkIn("welcome")
	return c
}

// active adds Sam, and has a reset link made for them, if the office has their password.
func (c *crossroads) active(op store.Operator, roles ...string) *crossroads {
	if op.MemberID != "" {
		c.sam = "sam@members.example"
	}
	if op.State == "" {
		op.State, op.Password = store.OperatorActive, c.Find("id-of-boss").Password
	}
	c.Add(op, "Sam", roles...)
	c.change(func(op *store.Operator) { op.Email = c.sam; desk.Keyed(op) })
	if op.MemberID == "" && len(roles) > 0 || c.Cfg.SSO != nil {
		link, _, err := c.Desk().PasswordLink(ctx, desk.CommandLine(), testoffice.Home, "id-of-sam")
		require.NoError(c.T, err)
		c.page, c.token = "/reset", testoffice.Token(link)
	}
	return c
}

// change rewrites Sam's account.
func (c *crossroads) change(f func(*store.Operator)) *crossroads {
	o, err := c.Under.FindOperatorByLogin(ctx, "sam")
	require.NoError(c.T, err)
	c.Change(o.ID, f)
	return c
}

func (c *crossroads) locked() *crossroads {
	for range 150 {
		_, _, err := c.Under.Hit(ctx, c.Clock.Now(), store.Hit{Key: "password:id-of-sam", Limit: store.Limit{Max: 1000}})
		require.NoError(c.T, err)
	}
	c.Write(store.MarkLocked{OperatorID: "id-of-sam", Until: c.Clock.Now().Add(10 * 365 * 24 * time.Hour)})
	return c
}

// enters signs Sam in.
func (c *crossroads) enters(password string) {
	c.T.Helper()
	b := c.Browser()
	answer := b.Login(c.sam, password)
	require.Equal(c.T, http.StatusSeeOther, answer.Status, answer.Text())
	require.True(c.T, b.SignedIn())
}

// follows goes on from a link to a session.
func (c *crossroads) follows(page, token string) {
	c.T.Helper()
	b := c.Browser()
	done := b.Use(page, token, better)
	require.Equal(c.T, "/login", strings.Split(done.Location, "?")[0], done.Text())
	require.Equal(c.T, http.StatusUnprocessableEntity, c.Browser().Login(c.sam, wrong).Status)
	c.enters(better)
}

// alike requires the answer that strangers get, at the cost of one slow hash and as many
// questions to the directory, to be the same in each state.
func (c *crossroads) alike(what string, do func() page) page {
	hashes, asked := c.HashRuns(), c.folk.Asked()
	answer := do()
	require.EqualValues(c.T, 1, c.HashRuns()-hashes, what)
	require.Empty(c.T, answer.Header.Values("Set-Cookie"))
	got := strings.NewReplacer(c.Cfg.Origin, "", c.Base, "").Replace(masked(answer)) + fmt.Sprint(c.folk.Asked()-asked)
	if c.want[what] == "" {
		c.want[what] = got
	}
	require.Equal(c.T, c.want[what], got)
	return answer
}

// ask posts "Forgot your password?" from a new browser.
func (c *crossroads) ask(email string) page {
	b := c.Browser()
	shown := b.Get("/forgot")
	return c.alike("ask", func() page { return b.Submit(shown, "/forgot", "email", email) })
}

// kinds are those of the emails to Sam, newest first.
func (c *crossroads) kinds() (all []string) {
	mails, err := c.Under.ListMails(ctx, store.MailQuery{Search: c.sam, Limit: 100})
	require.NoError(c.T, err)
	for _, m := range mails.Rows {
		all = append(all, m.Kind)
	}
	return all
}

// goesOn reads the newest email of a kind and does what it says.
func (c *crossroads) goesOn(kind string) {
	c.T.Helper()
	require.Equal(c.T, kind, c.kinds()[0])
	switch {
	case kind == "password-reset":
		c.follows("/reset", c.LinkIn("reset"))
	case kind == "invitation", kind == "access-granted" && c.Cfg.SSO != nil:
		c.follows("/welcome", c.LinkIn("welcome"))
	default:
		letters := c.Letters()
		newest := letters[len(letters)-1]
		for _, page := range []string{"welcome#", "reset#"} {
			require.NotContains(c.T, newest, c.HomeURL()+page)
		}
		if kind == closed {
			require.NotContains(c.T, newest, strings.Trim(c.Base, "/"), "nor does it tell the office address")
			require.Contains(c.T, newest, c.Cfg.Contact)
		} else {
			c.enters(good)
		}
	}
}

// roads are all ways that Sam, or someone for Sam, can try.
var roads = map[string]func(c *crossroads, x crossing){
	"forgot": func(c *crossroads, x crossing) {
		before := len(c.kinds())
		require.Equal(c.T, http.StatusOK, c.ask(c.sam).Status)
		e := c.Last()
		require.Equal(c.T, "password.reset_requested", e.Code)
		require.Equal(c.T, []string{x.why, x.sent}, []string{e.Reason, e.Detail["sent"]})
		require.Equal(c.T, x.why == "", e.Outcome == desk.Success)
		// A second request within a minute sends nothing, which is audited.
		require.Equal(c.T, http.StatusOK, c.ask(c.sam).Status)
		again := c.Last()
		require.Equal(c.T, desk.Refused, again.Outcome)
		require.Empty(c.T, again.Detail["sent"])
		if x.sent == "" {
			return
		}
		require.Equal(c.T, "too many requests", again.Reason)
		require.Len(c.T, c.kinds(), before+1)
		c.goesOn(x.sent)
		if c.token != "" {
			require.Equal(c.T, http.StatusGone, c.Browser().Use(c.page, c.token, wrong).Status, "an older link works no more")
		}
	},
	"the link that they have": func(c *crossroads, x crossing) {
		if c.token == "" {
			return
		}
		other := map[string]string{"/welcome": "/reset", "/reset": "/welcome"}[c.page]
		dead := c.Browser().Use(other, strings.Repeat("A", 43), better)
		require.Equal(c.T, http.StatusGone, dead.Status)
		wrongPage := c.Browser().Use(other, c.token, better)
		require.Equal(c.T, map[bool]int{true: http.StatusUnprocessableEntity, false: http.StatusGone}[x.link], wrongPage.Status, "one that works is led to its page")
		require.Equal(c.T, "/forgot", dead.Link("get a new link by email"))
		require.Contains(c.T, dead.Text(), c.Cfg.Contact)
		used := c.Browser().Use(c.page, c.token, better)
		if !x.link {
			require.Equal(c.T, http.StatusGone, used.Status)
			require.Equal(c.T, masked(dead), masked(used), "one page for all of them")
			return
		}
		require.Equal(c.T, http.StatusSeeOther, used.Status, used.Text())
		c.enters(better)
		require.Equal(c.T, masked(dead), masked(c.Browser().Use(c.page, c.token, wrong)), "used")
	},
	"a wrong password, and what the page offers": func(c *crossroads, x crossing) {
		b := c.Browser()
		shown := b.Get("/login")
		answer := c.alike("sign in, "+c.ssoName(), func() page { return b.Submit(shown, "/login", "login", c.sam, "password", wrong) })
		require.Equal(c.T, http.StatusUnprocessableEntity, answer.Status)
		require.Equal(c.T, "/forgot", answer.Link("Forgot your password?"))
		require.Equal(c.T, c.Cfg.SSO != nil, strings.Contains(answer.Text(), "Here you use a back-office password"))
	},
	"the right password": func(c *crossroads, x crossing) {
		if x.enters {
			c.Browser().Follow(c.Browser().Login(c.sam, good))
			require.Equal(c.T, http.StatusSeeOther, c.Browser().Login(c.sam, good).Status)
		} else {
			require.Equal(c.T, http.StatusUnprocessableEntity, c.Browser().Login(c.sam, good).Status)
		}
	},
	"an operator sends a link": func(c *crossroads, x crossing) {
		c.acts(x, func(b *browser, shown page, path string) {
			answer := b.Press(shown, path, x.act)
			require.Equal(c.T, http.StatusSeeOther, answer.Status, answer.Text())
			kind := x.sent
			if kind == closed { // Boss vouches for it now
				kind = "invitation"
			}
			c.goesOn(kind)
		})
	},
	"an operator hands over a link": func(c *crossroads, x crossing) {
		c.acts(x, func(b *browser, shown page, path string) {
			var answer page
			if x.act == resend {
				answer = b.Press(shown, path, "Create a link to hand over")
			} else {
				at := shown.Link("Create one-time link")
				answer = b.Press(b.Get(at), at, "Create link")
			}
			if c.Cfg.SSO == nil && x.sent == "access-granted" {
				require.Equal(c.T, http.StatusSeeOther, answer.Status)
				c.enters(good) // they need no link
				return
			}
			require.Equal(c.T, http.StatusOK, answer.Status, answer.Text())
			page := map[string]string{resend: "/welcome", send: "/reset"}[x.act]
			c.follows(page, testoffice.Token(once(answer)))
		})
	},
	"an operator resends the email that they got": func(c *crossroads, x crossing) {
		if x.sent == "" {
			return
		}
		require.Equal(c.T, http.StatusOK, c.ask(c.sam).Status)
		c.Letters()
		c.later(time.Second)
		mails, err := c.Under.ListMails(ctx, store.MailQuery{Search: c.sam, Limit: 1})
		require.NoError(c.T, err)
		boss, _ := c.as("Boss")
		at := "/mail/" + mails.Rows[0].ID
		shown := boss.Get(at)
		if x.why != "" || x.sent == "password-elsewhere" || c.Cfg.SSO == nil && x.sent == "access-granted" {
			require.Contains(c.T, shown.Text(), "cannot be resent")
			return
		}
		require.Equal(c.T, http.StatusSeeOther, boss.Press(shown, at, "Resend email").Status)
		c.goesOn(x.sent)
	},
}

// acts has Boss look at Sam's page, and press what it offers.
func (c *crossroads) acts(x crossing, press func(b *browser, shown page, path string)) {
	if x.act == "" {
		return
	}
	boss, _ := c.later(time.Second).as("Boss")
	o, err := c.Under.FindOperatorByLogin(ctx, "sam")
	require.NoError(c.T, err)
	at := "/operators/" + o.ID
	shown := boss.Get(at)
	path := map[string]string{resend: at + "/invitation", send: at + "/reset-mail"}[x.act]
	switch {
	case path != "":
		press(boss, shown, path)
	case x.act == x.why: // which only the community knows
		answer := boss.Press(shown, map[store.OperatorState]string{store.OperatorInvited: at + "/invitation", store.OperatorActive: at + "/reset-mail"}[o.State], "")
		require.Equal(c.T, http.StatusUnprocessableEntity, answer.Status)
		require.Contains(c.T, answer.Text(), x.act)
	default:
		require.Contains(c.T, shown.Text(), x.act)
		for _, button := range []string{resend, send, "Create a link to hand over", "Create one-time link"} {
			require.NotContains(c.T, shown.Text(), button)
		}
	}
}

// TestEveryRoadLeadsOnFromEveryState tries each road from each state of an account, over
// HTTP, with real emails. What strangers see is the same from all of them.
func TestEveryRoadLeadsOnFromEveryState(t *testing.T) {
	want := map[string]string{}
	for _, x := range crossings {
		for road, try := range roads {
			t.Run(x.state+": "+road, func(t *testing.T) {
				c := newCrossroads(t, x.sso)
				c.want = want
				try(x.at(c).later(time.Second), x)
				require.NotContains(t, c.Log.String(), `"level":"ERROR"`)
			})
		}
	}
}
