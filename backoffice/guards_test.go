package backoffice_test

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

// opaque is a handler that cannot be asked what it has.
func opaque(h http.Handler) http.Handler { return http.HandlerFunc(h.ServeHTTP) }

func TestNoPageOfTheHostOpensWithoutAGuard(t *testing.T) {
	reached := 0
	o := newOffice(t, func(c *backoffice.Config) {
		c.Handler = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached++ })
		c.Guards = map[string]string{
			"/orders":        "posts.delete",
			"/orders/export": "analytics.view",
			"/orders/risks":  "analytics.view",
			"/orders/public": backoffice.AnyOperator,
			"/files/":        "audit.view",
		}
	})
	super := o.Enrolled("Ada", backoffice.SuperAdministrator)
	manager := o.Enrolled("Cora", backoffice.CommunityManager) // analytics.view
	mod := o.Enrolled("Mo", backoffice.Moderator)              // posts.delete
	for path, want := range map[string][3]int{
		// of the super-administrator, the manager, the moderator
		"/orders":                {200, 403, 200},
		"/orders/":               {200, 403, 200},
		"/orders?x=/orders":      {200, 403, 200},
		"/orders/7/cancel":       {200, 403, 200},
		"/orders/exports":        {200, 403, 200},
		"/orders/export":         {200, 200, 403},
		"/orders/export/csv":     {200, 200, 403},
		"/orders/public":         {200, 200, 200},
		"/analytics":             {200, 200, 403}, // by the menu
		"/analytics/2026":        {200, 200, 403},
		"/files":                 {200, 403, 403},
		"/files/a%2Fb":           {200, 403, 403},
		"/nothing":               {404, 404, 404},
		"/ordersx":               {404, 404, 404},
		"/Orders":                {404, 404, 404},
		"/ORDERS/export":         {404, 404, 404},
		"/orders;x":              {404, 404, 404},
		"/mail/x/y/z":            {404, 404, 404},
		"/office":                {404, 404, 404},
		"/%6frders":              {200, 403, 200},
		"/nothing/../orders":     {404, 404, 404},
		"/orders/export/../":     {404, 404, 404},
		"/orders/public%2F..%2F": {404, 404, 404},
		// What routers may take for another page than a guard does.
		"/orders/EXPORT":        {200, 403, 403},
		"/orders/Public":        {200, 403, 200},
		"/orders/%65xport":      {200, 200, 403},
		"/orders/ri%C5%BFks/7":  {200, 403, 403}, // s, as capitals and folded
		"/orders/ris%E2%84%AAs": {200, 403, 403}, // k, in small letters and folded
		"/orders/r%C4%B0sks":    {200, 403, 403}, // i, in small letters
		"/orders/r%C4%B1sks":    {200, 403, 403}, // i, in capitals
		"/orders/public%2Fall":  {200, 403, 200},
		"/orders/export%2Fall":  {200, 403, 403},
		"/orders%2Fpublic":      {404, 404, 404},
		"/orders%2fexport":      {404, 404, 404},
	} {
		for i, p := range []*person{super, manager, mod} {
			denied, before := o.Count("permission.denied"), reached
			r := p.Request(http.MethodGet, "", nil)
			r.URL.Opaque = "//" + r.URL.Host + o.Base + path
			answer := p.Send(r)
			require.Equal(t, want[i], answer.Status, "%s for %s", path, p.Name)
			require.Equal(t, want[i] == 200, reached == before+1, "%s for %s", path, p.Name)
			require.Equal(t, want[i] == 403, o.Count("permission.denied") == denied+1, "%s for %s", path, p.Name)
		}
	}
	require.Contains(t, mod.Get("/analytics").Text(), "See the numbers", "the page names what is missing")
	require.NotContains(t, mod.Get("/").Text(), "Analytics", "and the menu does not lead there")

	t.Run("nor for a form, whose token counts first", func(t *testing.T) {
		before := reached
		form := url.Values{"csrf": {mod.Get("/account/name").Form("/account/name").Get("csrf")}}
		for path, status := range map[string]int{"/orders/7": 200, "/orders/export": 403, "/nothing": 404} {
			require.Equal(t, status, mod.Post(path, form).Status, path)
			if status == 200 {
				before++
			}
			require.NotEqual(t, 200, mod.Post(path, nil).Status, path)
			require.Equal(t, before, reached, path)
		}
	})
}

