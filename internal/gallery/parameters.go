package gallery

import (
	"net/url"
	"time"

	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/pages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/view"
)

// parameters are all parameters, some of them changed.
func parameters() []desk.Setting {
	changed := map[string]string{
		"password.max_age": "90d", "invite.life": "3d", "two_factor.from": "2026-04-01", "signin.paused": "on",
		"signin.paused_text": "Back at 18:00 UTC.", "office.name": "Sunday Cyclists", "office.accent": "#7a1f5c",
	}
	var list []desk.Setting
	for _, def := range settings.Definitions() {
		switch def.Name {
		case "office.name":
			def = def.DefaultingTo("Cyclists")
		case "office.accent":
			def = def.DefaultingTo(brand.DefaultAccent)
		}
		value, ok := changed[def.Name]
		if !ok {
			value = def.Default()
		}
		list = append(list, desk.Setting{Definition: def, Value: value, Changed: ok})
	}
	return list
}

func parametersPage() []state {
	base := pages.ParametersPage{
		Alias:    pages.AliasState{PendingLinks: 3, ChangedAt: ago(90 * 24 * time.Hour), ChangedBy: "Ada Lovelace"},
		Sections: pages.Sections(parameters(), view.Form{}, nil, Time), Revision: "41", Sender: "Sunday Cyclists <office@community.example>",
	}
	refused, typed := base, url.Values{}
	wrong := map[string]string{"password.min_length": "7", "office.accent": "teal", "two_factor.from": "2027-04-01"}
	for _, s := range parameters() {
		typed.Set(s.Name, s.Value)
		if value, ok := wrong[s.Name]; ok {
			typed.Set(s.Name, value)
			refused.Form = refused.Refuse(s.Name, s.Problem())
		}
	}
	refused.Sections = pages.Sections(parameters(), refused.Form, typed, Time)
	pending := base
	pending.Alias = pages.AliasState{Until: in(14 * time.Minute), Old: "https://community.example/k7w3/", PendingLinks: 1}
	pending.Sender, pending.Outbox = hostile, true
	return []state{{Name: "filled", Page: base}, {Name: "refused", Page: refused}, {Name: "pending", Page: pending}}
}

func parametersConfirmPage() []state {
	fields := []pages.Hidden{{Name: "revision", Value: "41"}, {Name: "password.min_length", Value: "8"}, {Name: "password.max_age", Value: "90"}, {Name: "password.max_age.unit", Value: "d"}}
	return []state{
		{Name: "loosens", Page: pages.ParametersConfirmPage{Loosens: true, Fields: fields, Changes: []pages.SettingChange{
			{Label: "Minimum length", Before: "15 characters", After: "8 characters", Loosens: true},
			{Label: "Maximum age", Before: "never", After: "90 days", Departs: "NIST SP 800-63B-4 advises against this. It is available because some contracts require it."},
			{Label: "Notice", Before: "empty", After: longName},
		}}},
		{Name: "one", Page: pages.ParametersConfirmPage{Fields: fields[:2], Changes: []pages.SettingChange{{Label: hostile, Before: hostile, After: hostile}}}},
	}
}

func parametersStalePage() []state {
	return []state{
		{Name: "clash", Page: pages.ParametersStalePage{By: longName, At: ago(2 * time.Minute), Fields: []pages.Hidden{{Name: "revision", Value: "42"}, {Name: "password.min_length", Value: "12"}}, Settings: []pages.SettingConflict{
			{Label: "Minimum length", Before: "15 characters", Mine: "12 characters", Theirs: "20 characters", Clash: true},
			{Label: "Pause sign-ins", Before: "Off", Mine: "Off", Theirs: "On"},
			{Label: "Notice", Before: "empty", Mine: hostile, Theirs: "empty"},
		}}},
	}
}

func parametersAddressPage() []state {
	base := pages.ParametersAddressPage{PendingLinks: 3, Within: desk.ConfirmWithin, Revision: "41"}
	ask, refused := base, base
	ask.Proposed, ask.Fields = "https://community.example/p9xk-7dqm-w2ht/", []pages.Hidden{{Name: "action", Value: "choose"}, {Name: "alias", Value: "p9xk-7dqm-w2ht"}}
	refused.Form = view.Form{Errors: []view.FieldError{{Field: "alias", Text: "Use 8 to 64 lower-case letters, digits and hyphens, with no hyphen at either end."}}}
	refused.Alias = "admin"
	return []state{{Name: "choose", Page: base}, {Name: "refused", Page: refused}, {Name: "confirm", Page: ask}}
}
