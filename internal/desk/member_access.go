package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// MemberRow is a member of the community with their access, if any.
type MemberRow struct {
	Member
	// OperatorID is empty for a member without access.
	OperatorID string
	Roles      []string
	Show       store.OperatorShow
	// Within says that the actor may act on them.
	Within bool
}

// ErrDirectory says that the community's directory did not answer.
var ErrDirectory = errors.New("directory of members failed")

// CanSearchMembers says whether the community's directory can be searched.
func (d *Desk) CanSearchMembers() bool {
	_, ok := d.Members.(MemberSearcher)
	return ok
}

// SearchMembers finds members by what the community searches them by, a page
// at a time; next leads on, and is empty at the end.
func (d *Desk) SearchMembers(ctx context.Context, a Actor, query, after string, limit int) (rows []MemberRow, next string, err error) {
	if !a.Can(PermissionOperatorsView) {
		return nil, "", ErrForbidden
	}
	directory, ok := d.Members.(MemberSearcher)
	if !ok {
		return nil, "", ErrNotFound
	}
	// How long its places in the list are is the community's own affair.
	if !LookableIfSet(query) || !utf8.ValidString(after) || strings.Contains(after, "\x00") {
		return nil, "", nil
	}
	members, next, err := directory.SearchMembers(ctx, strings.TrimSpace(query), after, limit)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	for _, m := range members {
		row, err := d.memberRow(ctx, a, m)
		if err != nil {
			return nil, "", err
		}
		rows = append(rows, row)
	}
	return rows, next, nil
}

// Member finds one member of the community with their access.
func (d *Desk) Member(ctx context.Context, a Actor, id string) (MemberRow, error) {
	if !a.Can(PermissionOperatorsView) {
		return MemberRow{}, ErrForbidden
	}
	m, err := d.findMember(ctx, id)
	if err != nil {
		return MemberRow{}, err
	}
	return d.memberRow(ctx, a, m)
}

// memberRow adds the access that a member has.
func (d *Desk) memberRow(ctx context.Context, a Actor, m Member) (MemberRow, error) {
	row := MemberRow{Member: m, Within: true}
	o, err := d.Store.FindOperatorByMember(ctx, m.ID)
	if IsNotFound(err) {
		return row, nil
	}
	if err != nil {
		return MemberRow{}, fmt.Errorf("find operator by member: %w", err)
	}
	row.OperatorID, row.Show = o.ID, o.Show(d.Now())
	roles, err := d.LoadRoles(ctx, o)
	if err != nil {
		return MemberRow{}, err
	}
	row.Roles, row.Within = names(roles), reaches(a, roles)
	return row, nil
}

func (d *Desk) findMember(ctx context.Context, id string) (Member, error) {
	if d.Members == nil || !LookableIfSet(id) {
		return Member{}, ErrNotFound
	}
	m, err := d.Members.FindMember(ctx, id)
	if errors.Is(err, ErrNoMember) {
		return Member{}, ErrNotFound
	}
	if err != nil {
		return Member{}, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	return m, nil
}

// Grant gives a member of the community access to the office. Without SSO they
// sign in with their member password at once; under SSO they get a one-time
// link to make a password that works here only.
func (d *Desk) Grant(ctx context.Context, a Actor, v Visit, memberID string, roles []string) (store.Operator, error) {
	none := store.Operator{}
	if err := a.May(PermissionOperatorsManage); err != nil {
		return none, err
	}
	m, err := d.findMember(ctx, memberID)
	if err != nil {
		return none, err
	}
	bad := &InvalidError{}
	o := store.Operator{
		Name: CleanName("member", m.Name, bad), Email: CleanEmail("member", m.Email, bad), MemberID: m.ID,
		State: store.OperatorActive, CreatedBy: a.ID, CreatedAt: d.Now(), UpdatedAt: d.Now(),
	}
	Keyed(&o)
	if err := d.putRoles(ctx, &a, &o, roles, bad); err != nil {
		return none, err
	}
	if err := bad.Err(); err != nil {
		return none, err
	}
	o.ID = vault.ID()
	writes, err := d.accessLetter(ctx, a, &o)
	if err != nil {
		return none, err
	}
	event := d.Audit(v, "operator.granted", Success).Actor(a).Target(o).With("roles", strings.Join(o.AllRoles(), " ")).Write()
	told, err := d.toldOfSuperAdministrator(ctx, a, v, none, o)
	if err != nil {
		return none, err
	}
	takeBack, err := d.countMail(ctx, a)
	if err != nil {
		return none, err
	}
	err = d.commitAs(ctx, a, "store access", slices.Concat([]store.Write{store.PutOperator{Operator: o}, event}, writes, told)...)
	if err != nil {
		takeBack() // nobody was let in
	}
	if errors.Is(err, store.ErrNameTaken) {
		// Their own name is taken, too, where it is them who has access.
		if _, found := d.Store.FindOperatorByMember(ctx, m.ID); found == nil {
			err = store.ErrMemberTaken
		}
	}
	switch {
	case errors.Is(err, store.ErrMemberTaken), errors.Is(err, store.ErrEmailTaken):
		bad.Add("member", "taken", "This member has access, or is invited, already.")
		return none, bad
	case errors.Is(err, store.ErrNameTaken):
		bad.Add("member", "taken", "Another operator has this member’s name.")
		return none, bad
	case err != nil:
		return none, err
	}
	o.Version = 1
	return o, nil
}

// accessLetter is the mail to a member who got access; under SSO with the link
// that makes a password, which the operator then waits for.
func (d *Desk) accessLetter(ctx context.Context, a Actor, o *store.Operator) ([]store.Write, error) {
	roles, err := d.LoadRoles(ctx, *o)
	if err != nil {
		return nil, err
	}
	var url string
	var expires time.Time
	var writes []store.Write
	if d.SSO != nil {
		link, put, err := d.Invites.Make(o.ID, a.ID)
		if err != nil {
			return nil, fmt.Errorf("make invitation: %w", err)
		}
		if url, err = link.URL(d.Home() + "welcome"); err != nil {
			return nil, fmt.Errorf("make invitation: %w", err)
		}
		expires = put.Token.ExpiresAt
		o.State, o.InviteExpiresAt = store.OperatorInvited, put.Token.ExpiresAt
		writes = append(writes, put)
	}
	notice := letters.Notice{About: d.About(o.Name), By: signature(a)}
	letter, err := d.Enqueue(*o, letters.AccessGranted(notice, names(roles), url, expires), expires)
	if err != nil {
		return nil, err
	}
	return append(writes, letter), nil
}
