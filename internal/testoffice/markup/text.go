package markup

import (
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// Text is what people read of a page, in one line.
func Text(page string) string { return words(raw(page)) }

// raw is the text of a page, with a space for each tag.
func raw(page string) string {
	var text strings.Builder
	tokens, hidden := html.NewTokenizer(strings.NewReader(page)), ""
	for {
		kind := tokens.Next()
		switch kind {
		case html.ErrorToken:
			return text.String()
		case html.TextToken:
			if hidden == "" {
				text.Write(tokens.Text())
			}
			continue
		case html.StartTagToken:
			if name, _ := tokens.TagName(); hidden == "" && slices.Contains(unread, string(name)) {
				hidden = string(name)
			}
		case html.EndTagToken:
			if name, _ := tokens.TagName(); string(name) == hidden {
				hidden = ""
			}
		}
		text.WriteByte(' ')
	}
}

// unread are elements whose text nobody reads.
var unread = []string{"script", "style", "svg", "template"}

// Element is a part of a page.
type Element struct {
	Name string
	// Attributes are unescaped.
	Attributes map[string]string
	// Text is what people read of it.
	Text string
}

// void are elements that have no end.
var void = []string{"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}

// Find returns the elements that a selector names, in the order of the page: "h1" by name,
// ".badge" by class, "#total" by id, or a name with one of these, "td.total".
func Find(page, selector string) []Element {
	name, class, byClass := strings.Cut(selector, ".")
	id, byID := "", false
	if !byClass {
		name, id, byID = strings.Cut(selector, "#")
	}
	var found []Element
	tokens := html.NewTokenizer(strings.NewReader(page))
	for at := 0; ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return found
		}
		at += len(tokens.Raw())
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		tag, more := tokens.TagName()
		e := Element{Name: string(tag), Attributes: (&parser{html: tokens}).attributes(more)}
		if name != "" && e.Name != name || byClass && !slices.Contains(strings.Fields(e.Attributes["class"]), class) || byID && e.Attributes["id"] != id {
			continue
		}
		if !slices.Contains(void, e.Name) {
			e.Text = Text(page[at : at+inner(page[at:], e.Name)])
		}
		found = append(found, e)
	}
}

// inner returns the length of what is inside an element with this name, whose start tag came
// before the text.
func inner(text, name string) int {
	tokens, open := html.NewTokenizer(strings.NewReader(text)), 1
	for at := 0; ; {
		kind := tokens.Next()
		if kind == html.ErrorToken {
			return len(text)
		}
		raw := len(tokens.Raw())
		if kind == html.StartTagToken || kind == html.EndTagToken {
			if tag, _ := tokens.TagName(); string(tag) == name {
				if kind == html.StartTagToken {
					open++
				} else if open--; open == 0 {
					return at
				}
			}
		}
		at += raw
	}
}
