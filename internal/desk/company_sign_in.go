package desk

import (
	"context"
	"errors"

	"github.com/postern-go/postern/store"
)

// methodOf is how an account was signed in to.
func (c *Company) methodOf(a CompanyAccount) Method {
	switch {
	case c.resistant(a):
		return MethodCompanyResistant
	case c.twoFactors(a):
		return MethodCompanyTwoFactor
	}
	return MethodCompany
}

// companySignIn signs in the operator of an account, past every check that a password passes.
func (d *Desk) companySignIn(ctx context.Context, v Visit, f *companyFlow, as CompanyAccount, try *attempt) (Passed, error) {
	var a account
	if err := d.lookUp(ctx, v, &a, store.SignInQuery{Subject: subjectOf(as.Issuer, as.Subject)}); err != nil {
		return Passed{}, err
	}
	if !a.known {
		d.Audit(v, "signin.refused", Failure).Because("no operator has this company account").With("account", accountName(as)).Record(ctx)
		return Passed{}, ErrCompanyRefused
	}
	a.memberID = a.operator.MemberID
	if err := d.countCompany(ctx, v, a.operator, try); err != nil {
		return Passed{}, err
	}
	why, err := d.whyNoAccess(ctx, &a)
	if err != nil {
		return Passed{}, err
	}
	if why != "" {
		d.Audit(v, "signin.refused", Failure).Target(a.operator).Because(why).Record(ctx)
		return Passed{}, ErrCompanyRefused
	}
	if err := d.refreshAccount(ctx, v, &a); err != nil {
		return Passed{}, err
	}
	if err := d.followRoles(ctx, v, &a, as); err != nil {
		return Passed{}, err
	}
	o := a.operator
	a.view.Operator, a.view.PreSession.CreatedAt = o, f.began()
	if err := d.admitted(ctx, v, o); err != nil {
		return Passed{}, err
	}
	passed, err := d.passFirst(ctx, v, a.view, firstStep{
		method: d.Company.methodOf(as), event: "signin.company",
		provider: providerSession(as.Issuer, as.Subject, as.Session), at: as.AuthenticatedAt,
		enough: d.Company.twoFactors(as), resistant: d.Company.resistant(as), next: f.Next,
		writes: append(try.succeeded(), d.spendFlow(f)),
	})
	if err == nil {
		try.done()
	}
	return passed, err
}

// countCompany counts a company sign-in under its account, too.
func (d *Desk) countCompany(ctx context.Context, v Visit, o store.Operator, try *attempt) error {
	try.add(operatorKey("company", o.ID), store.Limit{Max: namePasswords, Every: nameEvery})
	err := try.count(ctx)
	if limited, ok := errors.AsType[*LimitedError](err); ok {
		limited.noted = true
		d.Audit(v, "signin.limited", Refused).Target(o).Because("company sign-in").Record(ctx)
	}
	return err
}
