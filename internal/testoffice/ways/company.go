package ways

import (
	"net/url"
	"strings"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// provider is the company's identity provider, at which everyone has an account.
var provider = &testoffice.Provider{}

var withCompany = browse.WithCompany(provider)

// The kinds of accounts in an office with a company sign-in.
var (
	linked = &Account{Name: "with an app, and linked to the company's", Config: withCompany, Make: withLink, Needs: Needs{
		Session: {{Password | Company, Code}, {CompanyTwice}},
	}}
	linkedOnly = &Account{Name: "linked to the company's, which alone signs in", Config: withCompany, Rules: map[string]string{"signin.company_only": "on"}, Make: withLink, Needs: Needs{
		Session: {{Company, Code}, {CompanyTwice}},
	}}
	unlinked = &Account{Name: "with an app, not linked to the company's", Config: withCompany, Make: withApp, Needs: Needs{Session: {{Password, Code}}}}
	linkedIn = &Account{Name: "signed in, linked to the company's", Config: withCompany, Make: func(w *World) { withLink(w); w.enter() }, Needs: Needs{
		Proof: {{CompanyAgain, CodeAgain}, {CompanyTwiceAgain}, {Again}},
	}}
	linkedInTwice = &Account{Name: "signed in, linked to the company's, where two factors are checked", Config: linkedIn.Config, Make: linkedIn.Make, Needs: linkedIn.Needs}
	mayLink       = &Account{Name: "signed in, not linked to the company's", Config: withCompany, Make: func(w *World) { withApp(w); w.enter() }, Needs: Needs{
		Proof:  {{Again}},
		Linked: {{CompanyLink}},
	}}
	invitedToLink = &Account{Name: "invited, where the company's may be linked", Config: withCompany, Make: withInvitation, Needs: Needs{
		Linked:  {{CompanyInvited}},
		Session: {{CompanyTwice}},
	}}
)

// account is that of the try at the company, as the provider tells of it.
func account(w *World) desk.CompanyAccount { return testoffice.Account("subject of "+w.Name, w.Email) }

// twice is an account of which the provider has checked a second factor.
func twice(w *World) desk.CompanyAccount {
	a := account(w)
	a.Methods = []string{"pwd", "mfa"}
	return a
}

// stranger has the email address of the account, which somebody else has at the company.
func stranger(w *World) desk.CompanyAccount {
	return testoffice.Account("subject of somebody else", w.Email)
}

// another has an account at the company that is no operator's.
func another(w *World) desk.CompanyAccount {
	return testoffice.Account("subject of another", "another@example.org")
}

// withLink is an account with an app that is linked to the company's.
func withLink(w *World) {
	withApp(w)
	token, now, v := vault.Token(), w.Clock.Now(), desk.Visit{UserAgent: w.Agent}
	w.Write(store.PutSession{Session: store.Session{
		Digest: store.DigestOf(token), ID: vault.ID(), OperatorID: w.ID, CreatedAt: now, ProvedAt: now, SeenAt: now, EndsAt: now.AddDate(0, 0, 1), UserAgent: w.Agent,
	}})
	id, err := w.desk.Authenticate(ctx, v, token)
	require.NoError(w.T, err)
	begun, err := w.desk.BeginCompany(ctx, v, id, desk.CompanyStart{Purpose: desk.CompanyLink})
	require.NoError(w.T, err)
	returned, ok := w.desk.ReturnCompany(v, begun.Cookie, provider.SignsIn(begun.URL, account(w)))
	require.True(w.T, ok)
	_, flow, _ := strings.Cut(returned.Path, "flow=")
	_, err = w.desk.FinishCompany(ctx, v, id, returned.Cookie, flow)
	require.NoError(w.T, err)
	w.Write(store.EndSessions{OperatorID: w.ID, All: true})
}

const callback = backoffice.DefaultRedirectPath

// through goes to the provider by a form, signs in there, and comes back. How the browser comes
// back is the request that is sent again.
func through(path string, as func(*World) desk.CompanyAccount, pairs ...string) func(*World) browse.Page {
	return func(w *World) browse.Page {
		going := w.Fill(path, pairs...)
		if !strings.Contains(going.Body, `http-equiv="refresh"`) {
			w.Void()
			return going
		}
		return w.comeBack(provider.SignsIn(going.Refresh(), as(w)))
	}
}

// comeBack is led back from the provider.
func (w *World) comeBack(query url.Values) browse.Page {
	back := w.Return(callback, query)
	if !strings.Contains(back.Body, `http-equiv="refresh"`) {
		w.Void()
		return w.Get("/login")
	}
	return w.Visit(back.Refresh())
}

// begunElsewhere comes back from what another browser began.
func begunElsewhere(w *World) browse.Page {
	other := w.land.browser()
	going := other.Submit(other.Get("/login"), "/login/company")
	return w.comeBack(provider.SignsIn(going.Refresh(), twice(w)))
}

// companySignIns begin on the sign-in page.
var companySignIns = []Request{
	right("the company account", "/login/company", Company, through("/login/company", account)),
	right("the company account, by two factors", "/login/company", CompanyTwice, through("/login/company", twice)),
	wrong("somebody else's company account with this email address", "/login/company", through("/login/company", stranger)),
	wrong("a company account of nobody here", "/login/company", through("/login/company", another)),
	wrong("what another browser began", "/login/company", begunElsewhere),
}

// companyStepUps begin in a session.
var companyStepUps = []Request{
	right("the company account again", "/step-up/company", CompanyAgain, func(w *World) browse.Page {
		answer := through("/step-up/company", account)(w)
		if _, query, found := strings.Cut(answer.Location, "/step-up?"); found {
			values, err := url.ParseQuery(query)
			require.NoError(w.T, err)
			w.Flow = values.Get("flow")
		}
		return answer
	}),
	wrong("somebody else's company account again", "/step-up/company", through("/step-up/company", another)),
	right("a code after it", "/step-up", CodeAgain, func(w *World) browse.Page { return w.Fill("/step-up", "flow", w.Flow, "code", fresh(w)) }),
	wrong("a wrong code after it", "/step-up", func(w *World) browse.Page { return w.Fill("/step-up", "flow", w.Flow, "code", "000000") }),
}

// companyTwiceAgain is all that it takes.
var companyTwiceAgain = []Request{
	right("the company account again, by two factors", "/step-up/company", CompanyTwiceAgain, through("/step-up/company", twice)),
	companyStepUps[1],
}

// companyLinks link an account.
var companyLinks = []Request{
	right("the company account, to be linked", "/account/company", CompanyLink, func(w *World) browse.Page {
		if !w.recent() {
			w.Void()
		}
		return through("/account/company", account)(w)
	}),
	wrong("what another browser began, to be linked", "/account/company", begunElsewhere),
}

// recent reports whether this browser is signed in, and has just proven it.
func (w *World) recent() bool {
	v, err := w.Under.FindSession(ctx, store.DigestOf(w.Cookie(browse.SessionCookie)))
	return err == nil && w.Clock.Now().Before(v.Session.ProvedAt.Add(5*time.Minute))
}

// companyWelcomes accept an invitation with a company account.
var companyWelcomes = []Request{
	right("the invitation, with the company account", "/welcome/company", CompanyInvited, func(w *World) browse.Page {
		return through("/welcome/company", account, "token", w.Links["/welcome"])(w)
	}),
	wrong("the invitation, with somebody else's company account", "/welcome/company", func(w *World) browse.Page {
		return through("/welcome/company", another, "token", w.Links["/welcome"])(w)
	}),
	wrong("an invitation that never was, with the company account", "/welcome/company", func(w *World) browse.Page {
		return through("/welcome/company", account, "token", strings.Repeat("A", 43))(w)
	}),
	right("the company account, once it is linked", "/login/company", CompanyTwice, func(w *World) browse.Page {
		if w.look(w.ID).operator.Subject == "" {
			w.Void()
		}
		return through("/login/company", twice)(w)
	}),
}

// byCompany are the ways through the company's identity provider.
var byCompany = []Way{
	{
		Name: "company sign-in", At: []string{"/login/company", "/login/code"},
		Requires: "an answer of the identity provider, to this browser, for the account that is linked by issuer and subject, **and** the second factor of the office, unless the provider says that it checked one that the host accepts (`Company.SecondFactors`; `PhishingResistant` where a passkey is asked for)",
		Gives:    "a session",
		Walks: []Steps{
			{linked, join(companySignIns, codes[:1], goBack), Session},
			{linkedOnly, join(companySignIns[:1], signIns), Session},
			{unlinked, join(companySignIns[:2], companySignIns[2:3], codes[:1]), ""},
		},
	},
	{
		Name: "company step-up", At: []string{"/step-up/company", "/step-up"},
		Requires: "a session, and a fresh sign-in at the identity provider with the linked account, **and** a code unless it checked a second factor that the host accepts",
		Gives:    "sensitive changes for 5 minutes",
		Walks:    []Steps{{linkedIn, companyStepUps, Proof}, {linkedInTwice, companyTwiceAgain, Proof}},
	},
	{
		Name: "company account linked", At: []string{"/account/company"},
		Requires: "a session after a step-up, and a sign-in at the identity provider with an account that no other operator has",
		Gives:    "company sign-in",
		Walks:    []Steps{{mayLink, join(companyLinks, stepUps[:1]), Linked}},
	},
	{
		Name: "invitation accepted with a company account", At: []string{"/welcome/company"},
		Requires: "the link of the invitation, and a sign-in at the identity provider with the invited email address, verified there (any with `Company.AnyEmail`)",
		Gives:    "company sign-in, no session",
		Walks:    []Steps{{invitedToLink, companyWelcomes, Linked}},
	},
}
