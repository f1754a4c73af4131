package view

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"io/fs"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/internal/brand"
)

// Config is what [New] needs.
type Config struct {
	// Templates are ours, from [Load]. Renderers may share them. Required.
	Templates *Templates
	// Overrides replaces templates by name: its "login.html" or
	// "partials/field.html" is used instead of ours. A name that we do not have is
	// an error.
	Overrides fs.FS
	// Samples has a value of each page's data, of which only the type matters: overrides are
	// tried on data of these types.
	Samples []Page
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
	presses   presses
	clock     func() time.Time
	assets    map[string]Asset
	links     links
	// accented is the newest stylesheet of an accent colour that is not the
	// brand's.
	accented atomic.Pointer[accented]
}

// New returns a renderer. With Overrides it parses every template and reports all
// mistakes at once. Without, they are parsed when the first page is rendered.
func New(cfg Config) (*Renderer, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	r := &Renderer{templates: cfg.Templates, clock: cfg.Clock}
	var err error
	if r.assets, r.links, err = buildAssets(cfg.Brand); err != nil {
		return nil, err
	}
	if cfg.Overrides != nil {
		if r.templates, err = cfg.Templates.override(cfg.Overrides, cfg.Samples); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// Render returns the page as a whole HTML document, or an error and no part of
// it.
func (r *Renderer) Render(f Frame, p Page) ([]byte, error) {
	name := p.Template()
	if !r.templates.has(name) {
		return nil, fmt.Errorf("render %s: no such template", name)
	}
	all := r.templates.parsed()
	if err := cmp.Or(all.shared, all.pages[name]); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	failed, _ := p.(interface{ Failed() bool })
	v, err := r.scene(f, name, p)
	if err != nil {
		return nil, err
	}
	v.Failed = failed != nil && failed.Failed()
	var html []byte
	err = r.press(f.In()).lend(func(s *set) error {
		s.now = r.clock()
		html, err = s.render(name, v, &s.buf, nil)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return usedIcons(html), nil
}

// bodyPage is a page whose content is written by something else than a template.
const bodyPage = "(body)"

// RenderBody returns a page with the title f.Title, whose content is what body writes, or an
// error and no part of it.
func (r *Renderer) RenderBody(f Frame, body func(io.Writer) error) ([]byte, error) {
	all := r.templates.parsed()
	if all.shared != nil {
		return nil, fmt.Errorf("render a body: %w", all.shared)
	}
	v, err := r.scene(f, bodyPage, nil)
	if err != nil {
		return nil, err
	}
	var content bytes.Buffer
	if err := body(&bounded{&content}); err != nil { // before a set is lent: it may take its time
		return nil, fmt.Errorf("render a body: %w", err)
	}
	var html []byte
	err = r.press(f.In()).lend(func(s *set) error {
		s.now = r.clock()
		html, err = s.render(bodyPage, v, &s.buf, content.Bytes())
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("render a body: %w", err)
	}
	return usedIcons(html), nil
}

// scene is the data of every template.
type scene struct {
	Frame Frame
	Page  any
	// Failed reports that the form was refused, for the title.
	Failed bool
	Links  links
}

func (r *Renderer) scene(f Frame, name string, page any) (scene, error) {
	if f.Nonce == "" {
		return scene{}, fmt.Errorf("render %s: the frame has no nonce", name)
	}
	v := scene{Frame: f, Page: page, Links: r.links}
	if f.Accent != "" {
		v.Links.Brand = r.accent(f.Accent).name
	}
	return v, nil
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
