package backoffice_test

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

// need is what a route asks of who comes.
type need string

const (
	open      need = "nothing"
	signedOut need = "nobody signed in"
	session   need = "a session"
	proved    need = "a recent proof"
)

// documented is the routes that take no permission, as docs/ lists them: what
// each method asks for. Those that take one are in table().
var documented = []struct {
	path      string
	get, post need
}{
	{"/", session, session},
	{"/setup", signedOut, signedOut},
	{"/login", signedOut, signedOut},
	{"/login/with-passkey", signedOut, signedOut},
	{"/login/passkey", signedOut, signedOut},
	{"/login/code", signedOut, signedOut},
	{"/login/recovery", signedOut, signedOut},
	{"/login/enrol", signedOut, signedOut},
	{"/login/enrol/passkey", signedOut, signedOut},
	{"/login/lost-phone", signedOut, ""},
	{"/forgot", open, open},
	{"/reset", open, open},
	{"/welcome", open, open},
	{"/logout", open, session},
	{"/step-up", session, session},
	{"/search", session, ""},
	{"/account", session, ""},
	{"/account/form-token", session, ""},
	{"/account/session", session, ""},
	{"/account/appearance", "", session},
	{"/account/name", proved, proved},
	{"/account/language", session, session},
	{"/account/password", session, session},
	{"/account/sessions", session, proved},
	{"/account/two-factor", session, ""},
	{"/account/passkeys/new", proved, proved},
	{"/account/two-factor/add", proved, proved},
	{"/account/two-factor/FACTOR/remove", proved, proved},
	{"/account/recovery-codes", session, proved},
	{"/account/recovery-codes/new", proved, ""},
	{"/mail/arrived/CODE", session, ""},
}

// visitor is somebody in one of the states that a browser can be in.
type visitor struct {
	*browser
	state string
	// factor is one of their own authenticators.
	factor string
}

// visitors are browsers in every state there is.
func visitors(t *testing.T) (*office, []visitor) {
	o := newOffice(t)
	o.Inside.HandleFunc("/host", func(http.ResponseWriter, *http.Request) {})
	must := o.Plain("Enno", backoffice.SuperAdministrator)
	o.Set(nil)
	stale := o.Enrolled("Ada", backoffice.SuperAdministrator)
	fresh := stale.Again()
	o.Clock.Add(6 * time.Minute)
	shown := fresh.Open("/step-up")
	require.Equal(t, http.StatusSeeOther, fresh.Submit(shown, "/step-up", "password", good, "code", o.Code(stale.Secret)).Status)
	o.Clock.Add(30 * time.Second)
	weak := o.Enrolled("Mo", backoffice.Moderator)
	change := o.Enrolled("Chris", backoffice.SuperAdministrator)
	o.Change(change.ID, func(op *store.Operator) { op.MustChangePassword = true })
	begun, enrolling := o.Browser(), o.Browser()
	o.Person("New", backoffice.Moderator)
	require.Equal(t, "/login/code", begun.Follow(begun.Login("Ada", good)).Path)
	require.Equal(t, "/login/enrol", enrolling.Follow(enrolling.Login("New", good)).Path)
	factor := func(operator string) string {
		list, err := o.Mem.ListFactors(ctx, operator)
		require.NoError(t, err)
		if len(list) == 0 {
			return "none"
		}
		return list[0].ID
	}
	for _, b := range []*browser{fresh, stale.Browser, weak.Browser, must.Browser, change.Browser} {
		b.Get("/account") // notes that they were here, which is then done for a while
	}
	return o, []visitor{
		{o.Browser(), "nobody", "x"}, {begun, "code", "x"}, {enrolling, "enrol", "x"},
		{fresh, "proved", factor(stale.ID)}, {stale.Browser, "session", factor(stale.ID)},
		{weak.Browser, "weak", factor(weak.ID)},
		{must.Browser, "must enrol", "x"}, {change.Browser, "must change", factor(change.ID)},
	}
}

func (v visitor) in() bool { return !slices.Contains([]string{"nobody", "code", "enrol"}, v.state) }

