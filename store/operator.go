package store

import (
	"context"
	"slices"
	"time"
)

// Operator is a back-office account.
type Operator struct {
	// ID is random, 26 characters, chosen by the caller and never reused.
	ID string
	// Version counts the changes. Zero means "not stored yet".
	Version int64

	// Name is what the operator is called and may sign in with; NameKey is its
	// folded form, unique among operators.
	Name, NameKey string
	// Email is where mails go, and may be signed in with; EmailKey is its
	// folded form, unique among operators.
	Email, EmailKey string
	// SearchKey is what searches look in: name and email address, folded by the
	// caller as it folds [OperatorQuery.Search].
	SearchKey string
	// MemberID links the operator to a member of the community; empty for an
	// operator who stands alone. Unique when set.
	MemberID string

	State OperatorState
	// PrimaryRole is a role id; empty is "registered user": no access.
	PrimaryRole string
	// Roles are the ids of the additional roles, sorted, without duplicates.
	Roles []string

	// Password is a PHC string; empty means that there is no password here.
	Password string
	// PasswordSetAt is when it was chosen.
	PasswordSetAt time.Time
	// PasswordHistory are earlier PHC strings, newest first.
	PasswordHistory []string
	// MustChangePassword opens nothing but the page that changes it.
	MustChangePassword bool
	// PasswordBy is the id of the operator who made the password for this one, or
	// "command-line"; empty when it is of their own choice.
	PasswordBy string

	// InviteExpiresAt is when the pending invitation ends; zero when there is
	// none.
	InviteExpiresAt time.Time
	// CreatedBy is the id of the operator who let this one in, or
	// "command-line"; empty for the first one.
	CreatedBy            string
	CreatedAt, UpdatedAt time.Time
	// LastActiveAt moves with [PutSession] and [Sessions.TouchSession], which
	// leave Version alone.
	LastActiveAt time.Time
	// LockedUntil is until when too many failures keep the operator out, for
	// lists to show; zero when they do not. It moves with [MarkLocked] only,
	// which leaves Version alone. What keeps them out is the counters.
	LockedUntil time.Time
}

// OperatorState is the stored part of an operator's state. "Expired" (an
// invitation past its end) and "locked" (too many failures) follow from times;
// see [OperatorShow].
type OperatorState string

const (
	// OperatorInvited has not chosen a password yet.
	OperatorInvited OperatorState = "invited"
	// OperatorActive may sign in.
	OperatorActive OperatorState = "active"
	// OperatorDisabled may not.
	OperatorDisabled OperatorState = "disabled"
)

// RoleSuperAdministrator is the id of the one role the store itself knows,
// because the last active holder must survive every commit.
const RoleSuperAdministrator = "super-administrator"

// AllRoles is the primary role, if any, followed by the additional ones.
func (o Operator) AllRoles() []string {
	if o.PrimaryRole == "" {
		return slices.Clone(o.Roles)
	}
	return append([]string{o.PrimaryRole}, o.Roles...)
}

// IsActiveSuperAdministrator says whether the operator counts for
// [ErrLastSuperAdministrator].
func (o Operator) IsActiveSuperAdministrator() bool {
	return o.State == OperatorActive &&
		(o.PrimaryRole == RoleSuperAdministrator || slices.Contains(o.Roles, RoleSuperAdministrator))
}

// Operators reads operators.
type Operators interface {
	// FindOperator returns the operator with the id, or ErrNotFound.
	FindOperator(ctx context.Context, id string) (Operator, error)
	// FindOperatorByLogin returns the operator whose NameKey or EmailKey is
	// key, or ErrNotFound. (A name holds no "@", so at most one matches.) An
	// empty key is ErrNotFound.
	FindOperatorByLogin(ctx context.Context, key string) (Operator, error)
	// FindOperatorByMember returns the operator linked to the member, or
	// ErrNotFound. An empty id is ErrNotFound.
	FindOperatorByMember(ctx context.Context, memberID string) (Operator, error)
	// ListOperators returns a page of operators in the order of q.Sort. See
	// "Lists" in the package documentation.
	ListOperators(ctx context.Context, q OperatorQuery) (OperatorPage, error)
	// HasOperators says whether the office is set up. It must stay cheap
	// however many operators there are.
	HasOperators(ctx context.Context) (bool, error)
}

// OperatorRow is an operator in a list.
type OperatorRow struct {
	Operator
	// TwoFactor says whether the operator has a confirmed factor.
	TwoFactor bool
}

// OperatorPage is a part of a list.
type OperatorPage struct {
	Rows []OperatorRow
	// Next is the After of the next page; nil at the end of the list.
	Next *OperatorCursor
}

