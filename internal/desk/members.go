package desk

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// ErrNoMember is what a directory returns if there is no such member.
var ErrNoMember = errors.New("no such member")

// Member is a backoffice.Member.
type Member struct{ ID, Name, Email string }

// Members is a backoffice.Members, which says what its methods must do.
type Members interface {
	FindMember(ctx context.Context, id string) (Member, error)
	FindMemberByLogin(ctx context.Context, login string) (Member, error)
	CheckMemberPassword(ctx context.Context, id, password string) (bool, error)
}

// MemberSearcher is a backoffice.MemberSearcher.
type MemberSearcher interface {
	Members
	SearchMembers(ctx context.Context, query, after string, limit int) (members []Member, next string, err error)
}

// stillMember reports whether an operator who is linked to a member is still one, and
// returns the member, the zero value for an operator who is not linked.
func (d *Desk) stillMember(ctx context.Context, o store.Operator) (Member, bool, error) {
	if !d.isMember(o.MemberID) {
		return Member{}, true, nil
	}
	m, err := d.memberAt(ctx, o.MemberID)
	if errors.Is(err, ErrNoMember) {
		return Member{}, false, nil
	}
	if err != nil {
		return Member{}, false, fmt.Errorf("find member: %w", err)
	}
	return m, true, nil
}

// PasswordElsewhere reports whether the operator signs in with the community's
// password.
func (d *Desk) PasswordElsewhere(o store.Operator) bool {
	return d.checkedElsewhere(o.MemberID)
}

func (d *Desk) checkedElsewhere(memberID string) bool {
	return d.isMember(memberID) && d.SSO == nil
}

// isMember reports whether an operator is linked to a member, whose email address the
// community keeps.
func (d *Desk) isMember(memberID string) bool { return memberID != "" && d.Members != nil }

// MemberRow is a member of the community with their access, if any.
type MemberRow struct {
	Member
	// Unusable reports that the community's id has no page here.
	Unusable bool
	// OperatorID is empty for a member without access.
	OperatorID string
	Roles      []Role
	Show       store.OperatorShow
	// Within reports whether the actor holds at least what the member holds.
	Within bool
	// OperatorName is their name here; empty for a member without access.
	OperatorName string
	// EmailProblem says why a member cannot be given access until their email address
	// changes, and what to do; zero if they can.
	EmailProblem messages.Text
}

// RoleNames are the names of the roles, the primary one first.
func (m MemberRow) RoleNames() []messages.Text { return titles(m.Roles) }

// ErrDirectory means that the community's directory failed.
var ErrDirectory = errors.New("directory of members failed")

// errOtherMember means that what the directory said is not about the member it was asked
// about: followed, it would give an operator someone else's mailbox, or access to someone
// whom no one has named.
var errOtherMember = errors.New("it returned another member")

// CanSearchMembers reports whether the community's directory can be searched.
func (d *Desk) CanSearchMembers() bool {
	_, ok := d.Members.(MemberSearcher)
	return ok
}

// SearchMembers searches the community's directory, a page at a time. Next is the
// after of the next page; empty at the end.
func (d *Desk) SearchMembers(ctx context.Context, a Actor, query, after string, limit int) (rows []MemberRow, next string, err error) {
	if !a.Can(PermissionOperatorsView) {
		return nil, "", ErrForbidden
	}
	directory, ok := d.Members.(MemberSearcher)
	if !ok {
		return nil, "", ErrNotFound
	}
	// The community decides how long its cursors are.
	if !lookableIfSet(query) || !utf8.ValidString(after) || strings.Contains(after, "\x00") {
		return nil, "", nil
	}
	members, next, err := directory.SearchMembers(ctx, strings.TrimSpace(query), after, limit)
	if err != nil {
		return nil, "", fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	for _, m := range members {
		row, err := d.memberRow(ctx, a, cleanMember(m))
		if err != nil {
			return nil, "", err
		}
		rows = append(rows, row)
	}
	return rows, next, nil
}

// Member returns one member of the community with their access.
func (d *Desk) Member(ctx context.Context, a Actor, id string) (MemberRow, error) {
	if !a.Can(PermissionOperatorsView) {
		return MemberRow{}, ErrForbidden
	}
	m, err := d.findMember(ctx, id)
	if err != nil {
		return MemberRow{}, err
	}
	row, err := d.memberRow(ctx, a, m)
	if err == nil && row.OperatorID == "" && a.Can(PermissionOperatorsManage) {
		row.EmailProblem, err = d.grantProblem(ctx, m)
	}
	return row, err
}

// memberRow adds the access that a member has.
func (d *Desk) memberRow(ctx context.Context, a Actor, m Member) (MemberRow, error) {
	row := MemberRow{Member: m, Within: true, Unusable: !lookable(m.ID) || path.Clean("/"+m.ID) != "/"+m.ID}
	row.Email = emailFor(a, "", memberText(m.Email))
	o, err := d.findByMember(ctx, m.ID)
	if isNotFound(err) {
		return row, nil
	}
	if err != nil {
		return MemberRow{}, fmt.Errorf("find operator by member: %w", err)
	}
	row.OperatorName = o.Name
	row.OperatorID, row.Show = o.ID, o.Show(d.Now())
	roles, err := d.loadRoles(ctx, o)
	if err != nil {
		return MemberRow{}, err
	}
	row.Roles, row.Within = roles, reaches(a, o.AllRoles(), roles)
	return row, nil
}

// findByMember finds the operator who is a member, whatever the community has for an id.
func (d *Desk) findByMember(ctx context.Context, id string) (store.Operator, error) {
	return d.Store.FindOperatorByMember(ctx, memberKey(id))
}

// memberKey is the id under which the operator is stored who is a member, if any.
func memberKey(id string) string {
	if !lookable(id) {
		return nobody
	}
	return id
}

func (d *Desk) findMember(ctx context.Context, id string) (Member, error) {
	if d.Members == nil || !lookableIfSet(id) {
		return Member{}, ErrNotFound
	}
	m, err := d.memberAt(ctx, id)
	if errors.Is(err, ErrNoMember) {
		return Member{}, ErrNotFound
	}
	if err != nil {
		return Member{}, fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	return m, nil
}

// memberAt asks the directory about the member with an id.
func (d *Desk) memberAt(ctx context.Context, id string) (Member, error) {
	m, err := d.Members.FindMember(ctx, id)
	if err == nil && m.ID != id {
		err = errOtherMember
	}
	return cleanMember(m), err
}
