package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

const (
	// flowsPerNetwork is how many ways to the provider may begin in flowsWindow from one
	// network. Each process counts in memory: a way that leads nowhere costs nothing else.
	flowsPerNetwork = 120
	flowsWindow     = time.Minute
)

// CompanyStart is a way to the identity provider that is to begin.
type CompanyStart struct {
	Purpose CompanyPurpose
	// Next is the path inside the office to go on to, checked by the caller.
	Next string
	// Invitation is the token of the invitation to accept.
	Invitation string
	// Cookie is what the browser has under way.
	Cookie string
}

// CompanyBegun is where the browser goes, and what it keeps until it is back.
type CompanyBegun struct{ URL, Cookie string }

// BeginCompany begins a way to the identity provider. Identity is nil if no one is signed in.
// It returns ErrNoCompany, ErrCompanyDown or *LimitedError; for a link or a step-up
// ErrNoSession, and ErrStepUp before a link; for an invitation what [Desk.Welcome] returns of
// its token.
func (d *Desk) BeginCompany(ctx context.Context, v Visit, id *Identity, s CompanyStart) (CompanyBegun, error) {
	if d.Company == nil {
		return CompanyBegun{}, ErrNoCompany
	}
	now := d.Now()
	f := &companyFlow{
		Seed: vault.Token(), Purpose: s.Purpose, Began: now.UnixMicro(), Home: homeTag(d.Alias()), Office: d.officeID(), Agent: flowAgent(v),
	}
	if len(s.Next) <= maxFlowNext {
		f.Next = s.Next
	}
	if err := d.mayBegin(ctx, v, id, s, f); err != nil {
		return CompanyBegun{}, err
	}
	if err := d.strangers.check("company:"+netgroup.Smallest(v.IP), flowsPerNetwork, flowsWindow, now); err != nil {
		return CompanyBegun{}, err
	}
	url, err := d.Company.Provider.Authorize(ctx, d.authRequest(f))
	if err != nil {
		return CompanyBegun{}, d.companyDown(ctx, v, err)
	}
	flows := append([]*companyFlow{f}, d.openFlows(v, s.Cookie)...)
	return CompanyBegun{URL: url, Cookie: d.sealFlows(flows)}, nil
}

// mayBegin checks what a purpose requires, and completes the flow.
func (d *Desk) mayBegin(ctx context.Context, v Visit, id *Identity, s CompanyStart, f *companyFlow) error {
	switch s.Purpose {
	case CompanySignIn:
		return nil
	case CompanyLink, CompanyStepUp:
		switch {
		case id == nil:
			return ErrNoSession
		case s.Purpose == CompanyLink && !id.Proved():
			return ErrStepUp
		}
		f.Session, f.Operator = id.Session.ID, id.Operator.ID
		o, err := d.own(ctx, id)
		switch linked := o.Subject != ""; {
		case err != nil:
			return err
		case linked != (s.Purpose == CompanyStepUp):
			return ErrChanged
		}
		return nil
	case CompanyInvitation:
		_, _, try, err := d.linked(ctx, v, d.invites, "operator.invitation_refused", s.Invitation)
		if err != nil {
			return err
		}
		try.takeBack(ctx)
		f.Invitation = s.Invitation
		return nil
	}
	return fmt.Errorf("begin company sign-in: unknown purpose %q", s.Purpose)
}

// authRequest is what the provider is asked in a flow. The redirect URL is outside the office,
// so that neither the provider nor its logs learn the alias.
func (d *Desk) authRequest(f *companyFlow) AuthRequest {
	return AuthRequest{
		RedirectURL: d.Origin + d.Path + d.Company.RedirectPath,
		State:       f.derive("state"), Nonce: f.derive("nonce"), Verifier: f.derive("verifier"),
		Fresh: f.Purpose == CompanyStepUp, Began: f.began(),
	}
}

// companyDown records that the provider did not answer, and returns ErrCompanyDown. How often
// that is recorded and logged is limited.
func (d *Desk) companyDown(ctx context.Context, v Visit, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return fmt.Errorf("company sign-in: %w", err) // the client left, or took too long
	}
	d.Log.ErrorContext(ctx, "identity provider does not answer", "company", d.Company.Name, "error", err)
	d.Audit(v, "company.unavailable", Failure).Record(ctx)
	return ErrCompanyDown
}

// companyAttempt counts an answer from a network before it is checked, which costs a request to
// the provider. Take it back if the answer was right.
func (d *Desk) companyAttempt(ctx context.Context, v Visit) (*attempt, error) {
	try := &attempt{d: d}
	for i, from := range netgroup.Of(v.IP) {
		try.add(d.counterKey("company-address", from), store.Refilling(netgroup.Share(i)*d.Settings().SignIn.PerIP, limitWindow))
	}
	return try, try.count(ctx)
}
