package gallery

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

func parameters(g *gallery) {
	o := g.staffed(directory("Ada", "Grace", "Katherine"), func(_ *desk.Config, c *pages.Config) {
		c.Shadows = func(home string) pages.Shadow {
			if strings.HasSuffix(home, "/walnut-otter-news/") {
				return pages.Shadow{Path: "/walnut-otter-news/", Status: 200, Title: "News of otters & walnuts"}
			}
			if strings.HasSuffix(home, "/walnut-otter-blog/") {
				return pages.Shadow{Path: "/walnut-otter-blog", Status: 403}
			}
			return pages.Shadow{}
		}
	})
	ada := o.ada
	o.Set(map[string]string{
		"password.max_age": "90d", "invite.life": "3d", "two_factor.from": "2026-04-01", "signin.paused_text": "Back at 18:00 UTC.",
		"office.accent": "#7a1f5c", "signin.paused": "on",
	})
	o.Invited("alan@community.example", "Alan Turing", desk.RoleModerator)
	o.keep("filled", ada.Get("/parameters"))
	o.keep("found", ada.Get("/parameters?q=rate+limit"))
	o.keep("not-found", ada.Get("/parameters?q=banana"))
	for _, of := range settings.Sections() {
		o.keep(of.ID, ada.Get("/parameters/"+of.ID))
	}
	passwords, look := ada.Get("/parameters/passwords"), ada.Get("/parameters/look")
	o.keep("refused", ada.Press(passwords, "/parameters/passwords", "Review", "password.min_length.preset=custom", "password.min_length=7", "password.max_age.preset=custom", "password.max_age=soon"))
	o.keep("colour", ada.Press(look, "/parameters/look", "Review", "office.accent=teal"))
	o.keep("loosens", ada.Press(passwords, "/parameters/passwords", "Review", "password.min_length.preset=15", "password.temporary=on", "password.max_age.preset=180d"))
	o.keep("one", ada.Press(look, "/parameters/look", "Review", "office.name="+hostile))
	twoFactor := ada.Get("/parameters/two-factor")
	o.keep("follows", ada.Press(twoFactor, "/parameters/two-factor", "Review", "two_factor.from="))
	o.keep("none", ada.Get("/parameters/history/session.idle"))
	for i, edit := range []string{"password.min_length.preset=15", "password.min_length.preset=0", "password.min_length.preset=20"} {
		o.Clock.Add(time.Duration(i) * 10 * time.Second)
		ada.Submit(ada.Press(ada.Get("/parameters/passwords"), "/parameters/passwords", "Review", edit), "/parameters/passwords")
	}
	o.keep("changes", ada.Get("/parameters/history/password.min_length"))
	passwords = ada.Get("/parameters/passwords")
	mary := o.person("second", arabicName+" 2", "second@community.example", store.Operator{}, desk.RoleSuperAdministrator)
	o.ChangeParameters(func(p *store.Parameters) {
		p.Values = map[string]string{"password.history": "5", "password.min_length": "15", "signin.paused": "on", "office.accent": "#7a1f5c"}
		p.UpdatedBy, p.UpdatedAt = mary.ID, ago(2*time.Minute)
	})
	o.keep("clash", ada.Press(passwords, "/parameters/passwords", "Review", "password.min_length.preset=0", "password.temporary=on"))

	form := ada.Get("/parameters/sessions")
	o.keep("plain", form)
	o.keep("refused", ada.Submit(form, "/parameters/sessions"))
	form = ada.Get("/parameters/address")
	o.keep("choose", form)
	o.keep("refused", ada.Submit(form, "/parameters/address", "action", "choose", "alias", "admin"))
	o.keep("refused-guessable", ada.Submit(form, "/parameters/address", "action", "choose", "alias", "admin-panel-2024"))
	o.keep("confirm", ada.Submit(form, "/parameters/address", "action", "choose", "alias", "p9xk-7dqm-w2ht"))
	o.keep("shadows", ada.Submit(form, "/parameters/address", "action", "choose", "alias", "walnut-otter-news"))
	o.keep("shadows-untitled", ada.Submit(form, "/parameters/address", "action", "choose", "alias", "walnut-otter-blog"))
}

