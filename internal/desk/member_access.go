package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// GrantForm is access for a member as a form gives it.
type GrantForm struct {
	// Name may be empty: then a free one is derived from what the community calls them,
	// and they can change it.
	Name string
	// Roles are role IDs, the primary one first.
	Roles []string
	// Ends is the last day of the account; see [EndForm].
	Ends string
}

// PreviewGrant returns what [Desk.Grant] would give a member without access. It changes
// nothing.
func (d *Desk) PreviewGrant(ctx context.Context, a Actor, memberID string, f GrantForm) (RoleChange, error) {
	o, _, err := d.granted(ctx, &a, memberID, f, nil)
	if err != nil {
		return RoleChange{}, err
	}
	return d.roleChange(ctx, store.Operator{}, o)
}

// GrantedName returns the name that a member gets if none is typed.
func (d *Desk) GrantedName(ctx context.Context, a Actor, m Member) (string, error) {
	if !a.Can(PermissionOperatorsManage) {
		return "", ErrForbidden
	}
	return d.firstFree(ctx, store.Operator{MemberID: m.ID, EmailKey: ParseLogin(m.Email).key}, d.derivedNames(m.Name, m.Email, "members.derived"))
}

// granted returns the operator whom a member would become, and whether their name is
// derived. makeRoom is called before someone is looked for at the email address; nil if
// nothing may change.
func (d *Desk) granted(ctx context.Context, a *Actor, memberID string, f GrantForm, makeRoom func(context.Context, store.Operator) error) (o store.Operator, derived bool, err error) {
	if err := a.may(PermissionOperatorsManage); err != nil {
		return o, false, err
	}
	m, err := d.findMember(ctx, memberID)
	if err != nil {
		return o, false, err
	}
	bad := &InvalidError{}
	o = store.Operator{
		MemberID: m.ID, MemberName: m.Name, RefreshedAt: d.Now(),
		State: store.OperatorActive, CreatedBy: a.ID, CreatedAt: d.Now(), UpdatedAt: d.Now(),
	}
	if o.Email, err = mail.ParseEmailAddress(m.Email); err != nil {
		bad.Add("member", "wrong", noAddress(m))
	}
	o.MemberEmail = o.Email
	if derived = strings.TrimSpace(f.Name) == ""; !derived {
		o.Name = d.operatorName(f.Name, bad)
	}
	o.EndsAt = d.endOf(f.Ends, bad)
	if err := d.putRoles(ctx, a, &o, f.Roles, bad); err != nil {
		return o, false, err
	}
	if err := bad.Err(); err != nil {
		return o, false, err
	}
	Keyed(&o)
	if makeRoom != nil {
		if err := makeRoom(ctx, o); err != nil {
			return o, false, err
		}
	}
	switch problem, err := d.grantProblem(ctx, m); {
	case err != nil:
		return o, false, err
	case !problem.IsZero():
		return o, false, invalid("member", "taken", problem)
	}
	known := store.Operator{}
	if makeRoom == nil {
		switch _, err := d.findByLogin(ctx, ParseLogin(o.Email)); {
		case err == nil:
			known.Email = o.Email // grantProblem found that it is given up
		case !isNotFound(err):
			return o, false, fmt.Errorf("find operator: %w", err)
		}
	}
	if derived {
		if o.Name, err = d.firstFree(ctx, o, d.derivedNames(m.Name, m.Email, "members.derived")); err != nil {
			return o, false, err
		}
		known.Name = o.Name
	}
	Keyed(&o)
	if err := d.checkLogins(ctx, known, o, "member"); err != nil {
		return o, false, err
	}
	return o, derived, nil
}

// Grant is GrantAs with a derived name.
func (d *Desk) Grant(ctx context.Context, a Actor, v Visit, memberID string, roles []string) (store.Operator, error) {
	return d.GrantAs(ctx, a, v, memberID, GrantForm{Roles: roles})
}

// GrantAs gives a member of the community access to the office. Without SSO they can
// sign in with their member password immediately. With SSO they get a one-time link
// to choose a password that works only here.
func (d *Desk) GrantAs(ctx context.Context, a Actor, v Visit, memberID string, f GrantForm) (store.Operator, error) {
	for tries := 0; ; tries++ {
		o, derived, err := d.granted(ctx, &a, memberID, f, d.roomFor(v))
		if err != nil {
			return store.Operator{}, err
		}
		// A derived name may be taken at the same moment.
		err = d.commitGrant(ctx, a.proposing(proposal{Act: ApprovalGrant, ID: memberID, Grant: &f}), v, &o)
		switch {
		case derived && errors.Is(err, store.ErrNameTaken) && tries < 5:
		case errors.Is(err, store.ErrMemberTaken), errors.Is(err, store.ErrEmailTaken):
			return store.Operator{}, invalid("member", "taken", hasAccess)
		case err != nil:
			return store.Operator{}, taken(err)
		default:
			o.Version = 1
			return o, nil
		}
	}
}

