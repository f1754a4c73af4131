package backoffice_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

// rule is a host's rule that a test can change, and that remembers what it was
// asked.
type rule struct {
	mu     sync.Mutex
	answer func(backoffice.Access) error
	asked  []backoffice.Access
}

func (r *rule) Decide(_ context.Context, a backoffice.Access) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, a)
	if r.answer == nil {
		return nil
	}
	return r.answer(a)
}

// is sets the rule and forgets what was asked.
func (r *rule) is(answer func(backoffice.Access) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answer, r.asked = answer, nil
}

func (r *rule) refuses() {
	r.is(func(backoffice.Access) error { return backoffice.Refuse("Come to the office.") })
}

func (r *rule) questions() []backoffice.Access {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked
}

// ruled is an office with a rule that refuses nothing yet.
func ruled(t testing.TB, change ...func(*backoffice.Config)) (*office, *rule) {
	r := &rule{}
	return newOffice(t, append(change, func(c *backoffice.Config) { c.Decide = r.Decide })...), r
}

func TestARuleMayRefuseASignIn(t *testing.T) {
	o, r := ruled(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	r.refuses()
	b := o.Browser()
	shown := b.Follow(b.Login("Ada", good))
	require.Empty(t, r.questions(), "not with the password alone")
	answer := b.Submit(shown, "/login/code", "code", o.Code(ada.Secret))
	require.Equal(t, http.StatusForbidden, answer.Status)
	require.Contains(t, answer.Text(), "Come to the office.")
	require.Empty(t, b.Cookie(sessionCookie))
	require.False(t, b.SignedIn())
	events := o.Events()
	last := events[len(events)-1]
	require.Equal(t, "signin.refused", last.Code)
	require.Equal(t, "the host refused: Come to the office.", last.Reason)
	require.Equal(t, ada.ID, last.ActorID)

	asked := r.questions()
	require.Len(t, asked, 1)
	require.True(t, asked[0].SignIn)
	require.True(t, asked[0].Operator.TwoFactor)
	require.Equal(t, "/login/code", asked[0].Path)
	require.Equal(t, ada.ID, asked[0].Operator.ID)
	require.True(t, asked[0].Operator.Can("posts.delete"))
	require.False(t, asked[0].Operator.Can("analytics.view"))

	r.is(nil)
	answer = b.Submit(b.Get("/login/code"), "/login/code", "code", o.Code(ada.Secret))
	require.Equal(t, http.StatusSeeOther, answer.Status, "the sign-in that was begun, and the code, are still good")
	require.True(t, b.SignedIn())
}

func TestARuleMayRefuseASignInWithAPasswordAlone(t *testing.T) {
	o, r := ruled(t)
	o.Plain("Ada", backoffice.Moderator)
	r.refuses()
	b := o.Browser()
	for range 8 {
		answer := b.Login("Ada", good)
		require.Equal(t, http.StatusForbidden, answer.Status, "a refusal is no wrong password")
		require.Contains(t, answer.Text(), "Come to the office.")
	}
	require.Empty(t, b.Cookie(sessionCookie))
	r.is(nil)
	require.Equal(t, "/", b.Login("Ada", good).Location)
}

func TestARuleMayRefuseAnEnrolment(t *testing.T) {
	o, r := ruled(t)
	op := o.Person("Ada", backoffice.Moderator)
	r.refuses()
	b := o.Browser()
	shown := b.Follow(b.Login("Ada", good))
	for range 8 {
		answer := b.Submit(shown, "/login/enrol", "code", o.Code(shown.Secret()))
		require.Equal(t, http.StatusForbidden, answer.Status, "a refusal is no wrong code")
	}
	factors, err := o.Mem.ListFactors(ctx, op.ID)
	require.NoError(t, err)
	require.Empty(t, factors, "nothing is half done")
	require.Empty(t, b.Cookie(sessionCookie))
}

func TestARuleTellsStrangersNothing(t *testing.T) {
	o, r := ruled(t)
	o.Enrolled("Ada", backoffice.Moderator)
	o.Add(store.Operator{State: store.OperatorDisabled}, "Disa", backoffice.Moderator)
	r.refuses()
	for _, try := range [][2]string{{"Ada", wrong}, {"nobody", wrong}, {"Disa", good}, {"Disa", wrong}} {
		require.Equal(t, http.StatusUnprocessableEntity, o.Browser().Login(try[0], try[1]).Status)
	}
	b := o.Browser()
	shown := b.Follow(b.Login("Ada", good))
	require.Equal(t, http.StatusUnprocessableEntity, b.Submit(shown, "/login/code", "code", "000000").Status)
	require.Empty(t, r.questions(), "nobody has proved anything")
}

func TestARuleMayRefuseEachRequestOfASession(t *testing.T) {
	o, r := ruled(t)
	ran := 0
	o.Inside.HandleFunc("/analytics", func(http.ResponseWriter, *http.Request) { ran++ })
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	form := ada.Get("/account/name").Form("/account/name")
	form.Set("name", "Ada Lovelace")
	r.refuses()
	for _, route := range pages.Routes() {
		if !route.SignedIn || route.Path == "/logout" {
			continue
		}
		path := strings.NewReplacer("{$}", "", "{id}", ada.ID).Replace(route.Path)
		answer := ada.Send(ada.Request(route.Method, path, strings.NewReader(form.Encode())))
		require.Equal(t, http.StatusForbidden, answer.Status, "%s %s", route.Method, route.Path)
		require.Contains(t, answer.Text(), "Come to the office.", "%s %s", route.Method, route.Path)
		require.NotContains(t, answer.Body, "Ada</", "nothing of the office is shown")
	}
	for _, path := range []string{"/analytics", "/nothing", "/operators/", "/analytics//x", "/", ""} {
		require.Equal(t, http.StatusForbidden, ada.Get(path).Status, path)
		require.Equal(t, http.StatusForbidden, ada.Post(path, form).Status, path)
	}
	require.Zero(t, ran)
	require.Equal(t, "Ada", o.Find(ada.ID).Name)
	refused := ada.Get("/")
	_, rest, _ := strings.Cut(refused.Body, o.Base+"/static/")
	asset, _, _ := strings.Cut(rest, `"`)
	for _, path := range []string{"/forgot", "/reset", "/welcome", "/static/" + asset} {
		require.Equal(t, http.StatusOK, ada.Get(path).Status, "%s is for everybody", path)
	}
	require.Equal(t, "/logout", ada.Submit(refused, "/logout").Location, "signing out only takes away")
	r.is(nil)
	require.False(t, ada.SignedIn())
}

func TestRefusedRequestsAreWrittenDownAndNotWithoutEnd(t *testing.T) {
	o, r := ruled(t)
	ada := o.Enrolled("Ada", backoffice.Administrator)
	r.refuses()
	for range 70 {
		ada.Get("/operators")
	}
	events := o.Events()
	last := events[len(events)-1]
	require.Equal(t, "request.refused", last.Code)
	require.Equal(t, ada.ID, last.ActorID)
	require.Equal(t, "GET /operators", last.Route)
	require.Equal(t, "operators.view", last.Detail["permission"])
	require.NotEmpty(t, last.SessionID)
	require.Equal(t, 60, o.Count("request.refused"))
}

func TestARuleThatFailsRefuses(t *testing.T) {
	for name, answer := range map[string]func(backoffice.Access) error{
		"an error":             func(backoffice.Access) error { return errDown },
		"a panic":              func(backoffice.Access) error { panic(errDown) },
		"an error of its kind": func(backoffice.Access) error { return errors.Join(errDown, backoffice.ErrForbidden) },
	} {
		o, r := ruled(t)
		ada := o.Enrolled("Ada", backoffice.Moderator)
		b := o.Browser()
		shown := b.Follow(b.Login("Ada", good))
		r.is(answer)
		for what, got := range map[string]page{
			"a request": ada.Get("/account"),
			"a sign-in": b.Submit(shown, "/login/code", "code", o.Code(ada.Secret)),
		} {
			require.Equal(t, http.StatusServiceUnavailable, got.Status, "%s: %s", name, what)
			require.Contains(t, got.Text(), "could not be checked, so it was refused", "%s: %s", name, what)
			require.NotContains(t, got.Body, errDown.Error(), name)
		}
		require.Contains(t, o.Log.String(), `"msg":"Decide failed, so the request was refused"`, name)
		require.Contains(t, o.Log.String(), errDown.Error(), name)
		require.Equal(t, 1, o.Count("request.refused"), name)
		require.Equal(t, 1, o.Count("signin.refused"), name)
		r.is(nil)
		require.True(t, ada.SignedIn(), "%s: the session goes on", name)
	}
}

func TestARuleMayAskForAProofOfIdentity(t *testing.T) {
	o, r := ruled(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	o.Clock.Add(6 * time.Minute)
	r.is(func(backoffice.Access) error { return backoffice.ErrStepUp })
	asks := ada.Get("/account")
	require.Equal(t, "/step-up?next=%2Faccount", asks.Location)
	o.Clock.Add(30 * time.Second)
	answer := ada.Submit(ada.Get(asks.Location), "/step-up", "password", good, "code", o.Code(ada.Secret))
	require.Equal(t, "/account", answer.Location, answer.Text())
	require.Equal(t, http.StatusOK, ada.Get("/account").Status)
	o.Clock.Add(30 * time.Second)
	require.True(t, ada.Again().SignedIn(), "who signs in has just proved it")
}

func TestARuleGivesNothing(t *testing.T) {
	o, r := ruled(t)
	mod := o.Enrolled("Mod", backoffice.Moderator)
	r.is(func(backoffice.Access) error { return nil })
	require.Equal(t, http.StatusForbidden, mod.Get("/operators").Status)
	require.Equal(t, http.StatusForbidden, mod.Post("/account/name", url.Values{"name": {"Root"}}).Status)
	o.Change(mod.ID, func(op *store.Operator) { op.State = store.OperatorDisabled })
	require.False(t, mod.SignedIn())
	require.NotEqual(t, http.StatusOK, o.Browser().Get("/account").Status)
}

// A rule is asked before the form token and the permission are checked, so
// nothing may act as the operator yet.
func TestARuleCannotActAsTheOperatorItIsAskedAbout(t *testing.T) {
	var office *backoffice.Office
	asked := 0
	o := newOffice(t, func(c *backoffice.Config) {
		c.Decide = func(ctx context.Context, a backoffice.Access) error {
			if a.SignIn {
				return nil
			}
			asked++
			if _, signedIn := backoffice.OperatorFrom(ctx); signedIn {
				return errors.New("the context acts as the operator")
			}
			if _, err := office.Operators(ctx); !errors.Is(err, backoffice.ErrSignedOut) {
				return errors.New("a service acts as the operator")
			}
			return nil
		}
	})
	office = o.Office
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	require.Equal(t, http.StatusOK, ada.Get("/operators").Status)
	require.Positive(t, asked)
}

func TestWhatARuleIsAsked(t *testing.T) {
	o, r := ruled(t, withMembers, func(c *backoffice.Config) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	require.NoError(t, o.CommandLine().Grant(ctx, "m-mel", backoffice.CommunityManager))
	mel := o.Find(mustOperator(o, "Mel").ID)
	ada := o.Enrolled("Ada", backoffice.Administrator, backoffice.Moderator)
	o.Change(ada.ID, func(op *store.Operator) { op.MemberID = "m-mia" })
	require.Equal(t, "m-mel", mel.MemberID)
	ask := func(method, path string) backoffice.Access {
		r.is(nil)
		req := ada.Request(method, path, nil)
		req.Header.Set("X-Forwarded-For", "198.51.100.7, 203.0.113.9")
		req.Header.Set("CF-IPCountry", "AT")
		req.Header["X-Twice"] = []string{"a", "b"}
		ada.Send(req)
		require.Len(t, r.questions(), 1, "%s %s: once for each request", method, path)
		return r.questions()[0]
	}
	a := ask(http.MethodGet, "/operators/"+ada.ID)
	require.False(t, a.SignIn)
	require.Equal(t, "m-mia", a.Operator.MemberID)
	require.Equal(t, []string{backoffice.Administrator, backoffice.Moderator}, a.Operator.Roles)
	require.True(t, a.Operator.TwoFactor)
	require.Equal(t, "active", a.Operator.State)
	require.Equal(t, netip.MustParseAddr("203.0.113.9"), a.IP)
	require.Equal(t, ada.Agent, a.UserAgent)
	require.Equal(t, "GET /operators/"+ada.ID, a.Method+" "+a.Path)
	require.Equal(t, "operators.view", a.Permission)
	require.Equal(t, "AT", a.Header("cf-ipcountry"))
	require.Empty(t, a.Header("X-Twice"), "nobody knows which one the proxy has set")
	require.Empty(t, a.Header("X-Missing"))
	require.Empty(t, a.Header("cookie"))

	require.Equal(t, "operators.manage", ask(http.MethodPost, "/operators/"+ada.ID+"/disable").Permission)
	require.Equal(t, "operators.view", ask(http.MethodHead, "/operators").Permission)
	require.Equal(t, "analytics.view", ask(http.MethodGet, "/analytics/2026").Permission, "of the host's guard")
	require.Empty(t, ask(http.MethodGet, "/posts").Permission)
	require.Empty(t, ask(http.MethodGet, "/nothing").Permission)
	require.Empty(t, ask(http.MethodDelete, "/operators").Permission)
}

func mustOperator(o *office, who string) backoffice.Operator {
	found, err := o.CommandLine().Operator(ctx, who)
	require.NoError(o.T, err)
	return found
}

func TestARuleCostsNoReadOfTheStore(t *testing.T) {
	calls := func(change ...func(*backoffice.Config)) []string {
		o := newOffice(t, change...)
		o.Inside.HandleFunc("/analytics", func(http.ResponseWriter, *http.Request) {})
		ada := o.Enrolled("Ada", backoffice.CommunityManager)
		o.Store.Reset()
		ada.Get("/analytics")
		return o.Store.Calls()
	}
	r := &rule{}
	with := calls(func(c *backoffice.Config) { c.Decide = r.Decide })
	require.NotEmpty(t, r.questions())
	require.Equal(t, calls(), with)
}

func TestARuleMayWrapItsRefusal(t *testing.T) {
	o, r := ruled(t)
	ada := o.Enrolled("Ada", backoffice.Moderator)
	r.is(func(backoffice.Access) error {
		return errors.Join(errors.New("rule 7"), backoffice.Refuse("Not on Sundays."))
	})
	answer := ada.Get("/account")
	require.Equal(t, http.StatusForbidden, answer.Status)
	require.Contains(t, answer.Text(), "Not on Sundays.")
	require.NotContains(t, answer.Body, "rule 7")
	r.is(func(backoffice.Access) error { return backoffice.Refuse(" ") })
	require.Equal(t, http.StatusForbidden, ada.Get("/account").Status, "a rule that does not say why has not failed")
}

func TestAServiceErrorOfTheHostsHasAPage(t *testing.T) {
	o := newOffice(t)
	var err error
	o.Inside.HandleFunc("/fail", func(w http.ResponseWriter, r *http.Request) { o.Fail(w, r, err) })
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	bad := &backoffice.InvalidError{Problems: []backoffice.Problem{
		{Field: "name", Code: "taken", Text: "Another operator has this name. Choose another one."},
	}}
	for _, c := range []struct {
		err    error
		status int
		text   string
	}{
		{backoffice.ErrForbidden, http.StatusForbidden, "You do not have access to this"},
		{backoffice.ErrNotFound, http.StatusNotFound, ""},
		{backoffice.ErrStepUp, http.StatusSeeOther, ""},
		{backoffice.ErrChanged, http.StatusForbidden, ""},
		{backoffice.ErrLastSuperAdministrator, http.StatusUnprocessableEntity, "Make someone else a super-administrator first."},
		{backoffice.ErrElsewhere, http.StatusUnprocessableEntity, "the community’s password"},
		{bad, http.StatusUnprocessableEntity, "Another operator has this name."},
		{&backoffice.LimitedError{RetryAt: o.Clock.Now().Add(time.Hour)}, http.StatusTooManyRequests, ""},
		{errDown, http.StatusServiceUnavailable, "Its database is not responding"},
		{store.ErrReadOnly, http.StatusServiceUnavailable, "cannot write to its database at the moment"},
		{context.DeadlineExceeded, http.StatusInternalServerError, ""},
	} {
		err = c.err
		answer := ada.Get("/fail")
		require.Equal(t, c.status, answer.Status, c.err)
		require.Contains(t, answer.Text(), c.text)
	}
}
