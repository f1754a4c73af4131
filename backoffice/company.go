package backoffice

import (
	"context"
	"encoding/json"
	"errors"
	"path"
	"regexp"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/line"
)

// The paths of a [Company] if it names none.
const (
	DefaultRedirectPath = "/auth/callback"
	DefaultLogoutPath   = "/auth/backchannel-logout"
)

// Company is the sign-in of operators at the company's identity provider, beside or, with the
// parameter signin.company_only, in place of passwords. An operator links their account here
// to their account there, or accepts an invitation with it. Accounts are told apart by issuer
// and subject, never by email address, and nobody becomes an operator by signing in. Where
// members of the community sign in is said by [SSO], which is something else.
//
// Register with the provider, for Config.Origin "https://community.example":
//
//	redirect URI             https://community.example/auth/callback
//	post-logout redirect URI https://community.example/
//	back-channel logout URI  https://community.example/auth/backchannel-logout
//
// None of them has the alias. At these paths the office answers only browsers that it sent to
// the provider a moment ago, and logout tokens that the provider signed; everyone else gets the
// community's answer.
type Company struct {
	// Provider is the identity provider; package oidc makes one. Required.
	Provider IdentityProvider
	// Name is what people call it, as in "Continue with Example ID": a line of at most 60
	// bytes. Required.
	Name string
	// RedirectPath is where the provider sends browsers back to, and LogoutPath where it
	// posts logout tokens: paths on Config.Origin, of letters, digits and "-._~/". Defaults:
	// DefaultRedirectPath and DefaultLogoutPath.
	RedirectPath, LogoutPath string
	// SecondFactors are values of the claims amr and acr, such as "mfa" (RFC 8176), for which
	// the office does not ask for a second factor of its own. Name only what your provider
	// says after it checked one. If empty, the office always asks.
	SecondFactors []string
	// PhishingResistant are values of amr and acr, such as "hwk" or "phr", that also satisfy a
	// rule that asks for a passkey. If empty, none does.
	PhishingResistant []string
	// AnyEmail lets an invitation be accepted with an account that the provider does not say
	// to have the invited email address, which it must have verified. Then whoever gets hold
	// of an invitation can accept it with their own account. Default: it must have it.
	AnyEmail bool
	// Roles returns the ids of the roles that an account at the provider gives. It is called at
	// each company sign-in, and its answer replaces the operator's roles: the first is the
	// primary one. Roles that do not exist, that of super-administrators, and roles that
	// whoever invited the operator could not give today are left out; who is left without
	// one is refused, and super-administrators are never changed. It must return quickly and
	// be safe for concurrent use. If nil, roles are given in the office alone.
	Roles func(context.Context, CompanyAccount) ([]string, error)
}

// IdentityProvider speaks the protocol of an identity provider. It is implemented by package
// oidc, so that only programs that import it link it. Its methods are safe for concurrent use,
// and end with their context. They return an [*AnswerError] for an answer that must not be
// accepted; any other error means that the provider cannot be reached.
type IdentityProvider interface {
	// Authorize returns the URL at which a browser signs in.
	Authorize(ctx context.Context, r AuthRequest) (string, error)
	// Redeem exchanges the code of an answer to the same request, verifies the ID token and
	// returns its account.
	Redeem(ctx context.Context, r AuthRequest, a AuthAnswer) (CompanyAccount, error)
	// EndSessionURL returns the URL at which people sign out of the provider, which leads back
	// to postLogout; empty if there is none. It does not wait for a provider that is down.
	EndSessionURL(ctx context.Context, postLogout string) (string, error)
	// VerifyLogout verifies a logout token (OpenID Connect Back-Channel Logout 1.0 section
	// 2.6). The office sees to it that each is used once.
	VerifyLogout(ctx context.Context, token string, now time.Time) (LogoutNotice, error)
}

// AuthRequest is a way to the identity provider and back. State, Nonce and Verifier (RFC 7636)
// are random, 43 characters of base64url, and new each time.
type AuthRequest struct {
	RedirectURL, State, Nonce, Verifier string
	// Fresh requires that the person signs in anew, even if they are signed in there.
	Fresh bool
	// Began is when the way began.
	Began time.Time
}

// AuthAnswer is what a browser brought back, as it came.
type AuthAnswer struct {
	// Code is the authorization code.
	Code string
	// Issuer is the parameter iss (RFC 9207); empty if there was none.
	Issuer string
	// Now is the time by which expiry is decided.
	Now time.Time
}

