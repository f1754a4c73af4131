package messages

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// Source is the language in which messages are written first. Every other falls back to it.
const Source = "en"

// Catalogue is the languages of an office. It is safe for concurrent use.
type Catalogue struct {
	tags []string
	// files are those of the host, for each language; ours have none.
	host      fs.FS
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
	c, err := load(host)
	if err != nil {
		return nil, err
	}
	for _, tag := range c.tags {
		if len(c.files[tag])+len(c.files[Source]) == 0 { // nothing of the host's is in it
			c.languages[tag] = func() *Language { return Ours().In(tag) }
		}
	}
	return c, c.check()
}

// Shared reports whether the language is one of [Ours], which all offices of a process share.
func (l *Language) Shared() bool { return l.shared }

func load(host fs.FS) (*Catalogue, error) {
	c := &Catalogue{host: host, files: map[string][]string{}, languages: map[string]func() *Language{}}
	for _, tag := range ourTags() {
		c.files[tag] = nil
	}
	if host != nil {
		if err := c.findFiles(); err != nil {
			return nil, fmt.Errorf("messages: %w", err)
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

func (c *Catalogue) findFiles() error {
	return fs.WalkDir(c.host, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".json" {
			return err
		}
		tag, _, _ := strings.Cut(strings.TrimSuffix(name, ".json"), "/")
		known, err := language.Parse(tag)
		if err != nil || known.String() != tag {
			return fmt.Errorf("%s: %q is not the tag of a language, such as \"de\" or \"pt-BR\"", name, tag)
		}
		c.files[tag] = append(c.files[tag], name)
		return nil
	})
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
		values, err := readFile(c.host, name)
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
		l.fallback = c.In(Source)
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

func readFile(fsys fs.FS, name string) (map[string]json.RawMessage, error) {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, fmt.Errorf("messages: %w", err)
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(text, &values); err != nil {
		return nil, fmt.Errorf("messages: %s: %w", name, err)
	}
	return values, nil
}
