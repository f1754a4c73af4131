package backoffice_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/pages"
)

// aPart is a backoffice.Part for tests.
type aPart struct {
	backoffice.PartInfo
	handler http.Handler
	mistake error
}

func (p aPart) About() backoffice.PartInfo            { return p.PartInfo }
func (p aPart) Pages(*backoffice.Office) http.Handler { return p.handler }
func (p aPart) Check() error                          { return p.mistake }
func posts(change ...func(*backoffice.PartInfo)) backoffice.PartInfo {
	info := backoffice.PartInfo{
		Path: "/articles", Permission: "articles.view",
		Menu:        []backoffice.MenuItem{{Label: "Articles", Path: "/articles", Permission: "articles.view"}},
		Permissions: []backoffice.Permission{{Key: "articles.view", Label: "See articles", Roles: []string{backoffice.CommunityManager}}},
		Events:      []backoffice.EventKind{{Code: "articles.hidden", Label: "An article was hidden."}},
	}
	for _, c := range change {
		c(&info)
	}
	return info
}

func TestAPartIsMountedWithItsPermissionAtTheDoor(t *testing.T) {
	var asked []string
	o := newOffice(t, func(c *backoffice.Config) {
		c.Parts = []backoffice.Part{aPart{PartInfo: posts(), handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			op, _ := backoffice.OperatorFrom(r.Context())
			asked = append(asked, r.Method+" "+r.URL.Path+" "+op.Name+" "+r.PostFormValue("title"))
			_, _ = io.WriteString(w, "<p>the part</p>")
		})}}
	})
	o.Set(lax)
	com, mel := o.Entered("Com", backoffice.CommunityManager), o.Entered("Mel", backoffice.Moderator)
	for _, path := range []string{"/articles", "/articles/", "/articles/7/hide?a=b"} {
		require.Contains(t, com.Get(path).Body, "the part", path)
		denied := mel.Get(path)
		require.Equal(t, http.StatusForbidden, denied.Status, path)
		require.NotContains(t, denied.Body, "the part", path)
		require.Contains(t, denied.Text(), "See articles")
	}
	require.Contains(t, com.Get("/").Text(), "Articles")
	require.NotContains(t, mel.Get("/").Text(), "Articles")
	require.Equal(t, http.StatusSeeOther, o.Browser().Get("/articles").Status)
	require.NotContains(t, com.Get("/articlesmore").Body, "the part")
	require.Equal(t, 3, o.Count("permission.denied"))

	token := com.Get("/account").Form("/logout").Get("csrf")
	require.Equal(t, http.StatusForbidden, com.Post("/articles", url.Values{"title": {"no token"}}).Status)
	require.Equal(t, http.StatusOK, com.Post("/articles", url.Values{"title": {"roses"}, "csrf": {token}}).Status)
	require.Equal(t, http.StatusForbidden, mel.Post("/articles", url.Values{"title": {"bees"}, "csrf": {mel.Get("/account").Form("/logout").Get("csrf")}}).Status)
	require.Equal(t, []string{"GET /articles Com ", "GET /articles/ Com ", "GET /articles/7/hide Com ", "POST /articles Com roses"}, asked)
}

func TestDecideHearsThePermissionOfAPart(t *testing.T) {
	var heard string
	o := newOffice(t, func(c *backoffice.Config) {
		c.Parts = []backoffice.Part{aPart{PartInfo: posts(), handler: http.NotFoundHandler()}}
		c.Decide = func(_ context.Context, a backoffice.Access) error {
			heard = a.Permission
			return nil
		}
	})
	o.Set(lax)
	o.Entered("Com", backoffice.CommunityManager).Get("/articles/1")
	require.Equal(t, "articles.view", heard)
}

