package messages

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/language"
)

// Matcher finds the language that suits a browser. It is safe for concurrent use.
type Matcher struct {
	tags    []string
	matcher language.Matcher
}

// NewMatcher returns one that chooses among these languages.
func NewMatcher(tags []string) *Matcher {
	parsed := make([]language.Tag, len(tags))
	for i, tag := range tags {
		parsed[i] = language.Make(tag)
	}
	return &Matcher{tags: slices.Clone(tags), matcher: language.NewMatcher(parsed)}
}

// Match returns the language that an Accept-Language header (RFC 9110, section 12.5.4)
// asks for, or "" if it asks for none of them.
func (m *Matcher) Match(header string) string {
	type wish struct {
		tag     language.Tag
		quality float32
	}
	var wishes []wish
	for entry := range strings.SplitSeq(header, ",") {
		// One by one: a tag that is not known makes no other invalid.
		tags, qualities, err := language.ParseAcceptLanguage(entry)
		if err == nil && len(tags) == 1 && qualities[0] > 0 {
			wishes = append(wishes, wish{tags[0], qualities[0]})
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int { return cmp.Compare(b.quality, a.quality) })
	wanted := make([]language.Tag, len(wishes))
	for i, w := range wishes {
		wanted[i] = w.tag
	}
	if len(wanted) == 0 {
		return ""
	}
	_, i, confidence := m.matcher.Match(wanted...)
	if confidence == language.No {
		return ""
	}
	return m.tags[i]
}
