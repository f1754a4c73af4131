package gallery

import (
	"net/http"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

const callback = "/auth/callback"

// withCompany opens an office whose operators may sign in at a provider.
func (g *gallery) withCompany(name string) (*office, *testoffice.Provider) {
	p := &testoffice.Provider{EndSession: testoffice.Issuer + "/logout"}
	o := g.open(func(c *desk.Config, _ *pages.Config) {
		c.Company = &desk.Company{Provider: p, Name: name, RedirectPath: callback, LogoutPath: "/auth/logout"}
	})
	inside := o.answer
	o.answer = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != callback {
			inside(w, r)
			return
		}
		require.True(g.t, o.server.ServeReturn(w, r))
	}
	return o, p
}

// company shows the ways through the identity provider of the company.
func company(g *gallery) {
	o, provider := g.withCompany("Riverside ID")
	through := func(b *browse.Browser, going browse.Page, subject string) browse.Page {
		return b.Through(going, callback, provider.As(testoffice.Account(subject, subject+"@riverside.example")))
	}
	o.at(ago(time.Hour), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	o.Clock.Set(Time)
	b := o.browser(home)
	o.keep("company", b.Get("/login"))
	going := b.Submit(b.Get("/login"), "/login/company")
	o.keep("plain", going)
	back := b.Return(callback, provider.SignsIn(going.Refresh(), testoffice.Account("nobody", "nobody@riverside.example")))
	o.keep("company", back)
	o.keep("refused", b.Get(back.Refresh()))
	going = b.Submit(b.Get("/login"), "/login/company")
	o.keep("cancelled", b.Get(b.Return(callback, provider.Cancels(going.Refresh())).Refresh()))
	going = b.Submit(b.Get("/login"), "/login/company")
	provider.Down(true)
	o.keep("down", through(b, going, "ada"))
	provider.Down(false)

	emmy, invited := o.Invited("emmy@riverside.example", "Emmy Noether", desk.RoleModerator)
	check := func() browse.Page { return b.Submit(b.Get("/welcome"), "/welcome", "token", invited) }
	o.keep("company", check())
	o.keep("email", through(b, b.Submit(check(), "/welcome/company"), "mary"))
	through(b, b.Submit(check(), "/welcome/company"), "emmy")
	o.keep("company-accepted", b.Get("/login?done=company-accepted"))

	ada := o.at(Time, o.Find("ada"))
	o.keep("company", ada.Get("/account"))
	o.keep("none", ada.Get("/account/company"))
	o.keep("taken", through(ada.Browser, ada.Submit(ada.Get("/account/company"), "/account/company"), "emmy"))
	ada.Follow(through(ada.Browser, ada.Submit(ada.Get("/account/company"), "/account/company"), "ada"))
	o.keep("linked", ada.Get("/account/company"))
	o.keep("company-linked", ada.Get("/account"))
	o.keep("company", ada.Get("/operators"))
	emmy = o.Find(emmy.ID)
	o.keep("company", ada.Get("/operators/"+emmy.ID))
	o.keep("asks", ada.Get("/operators/"+emmy.ID+"/company"))
	o.keep("no-other-way", ada.Submit(ada.Get("/operators/"+emmy.ID+"/company"), "/operators/"+emmy.ID+"/company"))
	o.Clock.Set(Time.Add(6 * time.Minute))
	o.keep("company", ada.Get("/step-up?next=%2Fparameters"))
	o.keep("code", ada.Follow(through(ada.Browser, ada.Submit(ada.Get("/step-up?next=%2Fparameters"), "/step-up/company"), "ada")))

	emmys := &browse.Person{Browser: o.browser(home), Operator: emmy}
	shown := emmys.Follow(through(emmys.Browser, emmys.Submit(emmys.Get("/login"), "/login/company"), "emmy"))
	emmys.Enrol(shown)
	o.keep("no-password", emmys.Get("/account/company"))
	o.Clock.Set(o.Clock.Now().Add(6 * time.Minute))
	o.keep("plain", emmys.Get("/step-up"))
	o.keep("company", emmys.Submit(emmys.Get("/logout"), "/logout"))

	o, _ = g.withCompany(longName)
	o.Clock.Set(Time)
	o.Rules(map[string]string{"signin.company_only": "on"})
	b = o.browser(home)
	o.keep("plain", b.Get("/login?next=%2Fanalytics"))
	o.keep("company-only", b.Get("/login?password"))
	o.keep("long", b.Submit(b.Get("/login"), "/login/company"))
}
