package browser_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/tests/chrome"
	"github.com/postern-go/postern/tests/judge"
)

// menus are what the roles of the example find in the navigation, as
// docs/permissions.md and the example's own declarations have it.
var menus = map[string][]string{
	backoffice.Moderator:        {"Home", "Dashboard", "Posts", "Announcements"},
	backoffice.CommunityManager: {"Home", "Dashboard", "Analytics", "Posts", "Gardeners", "Announcements"},
	backoffice.Administrator:    {"Home", "Dashboard", "Analytics", "Posts", "Gardeners", "Announcements", "Operators", "Members", "Roles", "Audit log", "Mail"},
}

// mayOpen says whether a role of the example opens a page of the office's own:
// administrators open all but the parameters, those below them none.
func mayOpen(role string, r pages.Route) bool {
	if r.Path == "/{$}" && r.Method == http.MethodPost {
		return false // the checklist of super-administrators
	}
	return r.Permission == "" || role == backoffice.Administrator && r.Permission != "parameters.manage"
}

// hostPages are the example's own, and who may open them.
var hostPages = map[string][]string{
	"/dashboard":            {backoffice.Moderator, backoffice.CommunityManager, backoffice.Administrator},
	"/analytics":            {backoffice.CommunityManager, backoffice.Administrator},
	"/posts":                {backoffice.Moderator, backoffice.CommunityManager, backoffice.Administrator},
	"/posts/seed-3/edit":    {backoffice.CommunityManager, backoffice.Administrator},
	"/gardeners":            {backoffice.CommunityManager, backoffice.Administrator},
	"/announcements/1/edit": {backoffice.CommunityManager, backoffice.Administrator},
}

// TestSecondPersonCanDoWhatTheirRoleSays has the first person invite others, on
// the example as anybody would start it, with a real mail server. One of them
// makes the mistakes of a new user on the way in; each can then do exactly what
// their role says.
func TestSecondPersonCanDoWhatTheirRoleSays(t *testing.T) {
	sink := smtpsink.Start(t, smtpsink.Options{})
	e := startExample(t, "-addr", "localhost:0", "-smtp", sink.Addr)
	ada := e.owner("Ada Brook", "ada@example.com")
	things := ada.makeThings(e)
	ada.saves(map[string]string{"password.temporary": "on"}) // so that its page is there
	for _, second := range []struct{ name, email, role string }{
		{"Ben Ode", "ben@example.com", backoffice.Moderator},
		{"Cleo Marsh", "cleo@example.com", backoffice.CommunityManager},
		{"Dara Finn", "dara@example.com", backoffice.Administrator},
	} {
		t.Run(second.role, func(t *testing.T) {
			p := (&site{t: t}).person(t, second.name, second.email)
			ada.invites(p, second.role)
			link := p.invitation(sink, e)
			if second.role == backoffice.Moderator {
				p.stumblesIn(link, e)
			} else {
				p.openLink(link)
				require.Equal(t, 200, p.chooses(p.password, p.password))
				require.Equal(t, 200, p.typeSignIn())
				p.enrolNow()
			}
			menu := menus[second.role]
			require.Equal(t, menu, p.navigation())
			p.walk(e.office())
			require.Equal(t, 403, p.Open(e.office()+"/parameters"))
			require.Equal(t, menu, p.navigation(), "who is refused still finds the way on")
			for _, r := range pages.Routes() {
				if second.role != backoffice.CommunityManager { // its rights there are a moderator's
					p.tries(t, e.office(), r, things, mayOpen(second.role, r))
				}
			}
			for path, roles := range hostPages {
				status := map[bool]int{true: 200, false: 403}[slices.Contains(roles, second.role)]
				require.Equal(t, status, p.Open(e.office()+path), path)
			}
		})
	}
}

// makeThings makes one of everything that pages are about, and returns their
// ids by what stands before them in a path.
func (p *person) makeThings(e *example) map[string]string {
	t := p.s.t
	t.Helper()
	visitor := (&site{t: t}).person(t, "Mel Quist", "mel@example.com")
	visitor.Open(e.community() + "/sign-up")
	visitor.Fill("#name", visitor.name)
	visitor.Fill("#email", visitor.email)
	visitor.Fill("#password", visitor.password)
	visitor.Fill("#password_again", visitor.password)
	require.Equal(t, 200, visitor.press("Become a member"))
	things := map[string]string{"audit": "1"}
	last := func(address string) string { return address[strings.LastIndex(address, "/")+1:] }

	p.follow("Roles")
	p.press("Create a role")
	p.Fill("#field-name", "Helpers")
	p.tick(`input[name=permission][value="dashboard.view"]`)
	require.Equal(t, 200, p.press("Create role"))
	things["roles"], _, _ = strings.Cut(last(p.Location()), "?")
	p.follow("Members")
	p.press("Give access")
	things["members"] = last(p.Location())
	p.grant("Mel", things["roles"])
	p.follow("Operators")
	p.press("Mel Quist")
	things["operators"] = last(p.Location())
	p.follow("Mail")
	p.Submit("tbody th a")
	things["mail"] = last(p.Location())
	return things
}

