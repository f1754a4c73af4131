package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// looks are pages in a colour scheme that was chosen, and while sign-ins are paused.
func looks(g *gallery) {
	o := g.open()
	grace := o.at(ago(2*time.Minute), o.person("grace", "Grace Hopper", "grace@community.example", store.Operator{}, desk.RoleModerator))
	for _, scheme := range []string{"light", "dark"} {
		grace.Submit(grace.Get("/account"), "/account/appearance", "scheme", scheme)
		o.keep(scheme, grace.Get("/account"))
	}
	grace.Submit(grace.Get("/account"), "/logout")
	o.keep("dark", grace.Get("/login"))

	o = g.open()
	ada := o.at(ago(2*time.Minute), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	grace = o.at(ago(2*time.Minute), o.person("grace", "Grace Hopper", "grace@community.example", store.Operator{}, desk.RoleModerator))
	o.Rules(map[string]string{"signin.paused": "on", "signin.paused_text": "We are moving to a new server until noon."})
	o.keep("paused", ada.Get("/account?done=nothing"))
	o.keep("paused-reader", grace.Get("/account"))
	o.keep("paused", o.browser(home).Get("/login?done=unsaved"))
}
