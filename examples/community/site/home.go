package site

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/examples/community/garden"
)

// home is the data of templates/home.html.
type home struct {
	Announcements []garden.Announcement
	Posts         []garden.Post
}

func (s *Site) getHome(w http.ResponseWriter, r *http.Request) error {
	announcements, err := s.Garden.Announcements(r.Context())
	if err != nil {
		return err
	}
	posts, err := s.Garden.Posts(r.Context())
	if err != nil {
		return err
	}
	return s.show(w, r, http.StatusOK, "home", page{Title: "What is growing", Data: home{announcements, posts}})
}

func postFields() []field {
	return []field{
		{Name: "title", Label: "Title", Type: "text"},
		{Name: "body", Label: "What would you like to say?", Type: "textarea", Hint: "Leave an empty line between paragraphs."},
	}
}

func (s *Site) getNewPost(w http.ResponseWriter, r *http.Request, _ garden.Member) error {
	return s.show(w, r, http.StatusOK, "post_new", page{Title: "Write a post", Fields: postFields()})
}

func (s *Site) postNewPost(w http.ResponseWriter, r *http.Request, m garden.Member) error {
	err := s.Garden.Write(r.Context(), m, r.PostFormValue("title"), r.PostFormValue("body"))
	var invalid *garden.InvalidError
	if errors.As(err, &invalid) {
		return s.show(w, r, http.StatusUnprocessableEntity, "post_new", page{
			Title: "Write a post", Problems: invalid.Problems, Fields: filled(postFields(), r, invalid.Problems),
		})
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, "/?done=posted", http.StatusSeeOther)
	return nil
}

func (s *Site) postReport(w http.ResponseWriter, r *http.Request, m garden.Member) error {
	if err := s.Garden.Report(r.Context(), r.PathValue("id"), m.ID); err != nil {
		return err
	}
	http.Redirect(w, r, "/?done=reported", http.StatusSeeOther)
	return nil
}
