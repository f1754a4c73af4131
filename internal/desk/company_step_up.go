package desk

import (
	"context"
	"errors"
	"time"

	"github.com/postern-go/postern/store"
)

// freshSkew is by how much the clocks of the provider and the office may differ when a sign-in
// must be fresh.
const freshSkew = time.Minute

// StepUpWays are what an operator can confirm their identity with, besides a passkey.
type StepUpWays struct{ Password, Company bool }

// StepUpWays returns what an operator can confirm their identity with.
func (d *Desk) StepUpWays(ctx context.Context, id *Identity) (StepUpWays, error) {
	o, err := d.Store.FindOperator(ctx, id.Operator.ID)
	if isNotFound(err) {
		return StepUpWays{}, ErrNoSession
	}
	if err != nil {
		return StepUpWays{}, err
	}
	return StepUpWays{Password: d.hasPassword(o), Company: d.Company != nil && o.Subject != ""}, nil
}

// hasPassword reports whether an operator has a password, here or in the community, that is
// accepted.
func (d *Desk) hasPassword(o store.Operator) bool {
	return (o.Password != "" || d.PasswordElsewhere(o)) && !d.passwordBarred(o)
}

// companyStepUp confirms the identity of a signed-in operator who has just signed in at the
// provider again. If a code is needed as well, it returns the proof to keep until then.
func (d *Desk) companyStepUp(ctx context.Context, v Visit, id *Identity, f *companyFlow, as CompanyAccount) (string, *flowProof, error) {
	view, err := d.stepUpView(ctx, v, id)
	if err != nil {
		return "", nil, err
	}
	a := account{operator: view.Operator, known: true, view: view, memberID: view.Operator.MemberID}
	why, err := d.whyNoAccess(ctx, &a)
	switch {
	case err != nil:
		return "", nil, err
	case why != "":
	case a.operator.Subject != subjectOf(as.Issuer, as.Subject):
		why = "another company account"
	case as.AuthenticatedAt.Before(f.began().Add(-freshSkew)):
		why = answerRefused + "auth_time" // the provider must check it, too
	}
	if why != "" {
		d.Audit(v, "step_up.refused", Failure).By(a.operator).Target(a.operator).Session(id.Session).Because(why).Record(ctx)
		return "", nil, ErrCompanyRefused
	}
	method := d.Company.methodOf(as)
	if id.PasskeyRequired && id.Passkey && method != MethodCompanyResistant {
		return "", nil, d.codeUnaccepted(ctx, v, a.operator)
	}
	provider := providerSession(as.Issuer, as.Subject, as.Session)
	if method == MethodCompany && id.TwoFactor {
		return "", &flowProof{Subject: a.operator.Subject, Session: provider}, nil
	}
	token, err := d.provedAgain(ctx, v, id, a.operator, &attempt{d: d}, "", proof{method: method, provider: provider, writes: []store.Write{d.spendFlow(f)}})
	return token, nil, err
}

// StepUpCompany completes a step-up at the provider with a code. After ErrCode the operator can
// try again; after ErrSignInEnded they must start again.
func (d *Desk) StepUpCompany(ctx context.Context, v Visit, id *Identity, cookie, flow, code string) (CompanyDone, error) {
	f, rest := d.flowOf(v, cookie, flow)
	if id.PasskeyRequired && id.Passkey {
		return CompanyDone{Cookie: cookie}, ErrPasskeyNeeded // since the flow began
	}
	if f == nil || f.Proof == nil || f.Session != id.Session.ID || f.Operator != id.Operator.ID {
		return CompanyDone{Cookie: d.keepFlows(cookie, f, rest)}, ErrSignInEnded
	}
	done := CompanyDone{Purpose: CompanyStepUp, Cookie: cookie}
	done.Next = f.Next
	second, err := d.parseSecond(id.Operator.ID, code)
	if err != nil {
		return done, err
	}
	ctx, cancel := counted(ctx)
	defer cancel()
	view, err := d.stepUpView(ctx, v, id)
	if err != nil {
		return done, err
	}
	if view.Operator.Subject != f.Proof.Subject {
		return done, ErrSignInEnded
	}
	try := &attempt{d: d}
	try.seeOperator(view)
	try.addCode(second.row)
	if err := try.count(ctx); err != nil {
		d.limitedCode(ctx, v, view.Operator, second.factor, err)
		return done, err
	}
	defer try.takeBack(ctx)
	proved, err := d.checkSecond(ctx, v, view, second, try)
	if err != nil {
		return done, err
	}
	proved.writes, proved.provider = append(proved.writes, d.spendFlow(f)), f.Proof.Session
	token, err := d.provedAgain(ctx, v, id, view.Operator, try, second.row, proved)
	if errors.Is(err, store.ErrExists) {
		err = ErrSignInEnded // in another tab
	}
	if err != nil {
		return done, err
	}
	done.Token, done.SignedIn, done.Cookie = token, true, d.sealFlows(rest)
	return done, nil
}