// wanted is the documented answer to a GET.
func (v visitor) wanted(path string, n need) (status int, to string) {
	see := func(to string) (int, string) { return http.StatusSeeOther, to }
	switch {
	case path == "/setup" && !v.in():
		return see("/login?done=setup-done#")
	case path == "/setup":
		return see("/#")
	case n == open:
		return http.StatusOK, ""
	case n == signedOut && v.in():
		return see("/")
	case n == signedOut && (path == "/login/code" || path == "/login/recovery"):
		if v.state == "enrol" {
			return see("/login/enrol")
		} else if v.state == "nobody" {
			return see("/login?done=ended")
		}
		return http.StatusOK, ""
	case n == signedOut && path == "/login/enrol":
		if v.state == "code" {
			return see("/login/code")
		} else if v.state == "nobody" {
			return see("/login?done=ended")
		}
		return http.StatusOK, ""
	case path == "/login/with-passkey":
		return see("/login")
	case path == "/login/passkey", path == "/login/enrol/passkey": // the office has none
		return see(map[string]string{"nobody": "/login?done=ended", "code": "/login/code", "enrol": "/login/enrol"}[v.state])
	case n == signedOut:
		return http.StatusOK, ""
	case !v.in():
		if path == "/" || path == "/step-up" {
			return see("/login")
		}
		return see("/login?next=" + url.QueryEscape(path))
	case v.state == "must enrol" && path != "/account/two-factor/add" && path != "/step-up" && path != "/account/session":
		return see("/account/two-factor/add")
	case v.state == "must change" && path != "/account/password" && path != "/step-up" && path != "/account/session":
		return see("/account/password")
	case n == proved && (v.state == "session" || v.state == "must enrol"):
		return see("/step-up?next=" + url.QueryEscape(path))
	case path == "/account/passkeys/new", path == "/account/form-token", path == "/account/session", path == "/mail/arrived/CODE":
		return http.StatusNotFound, "" // for scripts, and for those who have the email
	}
	return http.StatusOK, ""
}

func TestTheTableOfRoutesWithoutAPermissionIsComplete(t *testing.T) {
	rows := map[string]bool{}
	for _, row := range documented {
		path := strings.NewReplacer("FACTOR", "{id}", "CODE", "{id}").Replace(row.path)
		if row.get != "" {
			rows["GET "+path] = true
		}
		if row.post != "" {
			rows["POST "+path] = true
		}
	}
	for _, r := range pages.Routes() {
		if r.Permission == "" {
			what := r.Method + " " + strings.TrimSuffix(r.Path, "{$}")
			require.True(t, rows[what], "%s has no row here: add it to documented", what)
			delete(rows, what)
		}
	}
	require.Empty(t, rows, "rows without a route")
}

func TestEveryRouteInEveryState(t *testing.T) {
	o, all := visitors(t)
	for _, v := range all {
		for _, route := range documented {
			if route.get == "" {
				continue
			}
			path := strings.Replace(route.path, "FACTOR", v.factor, 1)
			status, to := v.wanted(path, route.get)
			before := o.Dump()
			answer := v.Get(path)
			require.Equal(t, status, answer.Status, "GET %s for %s: %s", path, v.state, answer.Text())
			require.Equal(t, to, answer.Location, "GET %s for %s", path, v.state)
			require.True(t, before == o.Dump(), "GET %s for %s changed something", path, v.state)
			head := v.Send(v.Request(http.MethodHead, path, nil))
			require.Equal(t, status, head.Status, "HEAD %s for %s", path, v.state)
			require.Empty(t, head.Body)

			allow := "GET, HEAD"
			if route.post != "" {
				allow += ", POST"
			}
			for _, method := range methods {
				if slices.Contains([]string{"GET", "HEAD", "CONNECT"}, method) || method == "POST" && route.post != "" {
					continue
				}
				// But for that it was asked, which the audit has.
				unasked := func() string { return o.Dump("events", "counters") }
				before := unasked()
				answer := v.Send(v.Request(method, path, nil))
				require.Equal(t, http.StatusMethodNotAllowed, answer.Status, "%s %s for %s", method, path, v.state)
				require.Equal(t, allow, answer.Header.Get("Allow"))
				require.True(t, before == unasked(), "%s %s for %s changed something", method, path, v.state)
			}
			if route.post == "" {
				continue
			}
			status, to = http.StatusForbidden, ""
			switch {
			case !v.in() && (route.post == session || route.post == proved):
				back := path
				if route.get == "" {
					back = path[:strings.LastIndex(path, "/")]
				}
				status, to = http.StatusSeeOther, "/login?next="+url.QueryEscape(back)+"&done=unsaved"
				switch back {
				case "/":
					to = "/login?done=unsaved"
				case "/logout":
					to = "/login"
				case "/step-up":
					to = "/login?done=unsaved"
				}
			case v.in() && route.post == signedOut:
				status, to = http.StatusSeeOther, "/"
			}
			answer = v.Post(path, url.Values{"token": {"x"}, "end": {"others"}})
			require.Equal(t, status, answer.Status, "POST %s without token for %s: %s", path, v.state, answer.Text())
			require.Equal(t, to, answer.Location)
		}
		// Whoever is not let in must not have reached the page either.
		require.NotContains(t, o.Log.String(), "response interrupted", v.state)
		require.NotContains(t, o.Log.String(), "panic", v.state)
		in := v.SignedIn() || strings.HasPrefix(v.state, "must")
		require.Equal(t, v.in(), in, "%s is still what they were", v.state)
	}
}

