package browse

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
)

// addressTag finds every address in a page that a browser would ask for.
var addressTag = regexp.MustCompile(`<(?:a|form|img|link|script)\b[^>]* (?:href|action|src)="([^"]*)"`)

// addressed are the addresses of a page as they are sent, without the page's own.
func (p Page) addressed() []string {
	var all []string
	for _, m := range addressTag.FindAllStringSubmatch(p.Body, -1) {
		if m[1] != "" && m[1][0] != '#' && !strings.HasPrefix(m[1], "data:") && !strings.HasPrefix(m[1], "otpauth:") {
			all = append(all, m[1])
		}
	}
	return all
}

// Tour does with a new office whatever depends on where people reach it: the setup
// link, a sign-in with enrolment, a step-up, links in emails, a bookmark, the
// host's pages, a new office address, and signing out. Every address that a page
// has must be inside the office, and every asset must be there.
func (s *Site) Tour() {
	t := s.T
	t.Helper()
	seen, assets, moving := s.Seen, map[string]bool{}, false
	defer func() { s.Seen = seen }()
	s.Seen = func(b *Browser, r *http.Request, p Page) {
		if seen != nil {
			seen(b, r, p)
		}
		for _, to := range p.addressed() {
			if p.Location != "" {
				break // net/http wrote the body
			}
			require.True(t, strings.HasPrefix(to, p.Base+"/"), "%s leads to %s", p.Path, to)
			if path := strings.TrimPrefix(to, p.Base); strings.HasPrefix(path, "/static/") {
				assets[path] = true
			}
		}
		if at := p.Header.Get("Location"); at != "" && p.Header.Get("X-Elsewhere") == "" {
			require.True(t, strings.HasPrefix(at, p.Base+"/") || moving && strings.HasPrefix(at, s.CookiePath()), "%s redirects to %s", p.Path, at)
		}
	}
	s.Inside.HandleFunc("/shop/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/shop/" {
			w.Header().Set("X-Elsewhere", "yes")
			http.Redirect(w, r, backoffice.URL(r.Context(), "/account"), http.StatusSeeOther)
			return
		}
		for _, c := range r.Cookies() {
			require.NotContains(t, c.Name, "office")
		}
		_, _ = w.Write([]byte(r.URL.Path + " " + r.Method))
	})

	b := s.Browser()
	answer := b.Submit(b.Get("/setup"), "/setup", "token", s.SetupToken(), "email", "ada@example.org", "name", "Ada",
		"password", testoffice.Good, "password_again", testoffice.Good)
	require.Equal(t, "/login?done=setup", answer.Location, answer.Text())
	ada := &Person{Browser: b, Password: testoffice.Good}
	ada.Email = "ada@example.org"
	bookmark := b.Get("/operators?sort=name")
	require.Equal(t, "/login?next=%2Foperators%3Fsort%3Dname", bookmark.Location)
	shown := b.Get(bookmark.Location)
	require.Equal(t, "/operators?sort=name", shown.Form("/login").Get("next"))
	shown = b.Follow(b.Login("Ada", testoffice.Good))
	require.Equal(t, "/login/enrol", shown.Path)
	require.NotEmpty(t, b.Cookie(PreCookie))
	ada.Enrol(shown)
	require.True(t, b.SignedIn())
	require.Empty(t, b.Cookie(PreCookie))

	// The host's pages, one of which net/http redirects on its own.
	require.Equal(t, "/shop/?x=1", b.Get("/shop?x=1").Location)
	require.Equal(t, "/shop/ GET", b.Get("/shop/").Body)
	require.Equal(t, "/account", b.Get("/shop/account").Location)
	require.Equal(t, "/shop/ POST", b.Post("/shop/", map[string][]string{"csrf": {b.Get("/account/name").Form("/account/name").Get("csrf")}}).Body)

	// A step-up, and an invitation by email.
	s.Clock.Add(10 * 60e9)
	asked := b.Get("/operators/new")
	require.Equal(t, "/step-up?next=%2Foperators%2Fnew", asked.Location)
	answer = b.Submit(b.Get(asked.Location), "/step-up", "password", testoffice.Good, "code", s.Code(ada.Secret))
	require.Equal(t, "/operators/new", answer.Location, answer.Text())
	b.Does(b.Get("/operators/new"), "/operators/new", "Send invitation", "email=ben@example.org", "name=Ben", "+role="+backoffice.Moderator)
	ben := s.Browser()
	require.Equal(t, "/login?done=welcome", ben.Use("/welcome", s.LinkIn("welcome"), testoffice.Good).Location)
	require.Equal(t, http.StatusOK, ben.Submit(ben.Get("/forgot"), "/forgot", "email", "ben@example.org").Status)
	require.Equal(t, "/login?done=reset", ben.Use("/reset", s.LinkIn("reset"), testoffice.Better).Location)
	require.Equal(t, "/login/enrol", ben.Follow(ben.Login("Ben", testoffice.Better)).Path)
	for path := range assets {
		require.Equal(t, http.StatusOK, ben.Get(path).Status, path)
	}
	require.NotEmpty(t, assets)

	// Nothing of the office is at another address, and the community is as it was.
	require.Equal(t, http.StatusNotFound, ben.Moved(s.Base+"x").Get("/login").Status)

	// A new office address, and out.
	moving = true
	address := "/parameters/address"
	answer = b.Press(b.Press(b.Get(address), address, "Review", "alias=winterotterferry"), address, "Move")
	require.Equal(t, s.Cfg.Origin+"/winterotterferry/", s.HomeURL(), answer.Text())
	moved := b.Moved(s.CookiePath() + "winterotterferry")
	require.Equal(t, s.CookiePath()+"winterotterferry/parameters", answer.Header.Get("Location"))
	shown = moved.Get("/parameters")
	require.Contains(t, shown.Text(), s.HomeURL())
	answer = moved.Submit(moved.Get("/account"), "/logout")
	require.Equal(t, "/logout", answer.Location, answer.Text())
	require.Empty(t, b.Cookie(SessionCookie))
	require.False(t, moved.SignedIn())
}
