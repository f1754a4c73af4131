package browser_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/smtpsink"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/tests/judge"
)

const (
	onAPhone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1"
	onADesk  = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
	onAMac   = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
)

// from is the header by which a visitor of the story says where they are.
const from = "X-Story-Address"

// worker is a colleague in the story: they sign in over HTTP, without a browser that would
// have to be waited for.
type worker struct {
	s           *site
	name, email string
	role        string
	secret      string
	agent, ip   string
	client      *http.Client
	// days are the days, from the first one on, on which they sign in.
	days []int
}

func (w *worker) send(method, path string, form url.Values) browse.Page {
	t := w.s.t
	r, err := http.NewRequestWithContext(t.Context(), method, w.s.at(path), strings.NewReader(form.Encode()))
	require.NoError(t, err)
	for name, value := range map[string]string{
		"Content-Type": "application/x-www-form-urlencoded", "Origin": "null", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate",
		"User-Agent": w.agent, from: w.ip,
	} {
		r.Header.Set(name, value)
	}
	res, err := w.client.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	body := new(strings.Builder)
	_, err = io.Copy(body, res.Body)
	require.NoError(t, err)
	base := strings.TrimPrefix(w.s.at(""), w.s.origin)
	return browse.Page{T: t, Base: base, Status: res.StatusCode, Body: body.String(), Path: strings.TrimPrefix(res.Request.URL.Path, base)}
}

// submit sends a form of the page at a path.
func (w *worker) submit(page, path string, fields ...string) browse.Page {
	form := w.send(http.MethodGet, page, nil).Form(path)
	for i := 0; i < len(fields); i += 2 {
		form.Set(fields[i], fields[i+1])
	}
	return w.send(http.MethodPost, path, form)
}

// leave begins again with a browser that knows nothing.
func (w *worker) leave() {
	jar, err := cookiejar.New(nil)
	require.NoError(w.s.t, err)
	w.client = &http.Client{Jar: jar}
}

// join follows an invitation, and adds an authenticator app.
func (w *worker) join(link string) {
	_, token, _ := strings.Cut(link, "#")
	w.leave()
	w.submit("/welcome", "/welcome", "token", token, "password", goodPassword, "password_again", goodPassword)
	page := w.submit("/login", "/login", "login", w.email, "password", goodPassword)
	require.Equal(w.s.t, "/login/enrol", page.Path, page.Text())
	w.secret = page.Secret().Base32()
	form := page.Form("/login/enrol")
	form.Set("code", judge.CodeAt(w.s.t, w.secret, w.s.now()))
	w.send(http.MethodPost, "/login/enrol", form)
}

// comes signs in, as they do every day.
func (w *worker) comes() {
	w.leave()
	w.submit("/login", "/login", "login", w.email, "password", goodPassword)
	page := w.submit("/login/code", "/login/code", "code", judge.CodeAt(w.s.t, w.secret, w.s.now()))
	require.Equal(w.s.t, "/", page.Path, page.Text())
}

// fails types a wrong password.
func (w *worker) fails() {
	w.leave()
	w.submit("/login", "/login", "login", w.email, "password", "not-my-password")
}

