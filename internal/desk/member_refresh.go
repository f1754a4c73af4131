package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// An operator who is a member follows the community: whenever the office learns what
// the community says of them, at a sign-in, before an email to them leaves and every
// few hours in Run, refreshed copies it. The name that they chose here stays theirs.

const (
	// refreshEvery is how often Run asks the community about some of the operators who
	// are members, and refreshBatch how many these are: 10,000 take a bit over three
	// hours.
	refreshEvery = 2 * time.Minute
	refreshBatch = 100
	// refreshAfter is how long Run does not ask about the same operator again.
	refreshAfter = 6 * time.Hour
	// refreshFailures is the number of errors of the directory after which Run leaves the
	// rest of a batch for the next time.
	refreshFailures = 3
)

// refresh is one use of what the community says of a member, which may lead on to the
// operators who have the email addresses that it gives to others.
type refresh struct {
	d *Desk
	v Visit
	// chain are the operators whose turn is not over, each after the one who needs
	// their email address.
	chain []follower
	// done are the ids of those whom a later one of the chain has stored.
	done []string
}

// follower is an operator as stored, and as they are to be.
type follower struct {
	before, after store.Operator
}

// refreshed stores what has changed for an operator in the community, and returns the
// operator as stored. The community decides about the email address, unless it is not
// one or another operator has it. Then the old one stays.
func (d *Desk) refreshed(ctx context.Context, v Visit, o store.Operator, m Member) (store.Operator, error) {
	r := &refresh{d: d, v: v}
	return r.operator(ctx, o, m)
}

func (r *refresh) operator(ctx context.Context, o store.Operator, m Member) (store.Operator, error) {
	// A conflict with another change must not lose this one.
	for range 3 {
		next, err := r.next(ctx, o, m)
		if err != nil {
			return o, err
		}
		if slices.Contains(r.done, o.ID) {
			return r.d.Store.FindOperator(ctx, o.ID)
		}
		if next.MemberName == o.MemberName && next.MemberEmail == o.MemberEmail && next.Email == o.Email {
			return o, nil
		}
		next, writes, err := r.d.refreshWrites(ctx, r.v, o, next)
		if err != nil {
			return o, err
		}
		err = r.d.Commit(ctx, writes...)
		switch {
		case err == nil:
			next.Version++
			return next, nil
		case isNotFound(err):
			return o, nil // deleted since
		case !isConflict(err) && !errors.Is(err, store.ErrEmailTaken):
			return o, fmt.Errorf("refresh operator: %w", err)
		}
		if o, err = r.d.Store.FindOperator(ctx, o.ID); err != nil {
			return o, fmt.Errorf("find operator: %w", err)
		}
	}
	return o, nil
}

// next returns an operator as the community has them.
func (r *refresh) next(ctx context.Context, o store.Operator, m Member) (store.Operator, error) {
	next := o
	next.MemberName, next.MemberEmail = m.Name, memberText(m.Email)
	address, err := mail.ParseEmailAddress(m.Email)
	if err == nil {
		next.MemberEmail = address
	}
	if ParseLogin(next.MemberEmail).key == ParseLogin(o.MemberEmail).key {
		next.MemberEmail = o.MemberEmail // at most in other capitals
	}
	if err != nil || ParseLogin(address).key == o.EmailKey {
		return next, nil
	}
	next.Email = address
	Keyed(&next)
	r.chain = append(r.chain, follower{o, next})
	free, err := r.freeEmail(ctx, o, next.EmailKey)
	r.chain = r.chain[:len(r.chain)-1]
	if err == nil && !free {
		next.Email = o.Email
	}
	return next, err
}

// freeEmail reports whether an operator can have an email address. If an operator who is
// another member has it, what the community says of that one is stored first: they may have
// another email address by now, and this one a new owner.
func (r *refresh) freeEmail(ctx context.Context, o store.Operator, key string) (bool, error) {
	holder, err := r.d.Store.FindOperatorByLogin(ctx, key)
	switch {
	case isNotFound(err):
		return true, nil
	case err != nil:
		return false, fmt.Errorf("find operator: %w", err)
	case holder.ID == o.ID:
		return true, nil
	case holder.MemberID == "" || holder.MemberID == o.MemberID || r.d.Members == nil:
		return false, nil
	}
	if i := slices.IndexFunc(r.chain, func(l follower) bool { return l.before.ID == holder.ID }); i >= 0 {
		return false, r.exchange(ctx, r.chain[i:])
	}
	m, err := r.d.askMember(ctx, holder.MemberID)
	if err != nil {
		return false, nil // gone, or not known: it stays theirs
	}
	holder, err = r.operator(ctx, holder, m)
	return err == nil && holder.EmailKey != key, err
}

// exchange stores several operators in one commit. Each has the email address that the
// community gives to the one before, and the first has that of the last.
func (r *refresh) exchange(ctx context.Context, round []follower) error {
	parked := round[0].before
	parked.EmailKey = "parked " + parked.ID
	writes := []store.Write{store.PutOperator{Operator: parked}}
	for i, l := range slices.Backward(round) {
		if i == 0 {
			l.after.Version++ // after it was parked
		}
		_, more, err := r.d.refreshWrites(ctx, r.v, l.before, l.after)
		if err != nil {
			return err
		}
		writes = append(writes, more...)
	}
	err := r.d.Commit(ctx, writes...)
	switch {
	case err == nil:
		for _, l := range round {
			r.done = append(r.done, l.before.ID)
		}
		return nil
	case isConflict(err), isNotFound(err), errors.Is(err, store.ErrEmailTaken):
		return nil // changed since: they are refreshed the next time
	}
	return fmt.Errorf("refresh operators: %w", err)
}

