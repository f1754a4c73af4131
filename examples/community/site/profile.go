package site

import (
	"context"
	"errors"
	"net/http"

	"github.com/postern-go/postern/examples/community/garden"
)

func (s *Site) passwordFields() []field {
	current := field{Name: "current_password", Label: "The password you have now", Type: "password", Autocomplete: "current-password"}
	fields := append([]field{current}, s.newPasswordFields()...)
	fields[1].Label, fields[2].Label = "New password", "The new password again"
	return fields
}

func (s *Site) getProfile(w http.ResponseWriter, r *http.Request, _ garden.Member) error {
	return s.show(w, r, http.StatusOK, "profile", page{Title: "Your profile", Fields: s.passwordFields()})
}

// postPassword changes a member's own password. It ends every session, and
// begins a new one here.
func (s *Site) postPassword(w http.ResponseWriter, r *http.Request, m garden.Member) error {
	plain := r.PostFormValue("password")
	var invalid *garden.InvalidError
	err := s.Garden.CheckNewPassword(m, plain, r.PostFormValue("password_again"))
	if err == nil {
		err = s.checkCurrent(r, m)
	}
	if errors.As(err, &invalid) {
		return s.show(w, r, http.StatusUnprocessableEntity, "profile", page{
			Title: "Your profile", Problems: invalid.Problems, Fields: filled(s.passwordFields(), r, invalid.Problems),
		})
	}
	if err != nil {
		return err
	}
	if err := s.setPassword(r.Context(), m.ID, plain); err != nil {
		return err
	}
	// A reset link that is still in a mailbox is for the password before.
	if err := s.Links.Revoke(r.Context(), m.ID); err != nil {
		return err
	}
	if err := s.begin(w, r, m); err != nil {
		return err
	}
	http.Redirect(w, r, "/profile?done=password", http.StatusSeeOther)
	return nil
}

// setPassword gives a member a new password, which ends their sessions here and
// in the back office.
func (s *Site) setPassword(ctx context.Context, memberID, plain string) error {
	if err := s.Garden.SetPassword(ctx, memberID, plain); err != nil {
		return err
	}
	return s.EndOffice(ctx, memberID)
}

// checkCurrent asks for the current password again, because a browser left open
// is not its owner.
func (s *Site) checkCurrent(r *http.Request, m garden.Member) error {
	try, err := s.attempt(r, "change-password", m.ID)
	if err != nil {
		return err
	}
	ok, err := s.Garden.CheckPassword(r.Context(), m.ID, r.PostFormValue("current_password"))
	if err != nil {
		return err
	}
	if !ok {
		return &garden.InvalidError{Problems: []garden.Problem{{Field: "current_password", Text: "This is not your current password."}}}
	}
	return s.takeBack(r, try)
}
