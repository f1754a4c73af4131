package browse

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/testoffice/markup"
)

var langTag = regexp.MustCompile(`<html lang="([^"]+)"`)

// foreign is the language of the page, or nil if it is English.
func (p Page) foreign() *messages.Language {
	lang := langTag.FindStringSubmatch(p.Body)
	if lang == nil || lang[1] == messages.Source {
		return nil
	}
	return messages.Ours().In(lang[1])
}

// says reports whether a text of the page says the English words, in the page's language.
func (p Page) says(text, english string) bool {
	if strings.Contains(text, english) {
		return true
	}
	in := p.foreign()
	if in == nil {
		return false
	}
	for _, key := range messages.Keys() {
		if !strings.HasPrefix(messages.English().Text(key), english) {
			continue
		}
		longest := ""
		for _, piece := range in.Pieces(key, 2) {
			if len(piece.Text) > len(longest) {
				longest = piece.Text
			}
		}
		if longest != "" && strings.Contains(text, strings.TrimSpace(longest)) {
			return true
		}
	}
	return false
}

// Filled is what a browser sends when someone presses a button of the form that
// posts to a path, without touching anything else. A field that is there twice is
// sent twice.
func (p Page) Filled(path, button string) url.Values {
	p.T.Helper()
	for _, f := range p.forms(path) {
		i := slices.IndexFunc(f.Controls, func(c markup.Control) bool { return c.Kind == "submit" && p.says(c.Text, button) })
		if i < 0 {
			continue
		}
		fields := url.Values{}
		if pressed := f.Controls[i]; pressed.Name != "" {
			fields.Add(pressed.Name, pressed.Value)
		}
		for name, values := range f.Values() {
			fields[name] = append(fields[name], values...)
		}
		return fields
	}
	require.Fail(p.T, "no form that posts to "+path+" with a button "+button, "status %d at %s\n%s", p.Status, p.Path, p.Text())
	return nil
}
