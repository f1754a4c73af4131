package mail

import "fmt"

// TwoFactorAdded tells an operator that an authenticator app was added.
func TwoFactorAdded(v Notice) Letter {
	l := v.letter("two-factor-added", fmt.Sprintf("Two-factor authentication was added to your %s account", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("An authenticator app was added to your account in the %s. From now on you sign in with your password and a code from the app.", v.office()),
		"If this was you, there is nothing to do. Keep your recovery codes in a place you can reach without your phone.",
	}
	l.Details = v.details()
	l.NotYou = fmt.Sprintf("Somebody else knows your password. Tell %s at once, so that your access is secured.", v.contact())
	l.Values = v
	return l
}

// TwoFactorRemoved tells an operator that an authenticator app was removed.
func TwoFactorRemoved(v Notice) Letter {
	l := v.letter("two-factor-removed", fmt.Sprintf("Two-factor authentication was removed from your %s account", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("An authenticator app was removed from your account in the %s. Its codes do not work any more.", v.office()),
		"If this was you, there is nothing to do.",
	}
	l.Details = v.details()
	l.NotYou = fmt.Sprintf("Somebody else uses your account. Change your password, end all other sessions, and tell %s at once.", v.contact())
	l.Values = v
	return l
}

// TwoFactorReset tells an operator that somebody with the right reset their
// two-factor authentication, usually because a phone was lost.
func TwoFactorReset(v Notice) Letter {
	l := v.letter("two-factor-reset", fmt.Sprintf("Two-factor authentication of your %s account was reset", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("%s reset two-factor authentication for your account in the %s. The old authenticator app and the old recovery codes do not work any more.", by(v.By), v.office()),
		"When you sign in next, scan the new QR code with an authenticator app and save the new recovery codes.",
	}
	l.Details = v.Occasion.details()
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Tell %s at once, and change your password.", v.contact())
	l.Values = v
	return l
}

// RecoveryCodeUsedValues make a [RecoveryCodeUsed] letter.
type RecoveryCodeUsedValues struct {
	Notice
	// Left is how many codes remain.
	Left int
}

// RecoveryCodeUsed tells an operator that a recovery code was spent.
func RecoveryCodeUsed(v RecoveryCodeUsedValues) Letter {
	l := v.letter("recovery-code-used", fmt.Sprintf("A recovery code of your %s account was used", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("A recovery code took the place of your authenticator app in the %s. That code does not work again.", v.office()),
		"If this was you and your phone is lost, remove the old authenticator app and add a new one in the avatar menu under Two-factor authentication.",
	}
	l.Details = append([]Detail{{"Recovery codes left", fmt.Sprint(v.Left)}}, v.details()...)
	l.NotYou = fmt.Sprintf("Somebody else has your password and your recovery codes. Change your password, make new recovery codes, and tell %s at once.", v.contact())
	l.Values = v
	return l
}

// RecoveryCodesReplaced tells an operator that the old recovery codes are void.
func RecoveryCodesReplaced(v Notice) Letter {
	l := v.letter("recovery-codes-replaced", fmt.Sprintf("Your %s recovery codes were replaced", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("New recovery codes were made for your account in the %s. The old ones do not work any more.", v.office()),
		"If this was you, throw the old ones away.",
	}
	l.Details = v.details()
	l.NotYou = fmt.Sprintf("Somebody else uses your account. Change your password, end all other sessions, and tell %s at once.", v.contact())
	l.Values = v
	return l
}
