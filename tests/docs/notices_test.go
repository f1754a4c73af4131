package docs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/letters/lettertest"
)

// notice is when a mail is sent, and to whom.
var notices = map[string]struct{ to, when string }{
	"invitation":              {"the person", "they are invited, the invitation is sent again, or they requested a new password before they chose one; contains a one-time link"},
	"invitation-ends":         {"the person", "their invitation expires within a day, and they have not used it; once"},
	"access-granted":          {"the member", "they are given access, or requested a new password before they chose one; contains a one-time link under company sign-in"},
	"access-closed":           {"the person", "they requested a new password, but cannot sign in: disabled, no role, no longer a member, or invited by someone who may no longer invite; says whom to ask"},
	"role-changed":            {"the person", "someone changed their roles, or deleted one of them"},
	"name-changed":            {"the person", "they or someone else changed their name"},
	"email-changed":           {"the person, at both addresses", "an operator changed their email address"},
	"sessions-ended":          {"the person", "someone else signed them out"},
	"account-disabled":        {"the person", "they were disabled or deleted"},
	"account-enabled":         {"the person", "they were enabled again"},
	"new-super-administrator": {"the other super-administrators", "someone became one"},
	"password-reset":          {"the person", "they or an operator requested it; contains a one-time link"},
	"password-elsewhere":      {"the person", "they requested a new password, but sign in with the community’s"},
	"password-changed":        {"the person", "the password was changed or reset"},
	"password-link-made":      {"the person", "an operator created a reset link to hand over"},
	"password-link-ended":     {"the person", "the office address changed while they had an unused reset link"},
	"made-link-ended":         {"the operator who made it", "the office address changed while a reset link that they made or sent was unused"},
	"temporary-password":      {"the person", "an operator created a temporary password to hand over"},
	"password-compromised":    {"the person", "an operator marked their password as compromised"},
	"two-factor-from":         {"each operator concerned", "the day of `two_factor.from` is within a week, and they have no authenticator app; once"},
	"two-factor-added":        {"the person", "an authenticator app was added"},
	"two-factor-removed":      {"the person", "an authenticator app was removed"},
	"two-factor-reset":        {"the person", "an operator or the command line reset two-factor authentication"},
	"passkey-added":           {"the person", "a passkey was added"},
	"passkey-removed":         {"the person", "a passkey was removed"},
	"passkeys-required":       {"every active super-administrator", "`passkeys.who` was changed so that more people must use a passkey"},
	"recovery-code-used":      {"the person", "a recovery code was used; says how many are left"},
	"recovery-codes-replaced": {"the person", "new recovery codes were created"},
	"new-device":              {"the person", "a sign-in came from a new browser or network"},
	"unusual-sign-in":         {"the person", "a correct password after many wrong ones, wrong codes after a correct password, a code that was sent twice, a passkey that may be a copy, or a sign-in after months; at most once an hour for each"},
	"many-failures":           {"the person", "many wrong passwords or codes, or ten wrong passwords from a known browser; at most once a day for each"},
	"office-set-up":           {"the first super-administrator", "the office was set up; has its address"},
	"alias-changed":           {"every active operator", "a new office address was confirmed, or set on the command line"},
	"parameters-loosened":     {"every active super-administrator", "parameters were loosened"},
	"networks-restricted":     {"every active super-administrator", "`signin.networks` was changed so that it allows fewer"},
	"test-message":            {"the operator, or the email address given on the command line", "someone sends a test email"},
	"host-message":            {"the operator your code names", "your code sent it"},
}

// letterTable is the table of all emails.
func letterTable(t *testing.T) string {
	t.Helper()
	var rows [][]string
	for _, l := range lettertest.Samples() {
		n, ok := notices[l.Kind]
		require.True(t, ok, "nobody says when %s is sent: add it to notices in tests/docs/notices_test.go", l.Kind)
		rows = append(rows, []string{code(l.Kind), l.Subject, n.to, n.when})
	}
	require.Equal(t, len(notices), len(rows), "notices has a mail that there is not")
	return table([]string{"kind", "subject", "to", "when"}, rows)
}
