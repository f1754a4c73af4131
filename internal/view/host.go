package view

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
)

// HostPages are templates of the host's that render inside the layout. Use
// [Renderer.ParseHost] to make them. They are safe for concurrent use.
type HostPages struct {
	renderer *Renderer
	pages    map[string]*template.Template
}

// ParseHost parses every ".html" file of fsys. Each file is a page, known by
// its path in fsys, and defines "content"; it may define "head" for a
// stylesheet or script of its own, linked with nonce="{{.Frame.Nonce}}".
//
// A page is executed with .Frame, a [Frame], and .Page, the data given to Render.
// It may use our partials and functions, and those of funcs. A function with the
// name of one of ours is an error.
func (r *Renderer) ParseHost(fsys fs.FS, funcs template.FuncMap) (*HostPages, error) {
	for name := range funcs {
		if _, taken := ownFuncs[name]; taken {
			return nil, fmt.Errorf("parse host pages: the function %q is taken", name)
		}
	}
	files := map[string]string{}
	if err := readInto(files, fsys); err != nil {
		return nil, fmt.Errorf("parse host pages: %w", err)
	}
	host := &HostPages{renderer: r, pages: map[string]*template.Template{}}
	var mistakes []error
	for name, text := range files {
		t, err := r.own(r.templates.base)
		if err == nil {
			_, err = t.New(name).Funcs(maps.Clone(funcs)).Parse(text)
		}
		switch {
		case err != nil:
			mistakes = append(mistakes, fmt.Errorf("parse host page %s: %w", name, err))
		case t.Lookup("content") == nil:
			mistakes = append(mistakes, fmt.Errorf(`parse host page %s: it does not define "content"`, name))
		default:
			if err := checkHost(t); err != nil {
				mistakes = append(mistakes, fmt.Errorf("parse host page %s: %w", name, err))
			}
			host.pages[name] = t
		}
	}
	return host, errors.Join(mistakes...)
}

// Render returns the host's page as a whole HTML document, with the title
// f.Title. An unknown name is an error.
func (h *HostPages) Render(f Frame, name string, data any) ([]byte, error) {
	t, ok := h.pages[name]
	if !ok {
		return nil, fmt.Errorf("render host page %s: no such template", name)
	}
	return h.renderer.execute(t, name, scene{Frame: f, Page: data})
}
