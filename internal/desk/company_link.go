package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// CompanyLinked is an operator's own account at the identity provider.
type CompanyLinked struct {
	Linked bool
	// Name is what the provider calls it; it may be empty.
	Name string
	// MayUnlink reports that the operator has another way to sign in.
	MayUnlink bool
}

// CompanyAccount returns the operator's own account at the identity provider.
func (d *Desk) CompanyAccount(ctx context.Context, id *Identity) (CompanyLinked, error) {
	o, err := d.Store.FindOperator(ctx, id.Operator.ID)
	if isNotFound(err) {
		return CompanyLinked{}, ErrNoSession
	}
	if err != nil {
		return CompanyLinked{}, fmt.Errorf("find operator: %w", err)
	}
	return CompanyLinked{Linked: o.Subject != "", Name: o.SubjectName, MayUnlink: o.Subject != "" && d.hasPassword(o)}, nil
}

// linkCompany links the operator's own account here to the one that they signed in to at the
// provider.
func (d *Desk) linkCompany(ctx context.Context, v Visit, id *Identity, f *companyFlow, as CompanyAccount) error {
	if !id.Proved() {
		return ErrStepUp
	}
	o, err := d.own(ctx, id)
	if err != nil {
		return err
	}
	if o.Subject != "" {
		return ErrChanged
	}
	o.Subject, o.SubjectName, o.UpdatedAt = subjectOf(as.Issuer, as.Subject), accountName(as), d.Now()
	event := d.Audit(v, "company.linked", Success).In(id).Target(o).With("account", o.SubjectName).Write()
	told, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter { return letters.CompanyLinked(n, d.CompanyName(), o.SubjectName) }, "")
	if err != nil {
		return err
	}
	err = d.Commit(ctx, d.spendFlow(f), store.PutOperator{Operator: o}, event, told)
	if errors.Is(err, store.ErrSubjectTaken) {
		return d.companyTaken(ctx, v, o, as)
	}
	return sessionError(err)
}

// companyTaken records that an account at the provider is another operator's.
func (d *Desk) companyTaken(ctx context.Context, v Visit, o store.Operator, as CompanyAccount) error {
	d.Audit(v, "company.refused", Refused).Target(o).Because("linked to another operator").With("account", accountName(as)).Record(ctx)
	return ErrCompanyTaken
}

// UnlinkCompany unlinks the operator's own account, after a step-up. Sessions that began at the
// provider end, but not this one. It returns ErrNoOtherWay if they have no password.
func (d *Desk) UnlinkCompany(ctx context.Context, v Visit, id *Identity) error {
	if !id.Proved() {
		return ErrStepUp
	}
	o, err := d.own(ctx, id)
	if err != nil {
		return err
	}
	writes, err := d.unlink(ctx, v, &o, id.Session.ID, "")
	if err != nil {
		return err
	}
	event := d.Audit(v, "company.unlinked", Success).In(id).Target(o).Write()
	return sessionError(d.Commit(ctx, append(writes, event)...))
}

// UnlinkOperator unlinks an operator from their account at the provider. Sessions that began
// there end, and they are notified by email. It returns ErrNoOtherWay if they have no password,
// and ErrChanged if none is linked.
func (d *Desk) UnlinkOperator(ctx context.Context, a Actor, v Visit, id string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	writes, err := d.unlink(ctx, v, &o, "", signature(a))
	if err != nil {
		return err
	}
	event := d.Audit(v, "operator.company_unlinked", Success).Actor(a).Target(o).Write()
	return d.commitAs(ctx, a, "unlink company account", append(writes, event)...)
}

// unlink returns the writes that unlink an operator who has another way to sign in.
func (d *Desk) unlink(ctx context.Context, v Visit, o *store.Operator, except, by string) ([]store.Write, error) {
	switch {
	case o.Subject == "":
		return nil, ErrChanged
	case !d.hasPassword(*o) && o.State == store.OperatorActive:
		return nil, ErrNoOtherWay
	}
	ended, err := d.endProvided(ctx, o.ID, except)
	if err != nil {
		return nil, err
	}
	name := o.SubjectName
	o.Subject, o.SubjectName, o.UpdatedAt = "", "", d.Now()
	told, err := d.tellOwner(v, *o, func(n letters.Notice) mail.Letter { return letters.CompanyUnlinked(n, d.CompanyName(), name) }, by)
	return append(ended, store.PutOperator{Operator: *o}, told), err
}

// endProvided returns the writes that end the sessions of an operator that began at the
// provider, except one: those with one of the keys, or all of them if there are none.
func (d *Desk) endProvided(ctx context.Context, operatorID, except string, keys ...string) ([]store.Write, error) {
	all, err := d.Store.ListSessions(ctx, operatorID)
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	var writes []store.Write
	for _, s := range all {
		if s.Provider != "" && s.ID != except && (len(keys) == 0 || slices.Contains(keys, s.Provider)) {
			writes = append(writes, store.EndSessions{OperatorID: operatorID, ID: s.ID})
		}
	}
	return writes, nil
}

// companyWelcome accepts an invitation with an account at the provider in place of a password.
// As with a password, it does not sign them in, but makes the browser known. The link proves
// that the invitation is theirs; the provider must also know the email address that was
// invited, so that a forwarded link does not lead a colleague's account in.
func (d *Desk) companyWelcome(ctx context.Context, v Visit, f *companyFlow, as CompanyAccount) ([]string, error) {
	const refused = "operator.invitation_refused"
	view, t, try, err := d.linked(ctx, v, d.invites, refused, f.Invitation)
	if err != nil {
		return nil, err
	}
	o := view.Operator
	browser, keep := d.remember(v, o.ID, view.Browser)
	err = d.spending(ctx, v, view, t, try, response{}, refused, func(ctx context.Context) error {
		if !d.Company.AnyEmail && (!as.EmailVerified || ParseLogin(as.Email).key != o.EmailKey) {
			d.Audit(v, refused, Refused).Target(o).Because("company account has another email address").With("account", accountName(as)).Record(ctx)
			return ErrCompanyEmail
		}
		o.State, o.InviteExpiresAt = store.OperatorActive, time.Time{}
		o.Subject, o.SubjectName, o.UpdatedAt = subjectOf(as.Issuer, as.Subject), accountName(as), d.Now()
		event := d.Audit(v, "operator.invitation_used", Success).By(o).Target(o).With("account", o.SubjectName).Write()
		writes := slices.Concat([]store.Write{
			d.invites.Spend(f.Invitation), d.spendFlow(f), store.PutOperator{Operator: o},
			store.EndSessions{OperatorID: o.ID, All: true}, store.RevokeTokens{Subject: o.ID}, browser, event,
		}, try.succeeded(), d.passwordKeys(o))
		err := d.Commit(ctx, writes...)
		if errors.Is(err, store.ErrSubjectTaken) {
			return d.companyTaken(ctx, v, o, as)
		}
		return linkCommitError(err)
	})
	if err != nil {
		return nil, err
	}
	return keep, nil
}
