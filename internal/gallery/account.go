package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func accountPage() []state {
	return []state{
		{"plain", pages.AccountPage{
			Name: "Ada Lovelace", Email: "ada@community.example", Roles: []string{"Super-administrator", "Press"}, Member: "ada_l",
			PasswordSet: Time.Add(-12 * 24 * time.Hour), TwoFactor: true, CodesLeft: 10, Sessions: 3,
		}},
		{"bare", pages.AccountPage{Name: arabicName, Email: "sara@community.example", MemberPassword: true, Sessions: 1}},
		{"long", pages.AccountPage{
			Name: longName, Email: "wolfeschlegelsteinhausenbergerdorff.featherstonehaugh@subdomain.community.example",
			Roles: []string{"Moderator"}, TwoFactor: true, CodesLeft: 1, Sessions: 2,
		}},
		{"hostile", pages.AccountPage{Name: hostile, Email: hostile, Roles: []string{hostile}, Member: hostile, Sessions: 1}},
	}
}

func accountNamePage() []state {
	return []state{
		{"empty", pages.AccountNamePage{Name: "Ada Lovelace"}},
		{"refused", pages.AccountNamePage{
			Form: view.Form{Errors: []view.FieldError{{Field: "name", Text: "Another operator has this name. Choose another one."}}},
			Name: longName,
		}},
	}
}
