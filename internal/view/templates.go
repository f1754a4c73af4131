package view

import (
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"time"
)

// readTemplates returns every template by its name, the host's where there is one.
func readTemplates(ours, overrides fs.FS) (map[string]string, error) {
	files := map[string]string{}
	if err := readInto(files, ours); err != nil || overrides == nil {
		return files, err
	}
	theirs := map[string]string{}
	if err := readInto(theirs, overrides); err != nil {
		return nil, fmt.Errorf("overrides: %w", err)
	}
	var mistakes []error
	for name, text := range theirs {
		if _, ok := files[name]; !ok {
			mistakes = append(mistakes, fmt.Errorf("overrides: %q replaces nothing: there is no template of that name", name))
		}
		files[name] = text
	}
	return files, errors.Join(mistakes...)
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

// ownFuncs are the names of the functions that every template may use, besides
// those that build fields.
var ownFuncs = []string{"moment", "span", "words", "device", "count", "base64"}

// parseBase parses the layout and the partials, which every page shares.
func parseBase(files map[string]string, clock func() time.Time) (*template.Template, error) {
	base := template.New("").Option("missingkey=error").Funcs(fieldFuncs).Funcs(template.FuncMap{
		"moment": func(t time.Time) moment { return moment{at: t, now: clock()} },
		"span":   span,
		"words":  func(list []string) string { return strings.Join(list, "\n") },
		"device": DeviceIcon,
		"count":  count,
		"base64": base64.StdEncoding.EncodeToString,
	})
	var mistakes []error
	for name, text := range files {
		if name != "layout.html" && !strings.HasPrefix(name, "partials/") {
			continue
		}
		if _, err := base.New(name).Parse(text); err != nil {
			mistakes = append(mistakes, fmt.Errorf("parse template %s: %w", name, err))
		}
	}
	return base, errors.Join(mistakes...)
}

// parsePage parses the text of a page over a copy of the base.
func (r *Renderer) parsePage(name, text string) (*template.Template, error) {
	t, err := r.base.Clone()
	if err != nil {
		return nil, fmt.Errorf("parse template %s: %w", name, err)
	}
	if _, err := t.New(name).Parse(text); err != nil {
		return nil, fmt.Errorf("parse template %s: %w", name, err)
	}
	if t.Lookup("content") == nil {
		return nil, fmt.Errorf(`parse template %s: it does not define "content"`, name)
	}
	return t, nil
}
