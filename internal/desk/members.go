package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// ErrNoMember is what a directory answers when nobody fits.
var ErrNoMember = errors.New("no such member")

// Member is a user of the community, as the community tells of them. Nothing
// of it is copied but what an operator needs when access is granted.
type Member struct {
	// ID is the community's own and never changes.
	ID          string
	Name, Email string
}

// Members is the community's directory. A method that fails with anything but
// ErrNoMember has failed as a system: the office then lets nobody in.
// Implementations must be safe for concurrent use.
type Members interface {
	// FindMember returns the member with the id, or ErrNoMember when there is
	// none, or none who may sign in.
	FindMember(ctx context.Context, id string) (Member, error)
	// FindMemberByLogin returns the member who signs in with this name or
	// address, or ErrNoMember.
	FindMemberByLogin(ctx context.Context, login string) (Member, error)
	// CheckMemberPassword says whether the password is the member's. With an
	// empty or unknown id it must take as long and say no. Under SSO it is
	// never called.
	CheckMemberPassword(ctx context.Context, id, password string) (bool, error)
}

// MemberSearcher is a directory that can be searched; with it, access can be
// granted from the Members page.
type MemberSearcher interface {
	Members
	// SearchMembers returns at most limit members who fit the query, by name,
	// address or whatever the community searches by; an empty query fits
	// everybody. after is the next of the page before, or empty; next is empty
	// at the end.
	SearchMembers(ctx context.Context, query, after string, limit int) (members []Member, next string, err error)
}

// account is whom a login may mean.
type account struct {
	operator store.Operator
	// known says that there is such an operator.
	known bool
	// memberID is whose password the community checks: the linked member's, or
	// a plain member's, who is refused all the same; empty for nobody.
	memberID string
	// byMember says that the password counts that the community checks.
	byMember bool
}

// find looks somebody up by what they sign in with. Nobody is not an error.
func (d *Desk) whoSignsIn(ctx context.Context, login string) (account, error) {
	var a account
	if !lookable(LoginKey(login)) {
		return a, nil
	}
	o, err := d.Store.FindOperatorByLogin(ctx, LoginKey(login))
	switch {
	case err == nil:
		a.operator, a.known = o, true
	case !IsNotFound(err):
		return a, fmt.Errorf("find operator: %w", err)
	}
	if d.Members == nil {
		return a, nil
	}
	m, err := d.Members.FindMemberByLogin(ctx, strings.TrimSpace(login))
	switch {
	case errors.Is(err, ErrNoMember):
	case err != nil:
		return a, fmt.Errorf("find member: %w", err)
	case !a.known:
		a.memberID = m.ID
		o, err := d.Store.FindOperatorByMember(ctx, m.ID)
		switch {
		case err == nil:
			a.operator, a.known = o, true
		case !IsNotFound(err):
			return a, fmt.Errorf("find operator by member: %w", err)
		}
	}
	if a.known {
		a.memberID = a.operator.MemberID
		a.byMember = a.memberID != "" && d.SSO == nil
	}
	return a, nil
}

// PasswordElsewhere says whether the operator signs in with the community's
// password.
func (d *Desk) PasswordElsewhere(o store.Operator) bool {
	return o.MemberID != "" && d.Members != nil && d.SSO == nil
}

// TemporaryUntil is when a password that somebody else made for handing over
// stops signing in; zero for any other one.
func (d *Desk) TemporaryUntil(o store.Operator) time.Time {
	if o.PasswordBy == "" || d.PasswordElsewhere(o) {
		return time.Time{}
	}
	return o.PasswordSetAt.Add(d.Settings().TemporaryLife)
}

// checkPassword compares a password in one slow hash of ours, whoever it is
// for and whether or not they exist, and one check of the community's where
// it has passwords.
func (d *Desk) checkPassword(ctx context.Context, a account, password string) (ok, outdated bool, err error) {
	memberOK := false
	if d.Members != nil && d.SSO == nil {
		memberOK, err = d.Members.CheckMemberPassword(ctx, a.memberID, password)
		if err != nil {
			return false, false, fmt.Errorf("check member password: %w", err)
		}
	}
	encoded := ""
	if a.known && !a.byMember {
		encoded = a.operator.Password
	}
	result, err := d.Hasher.Verify(ctx, password, encoded)
	if err != nil {
		return false, false, fmt.Errorf("verify password: %w", err)
	}
	if a.byMember {
		return memberOK, false, nil
	}
	return a.known && result.Match, result.Outdated, nil
}

// StillMember says whether a linked operator's member is still one. Where the
// community checks the password it has said so already.
func (d *Desk) StillMember(ctx context.Context, o store.Operator) (bool, error) {
	if o.MemberID == "" || d.Members == nil {
		return true, nil
	}
	_, err := d.Members.FindMember(ctx, o.MemberID)
	if errors.Is(err, ErrNoMember) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("find member: %w", err)
	}
	return true, nil
}
