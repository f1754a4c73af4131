package pages

import (
	"time"

	"github.com/postern-go/postern/internal/view"
)

// AccountPage is the operator's own account at a glance.
type AccountPage struct {
	Name, Email string
	// Roles are labels, the primary one first.
	Roles []string
	// Member is the name of the linked member of the community, or empty.
	Member string
	// PasswordSet is when the password was chosen; zero means that there is
	// none here.
	PasswordSet time.Time
	// MemberPassword says that the community checks the password.
	MemberPassword bool
	TwoFactor      bool
	// CodesLeft counts unused recovery codes, Sessions live sessions, this one
	// included.
	CodesLeft, Sessions int
}

func (AccountPage) Template() string { return "account" }

func (AccountPage) states() []state {
	return []state{
		{"plain", AccountPage{
			Name: "Ada Lovelace", Email: "ada@community.example", Roles: []string{"Super-administrator", "Press"}, Member: "ada_l",
			PasswordSet: galleryTime.Add(-12 * 24 * time.Hour), TwoFactor: true, CodesLeft: 10, Sessions: 3,
		}},
		{"bare", AccountPage{Name: arabicName, Email: "sara@community.example", MemberPassword: true, Sessions: 1}},
		{"long", AccountPage{
			Name: longName, Email: "wolfeschlegelsteinhausenbergerdorff.featherstonehaugh@subdomain.community.example",
			Roles: []string{"Moderator"}, TwoFactor: true, CodesLeft: 1, Sessions: 2,
		}},
		{"hostile", AccountPage{Name: hostile, Email: hostile, Roles: []string{hostile}, Member: hostile, Sessions: 1}},
	}
}

// AccountNamePage changes what the operator is called.
type AccountNamePage struct {
	view.Form
	// Name is what was typed.
	Name string
}

func (AccountNamePage) Template() string { return "account_name" }

func (AccountNamePage) states() []state {
	return []state{
		{"empty", AccountNamePage{Name: "Ada Lovelace"}},
		{"refused", AccountNamePage{
			Form: view.Form{Errors: []view.FieldError{{Field: "name", Text: "Another operator has this name. Choose another one."}}},
			Name: longName,
		}},
	}
}
