package pages

import (
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/postern-go/postern/internal/brand"
	"github.com/postern-go/postern/internal/view"
)

//go:embed templates
var embedded embed.FS

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

// NewRenderer parses every template and reports all mistakes at once.
func NewRenderer(cfg LookConfig) (*view.Renderer, error) {
	ours, err := fs.Sub(embedded, "templates")
	if err != nil {
		return nil, fmt.Errorf("read templates: %w", err)
	}
	return view.New(view.Config{Templates: ours, Overrides: cfg.Overrides, Brand: cfg.Brand, Clock: cfg.Clock})
}
