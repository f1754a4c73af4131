package site

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/examples/community/garden"
)

func (s *Site) newPasswordFields() []field {
	return []field{
		{Name: "password", Label: "Password", Type: "password", Autocomplete: "new-password", Rules: s.Garden.PasswordRules()},
		{Name: "password_again", Label: "The same password again", Type: "password", Autocomplete: "new-password"},
	}
}

func (s *Site) signUpFields() []field {
	return append([]field{
		{Name: "name", Label: "Name", Type: "text", Autocomplete: "name", Hint: "It stands beside what you write."},
		{Name: "email", Label: "Email address", Type: "email", Autocomplete: "email"},
	}, s.newPasswordFields()...)
}

func (s *Site) getSignUp(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, "sign_up", page{Title: "Become a member", Fields: s.signUpFields()})
}

func (s *Site) postSignUp(w http.ResponseWriter, r *http.Request) error {
	// Not taken back: an address makes a few accounts, not many.
	if _, err := s.attempt(r, "sign-up", r.PostFormValue("email")); err != nil {
		return err
	}
	m, err := s.Garden.SignUp(r.Context(), garden.SignUpForm{
		Name: r.PostFormValue("name"), Email: r.PostFormValue("email"),
		Password: r.PostFormValue("password"), Again: r.PostFormValue("password_again"),
	})
	var invalid *garden.InvalidError
	if errors.As(err, &invalid) {
		return s.show(w, r, http.StatusUnprocessableEntity, "sign_up", page{
			Title: "Become a member", Problems: invalid.Problems, Fields: filled(s.signUpFields(), r, invalid.Problems),
		})
	}
	if err != nil {
		return err
	}
	if err := s.begin(w, r, m); err != nil {
		return err
	}
	http.Redirect(w, r, "/?done=welcome", http.StatusSeeOther)
	return nil
}