// invites fills the form and clicks twice, as people do who wait for something
// to happen.
func (p *person) invites(second *person, role string) {
	t := second.s.t
	t.Helper()
	p.follow("Operators")
	p.press("Invite an operator")
	p.proved()
	p.Fill("#field-email", second.email)
	p.Fill("#field-name", second.name)
	p.tick(`input[name=role][value="` + role + `"]`)
	p.SubmitTwice(p.mark("main", "Send invitation"))
	require.Contains(t, p.said(), "The invitation is on its way.")
	p.follow("Operators")
	require.Equal(t, 1, strings.Count(p.Text("table"), second.email))
}

// invitation is the link of the one mail that came.
func (p *person) invitation(sink *smtpsink.Sink, e *example) string {
	t := p.s.t
	t.Helper()
	m := awaitLetter(t, sink, p.email, "You are invited")
	require.Contains(t, m.Text, e.printed["back office"])
	count := 0
	for _, received := range sink.Messages() {
		if slices.Contains(received.To, p.email) {
			count++
		}
	}
	require.Equal(t, 1, count, "two clicks send one mail")
	link := mailed.FindString(m.Text)
	require.True(t, strings.HasPrefix(link, e.office()+"/welcome#"), m.Text)
	return link
}

// chooses sends the form that an invitation leads to.
func (p *person) chooses(password, again string) (status int) {
	p.s.t.Helper()
	p.Paste("#field-password", password)
	p.Paste("#field-password_again", again)
	return p.Submit(primary)
}

// stumblesIn comes in like somebody who has never been there: with half a link,
// with two tabs, with the back button, with a wrong password and a wrong code.
func (p *person) stumblesIn(link string, e *example) {
	t := p.s.t
	t.Helper()
	for range 2 { // a mail program that cuts long lines
		p.Open(link[:len(link)-4])
		p.Wait("#field-token-error")
		require.Contains(t, visibleText(p), "This is not one whole link or code.")
		p.Open(e.community())
	}
	require.True(t, p.openLink(link))
	tab := &person{Browser: p.Tab(), s: p.s, password: p.password}
	require.True(t, tab.openLink(link))
	require.Equal(t, 422, p.chooses("letmein", "letmein"))
	require.Equal(t, 422, p.chooses(p.password, "something else"))
	require.Equal(t, 200, p.chooses(p.password, p.password))
	require.Contains(t, p.said(), "Password set")
	require.Equal(t, 410, tab.chooses(p.password, p.password), "the second tab is too late")

	p.Open(e.office() + "/")
	p.heading("Sign in")
	p.Fill("#field-login", p.email)
	p.Paste("#field-password", "not "+p.password)
	require.Equal(t, 422, p.Submit(primary))
	require.Equal(t, p.email, p.Value("#field-login"), "what was typed stays")
	p.Paste("#field-password", p.password)
	require.Equal(t, 200, p.Submit(primary))
	p.chooseApp()
	p.secret = strings.ReplaceAll(p.Text("#totp-secret"), " ", "")
	require.Contains(t, judge.QR(t, p.Screenshot(chrome.Shot{Full: true})), "secret="+p.secret)
	p.Look(chrome.Shot{})
	p.Fill("#field-code", judge.CodeAt(t, p.secret, time.Now().Add(-time.Hour)))
	require.Equal(t, 422, p.Submit(primary))
	require.Equal(t, p.secret, strings.ReplaceAll(p.Text("#totp-secret"), " ", ""), "a wrong code costs nobody the picture")
	p.Fill("#field-code", judge.Code(t, p.secret))
	require.Equal(t, 200, p.Submit(primary))
	p.arrive()
	p.follow("Dashboard")
	p.Back()
	p.heading("Home")

	tab.Open(e.office() + "/account")
	tab.heading("Account", "the second tab is signed in too")
	require.False(t, tab.openLink(link), "the old link says so")
	p.Open(e.office() + "/")
	p.heading("Home", "and does no harm")
}

// tries asks for a route of the office's table, and gets what the table says.
func (p *person) tries(t *testing.T, office string, r pages.Route, things map[string]string, may bool) {
	t.Helper()
	if r.Path == "/account/language" && *language != "en" {
		return // there is but one
	}
	if r.SignedOut || !r.SignedIn || r.Path == "/logout" {
		return // not for who is signed in
	}
	path := strings.TrimSuffix(r.Path, "{$}")
	kind, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	this, nobody := strings.Replace(path, "{id}", things[kind], 1), strings.Replace(path, "{id}", "nobody", 1)
	what := r.Method + " " + r.Path
	switch {
	case !may:
		require.Equal(t, 403, p.asks(r.Method, office+this), what)
	case r.Method == http.MethodPost:
		// Nothing is typed, and it is done to nobody.
		status := p.asks(r.Method, office+nobody)
		require.NotEqual(t, 403, status, what)
		require.Less(t, status, 500, what)
	case path == "/account/form-token", path == "/account/session":
		require.Equal(t, 200, p.asks(r.Method, office+this), what)
		require.Equal(t, 404, p.Open(office+this), "no page")
	case path == "/account/company", strings.HasPrefix(path, "/office/approvals/"), strings.Contains(path, "{id}") && (kind == "account" || path == "/mail/arrived/{id}"):
		require.Equal(t, 404, p.asks(r.Method, office+this), what)
	default: // walk has opened those that a page leads to
		require.Equal(t, 200, p.asks(r.Method, office+this), what)
	}
}