// CompanyAccount is an account at the identity provider, as its verified ID token has it.
type CompanyAccount struct {
	// Issuer and Subject identify it.
	Issuer, Subject string
	// Session is the claim sid, the session at the provider; empty if it says none.
	Session string
	// Name and Email are for people, and may change.
	Name, Email   string
	EmailVerified bool
	// Methods is the claim amr, Class the claim acr.
	Methods []string
	Class   string
	// AuthenticatedAt is the claim auth_time; zero if it says none.
	AuthenticatedAt time.Time
	// Claims are all claims of the ID token, as JSON.
	Claims json.RawMessage
}

// LogoutNotice is a verified logout token: the subject or the session that has ended, or both.
type LogoutNotice struct {
	Issuer, Subject, Session string
	// ID is the claim jti.
	ID string
}

// AnswerError means that an answer of the identity provider must not be accepted.
type AnswerError struct {
	// Reason names what was wrong for the audit log, such as "nonce" or "signature", without
	// anything of the answer in it.
	Reason string
}

func (e *AnswerError) Error() string { return "answer of the identity provider refused: " + e.Reason }

// mostCompanyName is the most bytes of Company.Name.
const mostCompanyName = 60

var companyPath = regexp.MustCompile(`^(/[A-Za-z0-9_.~-]+)+$`)

// fill sets what was left out.
func (c *Company) fill() *Company {
	if c == nil {
		return nil
	}
	filled := *c
	if filled.RedirectPath == "" {
		filled.RedirectPath = DefaultRedirectPath
	}
	if filled.LogoutPath == "" {
		filled.LogoutPath = DefaultLogoutPath
	}
	return &filled
}

// check reports every mistake.
func (c *Company) check(bad func(field, format string, args ...any)) {
	if c == nil {
		return
	}
	switch {
	case c.Provider == nil:
		bad("Company", "Provider is required; oidc.New makes one")
	default:
		if checked, ok := c.Provider.(interface{ Check() error }); ok {
			if err := checked.Check(); err != nil {
				bad("Company", "Provider: %v", err)
			}
		}
	}
	if c.Name == "" || line.Check(c.Name, mostCompanyName) != nil {
		bad("Company", "Name is required: what people call the company sign-in, a line of at most %d bytes", mostCompanyName)
	}
	for field, p := range map[string]string{"RedirectPath": c.RedirectPath, "LogoutPath": c.LogoutPath} {
		if len(p) > 100 || !companyPath.MatchString(p) || path.Clean(p) != p {
			bad("Company", "%s %q is not a path such as %q", field, p, DefaultRedirectPath)
		}
	}
	if c.RedirectPath == c.LogoutPath {
		bad("Company", "RedirectPath and LogoutPath are the same")
	}
	for _, list := range [][]string{c.SecondFactors, c.PhishingResistant} {
		for _, value := range list {
			if value == "" {
				bad("Company", "SecondFactors and PhishingResistant must not have an empty value")
			}
		}
	}
}

// inside is the company sign-in in the desk's types.
func (c *Company) inside() *desk.Company {
	if c == nil {
		return nil
	}
	in := &desk.Company{
		Provider: provider{c.Provider}, Name: c.Name, RedirectPath: c.RedirectPath, LogoutPath: c.LogoutPath,
		SecondFactors: c.SecondFactors, PhishingResistant: c.PhishingResistant, AnyEmail: c.AnyEmail,
	}
	if c.Roles != nil {
		in.Roles = func(ctx context.Context, a desk.CompanyAccount) ([]string, error) {
			return c.Roles(ctx, CompanyAccount(a))
		}
	}
	return in
}

// provider is an identity provider of the host, for the desk.
type provider struct{ of IdentityProvider }

func (p provider) Authorize(ctx context.Context, r desk.AuthRequest) (string, error) {
	url, err := p.of.Authorize(ctx, AuthRequest(r))
	return url, answerError(err)
}

func (p provider) Redeem(ctx context.Context, r desk.AuthRequest, a desk.AuthAnswer) (desk.CompanyAccount, error) {
	account, err := p.of.Redeem(ctx, AuthRequest(r), AuthAnswer(a))
	return desk.CompanyAccount(account), answerError(err)
}

func (p provider) EndSessionURL(ctx context.Context, postLogout string) (string, error) {
	return p.of.EndSessionURL(ctx, postLogout)
}

func (p provider) VerifyLogout(ctx context.Context, token string, now time.Time) (desk.LogoutNotice, error) {
	notice, err := p.of.VerifyLogout(ctx, token, now)
	return desk.LogoutNotice(notice), answerError(err)
}

// answerError makes a refusal one of the desk's.
func answerError(err error) error {
	if refused, ok := errors.AsType[*AnswerError](err); ok {
		return &desk.AnswerError{Reason: refused.Reason}
	}
	return err
}
