package site

import (
	"errors"
	"net/http"

	"github.com/postern-go/postern/examples/community/garden"
	"github.com/postern-go/postern/password"
)

func signInFields() []field {
	return []field{
		{Name: "login", Label: "Name or e-mail address", Type: "text", Autocomplete: "username"},
		{Name: "password", Label: "Password", Type: "password", Autocomplete: "current-password"},
	}
}

func (s *Site) getSignIn(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, "sign_in", page{Title: "Sign in", Fields: signInFields(), Data: companySignIn})
}

func (s *Site) postSignIn(w http.ResponseWriter, r *http.Request) error {
	login := r.PostFormValue("login")
	try, err := s.attempt(r, "sign-in", login)
	if err != nil {
		return err
	}
	m, err := s.Garden.FindByLogin(r.Context(), login)
	if err != nil && !errors.Is(err, garden.ErrNotFound) {
		return err
	}
	// Without a member this costs the same and is a no. A crowd from elsewhere does
	// not keep this client waiting.
	ctx := password.WithCaller(r.Context(), password.Caller{Groups: []string{client(r)}})
	ok, err := s.Garden.CheckPassword(ctx, m.ID, r.PostFormValue("password"))
	if err != nil {
		return err
	}
	if !ok {
		problems := []garden.Problem{{Text: "Name or password are not right. Check both, and try again."}}
		return s.show(w, r, http.StatusUnprocessableEntity, "sign_in", page{
			Title: "Sign in", Problems: problems, Fields: filled(signInFields(), r, problems), Data: companySignIn,
		})
	}
	if err := s.takeBack(r, try); err != nil {
		return err
	}
	if err := s.begin(w, r, m); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}
