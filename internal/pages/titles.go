package pages

import (
	"cmp"

	"github.com/postern-go/postern/internal/desk"
)

// Programs and logs use stable names. These are the headings that people read
// for them; a name that is not here becomes its own heading.

// areaTitles are the areas of the audit: what stands before the dot.
var areaTitles = map[string]string{
	"alias":      "Office address",
	"audit":      "Audit log",
	"code":       "Authenticator codes",
	"mail":       "Mail",
	"operator":   "Operators",
	"parameters": "Parameters",
	"password":   "Passwords",
	"permission": "Permissions",
	"recovery":   "Recovery codes",
	"request":    "Requests",
	"role":       "Roles",
	"session":    "Sessions",
	"setup":      "Setup",
	"signin":     "Sign-in",
	"step_up":    "Identity confirmations",
	"two_factor": "Two-factor authentication",
}

// mailTitles are the letters that the office writes, by their kind.
var mailTitles = map[string]string{
	"access-granted":          "Access given",
	"account-disabled":        "Account disabled",
	"account-enabled":         "Account enabled",
	"alias-changed":           "New office address",
	"email-changed":           "Email address changed",
	"host-message":            "Message from the community",
	"invitation":              "Invitation",
	"many-failures":           "Many failed sign-ins",
	"name-changed":            "Name changed",
	"new-device":              "Sign-in from a new device",
	"new-super-administrator": "New super-administrator",
	"parameters-loosened":     "Parameters loosened",
	"password-changed":        "Password changed",
	"password-elsewhere":      "Password kept elsewhere",
	"password-link-made":      "One-time link created",
	"password-reset":          "Password reset link",
	"recovery-code-used":      "Recovery code used",
	"recovery-codes-replaced": "Recovery codes replaced",
	"role-changed":            "Roles changed",
	"sessions-ended":          "Sessions ended",
	"temporary-password":      "Temporary password created",
	"test-message":            "Test message",
	"two-factor-added":        "Authenticator app added",
	"two-factor-removed":      "Authenticator app removed",
	"two-factor-reset":        "Two-factor authentication reset",
	"unusual-sign-in":         "Unusual sign-in",
}

func eventTitle(code string) string { return cmp.Or(desk.Events[code].Title, words(code)) }

func areaTitle(area string) string { return title(areaTitles, area) }

func mailTitle(kind string) string { return title(mailTitles, kind) }

func title(known map[string]string, name string) string {
	if t, ok := known[name]; ok {
		return t
	}
	return words(name)
}
