package admin

import (
	"embed"
	"net/http"

	"github.com/postern-go/postern/examples/community/garden"
)

//go:embed pages messages
var embedded embed.FS

// dashboard is the data of pages/dashboard.html.
type dashboard struct {
	Counts garden.Counts
	Posts  []garden.Post
}

func (p *pages) getDashboard(w http.ResponseWriter, r *http.Request) error {
	counts, err := p.garden.Counts(r.Context())
	if err != nil {
		return err
	}
	posts, err := p.garden.Posts(r.Context())
	if err != nil {
		return err
	}
	p.office.Render(w, r, "dashboard.html", "Dashboard", dashboard{counts, posts[:min(len(posts), 5)]})
	return nil
}
