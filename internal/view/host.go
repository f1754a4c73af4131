package view

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"text/template/parse"

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
// It may use the parts and functions that are promised, and those of funcs, which go before
// ours of the same name. tokenless are the paths inside the office to which forms may post
// without the token.
func (r *Renderer) ParseHost(fsys fs.FS, funcs template.FuncMap, tokenless ...string) (*HostPages, error) {
	files := map[string]string{}
	if err := readInto(files, fsys); err != nil {
		return nil, fmt.Errorf("parse host pages: %w", err)
	}
	base := r.templates.parsed()
	host := &HostPages{
		renderer: r, funcs: apart(funcs, nil), sets: map[*messages.Language]*set{},
		parsed: &parsed{trees: base.common(), defaults: base.defaults, pages: map[string]error{}},
	}
	if base.shared != nil {
		return nil, base.shared
	}
	var mistakes []error
	for _, name := range slices.Sorted(maps.Keys(files)) {
		err := host.parsed.addPage(name, name, files[name], hostFuncs(funcs), true)
		if err == nil {
			host.parsed.pages[name] = nil
			own := map[string]*parse.Tree{}
			for _, defined := range host.parsed.of(name) {
				if strings.HasPrefix(defined, name+":") {
					own[defined] = host.parsed.trees[defined]
				}
			}
			apart(funcs, own)
			err = errors.Join(host.parsed.checkPromised(name, own), host.parsed.checkToken(name, own, tokenless))
			err = cmp.Or(err, host.parsed.checkHost(name, host.funcs, nil))
		}
		if err != nil {
			mistakes = append(mistakes, err)
		}
	}
	return host, errors.Join(mistakes...)
}

// common are the templates that are not part of one page of ours.
func (p *parsed) common() map[string]*parse.Tree {
	trees := maps.Clone(p.trees)
	maps.DeleteFunc(trees, func(name string, _ *parse.Tree) bool {
		page, _, part := strings.Cut(name, ":")
		_, ours := p.pages[page]
		return part && ours
	})
	return trees
}

// literalOf is the text that a pipe is, and no more: "cart".
func literalOf(pipe *parse.PipeNode) (string, bool) {
	if pipe == nil || len(pipe.Cmds) != 1 || len(pipe.Cmds[0].Args) != 1 {
		return "", false
	}
	text, ok := pipe.Cmds[0].Args[0].(*parse.StringNode)
	if !ok {
		return "", false
	}
	return text.Text, true
}

// checkPromised finds parts and icons that are not there, or not promised.
func (p *parsed) checkPromised(page string, own map[string]*parse.Tree) error {
	var mistakes []error
	known := slices.Clone(PromisedParts)
	for name := range own {
		known = append(known, strings.TrimPrefix(name, page+":"))
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		walk(own[name].Root, func(node parse.Node) {
			n, ok := node.(*parse.TemplateNode)
			if !ok {
				return
			}
			if !promised(n.Name, page) {
				mistakes = append(mistakes, p.at(name, n, "there is no part %q%s; docs/parts.md has them all", n.Name, near(n.Name, known)))
			}
			if icon, ok := literalOf(n.Pipe); ok && n.Name == "icon" && !slices.Contains(PartIcons, icon) {
				mistakes = append(mistakes, p.at(name, n, "there is no icon %q%s; docs/parts.md has them all", icon, near(icon, PartIcons)))
			}
		})
	}
	return errors.Join(mistakes...)
}

// checkToken finds forms that post into the office without the token. Those that a script
// sends may have it in a header.
func (p *parsed) checkToken(page string, own map[string]*parse.Tree, tokenless []string) error {
	var mistakes []error
	for _, name := range slices.Sorted(maps.Keys(own)) {
		for _, f := range p.formsOf(name) {
			if f.posts && !f.token && f.inside(tokenless) {
				mistakes = append(mistakes, p.at(name, f.at, `a form that posts into the office lacks {{template "csrf" $}}: what is sent with it would be refused`))
			}
		}
	}
	return errors.Join(mistakes...)
}

// Render returns the host's page as a whole HTML document, with the title
// f.Title, which says so if a form in the data was refused. An unknown name is an error.
func (h *HostPages) Render(f Frame, name string, data any) ([]byte, error) {
	if _, ok := h.parsed.pages[name]; !ok {
		return nil, fmt.Errorf("render host page %s: no such template", name)
	}
	v, err := h.renderer.scene(f, name, data)
	if err != nil {
		return nil, err
	}
	failed, _ := data.(interface{ Failed() bool })
	v.Failed = failed != nil && failed.Failed()
	s, err := h.in(f.In())
	if err != nil {
		return nil, err
	}
	html, err := s.render(name, v, &bytes.Buffer{}, nil)
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
