package backoffice_test

import (
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
)

// walker posts right and wrong things in any order, and knows what of it may
// have led to a session.
type walker struct {
	*browser
	rand *rand.Rand
	ada  *person
	// links are right tokens by page, until they are spent.
	links map[string]string
	// begun says whose password was accepted for a cookie.
	begun map[string]string
	// passwords are those in force.
	passwords map[string]string
	// cookies are all that were ever set, to be tried again anywhere.
	cookies []string
}

// pick chooses one, the first one more often than the others.
func (w *walker) pick(first string, others ...string) string {
	if w.rand.IntN(3) == 0 {
		return first
	}
	return append(others, first)[w.rand.IntN(len(others)+1)]
}

// post posts a form with whatever token this browser has now.
func (w *walker) post(path string, pairs ...string) page {
	token := ""
	if m := csrfTag.FindStringSubmatch(w.Get("/reset").Body); m != nil {
		token = m[1]
	}
	fields := url.Values{"csrf": {token}}
	for i := 0; i < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return w.browser.Post(path, fields)
}

// step does one thing and says whether it may have signed somebody in.
func (w *walker) step() (what string, may bool) {
	code := w.pick(w.Site.Code(w.ada.Secret), "000000", "", w.ada.Codes[w.rand.IntN(10)], "ABCD-EFGH-IJKL-MNOP")
	right := code == w.Site.Code(w.ada.Secret) || strings.Contains(strings.Join(w.ada.Codes, " "), code) && code != ""
	plain := w.pick(good, better, wrong, "")
	switch w.rand.IntN(11) {
	case 0, 1, 2:
		login := w.pick("Ada", "Ben", "Carol", "nobody")
		answer := w.post("/login", "login", login, "password", plain, "next", "/account")
		if answer.Status == http.StatusSeeOther && answer.Location == "/login/code" {
			require.Equal(w.T, w.passwords[login], plain, login)
			w.begun[w.Cookie(preCookie)] = login
		}
		return "login " + login, false
	case 3, 4:
		path := w.pick("/login/code", "/login/recovery")
		whose := w.begun[w.Cookie(preCookie)]
		w.post(path, "code", code)
		return path, whose == "Ada" && right
	case 5:
		shown := w.Get("/login/enrol")
		sealed, guess := "", "000000"
		if shown.Status == http.StatusOK {
			sealed = shown.Form("/login/enrol").Get("enrolment")
			guess = w.pick(w.Site.Code(shown.Secret()), "000000", code)
		}
		whose := w.begun[w.Cookie(preCookie)]
		w.post("/login/enrol", "enrolment", sealed, "code", guess)
		return "/login/enrol", shown.Status == http.StatusOK && (whose == "Ben" || whose == "Carol") && guess == w.Site.Code(shown.Secret())
	case 6:
		path := w.pick("/reset", "/welcome", "/setup")
		token := w.pick(w.links[path], w.links["/reset"], w.links["/welcome"], w.links["/setup"], "x")
		answer := w.post(path, "token", token, "password", plain, "password_again", plain, "code", code, "email", "eve@example.org", "name", "Eve")
		if answer.Status == http.StatusSeeOther && strings.HasPrefix(answer.Location, "/login?done=") {
			require.Equal(w.T, w.links[path], token)
			w.passwords[map[string]string{"/reset": "Ada", "/welcome": "Carol"}[path]] = plain
		}
		return path, false
	case 7:
		w.post("/step-up", "password", plain, "code", code)
		w.post(w.pick("/account/password", "/account/two-factor/add", "/account/sessions", "/operators/new"), "current_password", plain, "password", better, "password_again", better, "end", "others")
		return "account", false
	case 8:
		w.post(w.pick("/forgot", "/logout"), "email", "ada@example.org")
		return "forgot or logout", false
	case 9:
		if len(w.cookies) > 0 {
			which := []cookie{sessionCookie, preCookie}[w.rand.IntN(2)]
			w.SetCookie(which, w.cookies[w.rand.IntN(len(w.cookies))])
		}
		return "cookies", false
	default:
		w.Get(w.pick("/", "/account", "/login/code", "/login/enrol", "/reset", "/analytics"))
		return "look", false
	}
}

func TestNoOrderOfRequestsGetsAroundASecondFactor(t *testing.T) {
	reached := 0
	for seed := range uint64(6) {
		o := newOffice(t)
		ada := o.Enrolled("Ada", backoffice.Moderator)
		ada.Submit(ada.Get("/account"), "/logout")
		o.Clock.Add(time.Hour)
		w := &walker{browser: o.Browser(), rand: rand.New(rand.NewPCG(seed, 7)), ada: ada, begun: map[string]string{},
			links: map[string]string{"/setup": strings.Repeat("A", 43)}, passwords: map[string]string{"Ada": good, "Ben": good}}
		w.Submit(w.Get("/forgot"), "/forgot", "email", ada.Email)
		w.links["/reset"] = o.LinkIn("reset")
		_, err := o.CommandLine().Invite(ctx, "carol@example.org", "Carol", backoffice.Moderator)
		require.NoError(t, err)
		w.links["/welcome"] = o.LinkIn("welcome")
		signedIn := map[string]bool{}
		history := []string{}
		for range 120 {
			before := w.Cookie(sessionCookie)
			was := before != "" && w.SignedIn()
			from := len(o.wire.all)
			what, may := w.step()
			history = append(history, what)
			for _, e := range o.wire.all[from:] {
				for _, c := range (&http.Response{Header: e.Header}).Cookies() {
					if c.Value != "" && c.Name == o.Named(preCookie) {
						w.cookies = append(w.cookies, c.Value)
					}
					if c.Value != "" && c.Name == o.Named(sessionCookie) {
						require.True(t, may || was, "seed %d: %v set a session", seed, history)
						require.False(t, signedIn[c.Value])
						signedIn[c.Value] = true
					}
				}
			}
			if w.SignedIn() {
				require.True(t, may || was, "seed %d: %v got in", seed, history)
				require.True(t, signedIn[w.Cookie(sessionCookie)])
				reached++
				if w.rand.IntN(3) == 0 {
					w.SetCookie(sessionCookie, "")
				}
			}
			o.Clock.Add(time.Duration(w.rand.IntN(40)) * time.Second)
			if w.rand.IntN(6) == 0 {
				o.Clock.Add(time.Hour / 2) // so that waiting does not end the walk
			}
		}
	}
	require.Positive(t, reached, "the right order does get in")
}
