package messages

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/postern-go/postern/internal/weakmap"
)

// Source is the language in which messages are written first. Every other falls back to it.
const Source = "en"

// Catalogue is the languages of an office. It is safe for concurrent use.
type Catalogue struct {
	tags []string
	// files are those of the host, for each language; ours have none.
	host      *folder
	files     map[string][]string
	languages map[string]func() *Language
}

// Ours are our languages, without a host's.
var Ours = sync.OnceValue(func() *Catalogue {
	c, err := load(nil)
	if err != nil {
		panic("messages: " + err.Error()) // a test reads them
	}
	return c
})

// Load returns our languages and the host's, which adds languages and replaces single
// messages. Messages of the host are read at once, and all mistakes in them reported; ours
// when their language is first used. host may be nil.
func Load(host fs.FS) (*Catalogue, error) {
	if host == nil {
		return Ours(), nil
	}
	read := readFolder(host)
	if !read.whole() {
		return loadTheirs(read) // which says what is wrong
	}
	return loaded.Get(read.digest(), func() (*Catalogue, error) { return loadTheirs(read) })
}

// loaded are the catalogues with messages of hosts, by a digest: an office that has the same
// as another one shares them.
var loaded weakmap.Map[[sha256.Size]byte, Catalogue]

func loadTheirs(host *folder) (*Catalogue, error) {
	c, err := load(host)
	if err != nil {
		return nil, err
	}
	for _, tag := range c.tags {
		if len(c.files[tag])+len(c.files[Source]) == 0 { // the host changes nothing in it
			c.languages[tag] = func() *Language { return Ours().In(tag) }
		}
	}
	return c, c.check()
}

// Shared reports whether the language is one of [Ours], which all offices of a process share.
func (l *Language) Shared() bool { return l.shared }

func load(host *folder) (*Catalogue, error) {
	c := &Catalogue{host: host, files: map[string][]string{}, languages: map[string]func() *Language{}}
	for _, tag := range ourTags() {
		c.files[tag] = nil
	}
	if host != nil {
		if err := c.findFiles(); err != nil {
			return nil, err
		}
	}
	c.tags = append([]string{Source}, slices.DeleteFunc(slices.Sorted(maps.Keys(c.files)), func(tag string) bool { return tag == Source })...)
	for _, tag := range c.tags {
		c.languages[tag] = sync.OnceValue(func() *Language {
			l := c.read(tag)
			l.shared = host == nil
			return l
		})
	}
	return c, nil
}

// findFiles finds the files of the host, and reports all that are named wrong.
func (c *Catalogue) findFiles() error {
	var mistakes []error
	for _, name := range c.host.names {
		tag, err := tagOf(name)
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("messages: %s: %w", name, err))
		}
		c.files[tag] = append(c.files[tag], name)
	}
	switch {
	case c.host.err != nil:
		mistakes = append(mistakes, fmt.Errorf("messages: the folder cannot be read (os.DirFS looks from the working directory): %w", c.host.err))
	case len(c.host.names) == 0:
		mistakes = append(mistakes, errors.New("messages: the folder has no file such as de.json (go:embed takes only what its pattern names)"))
	}
	return errors.Join(mistakes...)
}

// tagOf is the language of a file: its name, or that of the folder it is in.
func tagOf(name string) (string, error) {
	tag, in, folder := strings.Cut(strings.TrimSuffix(name, path.Ext(name)), "/")
	known, err := language.Parse(tag)
	switch {
	case err != nil && folder && isTag(in):
		return "", fmt.Errorf("the files are in the folder %q: give that one, with fs.Sub(files, %q)", tag, tag)
	case err != nil:
		return "", fmt.Errorf("%q is not the tag of a language, such as \"de\" or \"pt-BR\"; one without a tag can be \"art-x-name\"", tag)
	case known.String() != tag:
		return "", fmt.Errorf("%q is not the tag of a language as it is written: name it %q", tag, known)
	case path.Ext(name) != ".json":
		return "", errors.New(`name it ".json", in lower case`)
	}
	return tag, nil
}

// isTag reports whether a path begins with the tag of a language.
func isTag(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	_, err := language.Parse(first)
	return err == nil
}

// Tags are the languages, English first, then by tag.
func (c *Catalogue) Tags() []string { return slices.Clone(c.tags) }

// Has reports whether there is a language of exactly this tag.
func (c *Catalogue) Has(tag string) bool { return c.languages[tag] != nil }

// names are what our languages call themselves, so that a list of them loads none.
var names = map[string]string{
	"ar": "العربية", "de": "Deutsch", "en": "English", "es": "Español", "fr": "Français", "nl": "Nederlands", "pt-BR": "Português (Brasil)",
}

// Name is what a language calls itself.
func (c *Catalogue) Name(tag string) string {
	if name := names[tag]; name != "" && len(c.files[tag]) == 0 {
		return name
	}
	return c.In(tag).Name
}

// In returns a language, or English if there is none of that tag.
func (c *Catalogue) In(tag string) *Language {
	if l := c.languages[tag]; l != nil {
		return l()
	}
	return c.languages[Source]()
}

// read makes a language. Mistakes were reported before: what cannot be read is left out, and
// said in English.
func (c *Catalogue) read(tag string) *Language {
	l := &Language{Tag: tag, tag: language.Make(tag), ours: unpacked(tag), messages: map[string]message{}}
	for _, name := range c.files[tag] {
		values, err := c.host.messages(name)
		if err != nil {
			continue
		}
		for key, raw := range values {
			if m, err := parseValue(raw); err == nil {
				l.messages[key] = m
			}
		}
	}
	if tag != Source {
		l.fallback = c.In(c.parent(l.tag))
	}
	script, _ := l.tag.Script()
	l.RTL = slices.Contains([]string{"Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm", "Rohg"}, script.String())
	l.Name = l.Text("format.name")
	if _, own := l.own("format.name"); !own {
		l.Name = tag
	}
	l.formats = formats{group: l.Text("format.group"), from: 4}
	if l.Text("format.group_from") == "5" {
		l.formats.from = 5
	}
	return l
}

// parent is the language that says what this one does not: German for that of Austria, and
// else English.
func (c *Catalogue) parent(tag language.Tag) string {
	for tag = tag.Parent(); !tag.IsRoot(); tag = tag.Parent() {
		if c.Has(tag.String()) {
			return tag.String()
		}
	}
	return Source
}

// messages reads a file, without the byte order mark that some editors write.
func (f *folder) messages(name string) (map[string]json.RawMessage, error) {
	if err := f.files[name].err; err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	text := bytes.TrimPrefix(f.files[name].text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("messages: %s: the file is not UTF-8", name)
	}
	var values map[string]json.RawMessage
	err := json.Unmarshal(text, &values)
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		line := 1 + bytes.Count(text[:syntax.Offset], []byte("\n"))
		return nil, fmt.Errorf("messages: %s: line %d: not JSON: %w", name, line, err)
	}
	if err != nil || values == nil {
		return nil, fmt.Errorf(`messages: %s: not an object of messages, {"key": "text"}`, name)
	}
	return values, nil
}
