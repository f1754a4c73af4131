package lettertest

import (
	"errors"
	"fmt"
	"html"
	"io/fs"
	"regexp"
	"strings"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
)

// Check lays out a sample of every letter with the templates of a host. A template
// that does not execute, or that leaves out the link or the advice, is an error;
// all are reported at once.
func Check(overrides fs.FS) error {
	t, err := mail.NewTemplates(overrides, letters.Kinds...)
	if err != nil {
		return err
	}
	var errs []error
	for _, l := range Samples() {
		m, err := t.Message(l, "sample@example.com")
		if err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, complete(l, m))
	}
	return errors.Join(errs...)
}

// complete checks that the message contains what no template may leave out.
func complete(l mail.Letter, m mail.Message) error {
	var errs []error
	missing := func(what, part string) {
		errs = append(errs, fmt.Errorf("%s letter: the %s template leaves out %s", l.Kind, part, what))
	}
	text, markup := oneLine(m.Text), htmlText(m.HTML)
	if strings.TrimSpace(m.Subject) == "" {
		missing("the subject", "text")
	}
	if l.Button != nil {
		if !strings.Contains(text, l.Button.URL) {
			missing("the link", "text")
		}
		if !strings.Contains(html.UnescapeString(m.HTML), `href="`+l.Button.URL+`"`) {
			missing("the link", "HTML")
		}
	}
	if !strings.Contains(text, l.NotYou) {
		missing("what to do if it was not the reader", "text")
	}
	if !strings.Contains(markup, l.NotYou) {
		missing("what to do if it was not the reader", "HTML")
	}
	return errors.Join(errs...)
}

var (
	unseen = regexp.MustCompile(`(?is)<head.*?</head>`)
	tag    = regexp.MustCompile(`<[^>]*>`)
)

// htmlText returns the words of an email's HTML part on one line.
func htmlText(markup string) string {
	return oneLine(html.UnescapeString(tag.ReplaceAllString(unseen.ReplaceAllString(markup, " "), " ")))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
