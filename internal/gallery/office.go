package gallery

import (
	"context"
	"crypto/tls"
	"hash/fnv"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"testing/cryptotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/internal/view"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

const (
	longName   = "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh y Zaragoza" // 64 characters, the most
	longEmail  = "wolfeschlegelsteinhausenbergerdorff@subdomain.community.example"
	arabicName = "سارة بنت عبد الرحمن"
	hostile    = `"><script>alert(1)</script>`
)

// Time is the moment at which all states are seen.
var Time = time.Date(2026, time.March, 14, 9, 26, 53, 0, time.UTC)

// Base is the path of the office: an alias as one is generated.
const Base = "/k7w3xqymp2rt5bvonc4d"

var ctx = context.Background()

// ago is a moment before Time.
func ago(d time.Duration) time.Time { return Time.Add(-d) }

const day = 24 * time.Hour

// gallery collects states.
type gallery struct {
	t        *testing.T
	language string
	messages *messages.Catalogue
	states   []State
	// offices are those that states were seen in.
	offices []*office
	assets  map[string]view.Asset
}

// office is one office that states are seen in. People, their sign-ins and what
// happened before are stored; what a state shows is what the office answers.
type office struct {
	ada *browse.Person // at work, if the office is staffed
	*testoffice.Office
	g        *gallery
	site     *browse.Site
	server   *pages.Server
	seen     *recorder
	inside   *http.ServeMux
	people   map[string]*browse.Person
	answer   http.HandlerFunc
	password string
}

// recorder keeps the last page that was rendered.
type recorder struct {
	*view.Renderer
	frame view.Frame
	page  view.Page
	html  []byte
}

func (r *recorder) Render(f view.Frame, p view.Page) (html []byte, err error) {
	html, err = r.Renderer.Render(f, p)
	r.frame, r.page, r.html = f, p, html
	return html, err
}

// open opens an office that nobody has set up yet.
func (g *gallery) open(change ...func(*desk.Config, *pages.Config)) *office {
	t := g.t
	rig := testoffice.NewRig(t, memstore.New())
	rig.Clock.Set(ago(90 * day))
	o := &office{g: g, inside: http.NewServeMux(), people: map[string]*browse.Person{}}
	renderer, err := pages.NewRenderer(view.Config{Clock: rig.Clock.Now})
	require.NoError(t, err)
	o.seen = &recorder{Renderer: renderer}
	cfg := pages.Config{
		Pages: o.seen, Handler: o.inside,
		Guards: []pages.Guard{{Path: "", Permission: pages.AnyOperator}},
		Menu: []pages.MenuItem{
			{Group: "Community", Label: "Dashboard", Text: "Sign-ups, posts and answers of the last seven days.", Path: "/dashboard", Permission: pages.AnyOperator, Icon: "grid"},
			{Group: "Community", Label: "Analytics", Text: "Who visits, from where, and what they read.", Path: "/analytics", Permission: "analytics.view", Icon: "chart"},
			{Group: "Community", Label: "Moderation", Text: "Reported posts that wait for a decision.", Path: "/moderation", Permission: "posts.moderate", Icon: "flag"},
		},
	}
	o.seed("open")
	o.Office = testoffice.Open(rig, func(c *desk.Config) {
		c.Name, c.Sender = "Sunday Cyclists", sender{c.Sender}
		c.Permissions = []desk.Permission{
			{Key: "analytics.view", Label: "See figures", Group: "Community", Description: "Visits, posts and answers.", Roles: []string{desk.RoleCommunityManager}},
			{Key: "posts.moderate", Label: "Decide on reports", Group: "Community", Description: "Hide posts, warn members.", Roles: []string{desk.RoleModerator, desk.RoleCommunityManager}},
			{Key: "campaigns.send", Label: longName, Group: "Community", Description: "Newsletters to all members."},
		}
		c.Messages = g.messages
		if g.language != "" {
			c.Languages = []string{g.language}
		}
		for _, f := range change {
			f(c, &cfg)
		}
	})
	o.ChangeParameters(func(p *store.Parameters) { p.Alias = Base[1:] })
	o.Rules(map[string]string{})
	cfg.Desk, cfg.Vault = o.Desk, o.Cfg.Vault
	server := pages.New(cfg)
	o.server = server
	g.offices = append(g.offices, o)
	o.site = &browse.Site{Rig: rig, Server: &httptest.Server{URL: testoffice.Origin}, Base: Base}
	o.site.Cfg.Origin = o.Origin + o.Path
	o.answer = func(w http.ResponseWriter, r *http.Request) {
		alias, _, _ := strings.Cut(r.URL.Path[1:], "/")
		require.True(t, server.Serve(w, r, alias, len("/"+alias)), r.URL.Path)
	}
	o.password, err = o.Cfg.Hasher.Hash(ctx, testoffice.Good)
	require.NoError(t, err)
	return o
}

// seed derives everything random from words, so that a state does not depend on
// those before it.
func (o *office) seed(words string) {
	h := fnv.New64a()
	_, _ = io.WriteString(h, words)
	cryptotest.SetGlobalRandom(o.g.t, h.Sum64())
}

// asset is the path of a file that a page loads.
var asset = regexp.MustCompile(`/[a-z0-9-]+/static/[a-z0-9.-]+`)

// keep keeps an answer as a state of the page that it shows.
func (o *office) keep(name string, p browse.Page) {
	o.g.t.Helper()
	filled := strings.Contains(p.Body, ` name="kept" `) // with what was typed before
	if string(o.seen.html) != p.Body && !filled {
		o.g.t.Errorf("%s: status %d at %s shows no page of ours: %s %.300s", name, p.Status, p.Path, p.Location, p.Text())
		return
	}
	s := State{Name: o.seen.page.Template() + "-" + name, Status: p.Status, Frame: o.seen.frame, Page: o.seen.page, HTML: []byte(p.Body)}
	if s.Frame.Operator != nil {
		s.Name = "office-" + s.Name
	}
	o.g.states = append(o.g.states, s)
	for _, path := range asset.FindAllString(p.Body, -1) {
		if _, ok := o.g.assets[path]; !ok {
			r := httptest.NewRequest(http.MethodGet, testoffice.Origin+path, nil)
			w := httptest.NewRecorder()
			o.answer(w, r)
			require.Equal(o.g.t, http.StatusOK, w.Code, path)
			o.g.assets[path] = view.Asset{ContentType: w.Header().Get("Content-Type"), Body: w.Body.Bytes()}
		}
	}
	o.seed(s.Name)
}

// sender is a mail server that says where mails come from.
type sender struct{ mail.Sender }

func (sender) From() string { return "Sunday Cyclists <office@community.example>" }

// person puts an operator with the usual password into the store.
func (o *office) person(id, name, email string, op store.Operator, roles ...string) store.Operator {
	op.ID, op.Name, op.Email = id, name, email
	if op.State == "" {
		op.State = store.OperatorActive
	}
	if op.MemberID != "" {
		called, _, _ := strings.Cut(name, " ")
		op.MemberName, op.MemberEmail, op.RefreshedAt = called, email, ago(time.Hour)
	}
	if op.State != store.OperatorInvited && op.Password == "" && op.MemberID == "" {
		op.Password = o.password
	}
	if op.Password != "" && op.PasswordSetAt.IsZero() {
		op.PasswordSetAt = ago(40 * day)
	}
	if op.CreatedAt.IsZero() {
		op.CreatedAt = ago(200 * day)
	}
	op.UpdatedAt = op.CreatedAt
	if len(roles) > 0 {
		op.PrimaryRole, op.Roles = roles[0], roles[1:]
	}
	desk.Keyed(&op)
	return o.Put(op)
}

// address is where requests of a browser come from.
type address struct {
	o     *office
	ip    string
	plain bool
}

// RoundTrip answers in this process, over TLS as far as the office can see.
func (a address) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.RequestURI, r.Host, r.RemoteAddr = r.URL.RequestURI(), r.URL.Host, a.ip+":40000"
	if strings.Contains(a.ip, ":") {
		r.RemoteAddr = "[" + a.ip + "]:40000"
	}
	if !a.plain {
		r.TLS = &tls.ConnectionState{}
	}
	if r.Body == nil {
		r.Body = http.NoBody
	}
	w := httptest.NewRecorder()
	a.o.answer(w, r)
	return w.Result(), nil
}

