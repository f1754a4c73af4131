package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/store"
)

var (
	superAdministrator = desk.Role{ID: "super-administrator", Name: "Super-administrator", Description: "Everything, including the office address and the parameters.", BuiltIn: true, All: true, RequireTwoFactor: true}
	administrator      = desk.Role{ID: "administrator", Name: "Administrator", Description: "People and all of the community’s own pages.", BuiltIn: true, RequireTwoFactor: true}
	communityManager   = desk.Role{ID: "community-manager", Name: "Community manager", Description: "The pages that run the community.", BuiltIn: true}
	moderator          = desk.Role{ID: "moderator", Name: "Moderator", Description: "The pages that keep the community in order.", BuiltIn: true}
	press              = desk.Role{ID: "press", Version: 2, Name: "Press", Description: "Publishes announcements and newsletters."}
	keyKeeper          = desk.Role{ID: "keeper", Version: 1, Name: "Key keeper", RequireTwoFactor: true}
	longRole           = desk.Role{ID: "long", Version: 1, Name: longName, Description: hostile}
)

const (
	lastSuperAdministrator = desk.LastSuperAdministratorText
	onlyWhatYouHold        = "You can give only what you hold yourself, and this is more."
)

// anOperator is one whom the reader may act on, and who has the first role as the
// primary one.
func anOperator(id, name, email string, state store.OperatorState, show store.OperatorShow, roles ...desk.Role) desk.Operator {
	o := desk.Operator{ID: id, Name: name, Email: email, State: state, Show: show, Roles: roles, Within: true}
	if len(roles) > 0 {
		o.PrimaryRole = roles[0].ID
	}
	active, invited := state == store.OperatorActive, state == store.OperatorInvited
	o.May = desk.OperatorRights{
		Change: true, Email: !invited, Invitation: invited, Unlock: show == store.ShowLocked, Reset: active,
		Disable: active, Enable: state == store.OperatorDisabled, Delete: !invited,
	}
	return o
}

func grace() desk.OperatorDetail {
	o := desk.OperatorDetail{
		Operator: anOperator("3", "Grace Hopper", "grace@community.example", store.OperatorActive, store.ShowActive, moderator, press),
		Version:  7, CreatedByName: "Ada Lovelace", CreatedAt: ago(200 * 24 * time.Hour), HasPassword: true, PasswordSetAt: ago(40 * 24 * time.Hour),
		Factors: 1, CodesLeft: 8, MustHaveTwoFactor: true, Sessions: liveSessions,
	}
	o.MemberID, o.TwoFactor, o.May.TwoFactor, o.LastActiveAt = "77", true, true, ago(9*time.Minute)
	return o
}

func wolf() desk.OperatorDetail {
	o := desk.OperatorDetail{
		Operator: anOperator("4", longName, longEmail, store.OperatorActive, store.ShowLocked, moderator),
		Version:  7, CreatedAt: ago(20 * 24 * time.Hour), LockedUntil: in(12 * time.Minute), HasPassword: true, PasswordSetAt: ago(time.Hour),
		MustChangePassword: true, TemporaryUntil: in(23 * time.Hour), MustHaveTwoFactor: true,
	}
	o.LastActiveAt, o.May.TemporaryPassword = ago(72*time.Hour), true
	return o
}

func sara() desk.OperatorDetail {
	o := desk.OperatorDetail{
		Operator: anOperator("2", arabicName, "sara@community.example", store.OperatorInvited, store.ShowInvited, moderator),
		Version:  1, CreatedByName: "Ada Lovelace", CreatedAt: ago(24 * time.Hour), UpdatedAt: ago(24 * time.Hour), MustHaveTwoFactor: true,
	}
	o.InviteExpiresAt = in(6 * 24 * time.Hour)
	return o
}

func operatorPage() []state {
	expired := sara()
	expired.Show, expired.UpdatedAt, expired.InviteExpiresAt, expired.CreatedByName = store.ShowExpired, ago(8*24*time.Hour), ago(24*time.Hour), ""
	disabled := desk.OperatorDetail{
		Operator:  anOperator("3", "Grace Hopper", "grace@community.example", store.OperatorDisabled, store.ShowDisabled, moderator),
		CreatedAt: ago(200 * 24 * time.Hour), PasswordElsewhere: true, Factors: 2, CodesLeft: 10,
	}
	disabled.MemberID, disabled.LastActiveAt = "77", ago(90*24*time.Hour)
	temporary := grace()
	temporary.MustChangePassword, temporary.PasswordSetAt, temporary.TemporaryUntil, temporary.TemporaryOver = true, ago(72*time.Hour), ago(48*time.Hour), true
	temporary.Factors, temporary.Sessions, temporary.MustHaveTwoFactor = 0, nil, false
	self := desk.OperatorDetail{
		Operator:  anOperator("1", "Ada Lovelace", "ada@community.example", store.OperatorActive, store.ShowActive, superAdministrator),
		CreatedAt: ago(900 * 24 * time.Hour), HasPassword: true, PasswordSetAt: ago(12 * 24 * time.Hour), Factors: 1, CodesLeft: 10,
		MustHaveTwoFactor: true, Sessions: liveSessions[:1], Kept: lastSuperAdministrator,
	}
	self.LastActiveAt, self.May.Disable, self.May.Delete = Time, false, false
	above := desk.OperatorDetail{
		Operator:      anOperator(hostile, hostile, hostile, store.OperatorActive, store.ShowActive, desk.Role{ID: hostile, Name: hostile, Description: hostile}),
		CreatedByName: hostile, CreatedAt: ago(time.Hour), PasswordElsewhere: true,
	}
	above.MemberID, above.LastActiveAt, above.Within, above.May = hostile, ago(time.Hour), false, desk.OperatorRights{}
	return []state{
		{Name: "active", Page: pages.OperatorPage{
			OperatorDetail: grace(), LinkMember: true, Mails: sampleMails()[:2], Events: sampleEvents()[:4],
			DidPath: "/audit?actor=Grace+Hopper", DonePath: "/audit?target=Grace+Hopper",
		}},
		{Name: "locked", Page: pages.OperatorPage{OperatorDetail: wolf(), Mails: sampleMails()[2:], Events: sampleEvents()[4:]}},
		{Name: "invited", Page: pages.OperatorPage{OperatorDetail: sara(), Mails: sampleMails()[:1]}},
		{Name: "expired", Page: pages.OperatorPage{OperatorDetail: expired}},
		{Name: "disabled", Page: pages.OperatorPage{OperatorDetail: disabled}},
		{Name: "temporary", Page: pages.OperatorPage{OperatorDetail: temporary}},
		{Name: "self", Page: pages.OperatorPage{OperatorDetail: self, Self: true, Events: sampleEvents()[:1]}},
		{Name: "above", Page: pages.OperatorPage{OperatorDetail: above, Refusal: "This operator holds more than you do, so you cannot act on them."}},
	}
}
