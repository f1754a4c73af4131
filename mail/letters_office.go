package mail

import (
	"fmt"
	"strings"
)

// AliasChangedValues make an [AliasChanged] letter.
type AliasChangedValues struct {
	Notice
	// Home is the office's new address. Required.
	Home string
}

// AliasChanged tells an operator where the office is now.
func AliasChanged(v AliasChangedValues) Letter {
	l := v.letter("alias-changed", fmt.Sprintf("The %s has a new address", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("The %s has moved to a new address. The old one does not work any more.", v.office()),
		"Keep the new address to yourself and change your bookmarks. Your password and two-factor authentication stay as they are.",
	}
	l.Details = v.details()
	l.Button = &Button{"Open the back office", v.Home}
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Ask %s before you sign in.", v.contact())
	l.Values = v
	return l
}

// ParametersLoosenedValues make a [ParametersLoosened] letter.
type ParametersLoosenedValues struct {
	Notice
	// Changes says what was loosened, each such as "Two-factor authentication:
	// from everyone to recommended". Required.
	Changes []string
}

// ParametersLoosened tells the super-administrators that a security setting is
// weaker now.
func ParametersLoosened(v ParametersLoosenedValues) Letter {
	l := v.letter("parameters-loosened", fmt.Sprintf("Security settings of the %s were loosened", v.office()))
	l.Paragraphs = []string{fmt.Sprintf("%s made the %s less strict on the Parameters page:", by(v.By), v.office())}
	for _, change := range v.Changes {
		if change = oneLine(change); change != "" {
			l.Paragraphs = append(l.Paragraphs, "- "+strings.TrimSuffix(change, ".")+".")
		}
	}
	l.Details = v.Occasion.details()
	l.NotYouTitle = unexpected
	l.NotYou = fmt.Sprintf("Sign in, restore the old values on the Parameters page, and tell %s.", v.contact())
	l.Values = v
	return l
}

// TestMessage shows that mails arrive.
func TestMessage(v Notice) Letter {
	l := v.letter("test-message", fmt.Sprintf("Test mail from the %s", v.office()))
	l.Paragraphs = []string{
		fmt.Sprintf("Mails from the %s arrive. This one was sent to try it; there is nothing to do.", v.office()),
	}
	l.Details = v.details()
	l.NotYouTitle = unexpected
	l.NotYou = "Somebody may have mistyped their address. You can delete this mail."
	l.Values = v
	return l
}
