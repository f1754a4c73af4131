package pages

import (
	"embed"
	"fmt"
	"io/fs"
	"sync"

	"github.com/postern-go/postern/internal/view"
)

//go:embed templates
var embedded embed.FS

// ours are our templates, which all offices of a process share.
var ours = sync.OnceValues(func() (*view.Templates, error) {
	files, err := fs.Sub(embedded, "templates")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	return view.Load(files)
})

// NewRenderer makes a renderer of our templates. Where templates are overridden it parses every
// one, and refuses what cannot work: a name that replaces nothing, a template
// that is not defined, a form without its token. It reports all mistakes at
// once. What a template does with its data shows only when the page is
// rendered.
func NewRenderer(cfg view.Config) (*view.Renderer, error) {
	var err error
	if cfg.Templates, err = ours(); err != nil {
		return nil, err
	}
	return view.New(cfg)
}
