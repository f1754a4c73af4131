package backoffice_test

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store/memstore"
)

// tenantOf makes an office as a host makes one for each tenant, with everything that a host
// can change.
func tenantOf(t testing.TB, name, origin string, change ...func(*backoffice.Config)) *backoffice.Office {
	t.Helper()
	login, err := fs.ReadFile(backoffice.OriginalPages(), "login.html")
	require.NoError(t, err)
	cfg := backoffice.Config{
		Origin: origin, Secret: backoffice.SecretFor(testoffice.Secret(), name), Store: memstore.New(),
		Mail: &mail.Outbox{Dir: t.TempDir()}, Log: slog.New(slog.DiscardHandler), PasswordHashing: testoffice.Hashing,
		PageTemplates:    fstest.MapFS{"login.html": {Data: append(login, "\n"...)}},
		Messages:         fstest.MapFS{"en.json": {Data: []byte(`{"common.cancel":"Never mind"}`)}},
		HandlerTemplates: fstest.MapFS{"plots.html": {Data: []byte(`{{define "content"}}<p>Plots</p>{{end}}`)}},
		Guards:           map[string]string{"/plots": backoffice.AnyOperator},
	}
	for _, f := range change {
		f(&cfg)
	}
	o, err := backoffice.New(ctx, cfg)
	require.NoError(t, err)
	return o
}

// ask sends a GET to a handler, as a browser at a URL does, and returns the status.
func ask(h http.Handler, url string) int {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
	return w.Code
}

const atCommunity = http.StatusTeapot

func teapot(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(atCommunity) }

func TestARequestIsForTheOfficeOfItsOrigin(t *testing.T) {
	var offices backoffice.Offices
	all := map[string]*backoffice.Office{}
	for name, origin := range map[string]string{
		"garden": "https://garden.example", "port": "https://garden.example:8443", "alone": "https://alone.example/forum",
		"shared": "https://shared.example", "a": "https://shared.example/a", "b": "https://shared.example/b", "deep": "https://shared.example/a/b",
	} {
		all[name] = tenantOf(t, name, origin)
		require.NoError(t, offices.Add(name, all[name]))
	}
	h := offices.Wrap(http.HandlerFunc(teapot))
	alias := func(name string) string {
		home := strings.TrimSuffix(all[name].HomeURL(), "/")
		return home[strings.LastIndexByte(home, '/'):] + "/login"
	}
	for name, o := range all {
		require.Equal(t, http.StatusOK, ask(h, o.HomeURL()+"login"), name)
		require.Equal(t, o, offices.Get(name))
	}
	for at, why := range map[string]string{
		"https://garden.example" + alias("port"):         "another port",
		"https://garden.example:8443" + alias("garden"):  "no port",
		"https://nobody.example" + alias("garden"):       "an unknown host",
		"https://shared.example" + alias("garden"):       "the alias of another host",
		"https://garden.example" + alias("alone"):        "of another host below a path",
		"https://shared.example/a" + alias("b"):          "another path",
		"https://shared.example/a" + alias("shared"):     "another office's path, with the alias of the office at the root",
		"https://shared.example" + alias("a"):            "which office it is for is in the path",
		"https://shared.example/ab" + alias("a"):         "a path that only begins like one",
		"https://shared.example/a/../b" + alias("a"):     "a path that is not clean",
		"https://shared.example/b/b" + alias("deep"):     "another path of two segments",
		"https://shared.example/a/b/c/d" + alias("deep"): "below more than a path",
		"https://shared.example/":                        "no alias",
	} {
		require.Equal(t, atCommunity, ask(h, at), why)
	}
	require.Equal(t, http.StatusOK, ask(h, "https://alone.example"+alias("alone")), "a proxy has removed the path")
	require.Equal(t, http.StatusOK, ask(h, "https://GARDEN.example"+alias("garden")), "a host name has no case")

	var names []string
	for name := range offices.All() {
		names = append(names, name)
	}
	require.Equal(t, []string{"a", "alone", "b", "deep", "garden", "port", "shared"}, names)

	offices.Remove("garden")
	offices.Remove("garden")
	require.Nil(t, offices.Get("garden"))
	require.Equal(t, atCommunity, ask(h, all["garden"].HomeURL()+"login"), "it is gone at once")
	require.NoError(t, offices.Add("other", all["garden"]))
	require.Equal(t, http.StatusOK, ask(h, all["garden"].HomeURL()+"login"))
	offices.Remove("a")
	offices.Remove("deep")
	offices.Remove("shared")
	require.Equal(t, http.StatusOK, ask(h, "https://shared.example"+alias("b")), "now it is alone on its host")
}

func TestOfficesThatCannotBeToldApartAreRefused(t *testing.T) {
	var offices backoffice.Offices
	st := memstore.New()
	in := func(c *backoffice.Config) { c.Store = st }
	first := tenantOf(t, "a", "https://a.example", in)
	require.NoError(t, offices.Add("a", first))
	for want, add := range map[string]func() error{
		`there is one of that name: remove it first`: func() error { return offices.Add("a", tenantOf(t, "b", "https://b.example")) },
		`it has the store of the office "a"`:         func() error { return offices.Add("b", tenantOf(t, "a", "https://b.example", in)) },
		`it has the Origin https://a.example/x of the office "x"; each needs a host name or a path of its own`: func() error {
			require.NoError(t, offices.Add("x", tenantOf(t, "x", "https://a.example/x")))
			return offices.Add("b", tenantOf(t, "b", "https://a.example/x"))
		},
		`it has the Secret of the office "a"; give each SecretFor(secret, name)`: func() error { return offices.Add("b", tenantOf(t, "a", "https://b.example")) },
		`it needs a name`:   func() error { return offices.Add("", tenantOf(t, "b", "https://b.example")) },
		`must not be nil`:   func() error { return offices.Add("b", nil) },
		`of the office "a"`: func() error { return offices.Add("again", first) },
	} {
		require.ErrorContains(t, add(), want)
		require.Nil(t, offices.Get("b"))
	}
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error)
	go func() { ended <- offices.Run(ctx) }()
	require.Eventually(t, func() bool { return first.Stats().Run.Running }, 10*time.Second, time.Millisecond)
	require.EqualError(t, offices.Run(ctx), "run the offices: Run is running already")
	stop()
	require.ErrorIs(t, <-ended, context.Canceled)
	require.False(t, first.Stats().Run.Running)
}

