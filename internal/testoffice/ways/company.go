package ways

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
)

// idp is an identity provider at which everybody is who they say, with the methods that they
// say: the code is both. It takes each code as often as it comes, so that the office alone sees
// to it that an answer counts once.
type idp struct{ backoffice.IdentityProvider }

func (idp) Authorize(_ context.Context, r backoffice.AuthRequest) (string, error) {
	return "https://id.example/?" + url.Values{"state": {r.State}, "fresh": {map[bool]string{true: "yes"}[r.Fresh]}}.Encode(), nil
}

func (idp) Redeem(_ context.Context, r backoffice.AuthRequest, a backoffice.AuthAnswer) (backoffice.CompanyAccount, error) {
	subject, methods, _ := strings.Cut(a.Code, " ")
	account := backoffice.CompanyAccount{Issuer: "https://id.example", Subject: subject, Email: subject + "@example.org", EmailVerified: true, Methods: []string{methods}}
	if r.Fresh {
		account.AuthenticatedAt = a.Now
	}
	return account, nil
}

func (idp) EndSessionURL(context.Context, string) (string, error) { return "", nil }

func withIDP(c *backoffice.Config) {
	c.Company = &backoffice.Company{Provider: idp{}, Name: "Example ID", SecondFactors: []string{"mfa"}}
}

// The accounts that are linked to one at the provider, which has their name.
var (
	linked = &Account{Name: "with a company account and an authenticator app", Config: withIDP, Make: withLinked, Needs: Needs{
		Session: {{Password | Company, Code}, {CompanyTwoFactors}},
	}}
	companyOnly = &Account{Name: "with a company account, while nothing else is accepted", Config: withIDP, Make: withLinked,
		Rules: map[string]string{"signin.company_only": "on"}, Needs: Needs{
			Session: {{Company, Code}, {CompanyTwoFactors}},
		}}
	linkedSignedIn = &Account{Name: "signed in, with a company account and an authenticator app", Config: withIDP, Make: func(w *World) { withLinked(w); w.enter() }, Needs: Needs{
		Proof: {{CompanyTwoFactors}, {Company, Again}},
	}}
	invitedByCompany = &Account{Name: "invited, in an office with a company sign-in", Config: withIDP, Make: withInvitation, Needs: Needs{
		NewPassword: {{Invited}},
		Session:     {{CompanyInvited, Company, FirstCode}, {CompanyInvited, CompanyTwoFactors}},
		NewFactor:   {{CompanyInvited, Company, FirstCode}},
	}}
)

func withLinked(w *World) {
	alone(w)
	w.Secret = w.app(w.ID)
	w.link()
}

// link links the account here to the one at the provider with its name.
func (w *World) link() {
	op := w.Find(w.ID)
	key := sha256.Sum256([]byte("https://id.example\x00" + w.subject()))
	op.Subject = hex.EncodeToString(key[:])
	w.Put(op)
}

// subject is that of the account at the provider.
func (w *World) subject() string {
	name, _, _ := strings.Cut(w.Email, "@")
	return name
}

// away goes to the provider by a form, signs in there as somebody, and comes back.
func away(path string, who func(w *World) string, pairs ...string) func(*World) browse.Page {
	return func(w *World) browse.Page {
		fields := append([]string(nil), pairs...)
		for i := 1; i < len(fields); i += 2 {
			if page, ok := strings.CutPrefix(fields[i], "the link of "); ok {
				fields[i] = w.Links[page]
			}
		}
		going := w.Fill(path, fields...)
		if going.Status != http.StatusOK || !strings.Contains(going.Body, `http-equiv="refresh"`) {
			w.Void()
			return going
		}
		to, err := url.Parse(going.Refresh())
		if err != nil || to.Host != "id.example" {
			w.Void()
			return going
		}
		back := w.Return(backoffice.DefaultRedirectPath, url.Values{"state": {to.Query().Get("state")}, "code": {who(w)}})
		w.Used["flow"] = back.Refresh()
		return w.Visit(back.Refresh())
	}
}

func asOneself(w *World) string      { return w.subject() + " pwd" }
func withTwoFactors(w *World) string { return w.subject() + " mfa" }
func asEve(*World) string            { return "eve mfa" }

// companies are sign-ins at the provider.
var companies = []Request{
	right("the company account", "/login/company", Company, away("/login/company", asOneself, "next", "/account")),
	right("the company account, with two factors", "/login/company", CompanyTwoFactors, away("/login/company", withTwoFactors, "next", "/account")),
	wrong("a company account that nobody here has", "/login/company", away("/login/company", asEve, "next", "/account")),
	wrong("the answer of the provider that was used", "/login/company", func(w *World) browse.Page { return w.Visit(cmp.Or(w.Used["flow"], "/login/company")) }),
}

// companySteps prove again, at the provider, who is signed in.
var companySteps = []Request{
	right("the company account again", "/step-up/company", Company, away("/step-up/company", asOneself, "next", "/account")),
	right("the company account again, with two factors", "/step-up/company", CompanyTwoFactors, away("/step-up/company", withTwoFactors, "next", "/account")),
	wrong("another company account", "/step-up/company", away("/step-up/company", asEve, "next", "/account")),
	right("the code for it", "/step-up", Again, codeForFlow(fresh)),
	wrong("a wrong code for it", "/step-up", codeForFlow(aCode)),
}

// codeForFlow posts the code that a step-up at the provider still needs.
func codeForFlow(code func(*World) string) func(*World) browse.Page {
	return func(w *World) browse.Page {
		_, flow, ok := strings.Cut(w.Used["flow"], "flow=")
		if !ok {
			w.Void()
		}
		return w.Fill("/step-up", "flow", flow, "code", code(w), "next", "/account")
	}
}

// companyWelcomes accept an invitation with the company account.
var companyWelcomes = []Request{
	right("the invitation, with the company account", "/welcome/company", CompanyInvited, away("/welcome/company", asOneself, "token", "the link of /welcome")),
	wrong("the invitation, with a company account of another email address", "/welcome/company", away("/welcome/company", asEve, "token", "the link of /welcome")),
	wrong("an invitation that never was, with the company account", "/welcome/company", away("/welcome/company", asOneself, "token", strings.Repeat("A", 43))),
}

// withCompany are the ways through the identity provider.
var withCompany = []Way{
	{
		Name: "company sign-in", At: []string{"/login/company", "/login/code"},
		Requires: "an answer of the [identity provider](company-sign-in.md) to this browser, for the account that is linked, **and** the second factor of the office as at sign-in; the provider's in place of it if the host says so",
		Gives:    "a session",
		Walks: []Steps{
			{linked, join(passwords[:1], companies, codes[:2]), Session},
			{companyOnly, join(passwords[:1], companies, codes[:1]), Session},
		},
	},
	{
		Name: "step-up at the company", At: []string{"/step-up/company", "/step-up"},
		Requires: "a session, a fresh sign-in at the provider **and** a code, as above",
		Gives:    "sensitive changes for 5 minutes",
		Walks:    []Steps{{linkedSignedIn, companySteps, Proof}},
	},
	{
		Name: "invitation accepted with a company account", At: []string{"/welcome/company"},
		Requires: "the link of an invitation **and** an account at the provider that has the invited email address",
		Gives:    "a linked account, no session; the sign-in then asks for enrolment",
		Walks:    []Steps{{invitedByCompany, join(companyWelcomes, companies[:2], firstCodes[:1]), Session}},
	},
}
