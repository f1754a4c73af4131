package desk

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// PreviewGrant returns what [Desk.Grant] would give a member without access.
func (d *Desk) PreviewGrant(ctx context.Context, a Actor, memberID string, f RolesForm) (RoleChange, error) {
	if err := a.may(PermissionOperatorsManage); err != nil {
		return RoleChange{}, err
	}
	if _, err := d.findMember(ctx, memberID); err != nil {
		return RoleChange{}, err
	}
	bad, after := &InvalidError{}, store.Operator{}
	if err := d.putRoles(ctx, &a, &after, f.IDs(), bad); err != nil {
		return RoleChange{}, err
	}
	if err := bad.Err(); err != nil {
		return RoleChange{}, err
	}
	return d.roleChange(ctx, store.Operator{}, after)
}

// Grant gives a member of the community access to the office. Without SSO they can
// sign in with their member password immediately. With SSO they get a one-time link
// to choose a password that works only here.
func (d *Desk) Grant(ctx context.Context, a Actor, v Visit, memberID string, roles []string) (store.Operator, error) {
	none := store.Operator{}
	if err := a.may(PermissionOperatorsManage); err != nil {
		return none, err
	}
	m, err := d.findMember(ctx, memberID)
	if err != nil {
		return none, err
	}
	bad := &InvalidError{}
	o := store.Operator{
		Name: d.operatorName("member", m.Name, bad), Email: cleanEmail("member", m.Email, bad), MemberID: m.ID,
		State: store.OperatorActive, CreatedBy: a.ID, CreatedAt: d.Now(), UpdatedAt: d.Now(),
	}
	Keyed(&o)
	if err := d.putRoles(ctx, &a, &o, roles, bad); err != nil {
		return none, err
	}
	if err := bad.Err(); err != nil {
		return none, err
	}
	if err := d.checkLogins(ctx, none, o, "member", "member"); err != nil {
		return none, err
	}
	o.ID = vault.ID()
	_, writes, err := d.accessLetter(ctx, a, &o, letters.Occasion{})
	if err != nil {
		return none, err
	}
	event := d.Audit(v, "operator.granted", Success).Actor(a).Target(o).With("roles", strings.Join(o.AllRoles(), " ")).Write()
	told, err := d.toldOfSuperAdministrator(ctx, a, v, none, o)
	if err != nil {
		return none, err
	}
	err = d.countMail(ctx, a, func() error {
		return d.commitAs(ctx, a, "store access", slices.Concat([]store.Write{store.PutOperator{Operator: o}, event}, writes, told)...)
	})
	if errors.Is(err, store.ErrNameTaken) {
		// If the member already has access, it is their own name that is taken.
		if _, found := d.Store.FindOperatorByMember(ctx, m.ID); found == nil {
			err = store.ErrMemberTaken
		}
	}
	switch {
	case errors.Is(err, store.ErrMemberTaken), errors.Is(err, store.ErrEmailTaken):
		return none, invalid("member", "taken", "This member already has access or an invitation.")
	case errors.Is(err, store.ErrNameTaken):
		return none, invalid("member", "taken", "Another operator has this member’s name.")
	case err != nil:
		return none, err
	}
	o.Version = 1
	return o, nil
}

// accessLetter returns the email to a member who gets access, and with SSO a link to
// choose a password: the operator is invited until they have. Without SSO, an earlier
// link ends.
func (d *Desk) accessLetter(ctx context.Context, a Actor, o *store.Operator, asked letters.Occasion) (string, []store.Write, error) {
	roles, err := d.loadRoles(ctx, *o)
	if err != nil {
		return "", nil, err
	}
	var url string
	o.State, o.InviteExpiresAt = store.OperatorActive, time.Time{}
	writes := []store.Write{store.RevokeTokens{Subject: o.ID, Purpose: store.PurposeInvite}}
	if d.SSO != nil {
		var put store.PutToken
		if url, put, err = d.newLink(d.invites, "welcome", *o, a); err != nil {
			return "", nil, err
		}
		o.State, o.InviteExpiresAt = store.OperatorInvited, put.Token.ExpiresAt
		writes = []store.Write{put}
	}
	notice := letters.Notice{About: d.about(o.Name), By: signature(a), Occasion: asked}
	letter, err := d.enqueue(*o, letters.AccessGranted(notice, names(roles), url, o.InviteExpiresAt), o.InviteExpiresAt)
	if err != nil {
		return "", nil, err
	}
	return url, append(writes, letter), nil
}
