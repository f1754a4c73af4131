package view

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"sync"

	"github.com/postern-go/postern/internal/messages"
)

// HostPages are templates of the host's that render inside the layout. Use
// [Renderer.ParseHost] to make them. They are safe for concurrent use.
type HostPages struct {
	renderer *Renderer
	parsed   *parsed
	funcs    template.FuncMap

	mu   sync.Mutex
	sets map[*messages.Language]*set
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
	base := r.templates.parsed()
	host := &HostPages{
		renderer: r, funcs: maps.Clone(funcs), sets: map[*messages.Language]*set{},
		parsed: &parsed{trees: maps.Clone(base.trees), defaults: base.defaults, pages: map[string]error{}},
	}
	if base.shared != nil {
		return nil, base.shared
	}
	var mistakes []error
	for name, text := range files {
		err := host.parsed.addPage(name, name, text, funcs, true)
		if err == nil {
			host.parsed.pages[name] = nil
			err = host.parsed.checkHost(name, funcs)
		}
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("parse host page %s: %w", name, err))
		}
	}
	return host, errors.Join(mistakes...)
}

// Render returns the host's page as a whole HTML document, with the title
// f.Title. An unknown name is an error.
func (h *HostPages) Render(f Frame, name string, data any) ([]byte, error) {
	if _, ok := h.parsed.pages[name]; !ok {
		return nil, fmt.Errorf("render host page %s: no such template", name)
	}
	v, err := h.renderer.scene(f, name, data)
	if err != nil {
		return nil, err
	}
	s, err := h.in(f.In())
	if err != nil {
		return nil, err
	}
	html, err := s.render(name, v, &bytes.Buffer{})
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return html, nil
}

// in returns the templates of a language. Functions of the host may take their time, so
// that all its pages are rendered with one set at once.
func (h *HostPages) in(l *messages.Language) (*set, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.sets[l]; s != nil {
		return s, nil
	}
	s, err := h.parsed.newSet(l, h.renderer.clock, h.funcs)
	if err != nil {
		return nil, err
	}
	h.sets[l] = s
	return s, nil
}
