package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
)

// phone is an authenticator app in use.
var phone = desk.Authenticator{ID: "a1", Label: "Work phone", Added: ago(90 * 24 * time.Hour), LastUsed: ago(20 * time.Minute)}

func accountPage() []state {
	one := []desk.Authenticator{phone}
	return []state{
		{"plain", pages.AccountPage{
			Name: "Ada Lovelace", Email: "ada@community.example", Roles: []string{"Super-administrator", "Press"}, Member: "ada_l",
			PasswordSet: ago(12 * 24 * time.Hour), Authenticators: desk.Authenticators{Apps: one, RecoveryCodes: 10}, Sessions: 3,
		}},
		{"bare", pages.AccountPage{Name: arabicName, Email: "sara@community.example", Roles: []string{"Moderator"}, MemberPassword: true, Sessions: 1}},
		{"long", pages.AccountPage{
			Name: longName, Email: longEmail, Roles: []string{"Moderator"},
			Authenticators: desk.Authenticators{Apps: one, RecoveryCodes: 1}, Sessions: 2,
		}},
		{"hostile", pages.AccountPage{Name: hostile, Email: hostile, Roles: []string{hostile}, Member: hostile, Sessions: 1}},
	}
}

func accountNamePage() []state {
	return []state{
		{"empty", pages.AccountNamePage{Name: "Ada Lovelace"}},
		{"refused", pages.AccountNamePage{Form: refused("name", "Another operator has this name. Choose another one."), Name: longName}},
	}
}
