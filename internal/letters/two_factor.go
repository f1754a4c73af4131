package letters

import (
	"fmt"
	"time"

	"github.com/postern-go/postern/mail"
)

// TwoFactorFrom reminds an operator that two-factor authentication is required soon.
func TwoFactorFrom(a About, from time.Time) mail.Letter {
	n := Notice{About: a}
	l := n.letter("two-factor-from", "You will need two-factor authentication for the %s")
	l.Paragraphs = []string{
		fmt.Sprintf("From the moment below, you can sign in to the %s only with a code of an authenticator app. Your account has none yet.", n.office()),
		"Sign in before then and choose Two-factor authentication in the menu of your account. If you do not, you will be asked to add an app at your next sign-in.",
	}
	l.Details = []mail.Detail{{Label: "Required from", Value: moment(from)}}
	l.Button = &mail.Button{Label: "Sign in", URL: n.Home}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("If you have no account there, tell %s.", n.contact())
	l.Values = expiring{n, from}
	return l
}

// TwoFactorAdded tells an operator that an authenticator app was added.
func TwoFactorAdded(n Notice) mail.Letter {
	l := n.letter("two-factor-added", "Two-factor authentication was added to your %s account")
	l.Paragraphs = []string{
		fmt.Sprintf("An authenticator app was added to your account in the %s. From now on, you sign in with your password and a code from the app.", n.office()),
		ifYou + " Keep your recovery codes in a place you can reach without your phone.",
	}
	l.NotYou = fmt.Sprintf("Someone else knows your password. Tell %s at once, so that your account can be secured.", n.contact())
	return l
}

// takenOver returns the advice if someone else must have access.
func (n Notice) takenOver() string {
	return fmt.Sprintf("Someone else is using your account. Change your password, %s, and tell %s at once.", endOthers, n.contact())
}

// TwoFactorRemoved tells an operator that an authenticator app was removed.
func TwoFactorRemoved(n Notice) mail.Letter {
	l := n.letter("two-factor-removed", "Two-factor authentication was removed from your %s account")
	l.Paragraphs = []string{
		fmt.Sprintf("An authenticator app was removed from your account in the %s. Its codes no longer work.", n.office()),
		ifYou,
	}
	l.NotYou = n.takenOver()
	return l
}

// TwoFactorReset tells an operator that someone with the permission reset their
// two-factor authentication, usually because a phone was lost.
func TwoFactorReset(n Notice) mail.Letter {
	l := n.letter("two-factor-reset", "Two-factor authentication for your %s account was reset")
	l.Paragraphs = []string{
		fmt.Sprintf("%s reset two-factor authentication for your account in the %s. The old authenticator app and the old recovery codes no longer work.", n.by(), n.office()),
		"The next time you sign in, scan the new QR code with an authenticator app and save the new recovery codes.",
	}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Tell %s at once, and change your password.", n.contact())
	return l
}

// RecoveryCodeUsed tells an operator that a recovery code was used, and how many
// are left.
func RecoveryCodeUsed(n Notice, left int) mail.Letter {
	l := n.letter("recovery-code-used", "A recovery code for your %s account was used")
	l.Paragraphs = []string{
		fmt.Sprintf("A recovery code was used instead of your authenticator app in the %s. It cannot be used again.", n.office()),
		"If this was you and you have lost your phone, remove the old authenticator app and add a new one under Two-factor authentication in the avatar menu.",
	}
	l.Details = append([]mail.Detail{{Label: "Recovery codes left", Value: fmt.Sprint(left)}}, l.Details...)
	l.NotYou = fmt.Sprintf("Someone else has your password and your recovery codes. Change your password, create new recovery codes, and tell %s at once.", n.contact())
	l.Values = struct {
		Notice
		Left int
	}{n, left}
	return l
}

// RecoveryCodesReplaced tells an operator that the old recovery codes are void.
func RecoveryCodesReplaced(n Notice) mail.Letter {
	l := n.letter("recovery-codes-replaced", "Your %s recovery codes were replaced")
	l.Paragraphs = []string{
		fmt.Sprintf("New recovery codes were created for your account in the %s. The old ones no longer work.", n.office()),
		"If this was you, throw the old ones away.",
	}
	l.NotYou = n.takenOver()
	return l
}
