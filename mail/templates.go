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
	"maps"
	"slices"
	"strings"
	"sync"
	texttemplate "text/template"
)

//go:embed templates/letter.txt templates/letter.html
var embedded embed.FS

// Templates lays out letters. A nil *Templates is the library's own. It is safe for
// concurrent use.
type Templates struct {
	text map[string]*texttemplate.Template // by name without extension
	html map[string]*htmltemplate.Template
}

// layout is the name of the templates for letters without their own.
const layout = "letter"

// OriginalTemplates returns the library's templates of letters, to begin with when you
// replace them: letter.txt and letter.html.
func OriginalTemplates() fs.FS {
	own, err := fs.Sub(embedded, "templates")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return own
}

// builtin lays out letters unless the host has templates of its own.
var builtin = sync.OnceValues(func() (*Templates, error) {
	t := &Templates{text: map[string]*texttemplate.Template{}, html: map[string]*htmltemplate.Template{}}
	return t, t.load(OriginalTemplates(), nil)
})

// NewTemplates returns the library's templates, with those of the host replacing
// them. overrides holds, at its top, any of
//
//	letter.txt     letter.html      the layout of every letter
//	KIND.txt       KIND.html        one letter, for the kinds given
//
// as [text/template] and [html/template], executed with a [Letter]. Its Values hold
// the data of the letter. The function "wrap" breaks a text at 72
// columns. A text template may define "subject", which then replaces the
// subject.
//
// A template that does not parse, cannot be escaped, or is not named after a letter
// is an error; all are reported at once. Files with other extensions are ignored.
// If overrides is nil, there are none.
func NewTemplates(overrides fs.FS, kinds ...string) (*Templates, error) {
	own, err := builtin()
	if err != nil || overrides == nil {
		return own, err
	}
	t := &Templates{text: maps.Clone(own.text), html: maps.Clone(own.html)}
	if err := t.load(overrides, kinds); err != nil {
		return nil, err
	}
	return t, nil
}

// load parses the templates at the top of files.
func (t *Templates) load(files fs.FS, kinds []string) error {
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
		if base != layout && !slices.Contains(kinds, base) {
			errs = append(errs, fmt.Errorf("mail template %s: there is no such letter", name))
			continue
		}
		source, err := fs.ReadFile(files, name)
		if err != nil {
			errs = append(errs, fmt.Errorf("read mail template: %w", err))
			continue
		}
		if _, err := bodyText(string(source)); err != nil {
			errs = append(errs, fmt.Errorf("mail template %s %w", name, err))
			continue
		}
		if ext == "txt" {
			t.text[base], err = texttemplate.New(name).Funcs(texttemplate.FuncMap{"wrap": wrap}).Parse(string(source))
		} else {
			t.html[base], err = parseHTML(name, string(source))
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("parse mail template: %w", err))
		}
	}
	return errors.Join(errs...)
}

// parseHTML also reports what cannot be escaped, which html/template does not do
// before the first execution.
func parseHTML(name, source string) (*htmltemplate.Template, error) {
	t, err := htmltemplate.New(name).Funcs(htmltemplate.FuncMap{"wrap": wrap}).Parse(source)
	if err != nil {
		return nil, err
	}
	var unsafe *htmltemplate.Error
	if err := t.Execute(nowhere{}, Letter{}); errors.As(err, &unsafe) {
		return nil, unsafe
	}
	return t, nil
}

// nowhere stops an execution at its first byte.
type nowhere struct{}

func (nowhere) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// Message lays out l and addresses it. The caller may set ID and Date. The error
// names all mistakes in the letter, without quoting it.
func (t *Templates) Message(l Letter, to string) (Message, error) {
	m, err := t.message(l, to)
	if err != nil {
		return Message{}, fmt.Errorf("write %s letter: %w", oneLine(l.Kind), err)
	}
	return m, nil
}

func (t *Templates) message(l Letter, to string) (Message, error) {
	if t == nil {
		var err error
		if t, err = builtin(); err != nil {
			return Message{}, err
		}
	}
	l, wrong := l.clean()
	to, err := ParseEmailAddress(to)
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
	// Names of offices and of people may contain what senders refuse in a header.
	m := Message{To: to, Subject: strings.ReplaceAll(l.Subject, "=?", "= ?")}
	if m.Text, err = execute(text, l); err != nil {
		return Message{}, err
	}
	if m.HTML, err = execute(markup, l); err != nil {
		return Message{}, err
	}
	// Check now, when the caller can still use another layout, not once the email is
	// queued.
	if _, err := (Message{To: m.To, Subject: m.Subject, Text: m.Text, HTML: m.HTML, ID: "any"}).check(); err != nil {
		return Message{}, err
	}
	if err := checkShown(l, m); err != nil {
		return Message{}, err
	}
	return m, nil
}

// checkShown returns an error if a one-time link is missing, without which the email
// is useless.
func checkShown(l Letter, m Message) error {
	if l.Button == nil || l.Expires == "" {
		return nil
	}
	link := l.Button.URL[strings.LastIndexByte(l.Button.URL, '#')+1:]
	if !strings.Contains(m.Text, link) || m.HTML != "" && !strings.Contains(html.UnescapeString(m.HTML), link) {
		return errors.New("the link is missing")
	}
	return nil
}

// pick returns the template of one letter, or the layout.
func pick[T any](templates map[string]T, kind string) T {
	if own, ok := templates[kind]; ok {
		return own
	}
	return templates[layout]
}

func execute(t interface{ Execute(io.Writer, any) error }, l Letter) (string, error) {
	var b bounded
	if err := t.Execute(&b, l); err != nil {
		return "", err
	}
	return b.String(), nil
}

// maxPart is the longest part of a letter, in bytes.
const maxPart = 1 << 20

// bounded stops a template of the host that would run for ever.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxPart {
		return 0, errors.New("longer than 1 MiB")
	}
	return b.Buffer.Write(p)
}
