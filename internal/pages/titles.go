package pages

// Programs and logs use stable names. These are the headings that people read
// for them; a name that is not here becomes its own heading.

// areaTitles are the areas of the audit: what stands before the dot.
var areaTitles = map[string]string{
	"alias":      "Address",
	"audit":      "Audit",
	"code":       "Codes from apps",
	"mail":       "Mail",
	"operator":   "Operators",
	"parameters": "Parameters",
	"password":   "Passwords",
	"permission": "Permissions",
	"recovery":   "Recovery codes",
	"request":    "Requests",
	"role":       "Roles",
	"session":    "Sessions",
	"setup":      "Setting up",
	"signin":     "Signing in",
	"step_up":    "Proof of identity",
	"two_factor": "Two-factor authentication",
}

// eventTitles are the events: what happened, in the past tense.
var eventTitles = map[string]string{
	"alias.changed":                 "Address changed",
	"alias.confirmed":               "New address confirmed",
	"alias.generated":               "First address made",
	"alias.rolled_back":             "Old address put back",
	"audit.exported":                "Audit exported",
	"audit.purged":                  "Old audit rows deleted",
	"audit.verified":                "Audit verified",
	"code.limited":                  "Code not looked at",
	"code.refused":                  "Wrong code",
	"code.replayed":                 "Code used twice",
	"mail.failed":                   "Mail failed",
	"mail.retried":                  "Mail sent again",
	"mail.tested":                   "Test mail sent",
	"mail.written":                  "Mail written by the host",
	"operator.deleted":              "Operator deleted",
	"operator.disabled":             "Operator disabled",
	"operator.email_changed":        "E-mail address changed",
	"operator.enabled":              "Operator enabled",
	"operator.granted":              "Access given to a member",
	"operator.invitation_cancelled": "Invitation cancelled",
	"operator.invitation_refused":   "Invitation refused",
	"operator.invitation_used":      "Invitation used",
	"operator.invited":              "Operator invited",
	"operator.renamed":              "Operator renamed",
	"operator.roles_changed":        "Roles of an operator changed",
	"operator.sessions_ended":       "Sessions ended for somebody",
	"operator.unlocked":             "Account unlocked",
	"parameters.changed":            "Parameters changed",
	"parameters.invalid":            "Stored parameter not used",
	"password.breached":             "Password found among public ones",
	"password.breaches_unknown":     "Password not looked up",
	"password.change_refused":       "Password not changed",
	"password.changed":              "Password changed",
	"password.link_made":            "One-time link made",
	"password.reset":                "Password reset",
	"password.reset_refused":        "Reset link refused",
	"password.reset_requested":      "Reset link asked for",
	"password.reset_sent":           "Reset link sent by an operator",
	"password.temporary":            "Temporary password made",
	"permission.denied":             "Permission missing",
	"recovery.refused":              "Wrong recovery code",
	"recovery.used":                 "Recovery code used",
	"request.forged":                "Forged form refused",
	"request.limited":               "Too many requests",
	"request.malformed":             "Malformed request",
	"request.refused":               "Request refused by the host",
	"role.changed":                  "Role changed",
	"role.created":                  "Role made",
	"role.deleted":                  "Role deleted",
	"session.browser_changed":       "Session ended: other browser",
	"session.ended":                 "Session ended",
	"session.expired":               "Session expired",
	"session.evicted":               "Session ended by a further sign-in",
	"session.member_ended":          "Sessions ended by the community",
	"session.others_ended":          "Other sessions ended",
	"setup.completed":               "Office set up",
	"setup.refused":                 "Setup link refused",
	"signin.limited":                "Sign-in not looked at",
	"signin.password":               "Password accepted",
	"signin.paused":                 "Sign-in paused",
	"signin.refused":                "Sign-in refused",
	"signin.succeeded":              "Signed in",
	"step_up.refused":               "Identity not proved",
	"step_up.succeeded":             "Identity proved",
	"two_factor.added":              "Authenticator app added",
	"two_factor.codes_replaced":     "Recovery codes replaced",
	"two_factor.removed":            "Authenticator app removed",
	"two_factor.reset":              "Two-factor authentication reset",
	"two_factor.unreadable":         "Authenticator secret unreadable",
}

// mailTitles are the letters that the office writes, by their kind.
var mailTitles = map[string]string{
	"access-granted":          "Access given",
	"account-disabled":        "Access switched off",
	"account-enabled":         "Access switched on again",
	"alias-changed":           "New address",
	"email-changed":           "E-mail address changed",
	"host-message":            "Message of the community",
	"invitation":              "Invitation",
	"many-failures":           "Many failed sign-ins",
	"name-changed":            "Name changed",
	"new-device":              "Sign-in from a new device",
	"new-super-administrator": "New super-administrator",
	"parameters-loosened":     "Parameters loosened",
	"password-changed":        "Password changed",
	"password-elsewhere":      "Where the password is kept",
	"password-link-made":      "Link to a new password made",
	"password-reset":          "Password reset link",
	"recovery-code-used":      "Recovery code used",
	"recovery-codes-replaced": "Recovery codes replaced",
	"role-changed":            "Roles changed",
	"sessions-ended":          "Sessions ended",
	"temporary-password":      "Temporary password made",
	"test-message":            "Test message",
	"two-factor-added":        "Authenticator app added",
	"two-factor-removed":      "Authenticator app removed",
	"two-factor-reset":        "Two-factor authentication reset",
	"unusual-sign-in":         "Unusual sign-in",
}

func eventTitle(code string) string { return title(eventTitles, code) }

func areaTitle(area string) string { return title(areaTitles, area) }

func mailTitle(kind string) string { return title(mailTitles, kind) }

func title(known map[string]string, name string) string {
	if t, ok := known[name]; ok {
		return t
	}
	return words(name)
}
