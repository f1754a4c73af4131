package officetest_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
)

// posts is an application with pages behind permissions.
func posts(cfg backoffice.Config) (*backoffice.Office, error) {
	admin := http.NewServeMux()
	cfg.Handler = admin
	cfg.Permissions = append(cfg.Permissions,
		backoffice.Permission{Key: "posts.view", Label: "See posts", Roles: []string{backoffice.Moderator}},
		backoffice.Permission{Key: "posts.hide", Label: "Hide posts", Roles: []string{backoffice.Moderator}},
		backoffice.Permission{Key: "analytics.view", Label: "See the numbers", Roles: []string{backoffice.CommunityManager}},
	)
	office, err := backoffice.New(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	page := func(permission string, h http.HandlerFunc) http.Handler { return office.Require(permission)(h) }
	admin.Handle("GET /analytics", page("analytics.view", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "1000 members") }))
	admin.Handle("GET /posts", page("posts.view", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, `<title>Posts</title><h1>All posts</h1><p class="total">2 posts</p>
			<a href="%s">First</a><form method="post" action="%s"><input type="hidden" name="csrf" value="%s">
			<input name="title" value="old"><input name="day"><input name="day"><textarea name="body">text</textarea>
			<select name="section"><option>roses<option>bees</select>
			<input type="checkbox" name="tag" value="a" checked><input type="checkbox" name="tag" value="b"><input name="fixed" disabled>
			<button>Save</button><button name="act" value="draft">Save as a draft</button></form>`,
			backoffice.URL(r.Context(), "/posts/1"), backoffice.URL(r.Context(), "/posts"), backoffice.FormToken(r.Context()))
	}))
	admin.Handle("POST /posts", page("posts.hide", func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		r.PostForm.Del("csrf")
		if r.PostForm.Get("title") == "" {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusUnprocessableEntity)
			io.WriteString(w, `<h1>All posts</h1><p class="problem" id="field-title-error"><span>Error: </span>Enter a title</p>`)
			return
		}
		http.Redirect(w, r, "/posts/saved?"+r.PostForm.Encode(), http.StatusSeeOther)
	}))
	admin.Handle("GET /posts/saved", page("posts.view", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.URL.RawQuery) }))
	admin.Handle("POST /posts/{id}/hide", office.RequireStepUp()(page("posts.hide", func(w http.ResponseWriter, r *http.Request) {
		o, _ := backoffice.OperatorFrom(r.Context())
		fmt.Fprintf(w, "%s hid %s", o.Name, r.PathValue("id"))
	})))
	return office, nil
}

func TestThePermissionOfAPage(t *testing.T) {
	t.Parallel()
	office := officetest.Mount(t, backoffice.Config{}, posts)
	mia := office.SignIn(t, officetest.Operator{Roles: []string{backoffice.Moderator}})
	mia.Get("/analytics").Want(t, http.StatusForbidden)
	office.SignIn(t, officetest.Operator{Permissions: []string{"analytics.view"}}).Get("/analytics").Want(t, http.StatusOK).WantText(t, "1000 members")
	office.SignIn(t, officetest.Operator{}).Get("/posts").Want(t, http.StatusForbidden)
	office.Events("permission.denied").Want(t, "refused analytics.view", "refused posts.view")
	require.Equal(t, "/login?next=%2Fposts", office.Browser(t).Get("/posts").Want(t, http.StatusSeeOther).To)
}