// Cookies have no port, so a browser sends those of an office to whatever else listens on its
// host.
func TestARequestForNoOfficeBringsTheCommunityNoCookiesOfOne(t *testing.T) {
	var offices, within backoffice.Offices
	require.NoError(t, offices.Add("garden", tenantOf(t, "garden", "https://garden.example")))
	inner := tenantOf(t, "pasture", "https://garden.example:8443")
	require.NoError(t, within.Add("pasture", inner))
	var seen *http.Request
	community := within.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r }))
	h := offices.Wrap(community)
	for _, url := range []string{"https://garden.example/", "https://garden.example:8443/", "https://garden.example:9443/", "https://nobody.example/"} {
		r := httptest.NewRequest(http.MethodPost, url, strings.NewReader("a=b"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Cookie", "theme=dark; __Host-office-0123456789ab=secret")
		h.ServeHTTP(httptest.NewRecorder(), r)
		require.Equal(t, []string{"theme=dark"}, seen.Header["Cookie"], url)
		require.Equal(t, "theme=dark; __Host-office-0123456789ab=secret", r.Header.Get("Cookie"), "others hold the request")
	}

	// The gate of an office inside still finds its own.
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, inner.HomeURL()+"login", nil))
	form := regexp.MustCompile(`name="csrf" value="([^"]+)"`).FindStringSubmatch(w.Body.String())
	require.NotEmpty(t, form)
	r := httptest.NewRequest(http.MethodPost, inner.HomeURL()+"login", strings.NewReader(url.Values{"csrf": {form[1]}, "login": {"ada"}, "password": {"x"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for _, c := range w.Result().Cookies() {
		r.AddCookie(c)
	}
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusUnprocessableEntity, w.Code, "the form was accepted, the password was not")
}

func TestSecretFor(t *testing.T) {
	one := backoffice.SecretFor(testoffice.Secret(), "a")
	require.Len(t, one, 32)
	require.Equal(t, one, backoffice.SecretFor(testoffice.Secret(), "a"), "each time, and on each replica")
	require.NotEqual(t, one, backoffice.SecretFor(testoffice.Secret(), "b"))
	require.NotEqual(t, one, backoffice.SecretFor(one, "a"))
	require.Nil(t, backoffice.SecretFor(nil, "a"), "New says that it is missing")
	require.Equal(t, []byte("short"), backoffice.SecretFor([]byte("short"), "a"))
}

// hundred are offices on hosts of their own.
func hundred(t testing.TB, offices *backoffice.Offices) (all []*backoffice.Office) {
	for i := range 100 {
		name := fmt.Sprint("tenant", i)
		o := tenantOf(t, name, "https://"+name+".example")
		require.NoError(t, offices.Add(name, o))
		all = append(all, o)
	}
	return all
}

func TestAHundredOfficesTakeLessThan100MiB(t *testing.T) {
	inUse := func() int64 {
		runtime.GC()
		runtime.GC() // finalizers and cleanups of the first
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapInuse + m.StackInuse)
	}
	before := inUse()
	var offices backoffice.Offices
	all := hundred(t, &offices)
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error)
	idle := runtime.NumGoroutine()
	go func() { ended <- offices.Run(ctx) }()
	h := offices.Wrap(http.HandlerFunc(teapot))
	for _, o := range all {
		require.Equal(t, http.StatusOK, ask(h, o.HomeURL()+"login"))
		require.Eventually(t, func() bool { return !o.Stats().Run.LastTick.IsZero() }, 10*time.Second, time.Millisecond)
	}
	used := inUse() - before
	t.Logf("100 offices: %d KiB, %d goroutines", used>>10, runtime.NumGoroutine()-idle)
	require.Less(t, used, int64(100<<20))
	require.Less(t, runtime.NumGoroutine()-idle, 100+40, "one each, one for all, and those of what is under way")
	stop()
	<-ended
	runtime.KeepAlive(all)
}

func TestARequestThatIsForNoneOfAHundredOfficesAllocatesNothing(t *testing.T) {
	var offices backoffice.Offices
	hundred(t, &offices)
	for _, path := range []string{"a", "b", "c/d"} {
		require.NoError(t, offices.Add(path, tenantOf(t, path, "https://shared.example/"+path)))
	}
	community := 0
	h := offices.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { community++ }))
	w := httptest.NewRecorder()
	for _, url := range []string{
		"https://nobody.example/", "https://tenant50.example/forum?page=2", "https://shared.example/c/d/e" + strings.Repeat("/x", 5000), "https://shared.example/a/forum",
	} {
		r := httptest.NewRequest(http.MethodGet, url, nil)
		require.Zero(t, testing.AllocsPerRun(100, func() { h.ServeHTTP(w, r) }), url)
	}
	require.Equal(t, 4*101, community)
}
