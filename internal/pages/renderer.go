package pages

import (
	"embed"
	"io"
	"io/fs"
	"sync"

	"github.com/postern-go/postern/internal/view"
)

//go:embed templates
var embedded embed.FS

// Originals are our templates, as hosts may replace them.
func Originals() fs.FS {
	files, err := fs.Sub(embedded, "templates")
	if err != nil {
		panic(err) // the folder is embedded
	}
	return files
}

// ours returns our templates, which all offices of a process share.
var ours = sync.OnceValues(func() (*view.Templates, error) {
	return view.Load(Originals())
})

// Renderer renders pages, as *view.Renderer does. Tests may look at what it is given.
type Renderer interface {
	Render(view.Frame, view.Page) ([]byte, error)
	RenderBody(view.Frame, func(io.Writer) error) ([]byte, error)
	Assets() map[string]view.Asset
	Accented(accent, name string) (view.Asset, bool)
}

// NewRenderer returns a renderer of our templates. If some are overridden it
// parses all, and reports every mistake at once: a name that replaces nothing, a
// template or a field that is not there, a form without its token or without a field
// that the page needs, and what fails on a sample of the page's data.
func NewRenderer(cfg view.Config) (*view.Renderer, error) {
	var err error
	if cfg.Templates, err = ours(); err != nil {
		return nil, err
	}
	cfg.Samples = Samples()
	return view.New(cfg)
}