func TestAFormIsFilledInAndSent(t *testing.T) {
	t.Parallel()
	office := officetest.Mount(t, backoffice.Config{}, posts)
	mia := office.SignIn(t, officetest.Operator{Name: "Mia", Roles: []string{backoffice.Moderator}})
	for name, c := range map[string]struct {
		fields []string
		sent   string
	}{
		"as it is":             {nil, "body=text&day=&day=&section=roses&tag=a&title=old"},
		"with other values":    {[]string{"title", "new", "body", "", "section", "bees"}, "body=&day=&day=&section=bees&tag=a&title=new"},
		"ticks":                {[]string{"tag", "b"}, "body=text&day=&day=&section=roses&tag=b&title=old"},
		"several ticks":        {[]string{"tag", "b", "tag", "a"}, "body=text&day=&day=&section=roses&tag=a&tag=b&title=old"},
		"no ticks":             {[]string{"tag", ""}, "body=text&day=&day=&section=roses&title=old"},
		"several of one name":  {[]string{"day", "1", "day", "2"}, "body=text&day=1&day=2&section=roses&tag=a&title=old"},
		"with another button":  {[]string{"act", "draft"}, "act=draft&body=text&day=&day=&section=roses&tag=a&title=old"},
		"refused, and why not": {[]string{"title", ""}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			p := mia.In(t).Submit("/posts", c.fields...)
			if c.sent == "" {
				require.Equal(t, map[string]string{"title": "Enter a title"}, p.Want(t, http.StatusUnprocessableEntity).Problems())
				return
			}
			require.Equal(t, c.sent, p.Want(t, http.StatusOK).Body)
			require.Equal(t, "/posts/saved?"+c.sent, p.Path)
		})
	}
	p := mia.Get("/posts")
	require.Equal(t, []string{"2 posts"}, p.Find(".total"))
	require.Equal(t, "/posts/1", p.Link("First"))
	mia.Get(office.URL("/posts")).Want(t, http.StatusOK)
	require.Equal(t, "title=x", mia.Post("/posts", "title", "x").Want(t, http.StatusOK).Body)
	mia.Post("/posts", "title", "x", "csrf", "forged").Want(t, http.StatusForbidden)
}

func TestTimePassesIfTheTestWantsIt(t *testing.T) {
	t.Parallel()
	office := officetest.Mount(t, backoffice.Config{}, posts)
	mia := office.SignIn(t, officetest.Operator{Name: "Mia", Roles: []string{backoffice.Moderator}})
	mia.Post("/posts/1/hide").Want(t, http.StatusOK).WantText(t, "Mia hid 1")
	office.Advance(10 * time.Minute)
	require.Equal(t, "/step-up", strings.Split(mia.Post("/posts/1/hide").Want(t, http.StatusSeeOther).To, "?")[0])
	mia.StepUp()
	mia.Post("/posts/1/hide").Want(t, http.StatusOK)
	office.Advance(time.Hour)
	require.Contains(t, mia.Get("/posts").Want(t, http.StatusSeeOther).To, "/login")
	office.SignIn(t, mia.Operator).Get("/posts").Want(t, http.StatusOK)
	require.Equal(t, officetest.Start().Add(70*time.Minute), office.Now())
}

func TestAnInvitationThroughThePages(t *testing.T) {
	t.Parallel()
	office := officetest.Mount(t, backoffice.Config{}, posts)
	ada := office.SignIn(t, officetest.Operator{Name: "Ada", Roles: []string{backoffice.Administrator}})
	ada.Submit("/operators/new", "email", "ben@example.org", "name", "Ben", "role", backoffice.Moderator).Want(t, http.StatusOK)
	office.Events("operator.invited").Want(t, "success Ben")

	ben := office.Browser(t)
	link := office.Mails().To("ben@example.org").Link(t, "/welcome")
	p := ben.Submit(link, "password", officetest.Password, "password_again", officetest.Password)
	require.Equal(t, "/login?done=welcome", p.Want(t, http.StatusSeeOther).To)
	enrol := ben.Submit("/login", "login", "Ben", "password", officetest.Password).Want(t, http.StatusOK)
	ben.Submit("/login/enrol", "code", office.CodeFor(enrol)).Want(t, http.StatusOK).WantText(t, "recovery codes")
	ben.Get("/posts").Want(t, http.StatusOK)

	again := office.Browser(t)
	again.Submit("/login", "login", "Ben", "password", officetest.Password).Want(t, http.StatusOK)
	again.Submit("/login/code", "code", office.Code("Ben")).Want(t, http.StatusOK)
	again.Submit("/logout")
	require.Equal(t, "/login?next=%2Fposts", again.Get("/posts").To)
	office.SignIn(t, officetest.Operator{Name: "Ben"}).Get("/posts").Want(t, http.StatusOK)

	mia := officetest.Operator{Name: "Mia", Permissions: []string{"posts.view"}}
	office.SignIn(t, mia)
	third := office.Browser(t)
	third.Submit("/login", "login", "Mia", "password", officetest.Password).Want(t, http.StatusOK)
	third.Submit("/login/code", "code", office.Code("mia@example.org")).Want(t, http.StatusOK)
	third.Get("/posts").Want(t, http.StatusOK)
}