// addressee finds the operator at an email address, or returns store.ErrNotFound. The
// community says whose it is now, even if the office has not heard of it yet. It is asked
// the same whether or not there is an operator.
func (d *Desk) addressee(ctx context.Context, v Visit, login Login) (store.Operator, error) {
	o, err := d.findByLogin(ctx, login)
	if d.Members == nil || err != nil && !isNotFound(err) {
		return o, err
	}
	m, unknown := d.Members.FindMemberByLogin(ctx, login.typed)
	linked, absent := d.findByMember(ctx, m.ID)
	switch {
	case absent != nil && !isNotFound(absent):
		return o, absent
	case unknown != nil || absent != nil:
		return o, err
	}
	linked, failed := d.refreshed(ctx, v, linked, cleanMember(m))
	if failed != nil || linked.EmailKey == login.key {
		return linked, failed
	}
	return o, err
}

// refreshWrites returns an operator as the community has them, and the writes that store
// them so.
func (d *Desk) refreshWrites(ctx context.Context, v Visit, before, o store.Operator) (store.Operator, []store.Write, error) {
	o.RefreshedAt = d.Now()
	Keyed(&o)
	entry := d.Audit(v, "operator.refreshed", Success).System().Target(o)
	problem := emailProblem(o)
	if problem != "" {
		entry = d.Audit(v, "operator.refreshed", Failure).System().Target(o).Because(problem).With("member_email", o.MemberEmail)
	}
	entry.With("before", called(before)).With("after", called(o))
	var more []store.Write
	if o.EmailKey != before.EmailKey {
		var err error
		// The community did this, not the visitor, so their network is not shown.
		if more, err = d.mailboxMoved(ctx, Visit{}, "", before, &o); err != nil {
			return o, nil, err
		}
	}
	return o, slices.Concat([]store.Write{store.PutOperator{Operator: o}, entry.Write()}, more), nil
}

// called is what the community calls an operator and where it writes to them, for the
// audit log.
func called(o store.Operator) string { return o.MemberName + " <" + o.Email + ">" }

// Why an operator does not have the email address of the community.
const (
	emailMissing = "the community has no email address for them"
	emailInvalid = "what the community has for them is not an email address"
	emailTaken   = "another operator has the email address that the community has for them"
)

// emailProblem returns why an operator does not have the email address of the
// community, or "".
func emailProblem(o store.Operator) string {
	_, err := mail.ParseEmailAddress(o.MemberEmail)
	switch {
	case o.MemberID == "" || o.RefreshedAt.IsZero() || ParseLogin(o.MemberEmail).key == o.EmailKey:
		return ""
	case o.MemberEmail == "":
		return emailMissing
	case err != nil:
		return emailInvalid
	}
	return emailTaken
}

// whyNotFollowed is emailProblem in words for people, with what to do.
func (d *Desk) whyNotFollowed(ctx context.Context, o store.Operator) (why messages.Text, err error) {
	switch emailProblem(o) {
	case emailMissing:
		return messages.New("members.follow.missing"), nil
	case emailInvalid:
		return messages.New("members.follow.wrong", "email", o.MemberEmail), nil
	case emailTaken:
		holder, err := d.findByLogin(ctx, ParseLogin(o.MemberEmail))
		if isNotFound(err) {
			return messages.New("members.follow.soon", "email", o.MemberEmail), nil
		}
		if err != nil {
			return why, fmt.Errorf("find operator: %w", err)
		}
		return messages.New("members.follow.taken", "email", o.MemberEmail, "name", holder.Name), nil
	}
	return why, nil
}

// RefreshMembers asks the community about a batch of the operators who are members, those
// first about whom it was asked longest ago. An operator about whom it fails is not asked
// about again any sooner, so that the others do not wait.
func (d *Desk) RefreshMembers(ctx context.Context) error {
	if d.Members == nil {
		return nil
	}
	now := d.Now()
	page, err := d.Store.ListOperators(ctx, store.OperatorQuery{Member: store.Yes, RefreshedBefore: now.Add(-refreshAfter), Limit: refreshBatch})
	if err != nil {
		return fmt.Errorf("list members: %w", err)
	}
	var asked []store.Write
	var failed []error
	for _, o := range page.Rows {
		if len(failed) == refreshFailures || ctx.Err() != nil {
			break
		}
		m, err := d.askMember(ctx, o.MemberID)
		if err == nil {
			_, err = d.refreshed(ctx, Visit{}, o.Operator, m)
		}
		if err != nil && !errors.Is(err, ErrNoMember) {
			failed = append(failed, err)
		}
		asked = append(asked, store.MarkRefreshed{OperatorID: o.ID, At: now})
	}
	if len(asked) > 0 {
		// The time may be up, and the next batch begins after this one all the same.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), beatTime)
		defer cancel()
		if err := d.Commit(ctx, asked...); err != nil {
			failed = append(failed, fmt.Errorf("note who was asked about: %w", err))
		}
	}
	return errors.Join(failed...)
}
