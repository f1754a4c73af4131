package mail

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html"
	htmltemplate "html/template"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"
	texttemplate "text/template"
)

//go:embed templates/letter.txt templates/letter.html
var embedded embed.FS

// Templates lay letters out. Safe for concurrent use.
type Templates struct {
	text map[string]*texttemplate.Template // by name without extension
	html map[string]*htmltemplate.Template
}

// layout is the name of the templates for every letter without its own.
const layout = "letter"

// builtin lays letters out unless the host brings templates of its own.
var builtin = sync.OnceValues(func() (*Templates, error) { return NewTemplates(nil) })

// NewTemplates returns the library's templates with those of the host in place
// of them. overrides holds, at its top, any of
//
//	letter.txt     letter.html      the layout of every letter
//	KIND.txt       KIND.html        one letter, for the kinds in [Kinds]
//
// as [text/template] and [html/template], executed with a [Letter]. Values in
// the letter are what it was made from, such as [PasswordResetValues]. The
// function "wrap" breaks a text at 72 columns. A text template may define
// "subject", which then replaces the subject.
//
// Every template is tried on a sample of every letter it is for. One that does
// not parse or execute, leaves the link or the "not you" advice out, or is named
// after no letter is an error, and all are reported at once. Files with other
// extensions are ignored. A nil overrides is an empty one.
func NewTemplates(overrides fs.FS) (*Templates, error) {
	t := &Templates{
		text: map[string]*texttemplate.Template{},
		html: map[string]*htmltemplate.Template{},
	}
	own, err := fs.Sub(embedded, "templates")
	if err != nil {
		return nil, fmt.Errorf("open mail templates: %w", err)
	}
	if err := t.load(own); err != nil {
		return nil, err
	}
	if overrides != nil {
		if err := t.load(overrides); err != nil {
			return nil, err
		}
	}
	if err := t.try(); err != nil {
		return nil, err
	}
	return t, nil
}

// load parses the templates at the top of files.
func (t *Templates) load(files fs.FS) error {
	entries, err := fs.ReadDir(files, ".")
	if err != nil {
		return fmt.Errorf("read mail templates: %w", err)
	}
	var errs []error
	for _, entry := range entries {
		name := entry.Name()
		base, ext, _ := strings.Cut(name, ".")
		if entry.IsDir() || (ext != "txt" && ext != "html") {
			continue
		}
		if base != layout && !slices.Contains(Kinds(), base) {
			errs = append(errs, fmt.Errorf("mail template %s: there is no such letter", name))
			continue
		}
		source, err := fs.ReadFile(files, name)
		if err != nil {
			errs = append(errs, fmt.Errorf("read mail template: %w", err))
			continue
		}
		if ext == "txt" {
			t.text[base], err = texttemplate.New(name).Funcs(texttemplate.FuncMap{"wrap": wrap}).Parse(string(source))
		} else {
			t.html[base], err = htmltemplate.New(name).Funcs(htmltemplate.FuncMap{"wrap": wrap}).Parse(string(source))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("parse mail template: %w", err))
		}
	}
	return errors.Join(errs...)
}

// Message lays l out and addresses it. ID and Date are left to the caller. The
// error names everything that is wrong with the letter, without quoting it.
func (t *Templates) Message(l Letter, to string) (Message, error) {
	m, err := t.message(l, to)
	if err != nil {
		return Message{}, fmt.Errorf("write %s letter: %w", oneLine(l.Kind), err)
	}
	return m, nil
}

func (t *Templates) message(l Letter, to string) (Message, error) {
	l, wrong := l.clean()
	address, err := ParseAddress(to)
	if err := errors.Join(wrong, err); err != nil {
		return Message{}, err
	}
	text, markup := pick(t.text, l.Kind), pick(t.html, l.Kind)
	if subject := text.Lookup("subject"); subject != nil {
		replaced, err := execute(subject, l)
		if err != nil {
			return Message{}, err
		}
		l.Subject = oneLine(replaced)
	}
	m := Message{To: address, Subject: l.Subject}
	if m.Text, err = execute(text, l); err != nil {
		return Message{}, err
	}
	if m.HTML, err = execute(markup, l); err != nil {
		return Message{}, err
	}
	return m, nil
}

// pick returns the template of one letter, or the layout.
func pick[T any](templates map[string]T, kind string) T {
	if own, ok := templates[kind]; ok {
		return own
	}
	return templates[layout]
}

func execute(t interface{ Execute(io.Writer, any) error }, l Letter) (string, error) {
	var b bytes.Buffer
	if err := t.Execute(&b, l); err != nil {
		return "", err
	}
	return b.String(), nil
}

// try lays out one letter of each kind.
func (t *Templates) try() error {
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

// complete checks that the message says what no template may leave out.
func complete(l Letter, m Message) error {
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
	if l.NotYou != "" {
		if !strings.Contains(text, l.NotYou) {
			missing("what to do if it was not the reader", "text")
		}
		if !strings.Contains(markup, l.NotYou) {
			missing("what to do if it was not the reader", "HTML")
		}
	}
	return errors.Join(errs...)
}
