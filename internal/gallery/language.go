package gallery

import (
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

// languages are pages of an office that has several.
func languages(g *gallery) {
	o := g.staffed(func(c *desk.Config, _ *pages.Config) {
		c.Languages = []string{"en", "de", "ar"}
	})
	ada := o.ada
	choose := ada.Get("/account/language")
	o.keep("automatic", choose)
	o.keep("unknown", ada.Submit(choose, "/account/language", "language", "fr"))
	o.keep("automatic", ada.Get("/account"))
	o.keep("changed", ada.Follow(ada.Submit(choose, "/account/language", "language", "ar")))
	o.keep("chosen", ada.Get("/account/language"))
	o.keep("languages", ada.Get("/operators/new"))
	o.keep("languages", ada.Get("/operators/new/several"))
	o.keep("languages", ada.Get("/parameters/look"))
	o.keep("language", ada.Get("/audit"))
}
