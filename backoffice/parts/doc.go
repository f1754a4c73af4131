// Package parts has the values that the parts of pages are made from: fields, pagers, tabs,
// charts. Pages of the office and of its host are made from the same parts; docs/parts.md
// shows each, with the markup to copy.
//
// A part is a template of the library, which takes one value of this package. A handler
// makes the value in Go, or the page makes it with functions:
//
//	{{template "field" .Page.Title}}
//	{{template "field" (field .Page "title" .Page.Title | label "Title" | maxlength 120)}}
//
// Values are data: every text in them is escaped where it is shown, and a link that is no
// link of the web, such as "javascript:", is not followed. Links are complete, as .Frame.URL
// and backoffice.URL return them, or begin with "?" for the same page.
//
// The zero value of each type is safe to show. Values are plain data, and safe for
// concurrent use while no one changes them.
package parts

// Version is the version of the parts: their names, what they take, the functions that make
// it, and the CSS classes of docs/parts.md. A release may add to them. One that takes away
// or renames something raises Version, and is a major release.
const Version = 1

// Link leads somewhere.
type Link struct{ Label, URL string }

// Level is how much something matters: "" is neutral for a badge, and a fact for a notice.
type Level string

// The levels, which are also CSS classes.
const (
	Info    Level = "info"
	Success Level = "success"
	Warning Level = "warning"
	Danger  Level = "danger"
)

// Notice says what happened, or what to care about.
type Notice struct {
	Level Level
	Text  string
	// Link, if it has a URL, stands after the text.
	Link Link
}

// Empty stands where a list has nothing to show: it says what would be there, and how the
// first one is made.
type Empty struct {
	// Icon is one of the names in docs/parts.md; Level is its colour.
	Icon  string
	Level Level
	// Title says that there is nothing, Text what would be here.
	Title, Text string
	// Acts are links to what to do next, the most likely first.
	Acts []Link
}

// Pager leads to other pages of a list. A link without URL is left out; without any, so is
// the whole pager.
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
