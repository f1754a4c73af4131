package desk

import "github.com/postern-go/postern/internal/messages"

// Events are the codes of all events. No other code can be written. What they mean is said
// by the messages "event." with the code and ".title" or ".meaning".
var Events = codes(
	"setup.completed",
	"setup.refused",
	"signin.password",
	"signin.succeeded",
	"signin.refused",
	"signin.limited",
	"signin.paused",
	"code.refused",
	"code.replayed",
	"code.limited",
	"recovery.used",
	"recovery.refused",
	"two_factor.added",
	"two_factor.removed",
	"two_factor.reset",
	"two_factor.codes_replaced",
	"two_factor.unreadable",
	"passkey.added",
	"passkey.removed",
	"passkey.refused",
	"passkey.replayed",
	"passkey.cloned",
	"step_up.succeeded",
	"step_up.refused",
	"session.ended",
	"session.others_ended",
	"session.all_ended",
	"session.member_ended",
	"session.expired",
	"session.evicted",
	"session.network_changed",
	"session.network_refused",
	"session.unknown",
	"session.browser_changed",
	"browser.removed",
	"browser.ended",
	"password.changed",
	"password.change_refused",
	"password.breached",
	"password.breaches_unknown",
	"password.reset_requested",
	"password.reset",
	"password.reset_refused",
	"password.reset_sent",
	"password.link_made",
	"password.link_ended",
	"password.compromised",
	"password.temporary",
	"operator.invited",
	"operator.granted",
	"operator.invitation_used",
	"operator.invitation_refused",
	"operator.invitation_cancelled",
	"operator.invitation_renewed",
	"operator.renamed",
	"operator.email_changed",
	"operator.language_changed",
	"operator.refreshed",
	"operator.unlocked",
	"operator.roles_changed",
	"operator.disabled",
	"operator.enabled",
	"operator.deleted",
	"operator.sessions_ended",
	"role.created",
	"role.changed",
	"role.deleted",
	"alias.generated",
	"alias.changed",
	"alias.confirmed",
	"alias.rolled_back",
	"parameters.changed",
	"parameters.invalid",
	"office.started",
	"office.stopped",
	"office.links_replaced",
	"office.checklist",
	"office.failed",
	"request.allowed",
	"request.failed",
	"request.limited",
	"policy.violated",
	"request.malformed",
	"request.refused",
	"request.forged",
	"permission.denied",
	"mail.failed",
	"mail.retried",
	"mail.written",
	"mail.arrived",
	"mail.tested",
	"keys.resealed",
	"keys.ended",
	"audit.accepted",
	"audit.verified",
	"audit.exported",
	"audit.purged",
)

// Outside are the events that requests can cause without limit. Their entries are
// bounded; see door. What bounds the others:
//   - A begun or finished sign-in takes a correct password. Those that are begun
//     and never finished are limited; see Desk.unfinished.
//   - A setup, reset or invitation uses up its link, and a recovery code itself.
//   - Everything inside takes a session. Wrong passwords there are limited per
//     operator, and a session ends once.
var Outside = map[string]bool{
	"setup.refused":               true,
	"signin.refused":              true,
	"signin.limited":              true,
	"signin.paused":               true,
	"code.refused":                true,
	"code.replayed":               true,
	"code.limited":                true,
	"recovery.refused":            true,
	"two_factor.unreadable":       true,
	"passkey.refused":             true,
	"passkey.replayed":            true,
	"passkey.cloned":              true,
	"password.reset_requested":    true,
	"password.reset_refused":      true,
	"password.breaches_unknown":   true,
	"operator.invitation_refused": true,
	"request.limited":             true,
	"request.malformed":           true,
	"request.refused":             true,
	"request.forged":              true,
	"permission.denied":           true,
	"policy.violated":             true,
	"request.failed":              true,
	"session.network_changed":     true,
	"session.unknown":             true,
	"office.failed":               true,
}

func codes(all ...string) map[string]bool {
	set := make(map[string]bool, len(all))
	for _, code := range all {
		set[code] = true
	}
	return set
}

// EventMeaning is a sentence about the events of a code.
func EventMeaning(code string) messages.Text { return messages.New("event." + code + ".meaning") }

// Meanings returns what each event means in English, by code.
func Meanings() map[string]string {
	all := make(map[string]string, len(Events))
	for code := range Events {
		all[code] = EventMeaning(code).String()
	}
	return all
}
