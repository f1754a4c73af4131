package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// approvals is an office under the two-person rule, with Ada, who asks, and Hedy.
func approvals(g *gallery) {
	o := g.staffed()
	o.person("hedy", "Hedy Lamarr", "hedy@community.example", store.Operator{CreatedAt: ago(400 * day)}, desk.RoleSuperAdministrator)
	o.person("rosa", "Rosa Parks", "rosa@community.example", store.Operator{CreatedBy: "ada", CreatedAt: ago(40 * day)}, desk.RoleSuperAdministrator)
	hedy, rosa := o.at(ago(3*time.Minute), o.Find("hedy")), o.at(ago(3*time.Minute), o.Find("rosa"))
	ada := o.ada
	o.Clock.Set(ago(2 * time.Minute))
	o.keep("off", hedy.Get("/office/approvals"))
	o.Rules(map[string]string{
		"approval.super_administrator": "on", "approval.parameters": "on", "approval.address": "on", "approval.audit": "on", "approval.two_factor": "on",
		"password.history": "10",
	})
	o.keep("rule", ada.Get("/parameters/two-person"))
	o.keep("none", hedy.Get("/office/approvals"))

	audit := ada.Submit(ada.Get("/parameters/audit-log"), "/parameters/audit-log", "audit.keep.preset", "90d")
	asked := ada.Submit(audit, "/parameters/audit-log", "confirm", "yes")
	o.keep("own", ada.Follow(asked))
	o.Clock.Set(ago(time.Minute))
	must := func(err error) {
		if _, ok := err.(*desk.WaitingError); !ok {
			g.t.Fatal(err)
		}
	}
	by := o.actor()
	v := desk.Visit{IP: farIP, UserAgent: safari, Route: "POST /operators/lead/roles"}
	must(o.ChangeRoles(ctx, by, v, "lead", desk.RolesForm{Version: o.Find("lead").Version, Primary: desk.RoleSuperAdministrator, Roles: []string{"lead"}}))
	must(o.ChangeAlias(ctx, by, v, "p9xk-7dqm-w2ht"))
	must(o.ResetTwoFactor(ctx, by, v, "mary", "She lost her phone on the train, and called me about it."))
	must(o.DeleteRole(ctx, by, v, "lead", 1, desk.RoleSuperAdministrator))
	o.Clock.Set(Time)
	o.Delivered()
	o.keep("list", hedy.Get("/office/approvals"))
	o.keep("tied", rosa.Get("/office/approvals"))
	o.keep("home", hedy.Get("/"))
	open, err := o.Approvals(ctx, by)
	if err != nil {
		g.t.Fatal(err)
	}
	for _, r := range open {
		page := hedy.Get("/office/approvals/" + r.ID)
		o.keep(r.Act, page)
		if r.Act == desk.ApprovalTwoFactor {
			o.keep("refused", hedy.Submit(page, "/office/approvals/"+r.ID+"/refuse"))
			o.keep("not-second", rosa.Get("/office/approvals/"+r.ID))
		}
		if r.Act == desk.ApprovalRoles {
			o.Change("lead", func(op *store.Operator) { op.Email = "else@community.example" })
			o.keep("void", hedy.Get("/office/approvals/"+r.ID))
		}
	}
}
