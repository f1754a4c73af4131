package pages

import (
	"embed"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"github.com/postern-go/postern/internal/brand"
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

// Config is what [New] needs. Its zero value is our own look.
type LookConfig struct {
	// Overrides replaces templates by name: a file "login.html" or
	// "partials/field.html" in it is used instead of ours. A name that we do
	// not have is an error, so that a slip does not go unseen.
	Overrides fs.FS
	// Brand is the host's logo and colours.
	Brand brand.Brand
	// Clock says what time it is, for "5 minutes ago". Default: time.Now.
	Clock func() time.Time
}

// NewRenderer makes a renderer. Where templates are overridden it parses every
// one, and refuses what cannot work: a name that replaces nothing, a template
// that is not defined, a form without its token. It reports all mistakes at
// once. What a template does with its data shows only when the page is
// rendered.
func NewRenderer(cfg LookConfig) (*view.Renderer, error) {
	templates, err := ours()
	if err != nil {
		return nil, err
	}
	return view.New(view.Config{Templates: templates, Overrides: cfg.Overrides, Brand: cfg.Brand, Clock: cfg.Clock})
}