// story is an office after three weeks: a dozen people came, some have not answered their
// invitation, one lost a phone, one left, and somebody tried to get in.
func story(t *testing.T) (*site, *person) {
	s := newSiteOn(t, "127.0.0.1:8080", 20*24*time.Hour)
	answer := *s.answers.Load()
	s.sendTo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.RemoteAddr = "203.0.113.7:40000"
		if ip := r.Header.Get(from); ip != "" {
			r.RemoteAddr = ip + ":40000"
		}
		answer.ServeHTTP(w, r)
	}))
	s.run(s.office)
	s.sink.SetReplies(map[string]string{smtpsink.Rcpt + " riverside.exmaple": "550 5.1.2 Domain not found"})
	ada := s.person(t, "Ada Brook", "ada@riverside.example")
	ada.Agent(onADesk)
	ada.openLink(s.setupLink())
	ada.fillSetup()
	ada.Submit(primary)
	ada.typeSignIn()
	ada.keep("enrol", onDesks)
	ada.enrol()

	daily, often := []int{5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, []int{7, 9, 10, 12, 13, 14, 16, 17, 19, 20}
	team := []*worker{
		{name: "Ben Ode", role: backoffice.Administrator, agent: onADesk, ip: "198.51.100.23", days: daily},
		{name: "Cleo Marsh", role: backoffice.CommunityManager, agent: onAMac, ip: "198.51.100.40", days: daily},
		{name: "Eli Stone", role: backoffice.Moderator, agent: onAPhone, ip: "192.0.2.18", days: often},
		{name: "Gus Park", role: backoffice.Moderator, agent: onADesk, ip: "192.0.2.55", days: []int{8, 9, 11, 12}},
		{name: "Hana Sato", role: backoffice.Moderator, agent: onAMac, ip: "198.51.100.77", days: often},
		{name: "Ines Duarte", role: backoffice.SuperAdministrator, agent: onAMac, ip: "198.51.100.12", days: []int{6, 8, 13, 15, 20}},
		{name: "Jun Osei", role: backoffice.CommunityManager, agent: onAPhone, ip: "192.0.2.90", days: []int{7, 10, 11}},
		{name: "Lea Torres", role: backoffice.Moderator, agent: onADesk, ip: "192.0.2.34", days: often},
		{name: "Mats Berg", role: backoffice.Moderator, agent: onAPhone, ip: "192.0.2.61", days: []int{9, 14, 18}},
	}
	for _, w := range team {
		first, _, _ := strings.Cut(w.name, " ")
		w.s, w.email = s, strings.ToLower(first)+"@riverside.example"
		s.later(5 * time.Hour)
		ada.signIn()
		link := ada.invite(w.name, w.email, w.role)
		s.later(40 * time.Minute)
		w.join(link)
	}
	stranger := &worker{s: s, email: "admin@riverside.example", agent: onADesk, ip: "45.83.64.201"}
	for day := 5; day <= 20; day++ {
		s.until(day, 8*time.Hour)
		for i, w := range team {
			if slices.Contains(w.days, day) {
				s.later(time.Duration(7+5*i) * time.Minute)
				w.comes()
			}
		}
		for range map[int]int{9: 2, 13: 9, 14: 5, 18: 3, 20: 1}[day] {
			s.later(4 * time.Minute)
			stranger.fails()
		}
		switch day {
		case 12:
			ada.signIn()
			ada.Open(s.at(ada.pathOf("Gus Park") + "/two-factor"))
			ada.Fill("#field-reason", "Lost his phone on the train")
			ada.Submit(primary)
		case 18:
			ada.signIn()
			ada.invite("Dara Finn", "dara@riverside.example", backoffice.Moderator)
		}
	}
	if d := start.Add(-15 * time.Minute).Sub(s.now()); d > 0 {
		s.later(d) // the browser has a clock, too
	}
	ada.signIn()
	ada.Open(s.at(ada.pathOf("Jun Osei") + "/disable"))
	ada.Fill("#field-reason", "Left the team")
	ada.Submit(primary)
	s.later(time.Minute)
	ada.writesTo("Fay Lund", "fay@riverside.exmaple", backoffice.CommunityManager)
	_, err := s.office.DeliverMail(t.Context())
	require.NoError(t, err)
	ada.signOut()
	s.later(9 * time.Minute)
	return s, ada
}

// until moves the clock forward to an hour of a day of the story.
func (s *site) until(day int, hour time.Duration) {
	at := start.Add(-20 * 24 * time.Hour).Truncate(24 * time.Hour).Add(time.Duration(day)*24*time.Hour + hour)
	if latest := start.Add(-5 * time.Hour); at.After(latest) {
		at = latest
	}
	if d := at.Sub(s.now()); d > 0 {
		s.later(d)
	}
}

// pathOf is the path of an operator's page.
func (p *person) pathOf(name string) (path string) {
	p.Open(p.s.at("/operators"))
	p.Evaluate(`[...document.querySelectorAll("main a")].find(a => a.textContent.includes("`+name+`")).pathname`, &path)
	return strings.TrimPrefix(path, strings.TrimPrefix(p.s.at(""), p.s.origin))
}

// writesTo invites someone whose email does not arrive.
func (p *person) writesTo(name, email, role string) {
	p.Open(p.s.at("/operators/new"))
	p.Fill("#field-email", email)
	p.Fill("#field-name", name)
	p.Click(`input[name=role][value="` + role + `"]`)
	p.Submit(primary)
}
