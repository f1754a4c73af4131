package gallery

import (
	"context"
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
)

// Keys are called so where the host has no messages for them.
var _ = []string{"State", "Meeting point", "Phone"}

// auditHost is an office whose host writes entries of its own, one of which a crash cut off.
func auditHost(g *gallery) {
	o := g.staffed(func(c *desk.Config, _ *pages.Config) {
		c.Events = []desk.EventKind{
			{Code: "posts.hidden", Label: "A post was hidden.", Says: "{actor}" + " hid the post " + "{target}"},
			{Code: "posts.pinned", Label: "A post was pinned.", Says: "{actor}" + " pinned the post " + "{target}"},
			{Code: "rides.cancelled", Label: "A ride was cancelled.", Group: "Rides", Private: []string{"phone"}, Settle: func(context.Context, desk.Act) (desk.Found, error) {
				return desk.FoundBefore, nil
			}},
			{Code: "rides.counted", Label: "The rides were counted.", Group: "Rides"},
		}
	})
	job, err := desk.Job("clean-up-2")
	if err != nil {
		g.t.Fatal(err)
	}
	var ada desk.Actor
	home := testoffice.From(home)
	o.inside.HandleFunc("/me", func(_ http.ResponseWriter, r *http.Request) {
		s, _ := pages.FromContext(r.Context())
		ada = s.Identity().Actor()
	})
	o.ada.Get("/me")
	do := func(a desk.Actor, act desk.Act) {
		o.Clock.Add(2 * time.Minute)
		if err := o.AuditAct(ctx, a, home, act, func(context.Context) error { return nil }); err != nil {
			g.t.Fatal(err)
		}
	}
	do(ada, desk.Act{Code: "posts.hidden", Kind: "posts", ID: "17", Name: "Tyres for sale, cheap", Reason: "spam", Before: map[string]string{"hidden": "no"}, After: map[string]string{"hidden": "yes"}})
	do(ada, desk.Act{Code: "posts.pinned", Kind: "posts", ID: "18", Name: arabicName})
	do(job, desk.Act{Code: "rides.counted"})
	cancelled := desk.Act{
		Code: "rides.cancelled", Kind: "rides", ID: "2026-03-08", Name: longName, Reason: "storm",
		Before: map[string]string{"state": "planned", "meeting_point": "Old mill", "phone": "01234"}, After: map[string]string{"state": "cancelled", "meeting_point": "", "phone": ""},
	}
	d, st := o.Faulty()
	st.FailMethod("ConsumeToken", store.ErrUnavailable)
	for range 2 {
		o.Clock.Add(6 * time.Minute)
		_ = o.SettleActs(ctx)
		_ = d.AuditAct(ctx, ada, home, cancelled, func(context.Context) error { return nil })
	}
	o.Clock.Add(2 * time.Minute)
	o.keep("host", o.ada.Get("/audit"))
	o.keep("host-unsettled", o.ada.Get(o.first("/audit?outcome=unsettled")))
	o.keep("host-outcomes", o.ada.Get("/audit?outcome=unsettled&about=2026-03-08&kind=rides"))
	o.keep("unsettled", o.ada.Get("/"))
	o.keep("host", o.ada.Get("/audit/events"))
}
