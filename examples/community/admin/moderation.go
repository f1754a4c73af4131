package admin

import (
	"net/http"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/community/garden"
)

// moderation is the data of pages/moderation.html.
type moderation struct {
	Notice string
	Posts  []garden.Post
}

// notices are what the page may be told to say after a redirect.
var notices = map[string]string{
	"hidden":   "The post is hidden. Nobody but you and the other moderators sees it.",
	"restored": "The post is back, and its reports are settled.",
	"deleted":  "The post is deleted.",
}

func (p *pages) getModeration(w http.ResponseWriter, r *http.Request) error {
	posts, err := p.garden.Reported(r.Context())
	if err != nil {
		return err
	}
	p.office.Render(w, r, "moderation.html", "Moderation", moderation{notices[r.URL.Query().Get("done")], posts})
	return nil
}

func (p *pages) postHide(w http.ResponseWriter, r *http.Request) error {
	return p.done(w, r, "hidden", p.garden.SetHidden(r.Context(), r.PathValue("id"), true))
}

func (p *pages) postRestore(w http.ResponseWriter, r *http.Request) error {
	return p.done(w, r, "restored", p.garden.SetHidden(r.Context(), r.PathValue("id"), false))
}

func (p *pages) getDelete(w http.ResponseWriter, r *http.Request) error {
	post, err := p.garden.Post(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p.office.Render(w, r, "delete.html", "Delete this post?", post)
	return nil
}

func (p *pages) postDelete(w http.ResponseWriter, r *http.Request) error {
	return p.done(w, r, "deleted", p.garden.Delete(r.Context(), r.PathValue("id")))
}

// done leads back to the list. The address carries the alias, so it is asked of
// the office and never written down.
func (p *pages) done(w http.ResponseWriter, r *http.Request, what string, err error) error {
	if err != nil {
		return err
	}
	http.Redirect(w, r, backoffice.URL(r.Context(), "/moderation?done="+what), http.StatusSeeOther)
	return nil
}