// browser opens a browser at an address.
func (o *office) browser(ip string) *browse.Browser {
	jar, err := cookiejar.New(nil)
	require.NoError(o.g.t, err)
	return &browse.Browser{
		Site: o.site, T: o.g.t, Agent: testoffice.Agent,
		Client: &http.Client{Transport: address{o: o, ip: ip}, Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}

// home is where people sign in from.
const home = "203.0.113.7"

// at signs a stored operator in, at a time, from where people usually are.
func (o *office) at(when time.Time, op store.Operator) *browse.Person {
	o.g.t.Helper()
	return o.from(home, testoffice.Agent, when, op)
}

// from signs a stored operator in at a browser elsewhere. Who must have a second
// factor gets one at the first time.
func (o *office) from(ip, agent string, when time.Time, op store.Operator) *browse.Person {
	o.g.t.Helper()
	p := &browse.Person{Browser: o.browser(ip), Operator: op, Password: testoffice.Good}
	p.Agent = agent
	o.Clock.Set(when)
	shown := p.Follow(p.Login(op.Name, p.Password))
	switch before := o.people[op.ID]; {
	case before != nil && !before.Secret.IsZero():
		p.Secret, p.Codes = before.Secret, before.Codes
		p.Submit(shown, "/login/code", "code", o.Code(p.Secret))
	case shown.Path == "/login/enrol":
		p.Enrol(shown)
	}
	require.Contains(o.g.t, []string{"/account", "/account/password"}, p.Open("/account").Path, "%s cannot sign in", op.Name)
	o.people[op.ID] = p
	o.Clock.Set(Time)
	return p
}
