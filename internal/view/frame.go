package view

import (
	"net/url"
	"strings"
	"time"
	"unicode"
)

// Frame is what surrounds every page. The zero value but for Nonce renders a
// signed-out page. Paths in it are inside the office, begin with "/" and are
// printed after Base.
type Frame struct {
	// Office is the name that people know the community by.
	Office string
	// Accent is the colour of buttons and links, "#rrggbb", in place of the
	// brand's; empty leaves that.
	Accent string
	// Base is the alias as a path, such as "/k7w3"; no slash at the end.
	Base string
	// Origin is where people should be, such as "https://community.example".
	// Empty leaves the reminder out.
	Origin string
	// Nonce is that of this response's Content-Security-Policy. Required:
	// without it the browser would drop the stylesheet.
	Nonce string
	// CSRF is the value of the hidden input "csrf" of every POST form.
	CSRF string
	// Title heads pages of the host; our own pages bring theirs.
	Title string

	// Breadcrumbs lead here from the top, this page last and without a path.
	// Empty on the first level.
	Breadcrumbs []Crumb
	// Nav is the side navigation: the host's groups, then ours.
	Nav []NavGroup
	// Operator is who is signed in; nil renders the signed-out frame.
	Operator *Operator

	// NewAddress, when set, asks to confirm that the office's new address works.
	NewAddress *NewAddress
	// Maintenance, when set, is the notice that sign-ins are paused.
	Maintenance string
	// Notices tell what just happened.
	Notices []Notice
	// Reminders tell what should be done some time.
	Reminders []Reminder
}

// Crumb is one step of the breadcrumbs.
type Crumb struct{ Label, Path string }

// NewAddress is an address of the office that nobody has confirmed yet.
type NewAddress struct {
	// Until is when the old address comes back.
	Until time.Time
	// MayConfirm offers the button that keeps the new one.
	MayConfirm bool
}

// NavGroup is a titled part of the side navigation. The title may be empty.
type NavGroup struct {
	Title string
	Items []NavItem
}

// NavItem is an entry of the side navigation. Badge is a short count or word.
type NavItem struct {
	Label, Path, Badge string
	Current            bool
}

// Operator is who is signed in.
type Operator struct {
	// Name is what they are called, Role the label of the primary role.
	Name, Role string
	// Email is their address, for password managers.
	Email string
}

// Initials are one or two letters that stand for the operator.
func (o Operator) Initials() string {
	words := strings.FieldsFunc(o.Name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
	if len(words) == 0 {
		return "?"
	}
	initials := firstLetter(words[0])
	if len(words) > 1 {
		initials += firstLetter(words[len(words)-1])
	}
	return strings.ToUpper(initials)
}

func firstLetter(word string) string {
	for _, r := range word {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return string(r)
		}
	}
	return ""
}

// Level says how a notice is meant.
type Level string

const (
	// LevelInfo is a fact worth knowing. It is the meaning of "".
	LevelInfo Level = "info"
	// LevelSuccess says that something was done.
	LevelSuccess Level = "success"
	// LevelWarning says that something needs care.
	LevelWarning Level = "warning"
	// LevelDanger says that something is wrong.
	LevelDanger Level = "danger"
)

// Notice tells what just happened.
type Notice struct {
	Level Level
	Text  string
}

// Reminder tells what should be done some time, with a link to where. An empty
// Path leaves the link out.
type Reminder struct{ Text, Link, Path string }

// URL returns the URL of a path inside the office, with segments appended to
// the path and escaped. A path that does not begin with one "/" leads to the home
// page, so that no data can lead elsewhere.
func (f Frame) URL(path string, segments ...string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return f.Base + "/"
	}
	for _, segment := range segments {
		path += "/" + url.PathEscape(segment)
	}
	return f.Base + path
}

// Address is the office's own address, the one to keep as a bookmark.
func (f Frame) Address() string { return f.Origin + f.Base + "/" }

// Icon names the sign that stands beside the text, so that colour is not the
// only thing to tell levels apart.
func (l Level) Icon() string {
	switch l {
	case LevelSuccess:
		return "check"
	case LevelWarning, LevelDanger:
		return "alert"
	default:
		return "info"
	}
}

// Word is the level as a badge says it.
func (l Level) Word() string {
	switch l {
	case LevelDanger:
		return "Urgent"
	case LevelWarning:
		return "Soon"
	case LevelSuccess:
		return "Done"
	default:
		return "Good to know"
	}
}
