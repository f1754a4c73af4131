package docs_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/mail"
)

// notice is when a mail is sent, and to whom.
var notices = map[string]struct{ to, when string }{
	"invitation":              {"the person", "they are invited, or the invitation is sent again; holds a one-time link"},
	"access-granted":          {"the member", "they are given access; under company sign-in with a one-time link"},
	"role-changed":            {"the person", "somebody gave them other roles, or deleted a role of theirs"},
	"name-changed":            {"the person", "they, or somebody else, changed their name"},
	"email-changed":           {"the person, at both addresses", "an operator gave them another e-mail address"},
	"sessions-ended":          {"the person", "somebody else signed them out"},
	"account-disabled":        {"the person", "they were disabled or deleted"},
	"account-enabled":         {"the person", "they were enabled again"},
	"new-super-administrator": {"the other super-administrators", "somebody became one"},
	"password-reset":          {"the person", "they asked for it, or an operator had it sent; holds a one-time link"},
	"member-reset":            {"a member", "your community sends it, with package `reset`"},
	"password-changed":        {"the person", "the password was changed or reset"},
	"password-link-made":      {"the person", "an operator made a link to a new password, to hand over"},
	"temporary-password":      {"the person", "an operator made a temporary password, to hand over"},
	"two-factor-added":        {"the person", "an authenticator app was added"},
	"two-factor-removed":      {"the person", "an authenticator app was removed"},
	"two-factor-reset":        {"the person", "an operator or the command line reset two-factor authentication"},
	"recovery-code-used":      {"the person", "a recovery code was used; says how many are left"},
	"recovery-codes-replaced": {"the person", "new recovery codes were made"},
	"new-device":              {"the person", "a sign-in came from a browser or network that they had not used before"},
	"unusual-sign-in":         {"the person", "a right password after many wrong ones, wrong codes after a right password, a code that came twice, or a sign-in after months; once an hour at most for each"},
	"many-failures":           {"the person", "wrong passwords or codes keep them out; once an hour at most"},
	"alias-changed":           {"every active operator", "a new address was confirmed, or the command line changed it"},
	"parameters-loosened":     {"every active super-administrator", "parameters were changed to protect less"},
	"test-message":            {"whoever asked", "somebody tried whether mail works"},
	"host-message":            {"whom your code names", "your code had it sent"},
}

// letters is the table of all mails.
func letters(t *testing.T) string {
	t.Helper()
	var rows [][]string
	for _, l := range mail.Samples() {
		n, ok := notices[l.Kind]
		require.True(t, ok, "nobody says when %s is sent", l.Kind)
		rows = append(rows, []string{code(l.Kind), l.Subject, n.to, n.when})
	}
	require.Equal(t, len(notices), len(rows))
	return table([]string{"kind", "subject", "to", "when"}, rows)
}