func TestAFormThatARouteDoesNotLetIn(t *testing.T) {
	o, all := visitors(t)
	for _, v := range all {
		if !v.in() {
			continue
		}
		at := "/account"
		if strings.HasPrefix(v.state, "must") {
			at = "/step-up"
		}
		token := v.Get(at).Form("/logout").Get("csrf")
		for _, route := range documented {
			path := strings.Replace(route.path, "FACTOR", v.factor, 1)
			status, to := v.wanted(path, route.post)
			if route.post == "" || route.post == open || status == http.StatusOK || status == http.StatusNotFound || path == "/logout" {
				continue
			}
			before := o.Dump()
			answer := v.Post(path, url.Values{"csrf": {token}, "end": {"others"}})
			require.Equal(t, status, answer.Status, "POST %s for %s: %s", path, v.state, answer.Text())
			require.Equal(t, strings.TrimSuffix(to, "#"), answer.Location, "a form has no token in its address")
			require.NotContains(t, o.Log.String(), "response interrupted", v.state)
			require.True(t, before == o.Dump(), "POST %s for %s changed something", path, v.state)
		}
	}
}

func TestTheHostsPathsTakeASession(t *testing.T) {
	_, all := visitors(t)
	for _, v := range all {
		for _, path := range []string{"/host", "/account%2fpassword", "/login/", "/account/two-factor%2fadd", "/ACCOUNT", "/setup/x", "/%2561ccount"} {
			answer := v.Get(path)
			switch {
			case !v.in():
				require.Equal(t, http.StatusSeeOther, answer.Status)
				require.True(t, strings.HasPrefix(answer.Location, "/login"), "%s for %s", path, v.state)
			case v.state == "must enrol":
				require.Equal(t, "/account/two-factor/add", answer.Location, path)
			case v.state == "must change":
				require.Equal(t, "/account/password", answer.Location, path)
			case path == "/host":
				require.Equal(t, http.StatusOK, answer.Status)
			default:
				require.Equal(t, http.StatusNotFound, answer.Status, path)
			}
		}
	}
}

func TestReadingAPageLaterOnlyNotesThatSomebodyWasThere(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	session := func() store.Session {
		list := o.SessionsOf(ada.ID)
		require.Len(t, list, 1)
		return list[0]
	}
	o.Clock.Add(time.Minute)
	before, operator, events := session(), o.Find(ada.ID), len(o.Events())
	ada.Get("/account")
	after := session()
	require.Equal(t, o.Clock.Now(), after.SeenAt)
	after.SeenAt = before.SeenAt
	require.Equal(t, before, after)
	now := o.Find(ada.ID)
	require.Equal(t, o.Clock.Now(), now.LastActiveAt)
	now.LastActiveAt = operator.LastActiveAt
	require.Equal(t, operator, now)
	require.Len(t, o.Events(), events)
}
