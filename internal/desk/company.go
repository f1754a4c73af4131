package desk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// Company is a backoffice.Company: how operators sign in at the company's identity
// provider. An operator is linked to their account there by its issuer and subject, never
// by an email address.
type Company struct {
	Provider IdentityProvider
	// Name is what people call it.
	Name string
	// RedirectPath and LogoutPath are outside the office, below Path.
	RedirectPath, LogoutPath string
	// SecondFactors are values of amr or acr that stand for a second factor of the office,
	// PhishingResistant those that also stand for a passkey.
	SecondFactors, PhishingResistant []string
	// AnyEmail accepts an invitation whatever the email address at the provider is.
	AnyEmail bool
	// Roles returns the ids of the roles that an account gives. If nil, the roles are those
	// that were given here.
	Roles func(context.Context, CompanyAccount) ([]string, error)
}

// IdentityProvider is a backoffice.IdentityProvider, which says what its methods must do.
type IdentityProvider interface {
	Authorize(ctx context.Context, r AuthRequest) (string, error)
	Redeem(ctx context.Context, r AuthRequest, a AuthAnswer) (CompanyAccount, error)
	EndSessionURL(ctx context.Context, postLogout string) (string, error)
	VerifyLogout(ctx context.Context, token string, now time.Time) (LogoutNotice, error)
}

// AuthRequest is a backoffice.AuthRequest.
type AuthRequest struct {
	RedirectURL, State, Nonce, Verifier string
	Fresh                               bool
	Began                               time.Time
}

// AuthAnswer is a backoffice.AuthAnswer.
type AuthAnswer struct {
	Code, Issuer string
	Now          time.Time
}

// CompanyAccount is a backoffice.CompanyAccount.
type CompanyAccount struct {
	Issuer, Subject, Session string
	Name, Email              string
	EmailVerified            bool
	Methods                  []string
	Class                    string
	AuthenticatedAt          time.Time
	Claims                   json.RawMessage
}

// LogoutNotice is a backoffice.LogoutNotice.
type LogoutNotice struct {
	Issuer, Subject, Session, ID string
}

// AnswerError is a backoffice.AnswerError: the provider, or whoever poses as it, answered
// something that must not be accepted.
type AnswerError struct{ Reason string }

func (e *AnswerError) Error() string { return "answer of the identity provider refused: " + e.Reason }

// Errors of the company sign-in.
var (
	// ErrNoCompany means that the office has no company sign-in.
	ErrNoCompany = fmt.Errorf("%w: no company sign-in", ErrNotFound)
	// ErrCompanyDown means that the identity provider does not answer.
	ErrCompanyDown = errors.New("identity provider does not answer")
	// ErrCompanyRefused means that the company sign-in leads to no account. It does not say
	// why, on purpose.
	ErrCompanyRefused = errors.New("company sign-in not accepted")
	// ErrCompanyCancelled means that the person, or the provider for them, said no.
	ErrCompanyCancelled = errors.New("company sign-in cancelled")
	// ErrCompanyTaken means that another operator is linked to that account.
	ErrCompanyTaken = errors.New("company account linked to another operator")
	// ErrCompanyEmail means that the account does not have the email address that was invited.
	ErrCompanyEmail = errors.New("company account has another email address")
	// ErrNoOtherWay means that an operator would be left without a way to sign in.
	ErrNoOtherWay = errors.New("no other way to sign in")
)

// CompanyName is what people call the company sign-in; empty if there is none.
func (d *Desk) CompanyName() string {
	if d.Company == nil {
		return ""
	}
	return d.Company.Name
}

// CompanyOnly reports whether passwords are accepted from super-administrators only. If the
// office then has no company sign-in, that stays so: an office that was to be entered in one
// way only must not open another because a setting is missing.
func (d *Desk) CompanyOnly() bool { return d.Settings().CompanyOnly }

// companyOnly is the parameter that CompanyOnly reports.
const companyOnly = "signin.company_only"

// companyAlone is why a password, or a passkey alone, is refused while CompanyOnly is set.
const companyAlone = "only the company sign-in is accepted"

// passwordBarred reports whether an operator's password is not accepted, because only the
// company sign-in is. For super-administrators it remains the way in when the provider
// is down, with a second factor: see secondStep.
func (d *Desk) passwordBarred(o store.Operator) bool {
	return d.CompanyOnly() && !slices.Contains(o.AllRoles(), RoleSuperAdministrator)
}

// checkBarred adds to bad that a new password would not be accepted.
func (d *Desk) checkBarred(o store.Operator, bad *InvalidError) {
	if d.passwordBarred(o) {
		bad.Add("password", "company_only", messages.New("company.only"))
	}
}

// passwordUnused reports whether a session began at the provider, and its operator has no
// password of the office, or one that is not accepted. A session that began with a password
// that must be changed stays as restricted as it was.
func (d *Desk) passwordUnused(id *Identity) bool {
	barred := id.State.Settings.CompanyOnly && !id.HasRole(RoleSuperAdministrator)
	return id.Session.Provider != "" && (id.Operator.PasswordSetAt.IsZero() || barred)
}

// subjectOf is the key of an account at an issuer: two issuers may name different people the
// same.
func subjectOf(issuer, subject string) string { return digestOf(issuer, subject) }

// providerSession is the key of a session at the provider, which ends with it. A session whose
// provider names none has the key of its subject's, so that it is known to have begun there.
func providerSession(issuer, subject, session string) string {
	if session == "" {
		return digestOf(issuer, subject, "")
	}
	return digestOf(issuer, session)
}

func digestOf(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}

// proves reports whether an account was signed in to with one of the accepted values of amr
// or acr.
func (a CompanyAccount) proves(accepted []string) bool {
	return slices.ContainsFunc(append(slices.Clone(a.Methods), a.Class), func(said string) bool {
		return said != "" && slices.Contains(accepted, said)
	})
}

// resistant reports whether the provider checked a factor that withstands phishing, and
// twoFactors whether it checked a second one, as far as the host accepts that.
func (c *Company) resistant(a CompanyAccount) bool { return a.proves(c.PhishingResistant) }

func (c *Company) twoFactors(a CompanyAccount) bool {
	return a.proves(c.SecondFactors) || c.resistant(a)
}

// accountName is what pages call an account at the provider.
func accountName(a CompanyAccount) string {
	for _, name := range []string{a.Email, a.Name} {
		if name = strings.TrimSpace(OneLine(name, 254)); name != "" {
			return name
		}
	}
	return ""
}