// OperatorQuery selects a page of operators. The zero value, but for Limit,
// selects the first by name.
type OperatorQuery struct {
	// Search selects those whose SearchKey contains every word of it, compared
	// byte by byte; words are its [strings.Fields]. No character has a special
	// meaning.
	Search string
	// Show, when set, is the state as lists show it at Now.
	Show OperatorShow
	Now  time.Time
	// RoleID, when set, is the primary or an additional role.
	RoleID string
	// TwoFactor and Member, when set, ask for a confirmed factor, and for a
	// link to a member.
	TwoFactor, Member Choice
	Sort              OperatorSort
	// After is the Next of the page before; nil: from the first.
	After *OperatorCursor
	// Limit is as in [PageLimit].
	Limit int
}

// OperatorShow is the state of an operator as lists show it. Each operator has
// one at a time: a disabled one is never "locked".
type OperatorShow string

const (
	// ShowActive is OperatorActive and not locked.
	ShowActive OperatorShow = "active"
	// ShowInvited is OperatorInvited before InviteExpiresAt.
	ShowInvited OperatorShow = "invited"
	// ShowExpired is OperatorInvited at or after InviteExpiresAt.
	ShowExpired OperatorShow = "expired"
	// ShowLocked is OperatorActive before LockedUntil.
	ShowLocked OperatorShow = "locked"
	// ShowDisabled is OperatorDisabled.
	ShowDisabled OperatorShow = "disabled"
)

// Show is the state of the operator as lists show it at a time.
func (o Operator) Show(now time.Time) OperatorShow {
	switch {
	case o.State == OperatorDisabled:
		return ShowDisabled
	case o.State == OperatorInvited && now.Before(o.InviteExpiresAt):
		return ShowInvited
	case o.State == OperatorInvited:
		return ShowExpired
	case now.Before(o.LockedUntil):
		return ShowLocked
	}
	return ShowActive
}

// Choice is yes, no, or either.
type Choice string

const (
	Either Choice = ""
	Yes    Choice = "yes"
	No     Choice = "no"
)

// OperatorSort is the order of a list; ties are broken by ID, ascending.
type OperatorSort string

const (
	// ByName is by NameKey, ascending.
	ByName OperatorSort = ""
	// ByLastActive is by LastActiveAt, newest first.
	ByLastActive OperatorSort = "last-active"
	// ByCreated is by CreatedAt, newest first.
	ByCreated OperatorSort = "created"
)

// OperatorCursor is a place in a list, behind the row that has this ID and this
// value in what the list is sorted by: NameKey or At.
type OperatorCursor struct {
	NameKey string
	At      time.Time
	ID      string
}

// PutOperator creates an operator (Version 0) or replaces one (Version as it
// was read); the stored version becomes Version+1. LastActiveAt and LockedUntil
// are written only on creation.
//
// Fails with ErrExists (id), ErrNameTaken, ErrEmailTaken, ErrMemberTaken,
// ErrNotFound (gone meanwhile), ErrConflict (moved meanwhile), and
// ErrLastSuperAdministrator when there was an active super-administrator
// before this write and would be none after it.
type PutOperator struct{ Operator Operator }

// CheckOperator changes nothing: it makes the commit depend on the operator
// still being at Version. Fails with ErrNotFound or ErrConflict. A sign-in uses
// it, so that an account disabled or given a new password in between stays
// shut.
type CheckOperator struct {
	ID      string
	Version int64
}

// CheckNoOperators changes nothing: it makes the commit depend on the office
// not being set up. Fails with ErrOperatorsExist. Of concurrent commits that
// check and then create, one wins.
type CheckNoOperators struct{}

// DeleteOperator removes an operator with its sessions, pre-sessions, factors,
// recovery codes and tokens; events and mails stay. Fails with ErrNotFound,
// ErrConflict or ErrLastSuperAdministrator.
type DeleteOperator struct {
	ID      string
	Version int64
}

// UpgradePassword replaces a password hash by another one of the same
// password; it leaves Version alone. Fails with ErrConflict when the stored
// hash is not Old any more, with ErrNotFound when the operator is gone.
type UpgradePassword struct {
	OperatorID string
	Old, New   string
}

// MarkLocked sets LockedUntil, and leaves Version alone. An operator that is
// gone is not an error.
type MarkLocked struct {
	OperatorID string
	Until      time.Time
}

func (MarkLocked) isWrite()       {}
func (PutOperator) isWrite()      {}
func (CheckOperator) isWrite()    {}
func (CheckNoOperators) isWrite() {}
func (DeleteOperator) isWrite()   {}
func (UpgradePassword) isWrite()  {}