func TestMistakesInParts(t *testing.T) {
	handler := http.NotFoundHandler()
	part := func(change ...func(*backoffice.PartInfo)) backoffice.Part {
		return aPart{PartInfo: posts(change...), handler: handler}
	}
	at := func(path string) func(*backoffice.PartInfo) {
		return func(i *backoffice.PartInfo) { i.Path = path }
	}
	for want, change := range map[string]func(*backoffice.Config){
		"Config.Parts[0]: is nil": func(c *backoffice.Config) { c.Parts[0] = nil },
		"Config.Parts[0]: Data is required": func(c *backoffice.Config) {
			c.Parts[0] = aPart{PartInfo: backoffice.PartInfo{}, mistake: errors.New("Data is required")}
		},
		"Config.Parts[0]: Pages returned nil":                         func(c *backoffice.Config) { c.Parts[0] = aPart{PartInfo: posts()} },
		`the office has pages of its own at "/audit"`:                 func(c *backoffice.Config) { c.Parts[0] = part(at("/audit")) },
		`"/a/b" must be one segment`:                                  func(c *backoffice.Config) { c.Parts[0] = part(at("/a/b")) },
		`"articles" must be one segment`:                              func(c *backoffice.Config) { c.Parts[0] = part(at("articles")) },
		`"/Articles" must be one segment`:                             func(c *backoffice.Config) { c.Parts[0] = part(at("/Articles")) },
		`Config.Parts[1]: Path: Config.Parts[0] has "/articles", too`: func(c *backoffice.Config) { c.Parts = append(c.Parts, part()) },
		`Config.Parts[0]: Permission is required`:                     func(c *backoffice.Config) { c.Parts[0] = part(func(i *backoffice.PartInfo) { i.Permission = "" }) },
		`Permission: nobody could have "articles.see"`: func(c *backoffice.Config) {
			c.Parts[0] = part(func(i *backoffice.PartInfo) { i.Permission = "articles.see" })
		},
		`Config.Parts[0]: nobody could have the permission "articles.price", which its pages ask for`: func(c *backoffice.Config) {
			c.Parts[0] = part(func(i *backoffice.PartInfo) { i.Needs = []string{"articles.view", "articles.price"} })
		},
		`the permission "articles.view" is declared in Config.Permissions, too`: func(c *backoffice.Config) { c.Permissions = append(c.Permissions, posts().Permissions...) },
		`the audit entry "articles.hidden" is declared in Config.Events, too`:   func(c *backoffice.Config) { c.Events = posts().Events },
		`"/articles/7" is below "/articles", and Config.Tokenless names it`:     func(c *backoffice.Config) { c.Tokenless = []string{"/articles/7"} },
		`"/articles/" is below "/articles", and Config.Passive names it`:        func(c *backoffice.Config) { c.Passive = []string{"/articles/"} },
		`"/articles/new" is below "/articles", and Config.Menu names it`:        func(c *backoffice.Config) { c.Menu = []backoffice.MenuItem{{Label: "New", Path: "/articles/new"}} },
		`the menu entry for "/audit" leads elsewhere than to its pages`: func(c *backoffice.Config) {
			c.Parts[0] = part(func(i *backoffice.PartInfo) { i.Menu[0].Path = "/audit" })
		},
		`permission "operators.eat": the area "operators" is reserved`: func(c *backoffice.Config) {
			c.Parts[0] = part(func(i *backoffice.PartInfo) { i.Permissions[0].Key, i.Permission = "operators.eat", "operators.eat" })
		},
		`Menu: "Articles": nobody could have the permission "articles.see"`: func(c *backoffice.Config) {
			c.Parts[0] = part(func(i *backoffice.PartInfo) { i.Menu[0].Permission = "articles.see" })
		},
	} {
		cfg := least(t)
		cfg.Parts = []backoffice.Part{part()}
		change(&cfg)
		_, err := backoffice.New(ctx, cfg)
		require.ErrorContains(t, err, want)
	}
}

// closing is a part of this module: a page that the permission articles.close opens.
func closing(handle func(context.Context)) backoffice.Part {
	page := &pages.PartPage{Get: &pages.PartRoute{Permission: "articles.close", Handle: func(r pages.PartRequest) (pages.Answer, error) {
		handle(r.Context())
		return pages.GoTo("/", pages.Notice{}), nil
	}}}
	info := posts()
	info.Permissions = append(info.Permissions, backoffice.Permission{Key: "articles.close", Label: "Close articles", Roles: []string{backoffice.CommunityManager}})
	return aPart{PartInfo: info, handler: pages.PartPages(func([]string) *pages.PartPage { return page })}
}

func TestPagesOfAPartShowStrangersNothing(t *testing.T) {
	o := newOffice(t, func(c *backoffice.Config) { c.Parts = []backoffice.Part{closing(func(context.Context) {})} })
	o.Set(lax)
	stranger, com := o.Browser(), o.Entered("Com", backoffice.CommunityManager)
	for _, method := range []string{http.MethodDelete, http.MethodOptions, http.MethodPost} {
		there, not := stranger.Send(stranger.Request(method, "/articles", nil)), stranger.Send(stranger.Request(method, "/nothing", nil))
		require.Equal(t, not.Status, there.Status, method)
		require.Equal(t, not.Header.Get("Allow"), there.Header.Get("Allow"), method)
	}
	require.Equal(t, http.StatusMethodNotAllowed, com.Send(com.Request(http.MethodDelete, "/articles", nil)).Status)
	for _, path := range []string{"/articles%2F7", "/%61rticles"} {
		r := com.Request(http.MethodGet, "", nil)
		r.URL.Opaque = "//" + r.URL.Host + o.Base + path
		require.Equal(t, http.StatusNotFound, com.Send(r).Status, path)
	}
}

func TestStillSignedInAsksForThePermissionOfAPart(t *testing.T) {
	var still error
	var o *office
	o = newOffice(t, func(c *backoffice.Config) {
		c.Parts = []backoffice.Part{closing(func(ctx context.Context) {
			com, in := backoffice.OperatorFrom(ctx)
			require.True(t, in)
			require.NoError(t, o.Office.CommandLine().ChangeRoles(ctx, com.ID, backoffice.Moderator))
			_, still = backoffice.StillSignedIn(ctx)
		})}
	})
	o.Set(lax)
	o.Entered("Com", backoffice.CommunityManager).Get("/articles")
	require.ErrorIs(t, still, backoffice.ErrForbidden)
}
