package view

import (
	"html"
	"strings"
)

// tag is a start tag or end tag of a page, from start to end in its text.
type tag struct {
	name       string
	closing    bool
	start, end int
	attributes []attr
}

// attr is an attribute of a tag, from start to end in the page. The value is unescaped.
type attr struct {
	name, value string
	start, end  int
}

func (t tag) has(name string) bool {
	for _, a := range t.attributes {
		if a.name == name {
			return true
		}
	}
	return false
}

func (t tag) get(name string) string {
	for _, a := range t.attributes {
		if a.name == name {
			return a.value
		}
	}
	return ""
}

// tagsOf returns the tags of a page as browsers find them: not in comments, nor in the text
// of elements that have no others in them. A tag that is not closed ends the page.
func tagsOf(page string) []tag {
	var all []tag
	for at := 0; ; {
		next := strings.IndexByte(page[at:], '<')
		if next < 0 {
			return all
		}
		at += next
		if rest := page[at:]; strings.HasPrefix(rest, "<!--") {
			length := strings.Index(rest, "-->")
			if length < 0 {
				return all
			}
			at += length + len("-->")
			continue
		}
		t, ok := tagAt(page, at)
		if !ok {
			at++
			continue
		}
		if t.end == 0 {
			return all
		}
		all = append(all, t)
		at = t.end
		switch t.name {
		case "script", "style", "textarea", "title":
			if !t.closing {
				at += endOf(page[at:], t.name)
			}
		}
	}
}

// endOf returns where the text of an element ends that has no others in it.
func endOf(text, name string) int {
	for at := 0; ; at += len("</") {
		next := strings.Index(text[at:], "</")
		if next < 0 {
			return len(text)
		}
		at += next
		// Not in lower case as a whole: that of "İ" has another length.
		if from, to := at+len("</"), at+len("</")+len(name); to <= len(text) && strings.EqualFold(text[from:to], name) {
			return at
		}
	}
}

// tagAt reads the tag that begins at a "<", if one does. If it is not closed, end is zero.
func tagAt(page string, start int) (t tag, ok bool) {
	t.start = start
	at := start + 1
	if strings.HasPrefix(page[at:], "/") {
		t.closing = true
		at++
	}
	from := at
	for at < len(page) && !isSpace(page[at]) && page[at] != '/' && page[at] != '>' {
		at++
	}
	t.name = strings.ToLower(page[from:at])
	if t.name == "" || t.name[0] < 'a' || t.name[0] > 'z' {
		return t, false
	}
	for {
		for at < len(page) && (isSpace(page[at]) || page[at] == '/') {
			at++
		}
		if at >= len(page) {
			return t, true
		}
		if page[at] == '>' {
			t.end = at + 1
			return t, true
		}
		a, end := attrAt(page, at)
		if end < 0 {
			return t, true
		}
		t.attributes = append(t.attributes, a)
		at = end
	}
}

// attrAt reads an attribute, and returns where it ends, or -1 if the page ends in it.
func attrAt(page string, start int) (attr, int) {
	a := attr{start: start}
	at := start + 1 // even an equals sign may begin a name
	for at < len(page) && !isSpace(page[at]) && page[at] != '/' && page[at] != '>' && page[at] != '=' {
		at++
	}
	a.name, a.end = strings.ToLower(page[start:at]), at
	for at < len(page) && isSpace(page[at]) {
		at++
	}
	if at >= len(page) || page[at] != '=' {
		return a, a.end
	}
	at++
	for at < len(page) && isSpace(page[at]) {
		at++
	}
	if at >= len(page) {
		return a, -1
	}
	from, to := at, at
	if quote := page[at]; quote == '"' || quote == '\'' {
		length := strings.IndexByte(page[at+1:], quote)
		if length < 0 {
			return a, -1
		}
		from, to = at+1, at+1+length
		a.end = to + 1
	} else {
		for to < len(page) && !isSpace(page[to]) && page[to] != '>' {
			to++
		}
		a.end = to
	}
	a.value = html.UnescapeString(page[from:to])
	return a, a.end
}

func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' || b == '\f' }
