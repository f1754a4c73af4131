package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// ApproveRequest does what another operator asked for, with their rights and with those of
// the actor, who must be a second person: neither who asked, nor tied to them, nor one who
// gains by it. Seen is the mark of what the actor was shown, see [ApprovalDetail]. Both are
// judged anew, and the act, the end of the request and both audit entries are one commit.
// It returns what was approved of. The command line, which acts alone anyway, needs no mark.
func (d *Desk) ApproveRequest(ctx context.Context, a Actor, v Visit, id, seen string) (Approval, error) {
	r, err := d.findRequest(ctx, a, id)
	if err != nil {
		return Approval{}, err
	}
	if r.Act != "" {
		if err := a.may(permissionOf(r.Act)); err != nil {
			return Approval{}, err
		}
	}
	w, err := d.weigh(ctx, a, r)
	switch {
	case err != nil:
		return Approval{}, err
	case !w.Void.IsZero():
		return Approval{}, &NotNowError{w.Void}
	case !w.MayDecide:
		return Approval{}, &NotNowError{w.Why}
	case seen != w.Seen && !a.program():
		return Approval{}, ErrChanged
	}
	if r.Act == ApprovalParameters {
		next, err := d.prepare(ctx, w.approver, *r.Parameters)
		if err != nil {
			return Approval{}, err
		}
		if err := shutsOut(a, next, v); err != nil {
			return Approval{}, err
		}
	}
	decided, err := d.decidedLetter(ctx, a, r, letters.OutcomeApproved, "")
	if err != nil {
		return Approval{}, err
	}
	event := d.approvalEntry(v, "office_approval.approved", r).Actor(a)
	w.asker.approved = &approval{id: r.token.Subject, by: a.Name}
	ends := append([]store.Write{store.ConsumeToken{Digest: r.token.Digest, Purpose: store.PurposeApproval, Now: d.Now()}, event.Write()}, decided...)
	w.asker.depends = append(w.asker.depends, w.approver.still(ends...)...)
	asked := Visit{IP: r.IP, UserAgent: r.Agent, Route: r.Route, RequestID: v.RequestID}
	if err := d.carryOut(ctx, w.asker, asked, r.proposal); err != nil {
		return Approval{}, decidedElsewhere(err)
	}
	return w.Approval, nil
}

// decidedElsewhere replaces the error of a commit that found the request already decided.
func decidedElsewhere(err error) error {
	if errors.Is(err, store.ErrUsed) || errors.Is(err, store.ErrExpired) {
		return errDecided
	}
	return err
}

// RefuseRequest ends a request of someone else without doing it, and tells them why.
func (d *Desk) RefuseRequest(ctx context.Context, a Actor, v Visit, id, reason string) error {
	r, err := d.findRequest(ctx, a, id)
	switch {
	case err != nil:
		return err
	case r.token.CreatedBy == a.ID:
		return ErrForbidden // they withdraw it
	}
	if reason = cleanReason(reason); reason == "" {
		return invalid("reason", "required", messages.New("approvals.problem.reason"))
	}
	told, err := d.decidedLetter(ctx, a, r, letters.OutcomeRefused, reason)
	if err != nil {
		return err
	}
	event := d.approvalEntry(v, "office_approval.refused", r).Actor(a).Because(reason).Write()
	return d.endRequest(ctx, a, r, append(told, event)...)
}

// WithdrawRequest ends a request of the actor's own.
func (d *Desk) WithdrawRequest(ctx context.Context, a Actor, v Visit, id string) error {
	r, err := d.findRequest(ctx, a, id)
	switch {
	case err != nil:
		return err
	case r.token.CreatedBy != a.ID:
		return ErrForbidden
	}
	return d.endRequest(ctx, a, r, d.approvalEntry(v, "office_approval.withdrawn", r).Actor(a).Write())
}

func (d *Desk) endRequest(ctx context.Context, a Actor, r request, writes ...store.Write) error {
	use := store.ConsumeToken{Digest: r.token.Digest, Purpose: store.PurposeApproval, Now: d.Now()}
	return decidedElsewhere(d.commitAs(ctx, a, "end request", append(writes, use)...))
}

// ExpireRequests ends the requests that no one decided in time, and tells who asked. While
// there are none it is one read, of an index without rows. Replicas may do it at once: only
// one of them uses up the token.
func (d *Desk) ExpireRequests(ctx context.Context) error {
	open, err := d.openApprovals(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, r := range open {
		if d.Now().Before(r.until()) {
			break // all that follow were made later
		}
		errs = append(errs, d.expireRequest(ctx, r))
	}
	return errors.Join(errs...)
}

func (d *Desk) expireRequest(ctx context.Context, r request) error {
	told, err := d.decidedLetter(ctx, Actor{}, r, letters.OutcomeExpired, "")
	if err != nil {
		return err
	}
	use := store.ConsumeToken{Digest: r.token.Digest, Purpose: store.PurposeApproval, Now: d.Now()}
	err = d.Commit(ctx, append(told, use, d.approvalEntry(Visit{}, "office_approval.expired", r).System().Write())...)
	if errors.Is(err, store.ErrUsed) || isNotFound(err) {
		return nil // another replica was quicker, or it was decided after all
	}
	if err != nil {
		return fmt.Errorf("expire a request: %w", err)
	}
	return nil
}

// askedLetters tell those who can approve that something waits for them.
func (d *Desk) askedLetters(a Actor, v Visit, r request, to []store.Operator) (writes []store.Write, err error) {
	for _, o := range to {
		if _, err := mail.ParseEmailAddress(o.Email); err != nil {
			continue // a bad email address must not block the request
		}
		letter, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter {
			return letters.ApprovalAsked(n, approvalTitle(r.Act, r.Name), r.until())
		}, signature(a))
		if err != nil {
			return nil, err
		}
		writes = append(writes, letter)
	}
	return writes, nil
}

// decidedLetter tells who asked what became of it, if they are still there. It does not say
// from where it was decided.
func (d *Desk) decidedLetter(ctx context.Context, a Actor, r request, outcome letters.Outcome, reason string) ([]store.Write, error) {
	o, err := d.Store.FindOperator(ctx, r.token.CreatedBy)
	if isNotFound(err) || err == nil && (o.State != store.OperatorActive || d.closedTo(o, true) != "") {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find who asked: %w", err)
	}
	if _, err := mail.ParseEmailAddress(o.Email); err != nil {
		return nil, nil
	}
	letter, err := d.tellOwner(Visit{}, o, func(n letters.Notice) mail.Letter {
		return letters.ApprovalDecided(n, approvalTitle(r.Act, r.Name), outcome, reason)
	}, signature(a))
	return []store.Write{letter}, err
}
