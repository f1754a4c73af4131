package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// Grant gives a member of the community access to the office. Without SSO they
// sign in with their member password at once; under SSO they get a one-time
// link to make a password that works here only.
func (d *Desk) Grant(ctx context.Context, a Actor, v Visit, memberID string, roles []string) (store.Operator, error) {
	none := store.Operator{}
	if !a.Can(PermissionOperatorsManage) {
		return none, ErrForbidden
	}
	if d.Members == nil {
		return none, ErrNotFound
	}
	m, err := d.Members.FindMember(ctx, memberID)
	if errors.Is(err, ErrNoMember) {
		return none, ErrNotFound
	}
	if err != nil {
		return none, fmt.Errorf("find member: %w", err)
	}
	bad := &InvalidError{}
	o := store.Operator{
		Name: cleanName("name", m.Name, bad), Email: cleanEmail("email", m.Email, bad), MemberID: m.ID,
		State: store.OperatorActive, CreatedBy: a.ID, CreatedAt: d.now(), UpdatedAt: d.now(),
	}
	keyed(&o)
	names, err := d.grant(ctx, a, &o, roles, bad)
	if err != nil {
		return none, err
	}
	if err := bad.err(); err != nil {
		return none, err
	}
	if o.ID, err = d.Vault.ID(); err != nil {
		return none, fmt.Errorf("grant access: %w", err)
	}
	values := mail.AccessGrantedValues{About: d.about(o.Name), By: a.Name, Roles: names, Home: d.home()}
	var writes []store.Write
	var expires time.Time
	if d.SSO != nil {
		link, put, err := d.invites.Make(o.ID, a.ID)
		if err != nil {
			return none, fmt.Errorf("make invitation: %w", err)
		}
		if values.Link, err = link.URL(d.home() + "welcome"); err != nil {
			return none, fmt.Errorf("make invitation: %w", err)
		}
		values.Expires, expires = put.Token.ExpiresAt, put.Token.ExpiresAt
		o.State, o.InviteExpiresAt = store.OperatorInvited, put.Token.ExpiresAt
		writes = append(writes, put)
	}
	letter, err := d.enqueue(o.Email, o.ID, mail.AccessGranted(values), expires)
	if err != nil {
		return none, err
	}
	event, err := d.audit(v, "operator.granted", Success).actor(a).target(o).with("roles", strings.Join(o.AllRoles(), " ")).write()
	if err != nil {
		return none, err
	}
	err = actorError(d.commit(ctx, a.still(append([]store.Write{store.PutOperator{Operator: o}, letter, event}, writes...)...)...))
	switch {
	case errors.Is(err, store.ErrMemberTaken), errors.Is(err, store.ErrEmailTaken):
		bad.add("member", "taken", "This member has access, or is invited, already.")
		return none, bad
	case errors.Is(err, store.ErrNameTaken):
		bad.add("member", "taken", "Another operator has this member’s name.")
		return none, bad
	case err != nil:
		return none, fmt.Errorf("store access: %w", err)
	}
	o.Version = 1
	return o, nil
}
