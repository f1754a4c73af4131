package backoffice_test

import (
	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// leadsAway are forms that lead to the identity provider, and store nothing.
var leadsAway = map[string]bool{"/login/company": true, "/welcome/company": true, "/step-up/company": true, "/account/company": true}

// companyForms adds the forms of an office with an identity provider.
func companyForms(own func(string, func(*office) (*browser, func() page), ...func(*backoffice.Config))) {
	add := func(name string, scene func(*office, *testoffice.Provider) (*browser, func() page)) {
		// Each office that is made of the form has a provider of its own.
		p := &testoffice.Provider{}
		own(name, func(o *office) (*browser, func() page) { return scene(o, p) }, browse.WithCompany(p))
	}
	add("/login/company", func(o *office, _ *testoffice.Provider) (*browser, func() page) {
		b := o.Browser()
		return form(b, b.Get("/login?next=%2Fanalytics"), "/login/company")
	})
	add("/welcome/company", func(o *office, _ *testoffice.Provider) (*browser, func() page) {
		_, err := o.CommandLine().Invite(ctx, "ben@example.org", "Ben", backoffice.Moderator)
		require.NoError(o.T, err)
		b := o.Browser()
		return form(b, b.Submit(b.Get("/welcome"), "/welcome", "token", o.LinkIn("welcome")), "/welcome/company")
	})
	add("/step-up/company", func(o *office, p *testoffice.Provider) (*browser, func() page) {
		ada := o.linked(p, "Ada")
		return form(ada.Browser, ada.Get("/step-up"), "/step-up/company")
	})
	add("/account/company", func(o *office, _ *testoffice.Provider) (*browser, func() page) {
		ada := o.Enrolled("Ada", backoffice.Moderator)
		return form(ada.Browser, ada.Get("/account/company"), "/account/company")
	})
	add("/account/company/unlink", func(o *office, p *testoffice.Provider) (*browser, func() page) {
		ada := o.linked(p, "Ada")
		return form(ada.Browser, ada.Get("/account/company"), "/account/company/unlink")
	})
}
