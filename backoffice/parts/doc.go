// Package parts has the values that the parts of pages are made from: fields, pagers, tabs,
// charts. The office's pages and the host's use the same parts; docs/parts.md shows each, with
// the markup to copy.
//
// A part is a template of the library that takes one value of this package. A handler makes
// the value in Go, or the page makes it with functions:
//
//	{{template "field" .Page.Title}}
//	{{template "field" (field .Page "title" .Page.Title | label "Title" | maxlength 120)}}
//
// Every text in a value is escaped when it is shown, and links such as "javascript:" do
// nothing. Links are complete, as .Frame.URL and backoffice.URL return them, or begin with
// "?" for the same page.
//
// The zero value of each type is safe to show. Values are plain data, and safe for concurrent
// use as long as no one changes them.
package parts

// Version is the version of the parts: their names, the values they take, the functions that
// make these, and the CSS classes of docs/parts.md. Any release may add to them. Only a major
// release removes or renames something, and it raises Version.
const Version = 1

// Link leads somewhere.
type Link struct{ Label, URL string }

// Level is how much something matters: "" is neutral for a badge, and a plain fact for a
// notice.
type Level string

// The levels, which are also CSS classes.
const (
	Info    Level = "info"
	Success Level = "success"
	Warning Level = "warning"
	Danger  Level = "danger"
)

// Notice says what happened, or what needs attention.
type Notice struct {
	Level Level
	Text  string
	// Link, if it has a URL, appears after the text.
	Link Link
}

// Empty appears in place of a list with nothing to show. It says what would be there, and how
// to create the first one.
type Empty struct {
	// Icon is one of the names in docs/parts.md, and Level is its colour.
	Icon  string
	Level Level
	// Title says that there is nothing, Text what would be here.
	Title, Text string
	// Acts are links to what can be done now, the most likely first.
	Acts []Link
}

// Pager leads to other pages of a list. An empty link is left out. If all are empty, so is the
// whole pager.
type Pager struct{ First, Previous, Next string }

// Tabs are several views of one thing, each a page with a URL of its own.
type Tabs struct {
	// Label names them for screen readers: "Post".
	Label string
	Tabs  []Tab
}

// Tab is one of [Tabs].
type Tab struct {
	Label, URL string
	// Current marks the page that is shown.
	Current bool
}