// guessableAlias is an office whose alias is older than the rule.
func guessableAlias(g *gallery) {
	o := g.staffed(directory("Ada", "Grace", "Katherine"))
	o.ChangeParameters(func(p *store.Parameters) { p.Alias = "admin-panel-2024" })
	ada := o.ada.Moved("/admin-panel-2024")
	o.keep("guessable", ada.Get("/parameters"))
	o.keep("guessable", ada.Get("/parameters/address"))
	o.ChangeParameters(func(p *store.Parameters) { p.Alias = Base[1:] })
}

// longHistory is an office whose parameters were changed more often than one page of a
// history looks at.
func longHistory(g *gallery) {
	o := g.staffed()
	var writes []store.Write
	for i := range 201 {
		e := store.Event{ID: "event-" + strconv.Itoa(i), At: ago(time.Hour), Code: "parameters.changed", Outcome: desk.Success, ActorID: desk.ActorCommandLine, ActorName: "Command line"}
		if i%70 == 0 {
			e.Detail = map[string]string{"session.idle": "30m → 1h"}
			e.ActorID, e.ActorName = desk.ActorSystem, ""
		}
		writes = append(writes, store.AppendEvent{Event: e})
	}
	o.Write(writes...)
	o.keep("long", o.ada.Get("/parameters/history/session.idle"))
	o.keep("none-so-far", o.ada.Get("/parameters/history/session.proof"))
	o.keep("none-older", o.ada.Get("/parameters/history/session.proof?before=30"))
}

// deliveries is a mail server that refuses some people.
func deliveries(_ context.Context, m mail.Message) error {
	switch {
	case strings.HasPrefix(m.To, "grace"):
		return &mail.DeliveryError{Reply: "451 4.7.1 Greylisted, try again later"}
	case strings.HasPrefix(m.To, "wolf"):
		return &mail.DeliveryError{Reply: "550 5.1.1 <" + longEmail + ">: Recipient address rejected: User unknown in virtual mailbox table", Permanent: true}
	}
	return nil
}

