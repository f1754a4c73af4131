package pages

import (
	"embed"
	"errors"
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

// Page is the data of one of our pages.
type Page interface {
	view.Page
	// states are the ways the page may look, the usual one first.
	states() []state
}

type state struct {
	name string
	page Page
}

// NewRenderer makes a renderer. Where templates are overridden it parses every
// one and renders every page in its typical states, so that a mistake in one
// shows at start and not in front of a person; it reports all mistakes at once.
// Ours alone are rendered by the tests.
func NewRenderer(cfg LookConfig) (*view.Renderer, error) {
	templates, err := ours()
	if err != nil {
		return nil, err
	}
	r, err := view.New(view.Config{Templates: templates, Overrides: cfg.Overrides, Brand: cfg.Brand, Clock: cfg.Clock})
	if err != nil {
		return nil, err
	}
	if cfg.Overrides == nil {
		return r, nil
	}
	var mistakes []error
	for _, s := range Gallery() {
		if _, err := r.Render(s.Frame, s.Page); err != nil {
			mistakes = append(mistakes, fmt.Errorf("page %s: %w", s.Name, err))
		}
	}
	if err := errors.Join(mistakes...); err != nil {
		return nil, err
	}
	return r, nil
}
