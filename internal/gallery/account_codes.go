package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

func accountCodesPage() []state {
	left := func(n int, made time.Time) pages.AccountCodesPage {
		return pages.AccountCodesPage{
			Authenticators: desk.Authenticators{Apps: []desk.Authenticator{phone}, RecoveryCodes: n, RecoveryCodesMade: made},
			Total:          desk.RecoveryCodes,
		}
	}
	return []state{
		{"none", pages.AccountCodesPage{Total: desk.RecoveryCodes}},
		{"plenty", left(9, ago(5*24*time.Hour))},
		{"few", left(1, ago(200*24*time.Hour))},
	}
}

func accountCodesNewPage() []state {
	return []state{
		{"plain", pages.AccountCodesNewPage{Left: 4}}, {"one", pages.AccountCodesNewPage{Left: 1}}, {"none", pages.AccountCodesNewPage{}},
	}
}

func accountCodesShownPage() []state { return one(pages.AccountCodesShownPage{Codes: recoveryCodes}) }
