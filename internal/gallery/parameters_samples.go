package gallery

import (
	"time"

	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/view"
)

func sampleUnits(chosen string) []view.Option {
	return []view.Option{{Value: "minutes", Label: "minutes", Chosen: chosen == "minutes"}, {Value: "hours", Label: "hours", Chosen: chosen == "hours"}, {Value: "days", Label: "days", Chosen: chosen == "days"}}
}

func sampleSections() []pages.Section {
	number := func(name, label, effect, value, unit, initial, low, high string) pages.Setting {
		return pages.Setting{Name: name, Label: label, Effect: effect, Control: pages.ControlNumber, Value: value, Unit: unit, Default: initial + " " + unit, Initial: initial, Range: low + " to " + high, Min: low, Max: high, Changed: value != initial}
	}
	onOff := func(name, label, effect string) pages.Setting {
		return pages.Setting{Name: name, Label: label, Effect: effect, Control: pages.ControlSwitch, Default: "off"}
	}
	age := number("password.max_age", "Longest age", "People must choose a new password after this time. 0 never asks.", "90", "days", "0", "0", "730")
	age.Departs = "Section 3.1.1.2 says that passwords are not to be changed at intervals, only when there is a sign that somebody else knows them: people who must change often choose weaker ones."
	upper := onOff("password.upper", "A capital letter", "Every new password needs one.")
	upper.MayDepart = "Turning this on departs from NIST SP 800-63B-4."
	two := pages.Setting{Name: "two_factor.who", Label: "Who must have it", Effect: "Who cannot sign in without a code from an app.", Control: pages.ControlChoice, Default: "Everyone", Initial: "everyone", Value: "everyone",
		Options: []view.Option{{Value: "everyone", Label: "Everyone", Chosen: true}, {Value: "roles", Label: "Roles that say so"}, {Value: "recommended", Label: "Nobody; it is recommended"}}}
	invite := number("invite.life", "Invitation works for", "After that it must be sent again.", "3", "days", "7", "1", "30")
	invite.Units, invite.InitialUnit, invite.Range, invite.Unit, invite.Min, invite.Max = sampleUnits("days"), "days", "1 hour to 30 days", "", "", ""
	return []pages.Section{
		{ID: "password", Title: "Passwords", Text: "Rules for passwords of this back office. The community’s own are not touched.", Settings: []pages.Setting{
			number("password.min_length", "Shortest password", "Shorter ones are refused.", "15", "characters", "15", "8", "64"),
			age, upper,
		}},
		{ID: "two-factor", Title: "Two-factor authentication", Settings: []pages.Setting{
			two,
			{Name: "two_factor.from", Label: "Binds from", Effect: "Until then people are reminded and still get in.", Control: pages.ControlDate, Value: "2026-04-01", Default: "at once", Range: "a day to come, or none", Changed: true},
		}},
		{ID: "invitations", Title: "Invitations and links", Settings: []pages.Setting{invite, onOff("reset.temporary_password", "Temporary passwords", "Operators who manage others may generate one and hand it over.")}},
		{ID: "mail", Title: "Mail", Mail: &pages.MailSender{From: "Sunday Cyclists <office@community.example>", Server: "smtp.community.example:587"}},
		{ID: "maintenance", Title: "Maintenance", Settings: []pages.Setting{
			{Name: "signin.paused", Label: "Pause sign-ins", Effect: "Only super-administrators get in. Who is signed in stays.", Control: pages.ControlSwitch, Value: "on", Default: "off", Changed: true},
			{Name: "signin.paused_text", Label: "Notice", Effect: "Shown on the sign-in page meanwhile.", Control: pages.ControlArea, Value: "Back at 18:00 UTC.", Default: "a general one", Range: "at most 500 characters", Changed: true},
		}},
		{ID: "look", Title: "Name and look", Settings: []pages.Setting{
			{Name: "office.name", Label: "Name of the office", Effect: "Stands on every page and in every mail.", Value: "Sunday Cyclists", Default: "as configured", Range: "at most 64 characters"},
			{Name: "office.accent", Label: "Colour", Effect: "Of buttons and links. Dark pages get a lighter shade.", Control: pages.ControlColour, Value: "#7a1f5c", Default: "#0f5f66", Initial: "#0f5f66", Range: "a colour like #0f5f66", Changed: true},
			{Name: "office.logo", Label: "Logo", Effect: "Stands beside the name.", Value: "logo.svg", Default: "none", Fixed: "Set where the program is configured."},
		}},
	}
}

func parametersPage() []state {
	address := pages.Address{PendingLinks: 3, ChangedAt: ago(90 * 24 * time.Hour), ChangedBy: "Ada Lovelace"}
	base := pages.ParametersPage{Address: address, Sections: sampleSections(), Revision: "41", MayTestMail: true}
	refused := base
	refused.Form = view.Form{Errors: []view.FieldError{
		{Field: "password.min_length", Text: "Use a number from 8 to 64."},
		{Field: "office.accent", Text: "Choose a colour like #0f5f66."},
		{Field: "two_factor.from", Text: "This day has passed. Leave it empty to bind at once."},
	}}
	pending := base
	pending.Address = pages.Address{Until: in(14 * time.Minute), Old: "https://community.example/k7w3/", PendingLinks: 1}
	pending.Sections = []pages.Section{base.Sections[0], {ID: "mail", Title: "Mail", Mail: &pages.MailSender{Outbox: true, From: hostile, Server: hostile}}}
	reader := base
	reader.ReadOnly, reader.MayTestMail = true, false
	return []state{{Name: "filled", Page: base}, {Name: "refused", Page: refused}, {Name: "pending", Page: pending}, {Name: "reader", Page: reader}}
}

func parametersConfirmPage() []state {
	fields := []pages.Hidden{{Name: "revision", Value: "41"}, {Name: "password.min_length", Value: "12"}, {Name: "password.max_age", Value: "90"}}
	return []state{
		{Name: "loosens", Page: pages.ParametersConfirmPage{Loosens: true, Fields: fields, Consequences: []string{"3 sessions are older than the new limit and end at once."}, Changes: []pages.SettingChange{
			{Label: "Shortest password", Before: "15 characters", After: "12 characters", Loosens: true},
			{Label: "Longest age", Before: "never asks", After: "90 days", Departs: "Passwords are not to be changed at intervals, only when there is a sign that somebody else knows them."},
			{Label: "Notice", Before: "", After: longName},
		}}},
		{Name: "one", Page: pages.ParametersConfirmPage{Fields: fields[:2], Changes: []pages.SettingChange{{Label: hostile, Before: hostile, After: hostile}}}},
		{Name: "none", Page: pages.ParametersConfirmPage{}},
	}
}

func parametersStalePage() []state {
	return []state{
		{Name: "clash", Page: pages.ParametersStalePage{By: longName, At: ago(2 * time.Minute), Fields: []pages.Hidden{{Name: "revision", Value: "42"}, {Name: "password.min_length", Value: "12"}}, Settings: []pages.SettingConflict{
			{Label: "Shortest password", Before: "15 characters", Mine: "12 characters", Theirs: "20 characters", Clash: true},
			{Label: "Pause sign-ins", Before: "off", Mine: "off", Theirs: "on"},
			{Label: "Notice", Before: "", Mine: hostile, Theirs: ""},
		}}},
	}
}
