package desk

import (
	"context"
	"errors"

	"github.com/postern-go/postern/store"
)

// CompanyDone is the result of a way to the identity provider and back.
type CompanyDone struct {
	// Passed is the result of a sign-in, as after a password. After a step-up, Token is the
	// new token of the session; after an invitation, only Browsers is set.
	Passed
	Purpose CompanyPurpose
	// Cookie replaces what the browser keeps of its flows, also if there is an error.
	Cookie string
	// CodeNeeded reports that a step-up needs a code as well: see [Desk.StepUpCompany].
	CodeNeeded bool
	// Already reports that someone is signed in already.
	Already bool
}

// FinishCompany checks what a browser brought back, and does what the flow was for. A flow
// counts once. Identity is nil if no one is signed in. It returns ErrSignInEnded if the flow
// is over or belongs to another session, ErrCompanyRefused for whatever leads to no account,
// ErrCompanyCancelled, ErrCompanyDown, and the errors of its purpose.
func (d *Desk) FinishCompany(ctx context.Context, v Visit, id *Identity, cookie, flow string) (CompanyDone, error) {
	f, rest := d.flowOf(v, cookie, flow)
	if f == nil || f.Answer == nil {
		return CompanyDone{Cookie: d.keepFlows(cookie, f, rest)}, ErrSignInEnded
	}
	done := CompanyDone{Purpose: f.Purpose, Cookie: d.sealFlows(rest)}
	done.Next = f.Next
	switch f.Purpose {
	case CompanySignIn:
		if id != nil {
			done.Already = true
			return done, nil
		}
	case CompanyLink, CompanyStepUp:
		switch {
		case id == nil:
			return done, ErrNoSession
		case id.Session.ID != f.Session || id.Operator.ID != f.Operator:
			d.Audit(v, "company.refused", Refused).In(id).Because("another session").Record(ctx)
			return done, ErrSignInEnded
		}
	}
	ctx, cancel := counted(ctx)
	defer cancel()
	try, err := d.companyAttempt(ctx, v)
	if err != nil {
		if limited, ok := errors.AsType[*LimitedError](err); ok {
			limited.noted = true
			d.Audit(v, "signin.limited", Refused).Because("company sign-in").Record(ctx)
		}
		return done, err
	}
	account, err := d.redeem(ctx, v, id, f, try)
	if err != nil {
		return done, err
	}
	switch f.Purpose {
	case CompanySignIn:
		done.Passed, err = d.companySignIn(ctx, v, f, account, try)
		done.Next = f.Next
	case CompanyInvitation:
		done.Browsers, err = d.companyWelcome(ctx, v, f, account)
	case CompanyLink:
		err = d.linkCompany(ctx, v, id, f, account)
	case CompanyStepUp:
		var proved *flowProof
		if done.Token, proved, err = d.companyStepUp(ctx, v, id, f, account); proved != nil {
			f.Answer, f.Proof, done.CodeNeeded = nil, proved, true
			done.Cookie = d.sealFlows(append([]*companyFlow{f}, rest...))
		}
		done.SignedIn = done.Token != ""
	}
	if errors.Is(err, store.ErrExists) {
		err = ErrSignInEnded // the same answer, sent twice
		d.Audit(v, "company.refused", Refused).In(id).Because("used at the same moment").Record(ctx)
	}
	if !errors.Is(err, ErrCompanyRefused) {
		try.takeBack(ctx) // unless a commit has
	}
	return done, err
}

// keepFlows returns the flows of a browser that has none with an answer under a name.
func (d *Desk) keepFlows(cookie string, found *companyFlow, rest []*companyFlow) string {
	if found != nil {
		return cookie // still under way in another tab
	}
	return d.sealFlows(rest)
}

// redeem exchanges the answer of a flow for the account, and counts and audits a refusal.
func (d *Desk) redeem(ctx context.Context, v Visit, id *Identity, f *companyFlow, try *attempt) (CompanyAccount, error) {
	switch f.Answer.Error {
	case "":
	case "access_denied", "login_required", "consent_required", "interaction_required", "account_selection_required":
		try.takeBack(ctx)
		d.Audit(v, "company.refused", Failure).In(id).Because("cancelled at the provider").Record(ctx)
		return CompanyAccount{}, ErrCompanyCancelled
	case "server_error", "temporarily_unavailable":
		try.takeBack(ctx)
		return CompanyAccount{}, d.companyDown(ctx, v, errors.New("it answered "+f.Answer.Error))
	default:
		return CompanyAccount{}, d.refuseAnswer(ctx, v, id, &AnswerError{Reason: "error " + f.Answer.Error})
	}
	account, err := d.Company.Provider.Redeem(ctx, d.authRequest(f), AuthAnswer{Code: f.Answer.Code, Issuer: f.Answer.Issuer, Now: d.Now()})
	if refused, ok := errors.AsType[*AnswerError](err); ok {
		return CompanyAccount{}, d.refuseAnswer(ctx, v, id, refused)
	}
	if err != nil {
		try.takeBack(ctx)
		return CompanyAccount{}, d.companyDown(ctx, v, err)
	}
	if account.Issuer == "" || account.Subject == "" || len(account.Subject) > 255 {
		return CompanyAccount{}, d.refuseAnswer(ctx, v, id, &AnswerError{Reason: "sub"})
	}
	return account, nil
}

// refuseAnswer records why an answer was refused, which only the audit log tells.
func (d *Desk) refuseAnswer(ctx context.Context, v Visit, id *Identity, refused *AnswerError) error {
	d.Audit(v, "company.refused", Refused).In(id).Because(answerRefused + refused.Reason).Record(ctx)
	return ErrCompanyRefused
}

// answerRefused begins the reason why an answer of the provider was refused, before the name
// of the claim or parameter that was wrong.
const answerRefused = "answer of the identity provider: "
