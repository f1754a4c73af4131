package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

var sampleGrace = pages.Person{Name: "Grace Hopper", Email: "grace@community.example", Path: "/operators/3"}

func operatorPage() []state {
	every := pages.OperatorRights{Roles: true, Name: true, Email: true, EndSessions: true, ResetMail: true, Link: true, TwoFactor: true, Disable: true, Delete: true}
	locked := every
	locked.Unlock, locked.TemporaryPassword = true, true
	invited := pages.OperatorRights{Roles: true, Name: true, Invitation: true, Delete: true}
	disabled := pages.OperatorRights{Roles: true, Enable: true, Delete: true}
	moderator := []pages.RoleHeld{{Label: "Moderator", Text: "Decides on reported posts and members.", Path: "/roles/moderator", Primary: true}}
	return []state{
		{Name: "active", Page: pages.OperatorPage{
			Person: sampleGrace, State: "Active", Level: view.LevelSuccess, CreatedBy: "Ada Lovelace", CreatedAt: ago(200 * 24 * time.Hour), LastActive: ago(9 * time.Minute),
			Member: "grace_h", MemberPath: "/members/77",
			Roles:    append(moderator, pages.RoleHeld{Label: "Press", Text: "Publishes announcements.", Path: "/roles/press"}),
			Password: pages.PasswordHere, PasswordSet: ago(40 * 24 * time.Hour), Authenticators: 1, CodesLeft: 8, Required: true, Sessions: 2,
			Mails: sampleMails()[:2], Events: sampleEvents()[:4], MailsPath: "/mail?operator=3", DidPath: "/audit?actor=3", DonePath: "/audit?target=3", May: every,
		}},
		{Name: "locked", Page: pages.OperatorPage{
			Person: pages.Person{Name: longName, Email: longEmail, Path: "/operators/4"}, State: "Locked", Level: view.LevelDanger, CreatedAt: ago(20 * 24 * time.Hour), LastActive: ago(72 * time.Hour),
			Roles: moderator, Password: pages.PasswordHere, PasswordSet: ago(time.Hour), MustChange: true, TemporaryUntil: in(23 * time.Hour), Required: true, LockedUntil: in(12 * time.Minute),
			Mails: sampleMails()[2:], Events: sampleEvents()[4:], May: locked,
		}},
		{Name: "invited", Page: pages.OperatorPage{
			Person: pages.Person{Name: arabicName, Email: "sara@community.example", Path: "/operators/2"}, State: "Invited", Level: view.LevelInfo, CreatedBy: "Ada Lovelace", CreatedAt: ago(24 * time.Hour),
			Roles: moderator, Required: true, Invitation: &pages.Invitation{Sent: ago(24 * time.Hour), Expires: in(6 * 24 * time.Hour)}, Mails: sampleMails()[:1], Events: []pages.EventRow{}, May: invited,
		}},
		{Name: "expired", Page: pages.OperatorPage{
			Person: pages.Person{Name: "Mary Somerville", Email: "mary@community.example", Path: "/operators/5"}, State: "Invitation expired", Level: view.LevelWarning, CreatedAt: ago(8 * 24 * time.Hour),
			Invitation: &pages.Invitation{Sent: ago(8 * 24 * time.Hour), Expires: ago(24 * time.Hour), Expired: true}, May: invited,
		}},
		{Name: "disabled", Page: pages.OperatorPage{
			Person: sampleGrace, State: "Disabled", CreatedAt: ago(200 * 24 * time.Hour), LastActive: ago(90 * 24 * time.Hour), Member: "grace_h", Roles: moderator, Password: pages.PasswordCommunity, Authenticators: 2, CodesLeft: 10, May: disabled,
		}},
		{Name: "temporary", Page: pages.OperatorPage{
			Person: sampleGrace, State: "Active", Level: view.LevelSuccess, CreatedAt: ago(200 * 24 * time.Hour), LastActive: ago(90 * time.Hour),
			Roles: moderator, Password: pages.PasswordHere, PasswordSet: ago(72 * time.Hour), MustChange: true, TemporaryUntil: ago(48 * time.Hour), TemporaryOver: true, May: every,
		}},
		{Name: "self", Page: pages.OperatorPage{
			Person: pages.Person{Name: "Ada Lovelace", Email: "ada@community.example", Path: "/operators/1"}, State: "Active", Level: view.LevelSuccess, Self: true, CreatedAt: ago(900 * 24 * time.Hour), LastActive: Time,
			Kept: "Ada is the last active super-administrator. Make somebody else one first.", Roles: []pages.RoleHeld{{Label: "Super-administrator", Text: "May do everything.", Path: "/roles/super-administrator", Primary: true}},
			Password: pages.PasswordHere, PasswordSet: ago(12 * 24 * time.Hour), Authenticators: 1, CodesLeft: 10, Required: true, Sessions: 3, Events: sampleEvents()[:1], May: pages.OperatorRights{Roles: true},
		}},
		{Name: "above", Page: pages.OperatorPage{
			Person: pages.Person{Name: hostile, Email: hostile, Path: hostile}, State: "Active", Level: view.LevelSuccess, CreatedBy: hostile, Member: hostile, CreatedAt: ago(time.Hour), LastActive: ago(time.Hour),
			Refusal: "They hold more than you do, so you can look, but not change anything.", Roles: []pages.RoleHeld{{Label: hostile, Text: hostile, Primary: true}}, Password: pages.PasswordCommunity,
		}},
	}
}
