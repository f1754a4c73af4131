package gallery

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/store"
)

// widgets are cards of the host's: as they should be, as long as they may be, and one that
// fails.
func widgets(_ *desk.Config, c *pages.Config) {
	card := func(title, permission string, data pages.WidgetData) pages.Widget {
		return pages.Widget{Title: title, Path: "/dashboard", Permission: permission, Load: func(context.Context) (pages.WidgetData, error) { return data, nil }}
	}
	c.Widgets = []pages.Widget{
		card("Members", "", pages.WidgetData{Figure: "1,284", Text: "23 more than a week ago.", Rows: []pages.WidgetRow{{Label: "Joined today", Value: "4"}, {Label: "Came back this week", Value: "318"}}}),
		card("Reports", "posts.moderate", pages.WidgetData{Figure: "3", Text: "The oldest has waited for 5 hours.", Rows: []pages.WidgetRow{
			{Label: "“Great deals on batteries”", Value: "2 reports", Path: "/moderation/81"}, {Label: hostile, Value: arabicName, Path: "/moderation/80"}, {Label: longName, Value: "1 report", Path: "https://elsewhere.example/"},
		}}),
		{Title: "Newsletter", Load: func(context.Context) (pages.WidgetData, error) { return pages.WidgetData{}, errors.New("no answer") }},
		card("Birthdays", "", pages.WidgetData{}),
	}
}

// homeSetUp is a new office, from its first day until it is set up.
func homeSetUp(g *gallery) {
	o := g.open(widgets, func(c *desk.Config, _ *pages.Config) { c.Contact = "" })
	ada := o.at(ago(2*time.Minute), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	o.keep("set-up-begun", ada.Get("/"))
	press := func(button string) browse.Page { return ada.Follow(ada.Press(ada.Get("/"), "/", button)) }
	o.keep("set-up-address", press("I have kept it"))
	o.keep("set-up-hidden", press("Hide"))
	press("Show")
	ada.Submit(ada.Get("/mail/test"), "/mail/test")
	var letters strings.Builder
	for _, m := range o.Delivered().To("ada@community.example") {
		letters.WriteString(m.Text)
	}
	_, code, _ := strings.Cut(letters.String(), "/mail/arrived/")
	o.keep("mail-arrived", ada.Open("/mail/arrived/"+strings.Fields(code)[0]))
	o.person("ben", "Ben Carter", "ben@community.example", store.Operator{}, desk.RoleSuperAdministrator)
	o.person("mia", "Mia Wong", "mia@community.example", store.Operator{}, desk.RoleModerator)
	o.keep("set-up-nearly", ada.Get("/"))
	o.Rules(map[string]string{"office.contact": "the IT desk, it@community.example"})
	o.keep("set-up", ada.Get("/"))
	b := o.browser(home)
	o.keep("contact", b.Get("/login"))
}

// homeWeeks is an office in use, seen by someone who may see everything.
func homeWeeks(g *gallery) {
	o := g.open(widgets)
	roles := map[string]string{"ada": desk.RoleSuperAdministrator, "ben": desk.RoleAdministrator, "mia": desk.RoleModerator}
	for id, name := range map[string]string{"ada": "Ada Lovelace", "ben": "Ben Carter", "mia": "Mia Wong"} {
		o.person(id, name, id+"@community.example", store.Operator{}, roles[id])
	}
	note := func(at time.Time, code, outcome, reason string, who store.Operator) {
		o.Clock.Set(at)
		v := testoffice.From(home)
		if outcome != desk.Success {
			v = testoffice.From("198.51.100.24")
		}
		entry := o.Audit(v, code, outcome).Target(who).Because(reason)
		if outcome == desk.Success {
			entry.By(who)
		}
		o.Write(entry.Write())
	}
	for n, day := range strings.Fields("5 7 6 8 2 1 6 9 7 8 6 2 2") {
		for i := range int(day[0] - '0') {
			who := o.Find([]string{"ada", "ben", "mia"}[(n+i)%3])
			note(ago(time.Duration(13-n)*24*time.Hour-time.Duration(i)*time.Hour), "signin.succeeded", desk.Success, "", who)
			if i%4 == 1 || n == 9 {
				note(ago(time.Duration(13-n)*24*time.Hour-time.Duration(i)*time.Hour), "signin.refused", desk.Failure, "wrong password", who)
			}
		}
	}
	ben := o.at(ago(3*time.Minute), o.Find("ben"))
	ada := o.at(ago(2*time.Minute), o.Find("ada"))
	ben.Submit(ben.Press(ben.Get("/operators/mia/roles"), "/operators/mia/roles", "", "+role="+desk.RoleCommunityManager), "/operators/mia/roles")
	o.Delivered()
	o.ChangeParameters(func(p *store.Parameters) { p.Setup = map[string]string{"finished": "2026-03-01T09:00:00Z"} })
	o.keep("weeks", ada.Get("/"))
	for range desk.SignInsMost {
		note(ago(2*time.Hour), "signin.refused", desk.Failure, "no such account", store.Operator{})
	}
	o.Clock.Set(Time)
	o.keep("flood", ada.Get("/"))
}
