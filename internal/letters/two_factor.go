package letters

import (
	"time"

	"github.com/postern-go/postern/mail"
)

// TwoFactorFrom reminds an operator that two-factor authentication is required soon.
func TwoFactorFrom(a About, from time.Time) mail.Letter {
	n := Notice{About: a}
	l := n.letter("two-factor-from", "letters.two_factor_from.subject")
	l.Paragraphs = []string{
		n.T("letters.two_factor_from.what"),
		n.T("letters.two_factor_from.how"),
	}
	l.Details = []mail.Detail{n.detail("letters.two_factor_from.from", n.moment(from))}
	l.Button = &mail.Button{Label: n.T("letters.sign_in"), URL: n.Home}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.two_factor_from.not_you")
	l.Values = expiring{n, from}
	return l
}

// TwoFactorAdded tells an operator that an authenticator app was added.
func TwoFactorAdded(n Notice) mail.Letter {
	l := n.letter("two-factor-added", "letters.two_factor_added.subject")
	l.Paragraphs = []string{
		n.T("letters.two_factor_added.what"),
		n.T("letters.two_factor_added.if_you"),
	}
	l.NotYou = n.T("letters.two_factor_added.not_you")
	return l
}

// takenOver returns the advice if someone else must have access.
func (n Notice) takenOver() string {
	return n.T("letters.taken_over")
}

// TwoFactorRemoved tells an operator that an authenticator app was removed.
func TwoFactorRemoved(n Notice) mail.Letter {
	l := n.letter("two-factor-removed", "letters.two_factor_removed.subject")
	l.Paragraphs = []string{
		n.T("letters.two_factor_removed.what"),
		n.T("letters.if_you"),
	}
	l.NotYou = n.takenOver()
	return l
}

// TwoFactorReset tells an operator that someone with the permission reset their
// two-factor authentication, usually because a phone was lost.
func TwoFactorReset(n Notice) mail.Letter {
	l := n.letter("two-factor-reset", "letters.two_factor_reset.subject")
	l.Paragraphs = []string{
		n.T("letters.two_factor_reset.what"),
		n.T("letters.two_factor_reset.how"),
	}
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.two_factor_reset.not_you")
	return l
}

// RecoveryCodeUsed tells an operator that a recovery code was used, and how many
// are left.
func RecoveryCodeUsed(n Notice, left int) mail.Letter {
	l := n.letter("recovery-code-used", "letters.recovery_code_used.subject")
	l.Paragraphs = []string{
		n.T("letters.recovery_code_used.what"),
		n.T("letters.recovery_code_used.how"),
	}
	l.Details = append([]mail.Detail{n.detail("letters.recovery_code_used.left", n.in().Number(left))}, l.Details...)
	l.NotYou = n.T("letters.recovery_code_used.not_you")
	l.Values = struct {
		Notice
		Left int
	}{n, left}
	return l
}

// RecoveryCodesReplaced tells an operator that the old recovery codes are void.
func RecoveryCodesReplaced(n Notice) mail.Letter {
	l := n.letter("recovery-codes-replaced", "letters.recovery_codes_replaced.subject")
	l.Paragraphs = []string{
		n.T("letters.recovery_codes_replaced.what"),
		n.T("letters.recovery_codes_replaced.if_you"),
	}
	l.NotYou = n.takenOver()
	return l
}
