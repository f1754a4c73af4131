package site

import (
	"net/http"
	"slices"

	"github.com/postern-go/postern/examples/community/garden"
)

// companySignIn is where the pretended company sign-in is.
const companySignIn = "/company-sign-in"

// staff are the people at the pretended company.
var staff = []garden.Person{
	{ID: "1001", Name: "Ines Moreau", Email: "ines.moreau@riverside.example"},
	{ID: "1002", Name: "Jonah Whitfield", Email: "jonah.whitfield@riverside.example"},
	{ID: "1003", Name: "Sakura Ito", Email: "sakura.ito@riverside.example"},
	{ID: "1004", Name: "Dele Bankole", Email: "dele.bankole@riverside.example"},
}

// getCompanySignIn stands in for a company's own sign-in, which a real
// community reaches by OpenID Connect or SAML. Whoever opens it can be anybody,
// so it is for demonstrations on one's own machine.
func (s *Site) getCompanySignIn(w http.ResponseWriter, r *http.Request) error {
	return s.show(w, r, http.StatusOK, "company", page{Title: "Riverside Council sign-in", Data: staff})
}

func (s *Site) postCompanySignIn(w http.ResponseWriter, r *http.Request) error {
	i := slices.IndexFunc(staff, func(p garden.Person) bool { return p.ID == r.PostFormValue("person") })
	if i < 0 {
		return &plainError{http.StatusUnprocessableEntity, "Nobody was chosen", "Go back, and choose who you are."}
	}
	m, err := s.Garden.FromCompany(r.Context(), staff[i])
	if err != nil {
		return err
	}
	if err := s.begin(w, r, m); err != nil {
		return err
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}