func TestAPathWithoutAGuardIsLoggedOnce(t *testing.T) {
	const line = "nothing says who may"
	o := newOffice(t)
	o.Inside.HandleFunc("/forgotten/{id}", silent)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	for range 2 {
		require.Equal(t, 404, ada.Get("/forgotten/secret-id").Status)
		require.Equal(t, 404, ada.Get("/mistyped").Status)
	}
	require.Equal(t, 1, strings.Count(o.Log.String(), line), "what is not there at all needs no guard")
	require.Contains(t, o.Log.String(), `"path":"/forgotten"`)
	require.NotContains(t, o.Log.String(), "secret-id")

	o = newOffice(t, func(c *backoffice.Config) { c.Handler = opaque(c.Handler) })
	ada = o.Enrolled("Ada", backoffice.SuperAdministrator)
	o.Browser().Get("/mistyped")
	require.NotContains(t, o.Log.String(), line, "strangers cannot write there")
	ada.Get("/mistyped")
	require.Contains(t, o.Log.String(), line, "this handler cannot be asked")
}

func TestMistakesInTheHostsPaths(t *testing.T) {
	const view = "analytics.view"
	entry := func(path, permission string) func(*backoffice.Config) {
		return func(c *backoffice.Config) {
			c.Menu = []backoffice.MenuItem{{Label: "A", Path: path, Permission: permission}}
		}
	}
	guard := func(pairs ...string) func(*backoffice.Config) {
		return func(c *backoffice.Config) {
			c.Guards = map[string]string{}
			for pair := range slices.Chunk(pairs, 2) {
				c.Guards[pair[0]] = pair[1]
			}
		}
	}
	both := func(changes ...func(*backoffice.Config)) func(*backoffice.Config) {
		return func(c *backoffice.Config) {
			for _, change := range changes {
				change(c)
			}
		}
	}
	withMux := func(patterns ...string) func(*backoffice.Config) {
		return func(c *backoffice.Config) {
			mux := http.NewServeMux()
			for _, p := range patterns {
				mux.Handle(p, silent)
			}
			c.Handler = mux
		}
	}
	for name, c := range map[string]struct {
		change func(*backoffice.Config)
		want   string
	}{
		"an entry":                               {entry("/a", view), ""},
		"an entry for everyone":                  {entry("/a", backoffice.AnyOperator), ""},
		"an entry with a guard":                  {both(entry("/a", ""), guard("/a", view)), ""},
		"an entry below a guard":                 {both(entry("/a/b?c=d", ""), guard("/a/", view)), ""},
		"an entry that says the same":            {both(entry("/a/", view), guard("/a", view)), ""},
		"an entry that only hides":               {both(entry("/a?new", view), guard("/a", backoffice.AnyOperator)), ""},
		"a widget that leads to our own page":    {func(c *backoffice.Config) { c.Widgets = []backoffice.Widget{{Title: "A", Path: "/mail", Load: noData}} }, ""},
		"a mux with pages of its own":            {both(withMux("GET /a", "/a/{id}", "/{any...}", "/maillist", "/{$}"), guard("/a", view)), ""},
		"an entry that nothing opens":            {entry("/a", ""), `Config.Menu: "A": nothing says who may open "/a"`},
		"an entry whose query opens nothing":     {entry("/a?b", view), `nothing says who may open "/a?b"`},
		"an entry that says something else":      {both(entry("/a", view), guard("/a", "mail.view")), `"/a" takes "analytics.view" here, but "mail.view" in Guards`},
		"an entry in other capitals":             {both(entry("/A", view), guard("/a", view)), `Config.Menu: "A": "/A" is in Guards or in another entry, in other capitals`},
		"a permission that nobody has":           {guard("/a", "nobody.declared"), `Config.Guards: "/a": nobody could have the permission "nobody.declared"`},
		"no permission":                          {guard("/a", ""), `or use AnyOperator`},
		"a path twice":                           {guard("/a", view, "/A/", view), "is there twice, or also in other capitals"},
		"everything":                             {guard("/", backoffice.AnyOperator), "is the office's home page"},
		"no path":                                {guard("a", view), "must be a path inside the office"},
		"a path of another host":                 {guard("//evil.example/a", view), "must be a path inside the office"},
		"a pattern":                              {guard("/a/{id}", view), "must be a path, not a pattern"},
		"a method":                               {guard("GET /a", view), "must be a path inside the office"},
		"an escape":                              {guard("/a%2fb", view), "must be a path, not a pattern"},
		"a dot segment":                          {guard("/a/../b", view), "has empty or dot segments"},
		"a word of ours":                         {guard("/mail", view), "begins with a word that the office keeps"},
		"a word of ours, below":                  {guard("/Roles/mine", view), "begins with a word that the office keeps"},
		"a word of ours for later":               {entry("/office/x", view), "begins with a word that the office keeps"},
		"a passive path that nothing opens":      {func(c *backoffice.Config) { c.Passive = []string{"/poll"} }, `Config.Passive: "/poll": nothing says who may open it`},
		"a tokenless path that nothing opens":    {func(c *backoffice.Config) { c.Tokenless = []string{"/tool/"} }, `Config.Tokenless: "/tool/": nothing says who may open it`},
		"a handler that no one can reach":        {func(c *backoffice.Config) { c.Handler = silent }, "Config.Handler: nothing says who may open its pages"},
		"a mux with a page that is hidden":       {both(withMux("GET /mail"), guard("/a", view)), `Config.Handler: the page "GET /mail" cannot be opened`},
		"a mux with a post that is hidden":       {both(withMux("POST /roles/{id}"), guard("/a", view)), `the page "POST /roles/{id}" cannot be opened`},
		"a mux with a word of ours, for later":   {both(withMux("/office/"), guard("/a", view)), `the page "/office/" cannot be opened`},
		"a mux with a word of the report, too":   {both(withMux("/csp-report"), guard("/a", view)), `the page "/csp-report" cannot be opened`},
		"a mux with a folder like our own files": {both(withMux("/static/"), guard("/a", view)), `the page "/static/" cannot be opened`},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := least(t)
			cfg.Permissions = []backoffice.Permission{{Key: view, Label: "See"}}
			c.change(&cfg)
			_, err := backoffice.New(ctx, cfg)
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			require.Equal(t, 1, strings.Count(err.Error(), "Config."), "one mistake is named once: %v", err)
		})
	}
}

