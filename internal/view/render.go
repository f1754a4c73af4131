package view

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/messages"
)

// Config is what [New] needs.
type Config struct {
	// Templates are ours, from [Load]. Renderers may share them. Required.
	Templates *Templates
	// Overrides replaces templates by name: its "login.html" or
	// "partials/field.html" is used instead of ours. A name that we do not have is
	// an error.
	Overrides fs.FS
	// Brand is the host's logo and colours.
	Brand brand.Brand
	// Clock tells the time, for "5 minutes ago". If nil, it is time.Now.
	Clock func() time.Time
}

// Page is the data of a page.
type Page interface {
	// Template names the page's file in Templates, without ".html".
	Template() string
}

// Renderer renders pages. Use [New] to make one. It is safe for concurrent use.
type Renderer struct {
	templates *Templates
	words     template.FuncMap
	pages     map[string]func() (*template.Template, error)
	assets    map[string]Asset
	links     links
	// accented is the newest stylesheet of an accent colour that is not the
	// brand's.
	accented atomic.Pointer[accented]
}

// New returns a renderer. With Overrides it parses every template and reports all
// mistakes at once. Without, each template is parsed when its page is first
// rendered.
func New(cfg Config) (*Renderer, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	r := &Renderer{templates: cfg.Templates, words: wordFuncs(messages.English(), cfg.Clock), pages: map[string]func() (*template.Template, error){}}
	var err error
	if r.assets, r.links, err = buildAssets(cfg.Brand); err != nil {
		return nil, err
	}
	if cfg.Overrides != nil {
		if r.templates, err = cfg.Templates.override(cfg.Overrides); err != nil {
			return nil, err
		}
	}
	for name, parsed := range r.templates.pages {
		r.pages[name] = sync.OnceValues(func() (*template.Template, error) { return r.own(parsed) })
	}
	return r, nil
}

// own returns this renderer's copy of a template that others share.
func (r *Renderer) own(parsed func() (*template.Template, error)) (*template.Template, error) {
	t, err := parsed()
	if err != nil {
		return nil, err
	}
	if t, err = t.Clone(); err != nil {
		return nil, fmt.Errorf("copy template: %w", err)
	}
	return t.Funcs(r.words), nil
}

// Render returns the page as a whole HTML document, or an error and no part of
// it.
func (r *Renderer) Render(f Frame, p Page) ([]byte, error) {
	own, ok := r.pages[p.Template()]
	if !ok {
		return nil, fmt.Errorf("render %s: no such template", p.Template())
	}
	t, err := own()
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", p.Template(), err)
	}
	failed, _ := p.(interface{ Failed() bool })
	html, err := r.execute(t, p.Template(), scene{Frame: f, Page: p, Failed: failed != nil && failed.Failed()})
	return usedIcons(html), err
}

// scene is the data of every template.
type scene struct {
	Frame Frame
	Page  any
	// Failed reports that the form was refused, for the title.
	Failed bool
	Links  links
}

func (r *Renderer) execute(t *template.Template, name string, v scene) ([]byte, error) {
	if v.Frame.Nonce == "" {
		return nil, fmt.Errorf("render %s: the frame has no nonce", name)
	}
	v.Links = r.links
	if v.Frame.Accent != "" {
		v.Links.Brand = r.accent(v.Frame.Accent).name
	}
	var buf bytes.Buffer
	if err := t.ExecuteTemplate(&bounded{&buf}, "layout", v); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return buf.Bytes(), nil
}

// maxPage is many times the longest page of ours, in bytes.
const maxPage = 16 << 20

// bounded stops a template of the host that would run for ever.
type bounded struct{ *bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > maxPage {
		return 0, fmt.Errorf("longer than %d MiB", maxPage>>20)
	}
	return b.Buffer.Write(p)
}
