package desk

// EventName is an event in words.
type EventName struct {
	// Title heads an entry: what happened, in the past tense.
	Title string
	// Meaning is a sentence for the documentation and the page of an entry.
	Meaning string
}

// Events are all events, by code. No other code can be written. The documentation
// of the audit log is generated from this table.
var Events = map[string]EventName{
	"setup.completed":               {"Office set up", "The first super-administrator set up the office."},
	"setup.refused":                 {"Setup link refused", "A setup link was refused; the entry has the reason."},
	"signin.password":               {"Password accepted", "A password was accepted; the second factor is still to come."},
	"signin.succeeded":              {"Signed in", "An operator signed in."},
	"signin.refused":                {"Sign-in refused", "A sign-in was refused. Only the entry has the reason; the page never shows it."},
	"signin.limited":                {"Sign-in blocked", "A sign-in was blocked unchecked, after too many failures."},
	"signin.paused":                 {"Sign-in paused", "A correct password was turned away because sign-ins are paused."},
	"code.refused":                  {"Wrong code", "An authenticator code was wrong."},
	"code.replayed":                 {"Code used twice", "A correct code arrived a second time: someone may be intercepting codes."},
	"code.limited":                  {"Code blocked", "A code was blocked unchecked, after too many failures."},
	"recovery.used":                 {"Recovery code used", "A recovery code was used."},
	"recovery.refused":              {"Wrong recovery code", "A recovery code was wrong."},
	"two_factor.added":              {"Authenticator app added", "An operator added an authenticator app."},
	"two_factor.removed":            {"Authenticator app removed", "An authenticator app was removed: by its operator, or on the command line because its secret can no longer be decrypted."},
	"two_factor.reset":              {"Two-factor authentication reset", "An operator’s authenticator apps and recovery codes were removed for them."},
	"two_factor.codes_replaced":     {"Recovery codes replaced", "New recovery codes were created; the old ones no longer work."},
	"two_factor.unreadable":         {"Authenticator secret unreadable", "A stored secret could not be opened with the given keys."},
	"step_up.succeeded":             {"Identity confirmed", "An operator confirmed their identity."},
	"step_up.refused":               {"Identity not confirmed", "An operator failed to confirm their identity."},
	"session.ended":                 {"Session ended", "A session ended: signed out, or ended from the list."},
	"session.others_ended":          {"Other sessions ended", "An operator ended their other sessions."},
	"session.all_ended":             {"Everyone signed out", "Every session, and every sign-in under way, was ended at once."},
	"session.member_ended":          {"Sessions ended by the community", "The community ended an operator’s sessions."},
	"session.expired":               {"Session expired", "A session ended because it was unused for too long, or too old, or because everyone was signed out."},
	"session.evicted":               {"Session ended by a further sign-in", "A session ended because its operator signed in more often than the limit on sessions allows."},
	"session.network_changed":       {"Session used from another network", "A session was used from a network other than the one it began in; it went on."},
	"session.network_refused":       {"Session ended: network not allowed", "A session was used from a network that the parameters do not allow, and was ended."},
	"session.unknown":               {"Unknown session", "A request had a session token that no session has: one that has ended, or a guess."},
	"session.browser_changed":       {"Session ended: other browser", "A session was used from a browser other than the one it began in, and was ended."},
	"browser.removed":               {"Known browser removed", "An operator removed a browser, or all others, from those that have signed in to their account."},
	"browser.ended":                 {"Known browser forgotten", "A browser that had signed in before became unknown again, after too many wrong passwords from it."},
	"password.changed":              {"Password changed", "An operator changed their password."},
	"password.change_refused":       {"Password not changed", "A password change was refused because the current password was wrong."},
	"password.breached":             {"Password found among public ones", "An operator signed in with a password that has become public; they must change it."},
	"password.breaches_unknown":     {"Password not looked up", "The list of public passwords could not be asked; the next sign-in asks again."},
	"password.reset_requested":      {"Reset link requested", "Someone asked for a new password. It succeeded if an email that leads on was sent, whose kind is in “sent”; otherwise the entry has the reason."},
	"password.reset":                {"Password reset", "A password was set through a reset link."},
	"password.reset_refused":        {"Reset link refused", "A reset link, or the code entered with it, was refused; the entry has the reason."},
	"password.reset_sent":           {"Reset link sent by an operator", "An operator had a reset link emailed to another operator."},
	"password.link_made":            {"One-time link created", "An operator created a one-time link to a new password, to hand over."},
	"password.link_ended":           {"Reset link ended by a new office address", "The office address changed while a reset link was open: its operator was told how to ask for another, and an operator who made it that it ended; if refused, no one was told, and the entry has the reason."},
	"password.compromised":          {"Password marked as compromised", "An operator marked another’s password as compromised: they were signed out, and must choose a new one at the next sign-in."},
	"password.temporary":            {"Temporary password created", "An operator created a temporary password for another, to hand over."},
	"operator.invited":              {"Operator invited", "Someone was invited to the office."},
	"operator.granted":              {"Access given to a member", "A member was given access to the office."},
	"operator.invitation_used":      {"Invitation accepted", "An invited operator chose a password."},
	"operator.invitation_refused":   {"Invitation refused", "An invitation link was refused; the entry has the reason."},
	"operator.invitation_cancelled": {"Invitation cancelled", "An invitation was cancelled."},
	"operator.invitation_renewed":   {"Invitation renewed", "The office address changed while an invitation was open: the invited person was emailed another link, or, if refused, the invitation ended; the entry has the reason."},
	"operator.renamed":              {"Operator renamed", "An operator’s name was changed, by themselves or by another."},
	"operator.email_changed":        {"Email address changed", "An operator’s email address was changed."},
	"operator.language_changed":     {"Language changed", "An operator chose the language of their pages and emails, or, if “after” is empty, to follow their browser."},
	"operator.refreshed":            {"Operator follows the community", "The community has another name or email address for an operator who is a member, and the office has followed; a failure says why it has not."},
	"operator.unlocked":             {"Account unlocked", "An operator’s failed attempts were cleared."},
	"operator.roles_changed":        {"Roles of an operator changed", "An operator’s roles were changed."},
	"operator.disabled":             {"Operator disabled", "An operator was disabled."},
	"operator.enabled":              {"Operator enabled", "A disabled operator was enabled."},
	"operator.deleted":              {"Operator deleted", "An operator was deleted; their audit entries stay."},
	"operator.sessions_ended":       {"Sessions of an operator ended", "An operator’s sessions were ended by another operator."},
	"role.created":                  {"Role created", "A role was created."},
	"role.changed":                  {"Role changed", "A role was changed."},
	"role.deleted":                  {"Role deleted", "A role was deleted."},
	"alias.generated":               {"First office address", "The office received its first address."},
	"alias.changed":                 {"Office address changed", "The office moved to a new address."},
	"alias.confirmed":               {"New office address confirmed", "The new address was confirmed from there."},
	"alias.rolled_back":             {"Old office address restored", "The new address was not confirmed in time, so the old one was restored."},
	"parameters.changed":            {"Parameters changed", "Parameters were changed."},
	"parameters.invalid":            {"Stored parameter not used", "A stored parameter was out of range, so its default applies."},
	"office.started":                {"Office started", "A process of the office began its work; the entry has its configuration, without secrets."},
	"office.stopped":                {"Office stopped", "A process of the office ended its work in good order."},
	"office.links_replaced":         {"Links replaced", "The links that a new office address broke were replaced; the entry says how many."},
	"office.checklist":              {"Setup checklist changed", "A super-administrator ticked that the office address is kept, or hid the setup checklist or brought it back; the entry says which."},
	"office.failed":                 {"Office failed", "Work that the office does on its own failed; the log has the cause."},
	"request.allowed":               {"Request allowed", "An operator’s request was not refused. Written only if audit.requests is on."},
	"request.failed":                {"Request failed", "A fault of the office, or of what it depends on, ended a request; the log has the cause under the request’s id."},
	"request.limited":               {"Too many requests", "A request was blocked unchecked, after too many of its kind; sign-ins and codes have events of their own."},
	"policy.violated":               {"Browser blocked content", "A browser reported that the Content-Security-Policy made it block something: a page of yours that needs more, an extension, or an attack. Anyone can send such a report."},
	"request.malformed":             {"Malformed request", "A request that no page of the office makes: a method, body, field, protocol or act that its page does not have."},
	"request.refused":               {"Request refused by the host", "A rule of the host refused a request; the entry has the reason."},
	"request.forged":                {"Forged form refused", "A form arrived without its token or from another origin, or a WebSocket handshake without the right origin."},
	"permission.denied":             {"Permission missing", "An operator asked for something that their roles do not include."},
	"mail.failed":                   {"Email failed", "An email could not be delivered and will not be retried."},
	"mail.retried":                  {"Email resent", "A failed email was queued again."},
	"mail.written":                  {"Email written by the host", "The community’s own code wrote to an operator."},
	"mail.arrived":                  {"Email arrived", "For the first time, an operator opened the link in a test email, or in the email about the setup: emails arrive."},
	"mail.tested":                   {"Test email sent", "A test email was sent."},
	"keys.resealed":                 {"Encrypted again with the current secret", "What an older master secret encrypted was encrypted with the current one; the entry says how much."},
	"keys.ended":                    {"Unreadable data deleted", "Texts of emails, which then failed, and session values were deleted because none of the master secrets decrypts them; the entry says how many."},
	"audit.accepted":                {"Audit log accepted", "The audit log was accepted as it is: what is older than this entry is no longer verified."},
	"audit.verified":                {"Audit log verified", "The audit log was verified; a failure says where it is broken."},
	"audit.exported":                {"Audit log exported", "The audit log was exported."},
	"audit.purged":                  {"Old audit entries deleted", "Audit entries past their retention were deleted."},
}

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

// Meanings returns what each event means, by code.
func Meanings() map[string]string {
	all := make(map[string]string, len(Events))
	for code, e := range Events {
		all[code] = e.Meaning
	}
	return all
}
