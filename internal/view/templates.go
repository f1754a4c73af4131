package view

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"text/template/parse"

	"github.com/postern-go/postern/internal/messages"
)

// Templates are the files of pages: layout.html, partials/ and a file for each
// page. Each is parsed when it is first needed, once for all renderers that share
// it. Parsed templates are only cloned here and never executed, because
// html/template does not clone one that was.
type Templates struct {
	files map[string]string
	base  func() (*template.Template, error)
	pages map[string]func() (*template.Template, error)
}

// Load reads the files of fsys.
func Load(fsys fs.FS) (*Templates, error) {
	files := map[string]string{}
	if err := readInto(files, fsys); err != nil {
		return nil, err
	}
	return newTemplates(files), nil
}

func newTemplates(files map[string]string) *Templates {
	t := &Templates{files: files, pages: map[string]func() (*template.Template, error){}}
	t.base = sync.OnceValues(t.parseBase)
	for name, text := range files {
		if !shared(name) {
			t.pages[strings.TrimSuffix(name, ".html")] = sync.OnceValues(func() (*template.Template, error) { return t.parsePage(name, text) })
		}
	}
	return t
}

// override returns the templates with the host's files in place of ours, all
// parsed and checked.
func (t *Templates) override(fsys fs.FS) (*Templates, error) {
	files, theirs := maps.Clone(t.files), map[string]string{}
	if err := readInto(theirs, fsys); err != nil {
		return nil, fmt.Errorf("overrides: %w", err)
	}
	var mistakes []error
	for name, text := range theirs {
		if _, ok := files[name]; !ok {
			mistakes = append(mistakes, fmt.Errorf("overrides: %q replaces nothing: there is no template of that name", name))
		}
		files[name] = text
	}
	if len(mistakes) > 0 {
		return nil, errors.Join(mistakes...)
	}
	merged := newTemplates(files)
	if _, err := merged.base(); err != nil {
		return nil, err
	}
	for name, page := range merged.pages {
		parsed, err := page()
		if err == nil {
			err = check(parsed)
		}
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("page %s: %w", name, err))
		}
	}
	return merged, errors.Join(mistakes...)
}

func readInto(files map[string]string, fsys fs.FS) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read templates: %w", err)
		}
		if d.IsDir() || path.Ext(name) != ".html" {
			return nil
		}
		b, err := fs.ReadFile(fsys, name)
		if err != nil {
			return fmt.Errorf("read template %s: %w", name, err)
		}
		files[name] = string(b)
		return nil
	})
}

// ownFuncs are the functions that every template may use. A host cannot replace
// them.
var ownFuncs = func() template.FuncMap {
	funcs := template.FuncMap{
		"words":    func(list []string) string { return strings.Join(list, "\n") },
		"device":   deviceIcon,
		"base64":   base64.StdEncoding.EncodeToString,
		"initials": Initials,
		"forms":    pluralForms,
		"otpauth":  otpauth,
	}
	maps.Copy(funcs, fieldFuncs)
	maps.Copy(funcs, wordFuncs(messages.English(), nil))
	return funcs
}()

// pluralForms returns what the script chooses from for a number, as JSON: categories of plurals,
// each followed by the form for it, with "other" among them.
func pluralForms(pairs ...string) (string, error) {
	byCategory := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		byCategory[pairs[i]] = pairs[i+1]
	}
	if len(pairs)%2 != 0 || byCategory["other"] == "" {
		return "", fmt.Errorf("forms: no pairs with one of \"other\": %q", pairs)
	}
	b, err := json.Marshal(byCategory)
	return string(b), err
}

// shared reports whether a file is part of every page.
func shared(name string) bool { return name == "layout.html" || strings.HasPrefix(name, "partials/") }

// parseBase parses the layout and the partials, which every page shares.
func (t *Templates) parseBase() (*template.Template, error) {
	base := template.New("").Option("missingkey=error").Funcs(ownFuncs)
	var mistakes []error
	definedIn := map[string]string{}
	for _, name := range slices.Sorted(maps.Keys(t.files)) {
		if !shared(name) {
			continue
		}
		if _, err := base.New(name).Parse(t.files[name]); err != nil {
			mistakes = append(mistakes, fmt.Errorf("parse template %s: %w", name, err))
			continue
		}
		own, trees := parse.New(name), map[string]*parse.Tree{}
		own.Mode = parse.SkipFuncCheck
		_, _ = own.Parse(t.files[name], "", "", trees) // it just did
		for _, defined := range slices.Sorted(maps.Keys(trees)) {
			if other := definedIn[defined]; other != "" {
				mistakes = append(mistakes, fmt.Errorf("parse template %s: %q is defined in %s, too", name, defined, other))
			}
			definedIn[defined] = name
		}
	}
	return base, errors.Join(mistakes...)
}

// parsePage parses the text of a page over a copy of the base.
func (t *Templates) parsePage(name, text string) (*template.Template, error) {
	base, err := t.base()
	if err != nil {
		return nil, err
	}
	page, err := base.Clone()
	if err != nil {
		return nil, fmt.Errorf("parse template %s: %w", name, err)
	}
	if _, err := page.New(name).Parse(text); err != nil {
		return nil, fmt.Errorf("parse template %s: %w", name, err)
	}
	if page.Lookup("content") == nil {
		return nil, fmt.Errorf(`parse template %s: it does not define "content"`, name)
	}
	return page, nil
}

// deviceIcon names the icon for a device: what letters.DeviceText returns.
func deviceIcon(device messages.Text) string {
	switch device.Arg("system") {
	case "iPhone", "Android":
		return "phone"
	case "iPad":
		return "tablet"
	case nil:
		return "unknown"
	}
	return "device"
}