var hasAccess = messages.New("members.has_access")

func (d *Desk) commitGrant(ctx context.Context, a Actor, v Visit, o *store.Operator) error {
	o.ID = vault.ID()
	roles, err := d.loadRoles(ctx, *o)
	if err != nil {
		return err
	}
	_, writes, err := d.accessLetter(a, o, roles, letters.Occasion{})
	if err != nil {
		return err
	}
	event := d.Audit(v, "operator.granted", Success).Actor(a).Target(*o).With("roles", strings.Join(o.AllRoles(), " ")).withEnd(o.EndsAt).Write()
	told, err := d.toldOfSuperAdministrator(ctx, a, v, store.Operator{}, *o)
	if err != nil {
		return err
	}
	return d.countMail(ctx, a, func() error {
		return d.commitAs(ctx, a, "store access", slices.Concat([]store.Write{store.PutOperator{Operator: *o}, event}, writes, told)...)
	})
}

// makeRoom refreshes the operator who has the email address that another is to get, if
// they are a member: the community may have given it to someone else since.
func (d *Desk) makeRoom(ctx context.Context, v Visit, o store.Operator) error {
	r := &refresh{d: d, v: v}
	_, err := r.freeEmail(ctx, o, o.EmailKey)
	return err
}

// roomFor is makeRoom for a visit.
func (d *Desk) roomFor(v Visit) func(context.Context, store.Operator) error {
	return func(ctx context.Context, o store.Operator) error { return d.makeRoom(ctx, v, o) }
}

// noAddress says why a member's email address is none.
func noAddress(m Member) messages.Text {
	if address := memberText(m.Email); address != "" {
		return messages.New("members.email.wrong", "email", address)
	}
	return messages.New("members.email.missing")
}

// grantProblem says why a member without access cannot be given any because of their
// email address, and what to do; it is zero if nothing is wrong. It changes nothing.
func (d *Desk) grantProblem(ctx context.Context, m Member) (problem messages.Text, err error) {
	address, err := mail.ParseEmailAddress(m.Email)
	if err != nil {
		return noAddress(m), nil
	}
	if _, err = d.findByMember(ctx, m.ID); err == nil {
		return hasAccess, nil
	}
	if !isNotFound(err) {
		return problem, fmt.Errorf("find operator by member: %w", err)
	}
	holder, err := d.findByLogin(ctx, ParseLogin(address))
	switch {
	case isNotFound(err):
		return problem, nil
	case err != nil:
		return problem, fmt.Errorf("find operator: %w", err)
	case holder.MemberID == "" || d.Members == nil:
		return messages.New("members.email.operator", "name", holder.Name), nil
	}
	other, err := d.askMember(ctx, holder.MemberID)
	switch {
	case errors.Is(err, ErrNoMember):
		return messages.New("members.email.former_member", "name", holder.Name), nil
	case err == nil && ParseLogin(other.Email).key != holder.EmailKey && holder.EmailKey == ParseLogin(holder.MemberEmail).key:
		return problem, nil // it is given up when access is given
	}
	return messages.New("members.email.other_member", "name", holder.Name), nil
}

// accessLetter returns the email to a member who gets access, and with SSO a link to
// choose a password: the operator is invited until they have. Without SSO, an earlier
// link ends.
func (d *Desk) accessLetter(a Actor, o *store.Operator, roles []Role, asked letters.Occasion) (url string, writes []store.Write, err error) {
	o.State, o.InviteExpiresAt = store.OperatorActive, time.Time{}
	writes = []store.Write{store.RevokeTokens{Subject: o.ID, Purpose: store.PurposeInvite}}
	if d.SSO != nil {
		var put store.PutToken
		if url, put, err = d.welcomeLink(a, *o, asked); err != nil {
			return "", nil, err
		}
		put.Token.ExpiresAt = notAfter(put.Token.ExpiresAt, o.EndsAt)
		o.State, o.InviteExpiresAt = store.OperatorInvited, put.Token.ExpiresAt
		writes = []store.Write{put}
	}
	notice := letters.Notice{About: d.about(*o), By: signature(a), Occasion: asked}
	letter, err := d.enqueue(*o, letters.AccessGranted(notice, names(notice.In, roles), url, o.InviteExpiresAt, lastDay(o.EndsAt)), o.InviteExpiresAt)
	if err != nil {
		return "", nil, err
	}
	return url, append(writes, letter), nil
}
