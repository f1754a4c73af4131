package letters

import "github.com/postern-go/postern/mail"

// PasskeyAdded tells an operator that a passkey was added.
func PasskeyAdded(n Notice) mail.Letter {
	l := n.letter("passkey-added", "letters.passkey_added.subject")
	l.Paragraphs = []string{
		n.T("letters.passkey_added.what"),
		n.T("letters.passkey_added.if_you"),
	}
	l.NotYou = n.T("letters.two_factor_added.not_you")
	return l
}

// PasskeysRequired tells the super-administrators, some of whom it may shut out, that more
// people must use a passkey.
func PasskeysRequired(n Notice) mail.Letter {
	l := n.letter("passkeys-required", "letters.passkeys_required.subject")
	l.Paragraphs = []string{n.T("letters.passkeys_required.what")}
	l.Details = n.signed()
	l.NotYouTitle = n.T("letters.unexpected")
	l.NotYou = n.T("letters.passkeys_required.not_you")
	return l
}

// PasskeyRemoved tells an operator that a passkey was removed.
func PasskeyRemoved(n Notice) mail.Letter {
	l := n.letter("passkey-removed", "letters.passkey_removed.subject")
	l.Paragraphs = []string{
		n.T("letters.passkey_removed.what"),
		n.T("letters.if_you"),
	}
	l.NotYou = n.takenOver()
	return l
}
