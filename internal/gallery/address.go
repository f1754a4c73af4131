package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func parametersAddressPage() []state {
	base := pages.ParametersAddressPage{PendingLinks: 3, Within: 15 * time.Minute, Revision: "41"}
	ask, refused := base, base
	ask.Proposed, ask.Fields = "https://community.example/p9xk-7dqm-w2ht/", []pages.Hidden{{Name: "action", Value: "choose"}, {Name: "alias", Value: "p9xk-7dqm-w2ht"}, {Name: "revision", Value: "41"}}
	refused.Form = view.Form{Errors: []view.FieldError{{Field: "alias", Text: "“admin” is what people try first. Use at least 12 characters that nobody can guess."}}}
	refused.Alias = "admin"
	return []state{{Name: "choose", Page: base}, {Name: "refused", Page: refused}, {Name: "confirm", Page: ask}}
}