func noData(context.Context) (backoffice.WidgetData, error) { return backoffice.WidgetData{}, nil }

func TestAHiddenPageThatCameLaterIsLoggedOnce(t *testing.T) {
	o := newOffice(t)
	mux := http.NewServeMux()
	o.Cfg.Handler = mux
	office := o.Another()
	mux.Handle("GET /audit/{id}", silent)
	mux.Handle("GET /mail", silent)
	require.NotContains(t, o.Log.String(), "cannot be opened")
	for range 2 {
		office.Wrap(silent)
	}
	require.Equal(t, 2, strings.Count(o.Log.String(), "cannot be opened"))
	_, err := backoffice.New(ctx, o.Cfg)
	require.ErrorContains(t, err, `the page "GET /mail" cannot be opened`)
}

func TestEveryPathOfOursBeginsWithAReservedWord(t *testing.T) {
	for _, r := range pages.Routes() {
		if r.Path != "/{$}" {
			require.True(t, pages.Reserved(r.Path), "%s: later pages begin with /office/; see docs/decisions/048", r.Path)
		}
	}
}

func TestAnEntryOfTheMenuHasThePermissionOfItsPage(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) {
		c.Guards = map[string]string{"/orders": "posts.delete", "/help": backoffice.AnyOperator}
		c.Menu = []backoffice.MenuItem{{Label: "Orders", Path: "/orders"}, {Label: "New orders", Path: "/orders/new"}, {Label: "Help", Path: "/help"}}
	})
	require.Empty(t, o.Cfg.Menu[0].Permission, "the caller's own is not changed")
	mod := o.Enrolled("Mo", backoffice.Moderator).Get("/").Text()
	manager := o.Enrolled("Cora", backoffice.CommunityManager).Get("/").Text()
	for label, both := range map[string]bool{"Orders": false, "New orders": false, "Help": true} {
		require.Contains(t, mod, label)
		require.Equal(t, both, strings.Contains(manager, label), label)
	}
}

func TestAStreamEndsWithThePermissionOfItsPage(t *testing.T) {
	o := newOffice(t)
	var now, later error
	ben := o.Enrolled("Ben", backoffice.Moderator, backoffice.CommunityManager)
	o.Inside.HandleFunc("/analytics/live", func(w http.ResponseWriter, r *http.Request) {
		_, now = backoffice.StillSignedIn(r.Context())
		o.Change(ben.ID, func(op *store.Operator) { op.Roles = nil })
		_, later = backoffice.StillSignedIn(r.Context())
		_, _ = io.WriteString(w, "over")
	})
	require.Equal(t, "over", ben.Get("/analytics/live").Body)
	require.NoError(t, now)
	require.ErrorIs(t, later, backoffice.ErrForbidden)
}