func TestAHandlerByItself(t *testing.T) {
	t.Parallel()
	office := officetest.Mount(t, backoffice.Config{Languages: []string{"en"}}, posts)
	who := officetest.Operator{Name: "Mia", Permissions: []string{"posts.view", "operators.view"}}
	handler := office.Require("posts.view")(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		o, ok := backoffice.OperatorFrom(ctx)
		require.True(t, ok)
		require.NotEmpty(t, backoffice.Nonce(ctx))
		require.NotEmpty(t, backoffice.FormToken(ctx))
		all, err := office.Operators(ctx)
		require.NoError(t, err)
		_, err = office.Invite(ctx, "ben@example.org", "Ben", backoffice.Moderator)
		require.ErrorIs(t, err, backoffice.ErrForbidden)
		fmt.Fprint(w, r.Method, " ", r.URL, " ", o.Name, " ", len(all), " ", r.FormValue("title"), " ", strings.TrimPrefix(backoffice.URL(ctx, "/x"), strings.TrimSuffix(office.HomeURL(), "/")[len(officetest.Origin):]))
	}))
	for method, want := range map[string]string{"GET": "GET /posts?page=2 Mia 1  /x", "POST": "POST /posts?page=2 Mia 1 a b /x"} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, office.Request(t, who, method, "/posts?page=2", strings.NewReader("title=a+b")))
		require.Equal(t, want, w.Body.String())
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, office.Request(t, officetest.Operator{Name: "Eve"}, "GET", "/posts", nil))
	require.Equal(t, http.StatusForbidden, w.Code)
	require.Contains(t, w.Body.String(), "See posts", "the office's own page")
}

func TestClientsAndRequestsOfScripts(t *testing.T) {
	t.Parallel()
	office := officetest.Mount(t, backoffice.Config{}, posts)
	mia := office.SignIn(t, officetest.Operator{Name: "Mia", Roles: []string{backoffice.Moderator}})
	answer, err := mia.Client().Post(office.URL("/posts/7/hide"), "application/json", strings.NewReader("{}"))
	require.NoError(t, err)
	defer answer.Body.Close()
	body, _ := io.ReadAll(answer.Body)
	require.Equal(t, "Mia hid 7", string(body))

	r := httptest.NewRequest(http.MethodPost, "/posts/8/hide", nil)
	require.Equal(t, "Mia hid 8", mia.Do(r).Body)
	r = httptest.NewRequest(http.MethodPost, "/posts/8/hide", nil)
	r.Header["X-Csrf-Token"] = nil
	require.Equal(t, http.StatusForbidden, mia.Do(r).Status)
	r = httptest.NewRequest(http.MethodGet, "/posts", nil)
	r.Header.Set("Sec-Fetch-Mode", "cors")
	require.Equal(t, http.StatusUnauthorized, office.Browser(t).Do(r).Status)

	office.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Outside", "yes")
		office.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, "hello")
			http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		})).ServeHTTP(w, r)
	}))
	require.Equal(t, "yes", mia.Get("/posts").Header.Get("X-Outside"))
	answer, err = mia.Client().Get(officetest.Origin + "/")
	require.NoError(t, err)
	defer answer.Body.Close()
	_, err = io.ReadAll(answer.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	_, err = mia.Client().Get("https://elsewhere.example/")
	require.ErrorContains(t, err, "nothing else is there")
}

func TestEveryConfigThatAHostMayHave(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]backoffice.Config{
		"below a path":       {Origin: "https://example.org/forum"},
		"without TLS":        {InsecurePlainHTTP: true},
		"behind a proxy":     {TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}},
		"in German alone":    {Languages: []string{"de"}},
		"with other secrets": {Secret: []byte("\x9e\x01 32 bytes, as good as random \x7f"), OldSecrets: nil},
		"with a clock":       {Now: func() time.Time { return time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC) }},
		"with a slow hash":   {PasswordHashing: password.Config{Params: password.DefaultParams()}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			office := officetest.Mount(t, cfg, posts)
			mia := office.SignIn(t, officetest.Operator{Name: "Mia", Roles: []string{backoffice.Moderator}})
			require.Equal(t, "/posts/saved", strings.Split(mia.Submit("/posts").Want(t, http.StatusOK).Path, "?")[0])
			mia.Get(mia.Get("/posts").Link("First")).Want(t, http.StatusNotFound)
			mia.StepUp()
			mia.Post("/posts/1/hide").Want(t, http.StatusOK)
			require.Len(t, office.Code("Mia"), 6)
			office.Advance(0)
			if cfg.Now != nil {
				require.Contains(t, says(t, func(t testing.TB) {
					officetest.New(t, cfg).Advance(time.Minute)
				}), "the clock is yours: move it by 1m0s, then call Advance(0)")
			}
		})
	}
}

func TestAnOfficeInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		office := officetest.Mount(t, backoffice.Config{Now: time.Now}, posts)
		mia := office.SignIn(t, officetest.Operator{Roles: []string{backoffice.Moderator}})
		mia.Get("/posts").Want(t, http.StatusOK)
		time.Sleep(time.Hour)
		mia.Get("/posts").Want(t, http.StatusSeeOther)
	})
}

func TestOneBrowserInManyGoroutines(t *testing.T) {
	t.Parallel()
	office := officetest.Mount(t, backoffice.Config{}, posts)
	mia := office.SignIn(t, officetest.Operator{Name: "Mia", Roles: []string{backoffice.Moderator}})
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if p := mia.Submit("/posts", "title", fmt.Sprint(i)); !strings.Contains(p.Body, fmt.Sprint("title=", i)) {
				t.Error(p)
			}
			office.SignIn(t, officetest.Operator{Permissions: []string{"posts.view"}}).Get("/posts")
			office.SignIn(t, mia.Operator).StepUp()
			office.Code("Mia")
			office.Mails()
			office.Events()
		})
	}
	all.Wait()
}

// nobody is a community without members, and nowhere a mail server that takes everything.
type (
	nobody  struct{}
	nowhere struct{}
)

func (nobody) FindMember(context.Context, string) (backoffice.Member, error) {
	return backoffice.Member{}, backoffice.ErrNoMember
}

func (nobody) FindMemberByLogin(context.Context, string) (backoffice.Member, error) {
	return backoffice.Member{}, backoffice.ErrNoMember
}
func (nobody) CheckMemberPassword(context.Context, string, string) (bool, error) { return false, nil }
func (nowhere) Send(context.Context, mail.Message) error                         { return nil }

// failure is what a test says that ends.
type failure struct {
	testing.TB
	said string
}

func (f *failure) Helper() {}
func (f *failure) Fatalf(format string, args ...any) {
	f.said = fmt.Sprintf(format, args...)
	runtime.Goexit()
}
func (f *failure) Fatal(args ...any) { f.Fatalf("%s", fmt.Sprint(args...)) }

// says is how a test ends that should.
func says(t *testing.T, do func(t testing.TB)) string {
	t.Helper()
	f, over := &failure{TB: t}, make(chan struct{})
	go func() {
		defer close(over)
		do(f)
	}()
	<-over
	return f.said
}