func mails(g *gallery) {
	o := g.open()
	o.Rules(map[string]string{"two_factor.who": "recommended"})
	o.ada = o.at(ago(2*time.Minute), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	o.keep("empty", o.ada.Get("/mail"))

	o = g.staffed(directory("Ada", "Grace", "Katherine"))
	ada := o.ada
	o.keep("none-failed", ada.Get("/mail?state=failed"))
	o.Sent.Answer(deliveries)
	for _, to := range []string{"grace@community.example", longEmail} {
		if err := o.RequestReset(ctx, testoffice.From(home), to); err != nil {
			g.t.Fatal(err)
		}
	}
	o.Delivered()
	o.keep("filled", ada.Get("/mail"))
	o.keep("filtered", ada.Get("/mail?q=wolf&state=failed&operator=wolf&kind=password-reset&after=1900000000000000&id=z"))
	o.keep("none", ada.Get("/mail?state=failed&q=nobody"))
	one := func(query string) string { return o.first("/mail?" + query) }
	o.keep("queued", ada.Get(one("q=grace&state=queued")))
	o.keep("failed", ada.Get(one("q=wolf&state=failed")))
	o.keep("sent", ada.Get(one("q=ada&state=sent")))
	o.keep("renewed", ada.Get(one("q=sara")))
	sara := "/operators/" + o.found("sara@") + "/invitation"
	o.Sent.Answer(func(context.Context, mail.Message) error {
		return &mail.DeliveryError{Reply: "421 4.3.2 Try again later"}
	})
	ada.Submit(ada.Get(sara), sara, "action", "resend")
	o.Delivered()
	ada.Submit(ada.Get(sara), sara, "action", "cancel")
	o.keep("over", ada.Get(one("q=sara&state=queued")))
	form := ada.Get("/mail/test")
	o.keep("empty", form)
	o.Sent.Answer(func(context.Context, mail.Message) error {
		return &mail.DeliveryError{Reply: "552 5.2.2 Mailbox full", Permanent: true}
	})
	ada.Submit(form, "/mail/test")
	o.Delivered()
	o.keep("same", ada.Get(one("q=ada&state=failed")))
	long := o.at(ago(2*time.Minute), o.person("keeper", longName+".", "x."+longEmail, store.Operator{}, "keeper"))
	o.keep("long", long.Get("/mail/test"))
}

// mailDelayed is an office whose mail server accepts nothing.
func mailDelayed(g *gallery) {
	o := g.open()
	o.Sent.Refuse(&mail.DeliveryError{Reply: "451 4.3.0 Try again later"})
	o.person("grace", "Grace Hopper", "grace@community.example", store.Operator{}, desk.RoleModerator)
	ada := o.at(ago(2*time.Minute), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	o.keep("due", ada.Get("/mail/"+ada.Get("/mail").Rows("/mail/")[0]))
	o.Delivered()
	o.keep("mail-delayed", ada.Get("/"))
	o.keep("delayed", ada.Get("/mail"))
	o.keep("mail-delayed", ada.Get("/operators/grace?done=reset-sent"))
}

func audit(g *gallery) {
	o := g.staffed(directory("Ada", "Grace", "Katherine"))
	ada := o.ada
	o.browser(farIP).Login("Grace Hopper", testoffice.Wrong)
	o.browser("198.51.100.24").Login(hostile+"?", testoffice.Wrong)
	form := ada.Get("/parameters/maintenance")
	ada.Submit(ada.Press(form, "/parameters/maintenance", "Review", "signin.paused_text="+hostile), "/parameters/maintenance")
	form = ada.Get("/parameters/passwords")
	ada.Submit(ada.Press(form, "/parameters/passwords", "Review", "password.min_length.preset=20", "password.max_age.preset=90d"), "/parameters/passwords")
	o.Sent.Answer(deliveries)
	if err := o.RequestReset(ctx, testoffice.From(home), longEmail); err != nil {
		g.t.Fatal(err)
	}
	o.Delivered()
	form = ada.Get("/operators/grace/roles")
	ada.Submit(ada.Press(form, "/operators/grace/roles", "", "+role=keeper"), "/operators/grace/roles")
	o.keep("filled", ada.Get("/audit"))
	o.keep("filtered", ada.Get("/audit?kind=parameters.changed&outcome=success&person=Ada+Lovelace&as=by&address=203.0.113.7&from=2026-03-01T00:00&until=2026-03-15T09:00&before=900"))
	o.keep("refused", ada.Get("/audit?from=2026-03-14T09:00&until=2026-03-01T00:00"))
	o.keep("none", ada.Get("/audit?outcome=refused&kind=alias"))
	o.keep("alike", ada.Get("/audit?person=community.example"))
	o.keep("unknown", ada.Get("/audit?person=Nobody"))
	one := func(query string) string { return o.first("/audit?" + query) }
	o.keep("changes", ada.Get(one("kind=parameters.changed")))
	o.keep("refused", ada.Get(one("kind=signin.refused&address="+url.QueryEscape(farIP))))
	o.keep("hostile", ada.Get(one("kind=signin.refused&address=198.51.100.24")))
	o.keep("plain", ada.Get("/audit/events"))
	form = ada.Get("/audit/verify")
	o.keep("ask", form)
	o.Store.Before("ListEvents", func() { o.Clock.Add(3 * time.Second) })
	o.keep("whole", ada.Submit(form, "/audit/verify"))
}

// edited is a store in which someone changed an event.
type edited struct{ store.Store }

func (s edited) ListEvents(ctx context.Context, q store.EventQuery) (store.EventPage, error) {
	page, err := s.Store.ListEvents(ctx, q)
	for i, e := range page.Rows {
		if e.Seq == 5 {
			page.Rows[i].IP = "198.51.100.99"
		}
	}
	return page, err
}

func auditBroken(g *gallery) {
	o := g.staffed(func(c *desk.Config, _ *pages.Config) { c.Store = edited{c.Store} })
	o.keep("broken", o.ada.Submit(o.ada.Get("/audit/verify"), "/audit/verify"))
}

// mailed is a witness that nobody can read back.
type mailed struct{ *testoffice.Witness }

func (mailed) Last(context.Context) (string, error) { return "", errors.ErrUnsupported }

func auditWitnessed(g *gallery) {
	witnesses := map[string]desk.Witness{"accepted": &testoffice.Witness{}, "unread": mailed{&testoffice.Witness{}}}
	for _, state := range slices.Sorted(maps.Keys(witnesses)) { // Sorted, because the order of states is kept.
		w := witnesses[state]
		o := g.staffed(func(c *desk.Config, _ *pages.Config) { c.Witness = w })
		err := o.AcceptAudit(ctx, desk.CommandLine(), testoffice.Home, "An older copy was restored.")
		require.NoError(o.T, err)
		o.ada.Submit(o.ada.Get("/audit/verify"), "/audit/verify")
		o.Clock.Add(time.Minute)
		o.keep(state, o.ada.Submit(o.ada.Get("/audit/verify"), "/audit/verify"))
	}
}
