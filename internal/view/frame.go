package view

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"time"
	"unicode"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/internal/messages"
)

// Frame is what surrounds every page. The zero value, with a Nonce, renders a
// signed-out page. Paths in it are inside the office, begin with "/" and are
// printed after Base.
type Frame struct {
	// Words is the language of the page. If nil, it is English.
	Words *messages.Language
	// Office is the name that people know the community by.
	Office string
	// Accent is the colour of buttons and links, "#rrggbb". If empty, it is the
	// brand's.
	Accent string
	// Base is the alias as a path without a slash at the end, such as "/k7w3", or
	// "/forum/k7w3" if the community is below a path.
	Base string
	// Origin is the origin that people should find in the address bar, such as
	// "https://community.example".
	Origin string
	// Contact is the person or place that operators ask for help; empty if not set.
	Contact string
	// Nonce is the nonce of this answer's Content-Security-Policy. Required:
	// without it the browser would drop the stylesheet.
	Nonce string
	// Multilingual reports that the reader may choose another language.
	Multilingual bool
	// Scheme is the colour scheme that the reader chose.
	Scheme Scheme
	// Here is the path of the page, to return to it.
	Here string
	// CSRF is the value of the hidden input "csrf" of every POST form.
	CSRF string
	// Title is the title of a page of the host's; our own pages have theirs.
	Title string

	// Breadcrumbs lead here from the top. The last one is this page, without a
	// path. Empty on the first level.
	Breadcrumbs []Crumb
	Nav         []NavGroup
	// Operator is the operator who is signed in. If nil, the page is rendered for
	// signed-out people.
	Operator *Operator

	// Session, if it is not nil, is how long the session of the operator lasts, for the script
	// that warns of its end.
	Session *SessionTime
	// Seeing, when set, says as whom the operator sees the office.
	Seeing *Seeing
	// NewAlias, when set, asks to confirm that the new office address works.
	NewAlias *NewAlias
	// Pause, when set, says that sign-ins are paused.
	Pause *Pause
	// Notices say what just happened.
	Notices []Notice
	// Reminders say what should be done before long.
	Reminders []Reminder
}

// In is the language of the page.
func (f Frame) In() *messages.Language {
	if f.Words == nil {
		return messages.English()
	}
	return f.Words
}

// Scheme is a colour scheme.
type Scheme string

const (
	// SchemeSystem is that of the reader's system.
	SchemeSystem Scheme = ""
	// SchemeLight is light everywhere.
	SchemeLight Scheme = "light"
	// SchemeDark is dark everywhere.
	SchemeDark Scheme = "dark"
)

// SessionTime is how long a session lasts, in seconds.
type SessionTime struct {
	// Unused is how long if nothing more is done in it, AtMost how long in any case.
	Unused, AtMost int
	// Warn is how long before the end people are told.
	Warn int
}

// Crumb is one step of the breadcrumbs.
type Crumb struct{ Label, Path string }

// NewAlias is an alias that no one has confirmed yet.
type NewAlias struct {
	// Until is when the old alias is restored.
	Until time.Time
	// MayConfirm offers the button that keeps the new one.
	MayConfirm bool
}

// Seeing says as whom the operator sees the office, and until when. Stop is where that ends.
type Seeing struct {
	Name, Role string
	Until      time.Time
	Stop       string
}

// Pause says that sign-ins are paused. Text says why, or what to do. Path leads those who
// may end it to where they can; it is empty for others.
type Pause struct{ Text, Path string }

// NavGroup is a part of the navigation. The title may be empty.
type NavGroup struct {
	Title string
	Items []NavItem
}

// NavItem is an entry of the navigation. Icon is the name of an icon.
type NavItem struct {
	Label, Path, Icon string
	Current           bool
}

// Operator is the operator who is signed in. Role is the label of the primary
// role; Email is for password managers.
type Operator struct{ Name, Role, Email string }

// Initials returns one or two letters that appear beside a name.
func Initials(name string) string {
	words := strings.FieldsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
	if len(words) == 0 {
		return "?"
	}
	letters := firstLetter(words[0])
	if len(words) > 1 {
		letters += firstLetter(words[len(words)-1])
	}
	return strings.ToUpper(letters)
}

func firstLetter(word string) string {
	for _, r := range word {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return string(r)
		}
	}
	return ""
}

// Level is how much a notice matters.
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

// Notice says what just happened, perhaps with a link to more.
type Notice struct {
	Level      Level
	Text       string
	Link, Path string
}

// Reminder says what should be done before long, with a link to where.
type Reminder struct{ Text, Link, Path string }

// URL returns the URL of a path inside the office, with segments appended to
// the path and escaped: texts, whole numbers, and what has a String method. A path that
// does not begin with one "/" leads to the home page, so that no data can lead elsewhere.
// It panics for a segment of another kind, which a template returns as its error.
func (f Frame) URL(path string, segments ...any) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.Contains(path, `\`) {
		return f.Base + "/"
	}
	for _, segment := range segments {
		path += "/" + url.PathEscape(segmentText(segment))
	}
	return f.Base + path
}

// segmentText is a segment of a path: never "<nil>", "1.5e+06" or the address of a pointer,
// which would be a link that leads nowhere.
func segmentText(segment any) string {
	switch s := segment.(type) {
	case string:
		return s
	case fmt.Stringer:
		return s.String()
	}
	v := reflect.ValueOf(segment)
	switch {
	case v.Kind() == reflect.String:
		return v.String()
	case v.CanInt(), v.CanUint():
		return fmt.Sprint(segment)
	}
	panic(fmt.Errorf("a segment of a path is a text, a whole number or has a String method; this is %T", segment))
}

// Home is the URL of the office, the one to keep as a bookmark.
func (f Frame) Home() string { return f.Origin + f.Base + "/" }

// BeforeAlias is Home up to the alias, with a slash at the end.
func (f Frame) BeforeAlias() string { return f.Origin + f.Base[:strings.LastIndexByte(f.Base, '/')+1] }

// Icon names the icon beside the text, so that levels differ in more than
// colour.
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

// Word is the text of a badge for the level.
func (l Level) Word() messages.Text {
	if l == "" {
		l = LevelInfo
	}
	return messages.New("frame.level." + string(l))
}

// Pager leads to other pages of a list by their paths inside the office. An empty one is left
// out.
func (f Frame) Pager(first, previous, next string) parts.Pager {
	link := func(path string) string {
		if path == "" {
			return ""
		}
		return f.URL(path)
	}
	return parts.Pager{First: link(first), Previous: link(previous), Next: link(next)}
}
