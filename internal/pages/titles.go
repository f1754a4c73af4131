package pages

import (
	"cmp"
	"strings"

	"github.com/postern-go/postern/internal/desk"
)

// areaTitles are headings for the areas of the audit log: the part of an event's
// name before the dot.
var areaTitles = map[string]string{
	"alias":      "Office address",
	"audit":      "Audit log",
	"browser":    "Known browsers",
	"code":       "Authenticator codes",
	"keys":       "Master secret",
	"mail":       "Mail",
	"office":     "Office",
	"operator":   "Operators",
	"parameters": "Parameters",
	"password":   "Passwords",
	"permission": "Permissions",
	"policy":     "Browser policy",
	"recovery":   "Recovery codes",
	"request":    "Requests",
	"role":       "Roles",
	"session":    "Sessions",
	"setup":      "Setup",
	"signin":     "Sign-in",
	"step_up":    "Identity confirmations",
	"two_factor": "Two-factor authentication",
}

// mailTitles are headings for emails, by kind.
var mailTitles = map[string]string{
	"access-closed":           "Account cannot be used",
	"access-granted":          "Access given",
	"account-disabled":        "Account disabled",
	"account-enabled":         "Account enabled",
	"alias-changed":           "New office address",
	"email-changed":           "Email address changed",
	"host-message":            "Message from the community",
	"invitation":              "Invitation",
	"invitation-ends":         "Invitation expires soon",
	"made-link-ended":         "Created link ended",
	"many-failures":           "Many failed sign-ins",
	"name-changed":            "Name changed",
	"networks-restricted":     "Networks restricted",
	"new-device":              "Sign-in from a new device",
	"new-super-administrator": "New super-administrator",
	"office-set-up":           "Office set up",
	"parameters-loosened":     "Parameters loosened",
	"password-changed":        "Password changed",
	"password-compromised":    "Password compromised",
	"password-elsewhere":      "Password kept elsewhere",
	"password-link-ended":     "One-time link ended",
	"password-link-made":      "One-time link created",
	"password-reset":          "Password reset link",
	"recovery-code-used":      "Recovery code used",
	"recovery-codes-replaced": "Recovery codes replaced",
	"role-changed":            "Roles changed",
	"sessions-ended":          "Sessions ended",
	"temporary-password":      "Temporary password created",
	"test-message":            "Test email",
	"two-factor-added":        "Authenticator app added",
	"two-factor-from":         "Two-factor authentication required soon",
	"two-factor-removed":      "Authenticator app removed",
	"two-factor-reset":        "Two-factor authentication reset",
	"unusual-sign-in":         "Unusual sign-in",
}

func eventTitle(code string) string { return cmp.Or(desk.Events[code].Title, words(code)) }

func mailTitle(kind string) string { return cmp.Or(mailTitles[kind], words(kind)) }

// words makes a heading of a stable name: "password-reset" becomes "Password
// reset".
func words(name string) string {
	name = strings.NewReplacer("-", " ", "_", " ", ".", ": ").Replace(name)
	if name == "" {
		return ""
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
