package browser_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/oidc"
	"github.com/postern-go/postern/tests/oidcprovider"
)

// companyPage is the sign-in page of the provider.
const companyPage = "input[name=account]"

// TestCompanySignIn: operators sign in at the company's identity provider, here a certified
// one on another site.
func TestCompanySignIn(t *testing.T) {
	idp := oidcprovider.Start(t)
	idp.Accounts(map[string]oidcprovider.Claims{
		"ben": {"name": "Ben Ode", "email": "ben@riverside.example", "email_verified": true},
		"zoe": {"name": "Zoe Marsh", "email": "zoe@riverside.example", "email_verified": true},
	})
	var s *site
	s = newSite(t, func(c *backoffice.Config) {
		idp.Register(oidcprovider.Client{
			ID: "office", Secret: "of the office at the provider", RedirectURIs: []string{c.Origin + backoffice.DefaultRedirectPath},
			AfterLogout: []string{c.Origin + "/"}, BackChannelLogout: c.Origin + backoffice.DefaultLogoutPath, SessionRequired: true,
		})
		provider := oidc.New(oidc.Config{
			Issuer: idp.Issuer, ClientID: "office", ClientSecret: "of the office at the provider", InsecurePlainHTTP: true,
			Now: func() time.Time { return s.now() },
		})
		c.Company = &backoffice.Company{Name: "Riverside ID", Provider: provider, SecondFactors: []string{"mfa"}}
	})
	later := func(d time.Duration) {
		s.later(d)
		idp.Ahead(time.Until(s.now()))
	}
	link := s.owner(t).invite("Ben Ode", "ben@riverside.example", backoffice.Moderator)
	ben := s.person(t, "Ben Ode", "ben@riverside.example")

	// An invitation is accepted with the company account, and no password is chosen.
	require.True(t, ben.openLink(link))
	ben.press("Continue with Riverside ID")
	ben.atCompany("ben", false)
	ben.Wait("main [role=status]")
	require.Contains(t, ben.said(), "Invitation accepted")

	// The provider knows them still. The office asks for a second factor of its own.
	ben.press("Continue with Riverside ID")
	ben.Wait("#totp-secret")
	ben.enrol()
	ben.arrive()
	require.Contains(t, ben.navigation(), "Moderation")

	// They sign out at both.
	ben.signOut()
	ben.press("Also sign out at Riverside ID")
	ben.Submit("button[name=logout]")
	require.Equal(t, s.origin+"/", ben.Location())

	// They sign in again: the code is asked for.
	ben.Open(s.at("/moderation"))
	ben.press("Continue with Riverside ID")
	ben.atCompany("ben", false)
	ben.Wait("#field-code")
	later(30 * time.Second)
	ben.Fill("#field-code", ben.code())
	require.Equal(t, 200, ben.Submit(primary))
	require.Equal(t, s.at("/moderation"), ben.Location())

	// Step-up: without a password, they confirm at the provider, which asks anew.
	later(6 * time.Minute)
	ben.Open(s.at("/account/name"))
	ben.press("Confirm with Riverside ID")
	ben.atCompany("ben", true)
	ben.Wait("#field-name")

	// Signed out at the provider, they are signed out here.
	elsewhere := ben.Tab()
	elsewhere.Open(idp.Issuer + "/session/end")
	elsewhere.Submit("button[name=logout]")
	ben.Open(s.at("/account"))
	ben.heading("Sign in")

	// A key that the office has not seen signs from now on. A second factor that the provider
	// checked is enough.
	idp.Rotate()
	later(2 * time.Minute)
	ben.press("Continue with Riverside ID")
	ben.atCompany("ben", true)
	ben.Wait(".menu-avatar")
	require.Equal(t, s.at("/account"), ben.Location())

	// Who has no account here gets none, and cancelling changes nothing. It works without
	// script.
	zoe := s.person(t, "Zoe Marsh", "zoe@riverside.example")
	zoe.DisableScript()
	zoe.Open(s.at("/login"))
	zoe.press("Continue with Riverside ID")
	zoe.Wait(companyPage)
	zoe.Click("button[name=cancel]")
	zoe.Wait(".sign.warning")
	zoe.heading("Cancelled")
	zoe.press("Start again")
	zoe.press("Continue with Riverside ID")
	zoe.atCompany("zoe", true)
	zoe.Wait(".sign.warning")
	zoe.heading("No account here")
}

// atCompany signs in on the provider's page, with a second factor or without, which leads
// back by itself.
func (p *person) atCompany(account string, mfa bool) {
	p.s.t.Helper()
	p.Wait(companyPage)
	p.Paste(companyPage, account)
	if mfa {
		p.Browser.Click("input[name=mfa]")
	}
	p.Browser.Click("form button")
}
