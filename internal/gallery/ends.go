package gallery

import (
	"net/url"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// ends are accounts that end, and unused ones.
func ends(g *gallery) {
	o := g.staffed(directory("Ada", "Grace", "Katherine", "Maria"))
	end := func(id string, day time.Time) {
		o.Change(id, func(op *store.Operator) { op.EndsAt = day.Truncate(24 * time.Hour) })
	}
	end("grace", Time.Add(13*day))
	end("wolf", Time.Add(300*day))
	end("off", ago(3*day))
	o.Rules(map[string]string{"accounts.unused": "30d"})
	o.person("idle", "Rosalind Franklin", "rosalind@community.example", store.Operator{Password: o.password, CreatedAt: ago(200 * day), LastActiveAt: ago(23 * day)}, desk.RoleModerator)
	o.person("ended", "Chien-Shiung Wu", "wu@community.example", store.Operator{Password: o.password, CreatedAt: ago(60 * day), LastActiveAt: ago(2 * day), EndsAt: Time.Truncate(24 * time.Hour)}, desk.RoleModerator)
	ada := o.ada
	o.keep("ending", ada.Get("/"))
	o.keep("ends", ada.Get("/operators?sort=created"))
	o.keep("ending", ada.Get("/operators?account=ending"))
	o.keep("ends", ada.Get("/operators/grace"))
	o.keep("unused", ada.Get("/operators/idle"))
	form := ada.Get("/operators/grace/end")
	o.keep("filled", form)
	o.keep("refused", ada.Press(form, "/operators/grace/end", "", "ends=2026-03-13"))
	o.keep("day", ada.Press(form, "/operators/grace/end", "", "ends=2026-12-31"))
	o.keep("never", ada.Press(form, "/operators/grace/end", "", "ends="))
	o.keep("empty", ada.Get("/operators/mary/end"))
	form = ada.Get("/operators/off/enable")
	o.keep("ended", form)
	o.keep("refused", ada.Press(form, "/operators/off/enable", "", "ends=2026-03-10"))
	form = ada.Get("/operators/new/several")
	o.keep("ends", ada.Press(form, "/operators/new/several", "", "people=lise@community.example", "+role=moderator", "ends=2026-03-31"))
	o.keep("ends", ada.Press(form, "/operators/new/several", "", "people=lise@community.example", "+role=moderator", "ends=2026-03-01"))
	form = ada.Get("/members/m-maria")
	o.keep("past", ada.Press(form, "/members/m-maria", "", "+role=moderator", "ends=2026-03-01"))
	o.keep("ends", ada.Press(form, "/members/m-maria", "", "+role=moderator", "ends=2026-03-31"))

	// The last super-administrator, whose end has passed.
	end("ada", ago(2*day))
	o.Change("ada", func(op *store.Operator) { op.MemberID = "" })
	kept := o.at(ago(time.Minute), o.Find("ada"))
	o.keep("end-kept", kept.Get("/"))
	o.keep("end-kept", kept.Get("/operators/ada"))
	o.keep("ends", ada.Get("/audit?"+url.Values{"kind": {"operator"}}.Encode()))
}
