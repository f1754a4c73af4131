package mail

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/line"
	"github.com/postern-go/postern/internal/messages"
)

// Letter is the content of an email, before it is laid out as text and HTML. Every
// string in it is plain text: line breaks become spaces, and nothing is interpreted
// as a template or markup.
//
// It prints and logs without its content, because the button may hold a
// one-time link.
type Letter struct {
	// Kind names the letter and its templates, such as "password-reset".
	// Required.
	Kind string
	// Language is that of its texts, a BCP 47 tag. Default: "en".
	Language string
	// Direction is how the language is written: "ltr", or "rtl" from right to left, when
	// texts keep isolates (U+2068 to U+2069) around names. Default: "ltr".
	Direction string
	// Sender is the sender's name as the reader knows it, such as "Acme".
	// Required.
	Sender string
	// Origin is the scheme and host of every link in the letter, such as
	// "https://community.example". Required.
	Origin string
	// Subject is the subject line. Required.
	Subject string
	// Greeting opens the letter; see [Greeting]. Required.
	Greeting string
	// Paragraphs say what happened. At least one is required.
	Paragraphs []string
	// Details are facts as label and value, such as the time and IP address.
	Details []Detail
	// Button is the one thing to do. If nil, there is nothing to do.
	Button *Button
	// Expires is a sentence on how long the button works.
	Expires string
	// Home is a URL to keep. If empty, the letter shows none.
	Home string
	// NotYou says what to do if the reader did not do this.
	NotYou string
	// NotYouTitle is the title of NotYou. Default: "If this was not you".
	NotYouTitle string
	// Words are the fixed words of the layout, in the language of the letter. Default:
	// English.
	Words Words
	// Accent is the colour of the button and Ink that of its label, both as "#rrggbb".
	// Default: a dark blue-green and white.
	Accent, Ink string
	// Logo shows the picture [LogoID] above the letter. The caller adds it to
	// [Message].Pictures.
	Logo bool
	// Values holds the data of the letter, for [Templates] with their own
	// wording.
	Values any
}

// Button is a link that looks like a button where possible.
type Button struct{ Label, URL string }

// Code returns the part of the URL after "#", or "". The letter also shows it on its
// own, because mail filters that replace links may lose it.
func (b Button) Code() string {
	_, code, _ := strings.Cut(b.URL, "#")
	return code
}

// Detail is one fact.
type Detail struct{ Label, Value string }

// String leaves the content out.
func (l Letter) String() string { return "mail.Letter{" + l.Kind + " redacted}" }

// GoString leaves the content out, for %#v.
func (l Letter) GoString() string { return l.String() }

// LogValue leaves the content out, for log/slog.
func (l Letter) LogValue() slog.Value { return slog.StringValue(l.String()) }

// Message lays out the letter with the library's own templates and addresses it.
// The caller may set ID and Date. The error names all mistakes in the letter,
// without quoting it.
func (l Letter) Message(to string) (Message, error) {
	var builtin *Templates
	return builtin.Message(l, to)
}

// Greeting opens a letter in English to a person: "Hello Ada,", or just "Hello," without a
// [PlainName].
func Greeting(name string) string {
	if name = PlainName(name); name != "" {
		return messages.English().Text("mail.greeting", "name", name)
	}
	return messages.English().Text("mail.greeting.unnamed")
}

// linkLike matches what mail programs would turn into a link.
var linkLike = regexp.MustCompile(`(?i)[/@:<>]|\pL\.\pL{2,}`)

const maxName = 80

// PlainName returns a person's name on one line, or "" if it could pass for a
// link: people choose their names, and our emails must not advertise their links.
// Long names are cut.
func PlainName(name string) string {
	name = oneLine(name)
	if linkLike.MatchString(name) {
		return ""
	}
	if utf8.RuneCountInString(name) > maxName {
		name = string([]rune(name)[:maxName-1]) + "…"
	}
	return name
}

// colour matches what may become part of a style.
var colour = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// languageTag matches names of languages as HTML has them (BCP 47).
var languageTag = regexp.MustCompile(`^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$`)

const defaultAccent = "#0f5f66"

// clean returns the letter with every string on one line, or the mistakes in
// it. The slices are copies.
func (l Letter) clean() (Letter, error) {
	var errs []error
	l.Language, l.Direction = cmp.Or(l.Language, "en"), cmp.Or(l.Direction, "ltr")
	l.Subject = oneLine(l.Subject) // a header, in which nothing may reorder
	for _, text := range []*string{&l.Kind, &l.Sender, &l.Greeting, &l.Expires, &l.NotYou} {
		*text = l.oneLine(*text)
	}
	for _, field := range []struct {
		text    string
		missing error
	}{
		{l.Kind, errors.New("Kind is empty")},
		{l.Sender, errors.New("Sender is empty")},
		{l.Subject, errors.New("Subject is empty")},
		{l.Greeting, errors.New("Greeting is empty")},
	} {
		if field.text == "" {
			errs = append(errs, field.missing)
		}
	}
	if !languageTag.MatchString(l.Language) {
		errs = append(errs, errors.New(`Language is not of the form of "pt-BR"`))
	}
	if l.Direction != "ltr" && l.Direction != rightToLeft {
		errs = append(errs, errors.New(`Direction is neither "ltr" nor "rtl"`))
	}
	if !colour.MatchString(l.Accent) || !colour.MatchString(l.Ink) {
		l.Accent, l.Ink = defaultAccent, "#ffffff"
	}
	if l.NotYouTitle = l.oneLine(l.NotYouTitle); l.NotYouTitle == "" {
		l.NotYouTitle = messages.English().Text("mail.not_you")
	}
	l.Words = l.Words.clean(l)
	var paragraphs []string
	for _, p := range l.Paragraphs {
		if p = l.oneLine(p); p != "" {
			paragraphs = append(paragraphs, p)
		}
	}
	if l.Paragraphs = paragraphs; len(paragraphs) == 0 {
		errs = append(errs, errors.New("Paragraphs say nothing"))
	}
	var details []Detail
	for _, d := range l.Details {
		if d = (Detail{l.oneLine(d.Label), l.oneLine(d.Value)}); d.Value != "" {
			details = append(details, d)
		}
	}
	l.Details = details
	if err := checkOrigin(l.Origin); err != nil {
		errs = append(errs, fmt.Errorf("Origin %w", err))
	}
	if l.Button != nil {
		l.Button = &Button{Label: l.oneLine(l.Button.Label), URL: l.Button.URL}
		if l.Button.Label == "" {
			errs = append(errs, errors.New("Button.Label is empty"))
		}
		if err := checkLink(l.Button.URL, l.Origin); err != nil {
			errs = append(errs, fmt.Errorf("Button.URL %w", err))
		}
	}
	if l.Home != "" {
		if err := checkLink(l.Home, l.Origin); err != nil {
			errs = append(errs, fmt.Errorf("Home %w", err))
		}
	}
	return l, errors.Join(errs...)
}

func checkOrigin(origin string) error {
	u, err := url.Parse(origin)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" || origin != u.Scheme+"://"+u.Host {
		return errors.New("is not a scheme and host such as https://community.example")
	}
	return nil
}

// checkLink accepts only URLs below the origin, so that no forged host gets into
// an email, and only characters that every layout, encoding and mail program keeps
// unchanged.
func checkLink(link, origin string) error {
	if !strings.HasPrefix(link, origin+"/") {
		return errors.New("does not begin with the origin")
	}
	if !line.IsLink(link) {
		return errors.New("has a character that mail programs may change; percent-encode it")
	}
	return nil
}