func TestAFailedTestSaysWhy(t *testing.T) {
	t.Parallel()
	office := officetest.Mount(t, backoffice.Config{}, posts)
	mia := office.SignIn(t, officetest.Operator{Name: "Mia", Roles: []string{backoffice.Moderator}})
	gone := office.SignIn(t, officetest.Operator{Name: "Gone", Roles: []string{backoffice.Moderator}})
	require.NoError(t, office.CommandLine().EndSessions(t.Context(), "Gone"))
	stale := office.SignIn(t, officetest.Operator{Name: "Stale", Roles: []string{backoffice.Moderator}})
	signIn := func(who officetest.Operator) func(testing.TB) {
		return func(t testing.TB) { office.SignIn(t, who) }
	}
	for name, c := range map[string]struct {
		do   func(t testing.TB)
		says []string
	}{
		"a role that does not exist": {signIn(officetest.Operator{Roles: []string{"moderators"}}),
			[]string{`no role with the id "moderators"`, "super-administrator, administrator, community-manager, moderator"}},
		"a permission that is not declared": {signIn(officetest.Operator{Permissions: []string{"post.view"}}),
			[]string{`"post.view" is not declared in Config.Permissions`, "posts.view"}},
		"two of one name": {signIn(officetest.Operator{Name: "Mia", Roles: []string{backoffice.Administrator}}),
			[]string{`an operator "Mia" already`, "moderator and not administrator", "another Name"}},
		"two of one name, with other permissions": {signIn(officetest.Operator{Name: "mia", Permissions: []string{"posts.view"}}),
			[]string{"list of permissions is none and not posts.view"}},
		"a name that is an address": {signIn(officetest.Operator{Name: "mia@example.org2"}), []string{"cannot be an operator's name"}},
		"an email address twice":    {signIn(officetest.Operator{Name: "Zoe", Email: "mia@example.org"}), []string{`another operator has the email address mia@example.org of "Zoe"`}},
		"another status": {func(t testing.TB) { mia.Get("/analytics").Want(t, 200) },
			[]string{"GET /analytics: the status is 403 Forbidden, not 200 OK", "See the numbers", "Mia has the roles moderator"}},
		"another text":          {func(t testing.TB) { mia.Get("/posts").WantText(t, "3 posts") }, []string{`does not say "3 posts"`, "heading: All posts", "2 posts"}},
		"nobody is signed in":   {func(t testing.TB) { office.Browser(t).Get("/posts").Want(t, 200) }, []string{"303 See Other, not 200 OK", "/login?next=%2Fposts", "nobody is signed in"}},
		"the session has ended": {func(t testing.TB) { gone.Get("/posts").Want(t, 200) }, []string{"Gone is no longer signed in"}},
		"a step-up is missing": {func(t testing.TB) {
			stale.Get("/posts")
			office.Advance(10 * time.Minute)
			stale.Post("/posts/1/hide").Want(t, 200)
		}, []string{"call StepUp first"}},
		"a path without a slash": {func(t testing.TB) { mia.In(t).Get("posts") }, []string{`begins with "/"`}},
		"another site":           {func(t testing.TB) { mia.In(t).Get("https://example.org/") }, []string{"only https://community.example can be reached"}},
		"a field that is not there": {func(t testing.TB) { mia.In(t).Submit("/posts", "titel", "x") },
			[]string{`the form on /posts has no field "titel"; it has title, day, body, section, tag, fixed, act`}},
		"a choice that is not there": {func(t testing.TB) { mia.In(t).Submit("/posts", "section", "weeds") }, []string{`no choice "weeds" of "section"; there are roses, bees`}},
		"a tick that is not there":   {func(t testing.TB) { mia.In(t).Submit("/posts", "tag", "c") }, []string{`no choice "c" of "tag"; there are a, b`}},
		"a button that is not there": {func(t testing.TB) { mia.In(t).Submit("/posts", "act", "publish") }, []string{`no choice "publish" of "act"; there are draft`}},
		"a field that is disabled":   {func(t testing.TB) { mia.In(t).Submit("/posts", "fixed", "c") }, []string{`"fixed" that is disabled`}},
		"a name without a value":     {func(t testing.TB) { mia.In(t).Submit("/posts", "title") }, []string{`"title", has no value`}},
		"no form, at a page":         {func(t testing.TB) { mia.In(t).Submit("/posts/saved") }, []string{"no page has a form that posts there", "/posts (200 OK, its forms post to /posts)"}},
		"no form anywhere": {func(t testing.TB) { mia.In(t).Submit("/posts/9/hide").Want(t, 200) },
			[]string{"405 Method Not Allowed, not 200 OK", "nothing was sent", "Post sends without a form"}},
		"entries that differ": {func(t testing.TB) {
			office.Events("permission.denied", "signin.succeeded").Want(t, "permission.denied success x")
		}, []string{"wanted:\n\t\tpermission.denied success x"}},
		"no link":                              {func(t testing.TB) { office.Mails().Link(t, "/welcome") }, []string{`no email has a link to "/welcome"`}},
		"a page of the office's for a handler": {func(t testing.TB) { office.Request(t, officetest.Operator{Name: "Mia"}, "GET", "/operators", nil) }, []string{"the office answers that itself"}},
		"a member who does not exist": {func(t testing.TB) {
			officetest.New(t, backoffice.Config{Members: nobody{}}).SignIn(t, officetest.Operator{MemberID: "9"})
		}, []string{`Config.Members has no member "9" who may sign in`}},
		"emails of another outbox": {func(t testing.TB) {
			officetest.Mount(t, backoffice.Config{}, func(cfg backoffice.Config) (*backoffice.Office, error) {
				cfg.Mail = nowhere{}
				return posts(cfg)
			}).Mails()
		}, []string{"mount replaced the Mail of its Config"}},
		"a configuration with mistakes": {func(t testing.TB) {
			officetest.New(t, backoffice.Config{Origin: "community.example", Secret: []byte("short")})
		},
			[]string{"Config.Origin", "Config.Secret"}},
		"a mount that fails": {func(t testing.TB) {
			officetest.Mount(t, backoffice.Config{}, func(backoffice.Config) (*backoffice.Office, error) { return nil, errors.New("no database") })
		}, []string{"no database"}},
	} {
		t.Run(name, func(t *testing.T) {
			said := says(t, c.do)
			for _, part := range c.says {
				require.Contains(t, said, part)
			}
		})
	}
}
