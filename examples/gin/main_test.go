package main

import (
	"io"
	"net/http"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/tests"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

func TestTheOfficeAroundGin(t *testing.T) {
	try(t, true, func(office *backoffice.Office, community *gin.Engine) http.Handler { return office.Wrap(community) })
}

func TestTheOfficeInsideGin(t *testing.T) {
	for name, inside := range map[string]func(*backoffice.Office, *gin.Engine, http.Handler){
		"as middleware": func(office *backoffice.Office, outer *gin.Engine, community http.Handler) {
			outer.RedirectTrailingSlash = false // or the home page's slash, which "/:page" has not
			outer.Use(use(office.Wrap), gin.LoggerWithWriter(&testoffice.Text{}), gin.Recovery())
			outer.GET("/:page", gin.WrapH(community))
			outer.NoRoute(gin.WrapH(community))
		},
		"as no route": func(office *backoffice.Office, outer *gin.Engine, community http.Handler) {
			outer.Use(gin.LoggerWithWriter(&testoffice.Text{}), gin.Recovery())
			outer.NoRoute(gin.WrapH(office.Wrap(community)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			try(t, false, func(office *backoffice.Office, community *gin.Engine) http.Handler {
				outer := gin.New()
				inside(office, outer, community)
				return outer
			})
		})
	}
}

func try(t *testing.T, http2 bool, wrap func(*backoffice.Office, *gin.Engine) http.Handler) {
	gin.SetMode(gin.TestMode)
	gin.DefaultErrorWriter = &testoffice.Text{}
	f := tests.Framework{
		Log: &testoffice.Text{}, More: make(chan struct{}), HTTP2: http2,
		NotAllowed: http.StatusNotFound, Missing: "404 page not found", JSON: true,
	}
	f.Mount = func(cfg backoffice.Config) (*backoffice.Office, http.Handler) {
		community, admin := gin.New(), gin.New()
		admin.Use(gin.LoggerWithWriter(f.Log))
		office, err := mount(t.Context(), cfg, community, admin)
		require.NoError(t, err)
		admin.GET("/panic", func(*gin.Context) { panic("gin fell over") })
		admin.GET("/caught", gin.Recovery(), func(*gin.Context) { panic("gin fell over") })
		admin.POST("/back", func(c *gin.Context) { c.Redirect(http.StatusSeeOther, c.PostForm("to")) })
		admin.GET("/uri", func(c *gin.Context) { c.String(http.StatusOK, c.Request.RequestURI) })
		admin.GET("/stream", func(c *gin.Context) {
			sent := false
			c.Stream(func(w io.Writer) bool {
				if !sent {
					sent = true
					_, _ = io.WriteString(w, "one")
					return true
				}
				<-f.More
				_, _ = io.WriteString(w, "two")
				return false
			})
		})
		return office, wrap(office, community)
	}
	tests.Try(t, f)
}

func TestNoRouteOfGinKeepsTheStatusOfAPageInside(t *testing.T) {
	site := browse.Mounted(t, func(cfg backoffice.Config) (*backoffice.Office, http.Handler) {
		cfg.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "a page") })
		cfg.Menu, cfg.Guards = nil, browse.Open("plain")
		office, err := backoffice.New(t.Context(), cfg)
		require.NoError(t, err)
		outer := gin.New()
		outer.NoRoute(gin.WrapH(office.Wrap(http.NotFoundHandler())))
		return office, outer
	})
	p := site.Plain("Mia", backoffice.Moderator).Get("/plain")
	require.Equal(t, "a page", p.Body)
	require.Equal(t, http.StatusOK, p.Status)
}

func TestTwoOfficesInsideGin(t *testing.T) {
	first, second := browse.New(t), browse.New(t)
	outer := gin.New()
	outer.Use(use(func(h http.Handler) http.Handler { return first.Wrap(second.Wrap(h)) }))
	for _, site := range []*browse.Site{first, second} {
		site.Server.Config.Handler = outer
		require.Equal(t, http.StatusOK, site.Plain("Mia", backoffice.Moderator).Get("/account").Status)
	}
}

// Around the office, gin's Recovery would log the request with its cookies, and end the
// answer as if it were whole.
func TestAnAnswerBreaksOffInsideTheFirstMiddlewareOfGin(t *testing.T) {
	site := browse.New(t)
	site.Inside.HandleFunc("/breaks", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	log := &testoffice.Text{}
	outer := gin.New()
	outer.Use(use(site.Wrap), gin.LoggerWithWriter(log), gin.RecoveryWithWriter(log))
	site.Server.Config.Handler = outer
	mia := site.Plain("Mia", backoffice.Moderator)
	r := mia.Request(http.MethodGet, "/breaks", nil)
	r.Header.Set("User-Agent", mia.Agent)
	res, err := mia.Client.Do(r)
	require.NoError(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.Equal(t, "half", string(body))
	require.Empty(t, log.String())
}
