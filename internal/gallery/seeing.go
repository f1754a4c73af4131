package gallery

import (
	"net/url"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/store"
)

// seeing is an administrator who sees the office as someone else.
func seeing(g *gallery) {
	o := g.open(widgets)
	ada := o.at(ago(2*time.Minute), o.person("ada", "Ada Lovelace", "ada@community.example", store.Operator{}, desk.RoleSuperAdministrator))
	o.person("mia", "Mia Wong", "mia@community.example", store.Operator{}, desk.RoleModerator)
	o.person("ben", "Ben Carter", "ben@community.example", store.Operator{}, desk.RoleAdministrator)
	o.person("long", longName, "long@community.example", store.Operator{}, desk.RoleCommunityManager)
	begin := func(id string) {
		at := "/operators/" + id + "/see-as"
		o.keep("begun-"+id, ada.Follow(ada.Submit(ada.Get(at), at, "reason", "Mia asked why she cannot see the posts.")))
	}
	stop := func(state string) { o.keep(state, ada.Follow(ada.Submit(ada.Get("/"), "/account/see-as"))) }
	o.keep("plain", ada.Get("/operators/mia/see-as"))
	o.keep("refused", ada.Submit(ada.Get("/operators/mia/see-as"), "/operators/mia/see-as"))
	begin("mia")
	o.keep("account", ada.Get("/account"))
	o.keep("denied", ada.Get("/audit"))
	stop("stopped")
	begin("long")
	stop("stopped-long")
	begin("ben")
	o.keep("seeing", ada.Get("/operators"))
	form := ada.Get("/operators/mia/name")
	o.keep("change", ada.Post("/operators/mia/name", url.Values{"csrf": form.Form("/logout")["csrf"], "name": {"Mia"}}))
	o.Clock.Add(desk.SeeAsLife)
	o.keep("over", ada.Get("/operators"))
}
