package site

import (
	"context"
	"errors"
	"net/http"

	"github.com/postern-go/postern/examples/community/garden"
	"github.com/postern-go/postern/reset"
)

// resetFields begin with the link's token. It is behind the "#" of the address,
// which browsers send nowhere: the page's script moves it here, and without
// script people paste it.
func (s *Site) resetFields() []field {
	token := field{Name: "token", Label: "Link from the mail", Type: "text", Hint: "Paste the whole link, if it is not here already."}
	return append([]field{token}, s.newPasswordFields()...)
}

func (s *Site) getReset(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, "reset", page{Title: "Choose a new password", Fields: s.resetFields()})
}

func (s *Site) postReset(w http.ResponseWriter, r *http.Request) error {
	token, plain := r.PostFormValue("token"), r.PostFormValue("password")
	err := s.checkReset(r, token, plain)
	if err == nil {
		err = s.Links.Redeem(r.Context(), token, func(ctx context.Context, memberID string) error {
			return s.setPassword(ctx, memberID, plain)
		})
	}
	var invalid *garden.InvalidError
	switch {
	case errors.As(err, &invalid):
		return s.show(w, r, http.StatusUnprocessableEntity, "reset", page{
			Title: "Choose a new password", Problems: invalid.Problems, Fields: filled(s.resetFields(), r, invalid.Problems),
		})
	case errors.Is(err, reset.ErrLink):
		return s.show(w, r, http.StatusUnprocessableEntity, "link", page{Title: "This link does not work"})
	case err != nil:
		return err
	}
	// A link proves a mailbox and no more, so it signs nobody in.
	http.Redirect(w, r, "/sign-in?done=reset", http.StatusSeeOther)
	return nil
}

// checkReset finds everything that can be wrong before the link is spent.
func (s *Site) checkReset(r *http.Request, token, plain string) error {
	found, err := s.Links.Find(r.Context(), token)
	if err != nil {
		return err
	}
	m, err := s.Garden.Find(r.Context(), found.Subject)
	if errors.Is(err, garden.ErrNotFound) {
		return reset.ErrUnknown
	}
	if err != nil {
		return err
	}
	return s.Garden.CheckNewPassword(m, plain, r.PostFormValue("password_again"))
}
