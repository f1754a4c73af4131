package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// Invitee is one of several people to invite.
type Invitee struct {
	// Line is where they were typed, from 1, and Typed how.
	Line        int
	Typed       string
	Name, Email string
	// Seen is the version of the operator whose open invitation is renewed; 0 for
	// someone who has none.
	Seen int64
	// Problem says what must be corrected before anyone is invited; zero if nothing.
	Problem messages.Text
	// Why says why they are not invited; zero if they are.
	Why messages.Text
	// ID is their operator, if there is one.
	ID string
	// Done reports that the invitation was sent.
	Done bool
}

// PreviewInvitations returns what [Desk.InviteSeveral] would do with each of several
// people, who get the roles and the last day of the form, in an email in its language. Someone
// who is listed twice is there once. It returns an *InvalidError if nothing can be done at all, and beside it the people with their problems.
func (d *Desk) PreviewInvitations(ctx context.Context, a Actor, list []Invitee, f InviteForm) ([]Invitee, error) {
	if err := a.may(PermissionOperatorsManage); err != nil {
		return nil, err
	}
	bad, rolesBad := &InvalidError{}, &InvalidError{}
	list = once(list)
	switch {
	case len(list) == 0:
		bad.Add("people", "required", messages.New("operators.several.none"))
	case len(list) > MostAtOnce:
		bad.Add("people", "too_many", messages.New("operators.several.fewer", "n", MostAtOnce, "number", len(list)))
		list = nil
	}
	by := a
	if err := d.putRoles(ctx, &by, &store.Operator{}, f.Roles, rolesBad); err != nil {
		return list, err
	}
	d.invitedIn(f.Language, rolesBad)
	d.endOf(f.Ends, rolesBad)
	wrong, lines := map[int]bool{}, map[string]int{}
	for i := range list {
		p := &list[i]
		if err := d.previewInvitation(ctx, a, p, f, len(rolesBad.Problems) == 0); err != nil {
			return list, err
		}
		if key := NameKey(p.Name); p.Name != "" && p.Problem.IsZero() {
			if line := lines[key]; line > 0 {
				p.Problem = messages.New("operators.several.same_name", "line", line)
			}
			lines[key] = p.Line
		}
		if !p.Problem.IsZero() {
			wrong[p.Line] = true
		}
	}
	if len(wrong) > 0 {
		bad.Add("people", "wrong", messages.New("operators.several.wrong", "n", len(wrong)))
	}
	bad.Problems = append(bad.Problems, rolesBad.Problems...)
	return list, bad.Err()
}

// once drops those who have the email address of someone before them.
func once(list []Invitee) (all []Invitee) {
	seen := map[string]bool{}
	for _, p := range list {
		key := ParseLogin(cleanEmail(p.Email, &InvalidError{})).key
		if key == "" || !seen[key] {
			all = append(all, p)
		}
		seen[key] = true
	}
	return all
}

// previewInvitation says what would become of one person. The roles are sound if they can
// be given.
func (d *Desk) previewInvitation(ctx context.Context, a Actor, p *Invitee, f InviteForm, sound bool) error {
	bad := &InvalidError{}
	email := cleanEmail(p.Email, bad)
	if p.Name != "" {
		d.operatorName(p.Name, bad)
	}
	if len(bad.Problems) > 0 {
		p.Problem = bad.Problems[0].Text
		return nil
	}
	holder, err := d.findByLogin(ctx, ParseLogin(email))
	switch {
	case err == nil && holder.State == store.OperatorInvited:
		p.ID, p.Seen = holder.ID, holder.Version
	case err == nil:
		p.ID, p.Why = holder.ID, alreadyOperator(holder)
	case !isNotFound(err):
		return fmt.Errorf("find operator: %w", err)
	}
	if p.Name != "" && p.Why.IsZero() {
		switch named, err := d.findByLogin(ctx, ParseLogin(p.Name)); {
		case err == nil && named.ID != p.ID:
			p.Problem = nameTaken
			return nil
		case err != nil && !isNotFound(err):
			return fmt.Errorf("find operator: %w", err)
		}
	}
	if !p.Why.IsZero() || !sound {
		return nil
	}
	_, err = d.invitation(ctx, &a, f.to(*p), nil)
	if err == nil {
		return nil
	}
	text, goOn := whyNot(err)
	if !goOn {
		return err
	}
	p.Why = text
	return nil
}

// to returns the form for one of several people.
func (f InviteForm) to(p Invitee) InviteForm {
	f.Email, f.Name = p.Email, p.Name
	return f
}

func alreadyOperator(o store.Operator) messages.Text {
	if o.State == store.OperatorDisabled {
		return messages.New("operators.why.has_disabled_account")
	}
	return messages.New("operators.why.has_account")
}

// InviteSeveral invites several people, one after another, as [Desk.Invite] does: each
// invitation is stored whole, with its email and its audit entry, or not at all. Each has
// the version Seen that [Desk.PreviewInvitations] returned: someone who was invited since,
// also by this very form, is not invited again. It returns the people with what was done,
// and the error after which the rest was not tried.
func (d *Desk) InviteSeveral(ctx context.Context, a Actor, v Visit, list []Invitee, f InviteForm) (done []Invitee, stopped, err error) {
	bad, by := &InvalidError{}, a
	d.invitedIn(f.Language, bad)
	d.endOf(f.Ends, bad)
	if err := d.putRoles(ctx, &by, &store.Operator{}, f.Roles, bad); err != nil {
		return nil, nil, err
	}
	if err := bad.Err(); err != nil {
		return nil, nil, err
	}
	stopped, err = inTurn(ctx, len(list), func(i int) *messages.Text { return &list[i].Why }, func(i int) error {
		p, by := &list[i], a
		f := f.to(*p)
		in, err := d.invitation(ctx, &by, f, d.roomFor(v))
		switch {
		case err != nil:
			return err
		case in.before.Version != p.Seen:
			return &NotNowError{messages.New("operators.why.just_invited")}
		}
		o, _, err := d.sendInvitation(ctx, by.proposing(proposal{Act: ApprovalInvite, Invite: &f}), v, in)
		p.ID, p.Name, p.Done = o.ID, o.Name, err == nil
		return err
	})
	return list, stopped, err
}
