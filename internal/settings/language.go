package settings

import (
	"slices"

	"golang.org/x/text/language"
)

// mostTag is the most bytes of a language's tag (RFC 5646 section 4.4.1).
const mostTag = 35

// IsLanguage reports whether a text is the BCP 47 tag of a language, in canonical form
// and of at most 35 bytes.
func IsLanguage(tag string) bool {
	if tag == "" || len(tag) > mostTag {
		return false
	}
	t, err := language.Parse(tag)
	return err == nil && t != language.Und && t.String() == tag
}

// spoken is a language of the office. Which it has is not known before
// [Definition.Among].
func spoken(name string, field func(*Settings) *string) Definition {
	return Definition{
		Name: name, Kind: KindChoice, open: true, Choices: []string{DefaultLanguage}, initial: DefaultLanguage,
		set: func(s *Settings, text string) bool {
			if !IsLanguage(text) {
				return false
			}
			*field(s) = text
			return true
		},
	}
}

// Among returns a choice that has only these values, which names calls as people do.
func (d Definition) Among(choices []string, names func(choice string) string) Definition {
	set := d.set
	d.Choices, d.names = slices.Clone(choices), names
	d.set = func(s *Settings, text string) bool { return slices.Contains(choices, text) && set(s, text) }
	return d
}
