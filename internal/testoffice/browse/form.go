package browse

import (
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/messages"
)

var (
	controlTag   = regexp.MustCompile(`(?s)<(input|button)\b([^>]*)>|<(select|textarea)\b([^>]*)>(.*?)</(?:select|textarea)>`)
	optionTag    = regexp.MustCompile(`(?s)<option\b([^>]*)>`)
	attributeTag = regexp.MustCompile(`([a-z-]+)(?:="([^"]*)")?`)
	buttonText   = regexp.MustCompile(`(?s)<button\b([^>]*)>(.*?)</button>`)
)

// attributes are those of a tag, unescaped; one without a value is "".
func attributes(text string) map[string]string {
	all := map[string]string{}
	for _, m := range attributeTag.FindAllStringSubmatch(text, -1) {
		all[m[1]] = html.UnescapeString(m[2])
	}
	return all
}

// has says whether a tag has an attribute.
func has(attributes map[string]string, name string) bool { _, ok := attributes[name]; return ok }

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
	for _, m := range formTag.FindAllStringSubmatch(p.Body, -1) {
		if html.UnescapeString(m[1]) != p.Base+path {
			continue
		}
		fields, pressed := url.Values{}, false
		for _, b := range buttonText.FindAllStringSubmatch(m[2], -1) {
			a := attributes(b[1])
			if a["type"] == "button" || pressed || !p.says(Page{Body: b[2]}.Text(), button) {
				continue
			}
			pressed = true
			if a["name"] != "" {
				fields.Add(a["name"], a["value"])
			}
		}
		if !pressed {
			continue
		}
		for _, c := range controlTag.FindAllStringSubmatch(m[2], -1) {
			kind, a := c[1]+c[3], attributes(c[2]+c[4])
			switch {
			case kind == "button" || has(a, "disabled") || a["name"] == "":
			case kind == "textarea":
				fields.Add(a["name"], html.UnescapeString(c[5]))
			case kind == "select":
				for i, o := range optionTag.FindAllStringSubmatch(c[5], -1) {
					option := attributes(o[1])
					if has(option, "selected") {
						fields.Set(a["name"], option["value"])
					} else if i == 0 {
						fields.Add(a["name"], option["value"])
					}
				}
			case (a["type"] == "checkbox" || a["type"] == "radio") && !has(a, "checked"):
			default:
				fields.Add(a["name"], a["value"])
			}
		}
		return fields
	}
	require.Fail(p.T, "no form that posts to "+path+" with a button "+button, "status %d at %s\n%s", p.Status, p.Path, p.Text())
	return nil
}
