package backoffice_test

import (
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/stretchr/testify/require"
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

// filled is what a browser sends when somebody presses a button of the form
// that posts to a path, without touching anything else. A field that is there
// twice is sent twice.
func (p page) filled(path, button string) url.Values {
	p.t.Helper()
	for _, m := range formTag.FindAllStringSubmatch(p.body, -1) {
		if html.UnescapeString(m[1]) != p.base+path {
			continue
		}
		fields, pressed := url.Values{}, false
		for _, b := range buttonText.FindAllStringSubmatch(m[2], -1) {
			a := attributes(b[1])
			if a["type"] == "button" || pressed || !strings.Contains(page{body: b[2]}.text(), button) {
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
			case a["type"] == "checkbox" && !has(a, "checked"):
			default:
				fields.Add(a["name"], a["value"])
			}
		}
		return fields
	}
	require.Fail(p.t, "no form that posts to "+path+" with a button "+button, "status %d at %s\n%s", p.status, p.path, p.text())
	return nil
}

// press fills in a form and presses a button of it. Edits are "name=value",
// "+name=value" for one more of the same name, and "-name" for what is unticked.
func (b *browser) press(p page, path, button string, edits ...string) page {
	b.t.Helper()
	fields := p.filled(path, button)
	for _, edit := range edits {
		name, value, ok := strings.Cut(edit, "=")
		switch {
		case strings.HasPrefix(name, "+"):
			fields.Add(name[1:], value)
		case strings.HasPrefix(name, "-"):
			fields.Del(name[1:])
		default:
			require.True(b.t, ok, edit)
			fields.Set(name, value)
		}
	}
	return b.post(path, fields)
}

// does posts a form and asks for where it leads.
func (b *browser) does(p page, path, button string, edits ...string) page {
	b.t.Helper()
	answer := b.press(p, path, button, edits...)
	require.Equal(b.t, 303, answer.status, answer.text())
	return b.follow(answer)
}

var problemTag = regexp.MustCompile(`(?s)<p class="problem" id="field-([^"]+)-error">(.*?)</p>`)

// problems are the texts beside fields, by field.
func (p page) problems() map[string]string {
	all := map[string]string{}
	for _, m := range problemTag.FindAllStringSubmatch(p.body, -1) {
		all[m[1]] = strings.TrimPrefix(page{body: m[2]}.text(), "Error: ")
	}
	return all
}

// rows are the paths of a list's rows, in order.
func (p page) rows(prefix string) []string {
	var paths []string
	for _, m := range regexp.MustCompile(`<th scope="row"><a href="([^"]+)"`).FindAllStringSubmatch(p.body, -1) {
		paths = append(paths, strings.TrimPrefix(html.UnescapeString(m[1]), p.base+prefix))
	}
	return paths
}

// link is where a link of the page with this text leads; empty without one.
func (p page) link(text string) string {
	for _, m := range regexp.MustCompile(`(?s)<a [^>]*href="([^"]+)"[^>]*>(.*?)</a>`).FindAllStringSubmatch(p.body, -1) {
		if (page{body: m[2]}).text() == text {
			return strings.TrimPrefix(html.UnescapeString(m[1]), p.base)
		}
	}
	return ""
}

// walkPages follows "Next page" from a page to the end of its list, and returns the
// rows of each page.
func (b *browser) walkPages(first, prefix string) (pages []page, all []string) {
	b.t.Helper()
	for at := first; at != ""; {
		p := b.get(at)
		require.Equal(b.t, 200, p.status, p.text())
		pages = append(pages, p)
		all = append(all, p.rows(prefix)...)
		at = p.link("Next page")
		require.Less(b.t, len(pages), 20, "the list does not end")
	}
	sorted := slices.Sorted(slices.Values(all))
	require.Len(b.t, slices.Compact(sorted), len(all), "a row comes twice")
	return pages, all
}
