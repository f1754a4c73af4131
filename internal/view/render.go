package view

import (
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"strings"
	"sync/atomic"
	"time"

	"github.com/postern-go/postern/internal/brand"
)

// Config is what [New] needs.
type Config struct {
	// Templates holds layout.html, partials/ and a file per page. Required.
	Templates fs.FS
	// Overrides replaces templates by name: a file "login.html" or
	// "partials/field.html" in it is used instead of ours. A name that we do
	// not have is an error, so that a slip does not go unseen.
	Overrides fs.FS
	// Brand is the host's logo and colours.
	Brand brand.Brand
	// Clock says what time it is, for "5 minutes ago". Default: time.Now.
	Clock func() time.Time
}

// Page is the data of a page.
type Page interface {
	// Template names the page's file in Templates, without ".html".
	Template() string
}

// Renderer renders pages. Make it with [New]. Safe for concurrent use.
type Renderer struct {
	base   *template.Template
	pages  map[string]*template.Template
	assets map[string]Asset
	links  links
	// accented is the newest stylesheet of an accent colour that is not the
	// brand's.
	accented atomic.Pointer[accented]
}

// New parses every template and reports all mistakes at once. That a template
// parses does not mean that it can be executed: render every page once.
func New(cfg Config) (*Renderer, error) {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	r := &Renderer{pages: map[string]*template.Template{}}
	var err error
	if r.assets, r.links, err = buildAssets(cfg.Brand); err != nil {
		return nil, err
	}
	files, err := readTemplates(cfg.Templates, cfg.Overrides)
	if err != nil {
		return nil, err
	}
	if r.base, err = parseBase(files, cfg.Clock); err != nil {
		return nil, err
	}
	var mistakes []error
	for name, text := range files {
		if name == "layout.html" || strings.HasPrefix(name, "partials/") {
			continue
		}
		t, err := r.parsePage(name, text)
		if err != nil {
			mistakes = append(mistakes, err)
			continue
		}
		r.pages[strings.TrimSuffix(name, ".html")] = t
	}
	if err := errors.Join(mistakes...); err != nil {
		return nil, err
	}
	return r, nil
}

// Render returns the page as a whole HTML document; on an error it returns
// nothing, never half a page.
func (r *Renderer) Render(f Frame, p Page) ([]byte, error) {
	t, ok := r.pages[p.Template()]
	if !ok {
		return nil, fmt.Errorf("render %s: no such template", p.Template())
	}
	failed, _ := p.(interface{ Failed() bool })
	return r.execute(t, p.Template(), scene{Frame: f, Page: p, Failed: failed != nil && failed.Failed()})
}

// scene is what every template is executed with.
type scene struct {
	Frame Frame
	Page  any
	// Failed says that the form was refused, so that the title says so too.
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
	if err := t.ExecuteTemplate(&buf, "layout", v); err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	return buf.Bytes(), nil
}
