package pages

import (
	"time"

	"github.com/postern-go/postern/internal/pages/samples"
	"github.com/postern-go/postern/internal/view"
)

func sampleUnits(chosen string) []view.Option {
	return []view.Option{{Value: "minutes", Label: "minutes", Chosen: chosen == "minutes"}, {Value: "hours", Label: "hours", Chosen: chosen == "hours"}, {Value: "days", Label: "days", Chosen: chosen == "days"}}
}

func sampleSections() []Section {
	number := func(name, label, effect, value, unit, initial, low, high string) Setting {
		return Setting{Name: name, Label: label, Effect: effect, Control: ControlNumber, Value: value, Unit: unit, Default: initial + " " + unit, Initial: initial, Range: low + " to " + high, Min: low, Max: high, Changed: value != initial}
	}
	onOff := func(name, label, effect string) Setting {
		return Setting{Name: name, Label: label, Effect: effect, Control: ControlSwitch, Default: "off"}
	}
	age := number("password.max_age", "Longest age", "People must choose a new password after this time. 0 never asks.", "90", "days", "0", "0", "730")
	age.Departs = "Section 3.1.1.2 says that passwords are not to be changed at intervals, only when there is a sign that somebody else knows them: people who must change often choose weaker ones."
	upper := onOff("password.upper", "A capital letter", "Every new password needs one.")
	upper.MayDepart = "Turning this on departs from NIST SP 800-63B-4."
	two := Setting{Name: "two_factor.who", Label: "Who must have it", Effect: "Who cannot sign in without a code from an app.", Control: ControlChoice, Default: "Everyone", Initial: "everyone", Value: "everyone",
		Options: []view.Option{{Value: "everyone", Label: "Everyone", Chosen: true}, {Value: "roles", Label: "Roles that say so"}, {Value: "recommended", Label: "Nobody; it is recommended"}}}
	invite := number("invite.life", "Invitation works for", "After that it must be sent again.", "3", "days", "7", "1", "30")
	invite.Units, invite.InitialUnit, invite.Range, invite.Unit, invite.Min, invite.Max = sampleUnits("days"), "days", "1 hour to 30 days", "", "", ""
	return []Section{
		{ID: "password", Title: "Passwords", Text: "Rules for passwords of this back office. The community’s own are not touched.", Settings: []Setting{
			number("password.min_length", "Shortest password", "Shorter ones are refused.", "15", "characters", "15", "8", "64"),
			age, upper,
		}},
		{ID: "two-factor", Title: "Two-factor authentication", Settings: []Setting{
			two,
			{Name: "two_factor.from", Label: "Binds from", Effect: "Until then people are reminded and still get in.", Control: ControlDate, Value: "2026-04-01", Default: "at once", Range: "a day to come, or none", Changed: true},
		}},
		{ID: "invitations", Title: "Invitations and links", Settings: []Setting{invite, onOff("reset.temporary_password", "Temporary passwords", "Operators who manage others may generate one and hand it over.")}},
		{ID: "mail", Title: "Mail", Mail: &MailSender{From: "Sunday Cyclists <office@community.example>", Server: "smtp.community.example:587"}},
		{ID: "maintenance", Title: "Maintenance", Settings: []Setting{
			{Name: "signin.paused", Label: "Pause sign-ins", Effect: "Only super-administrators get in. Who is signed in stays.", Control: ControlSwitch, Value: "on", Default: "off", Changed: true},
			{Name: "signin.paused_text", Label: "Notice", Effect: "Shown on the sign-in page meanwhile.", Control: ControlArea, Value: "Back at 18:00 UTC.", Default: "a general one", Range: "at most 500 characters", Changed: true},
		}},
		{ID: "look", Title: "Name and look", Settings: []Setting{
			{Name: "office.name", Label: "Name of the office", Effect: "Stands on every page and in every mail.", Value: "Sunday Cyclists", Default: "as configured", Range: "at most 64 characters"},
			{Name: "office.accent", Label: "Colour", Effect: "Of buttons and links. Dark pages get a lighter shade.", Control: ControlColour, Value: "#7a1f5c", Default: "#0f5f66", Initial: "#0f5f66", Range: "a colour like #0f5f66", Changed: true},
			{Name: "office.logo", Label: "Logo", Effect: "Stands beside the name.", Value: "logo.svg", Default: "none", Fixed: "Set where the program is configured."},
		}},
	}
}

func (ParametersPage) states() []samples.State {
	address := Address{PendingLinks: 3, ChangedAt: samples.Ago(90 * 24 * time.Hour), ChangedBy: "Ada Lovelace"}
	base := ParametersPage{Address: address, Sections: sampleSections(), Revision: "41", MayTestMail: true}
	refused := base
	refused.Form = view.Form{Errors: []view.FieldError{
		{Field: "password.min_length", Text: "Use a number from 8 to 64."},
		{Field: "office.accent", Text: "Choose a colour like #0f5f66."},
		{Field: "two_factor.from", Text: "This day has passed. Leave it empty to bind at once."},
	}}
	pending := base
	pending.Address = Address{Until: samples.In(14 * time.Minute), Old: "https://community.example/k7w3/", PendingLinks: 1}
	pending.Sections = []Section{base.Sections[0], {ID: "mail", Title: "Mail", Mail: &MailSender{Outbox: true, From: samples.Hostile, Server: samples.Hostile}}}
	reader := base
	reader.ReadOnly, reader.MayTestMail = true, false
	return []samples.State{{Name: "filled", Page: base}, {Name: "refused", Page: refused}, {Name: "pending", Page: pending}, {Name: "reader", Page: reader}}
}

func (ParametersConfirmPage) states() []samples.State {
	fields := []Hidden{{"revision", "41"}, {"password.min_length", "12"}, {"password.max_age", "90"}}
	return []samples.State{
		{Name: "loosens", Page: ParametersConfirmPage{Loosens: true, Fields: fields, Consequences: []string{"3 sessions are older than the new limit and end at once."}, Changes: []SettingChange{
			{Label: "Shortest password", Before: "15 characters", After: "12 characters", Loosens: true},
			{Label: "Longest age", Before: "never asks", After: "90 days", Departs: "Passwords are not to be changed at intervals, only when there is a sign that somebody else knows them."},
			{Label: "Notice", Before: "", After: samples.LongName},
		}}},
		{Name: "one", Page: ParametersConfirmPage{Fields: fields[:2], Changes: []SettingChange{{Label: samples.Hostile, Before: samples.Hostile, After: samples.Hostile}}}},
		{Name: "none", Page: ParametersConfirmPage{}},
	}
}

func (ParametersStalePage) states() []samples.State {
	return []samples.State{
		{Name: "clash", Page: ParametersStalePage{By: samples.LongName, At: samples.Ago(2 * time.Minute), Fields: []Hidden{{"revision", "42"}, {"password.min_length", "12"}}, Settings: []SettingConflict{
			{Label: "Shortest password", Before: "15 characters", Mine: "12 characters", Theirs: "20 characters", Clash: true},
			{Label: "Pause sign-ins", Before: "off", Mine: "off", Theirs: "on"},
			{Label: "Notice", Before: "", Mine: samples.Hostile, Theirs: ""},
		}}},
	}
}
