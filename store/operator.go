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

	// InviteExpiresAt is when the pending invitation ends; zero when there is
	// none.
	InviteExpiresAt time.Time
	// CreatedBy is the id of the operator who let this one in, or
	// "command-line"; empty for the first one.
	CreatedBy            string
	CreatedAt, UpdatedAt time.Time
	// LastActiveAt moves with [MarkActive] and [Sessions.TouchSession], which
	// leave Version alone.
	LastActiveAt time.Time
}

// OperatorState is the stored part of an operator's state. "Expired" (an
// invitation past its end) and "locked" (too many failures) follow from times
// and counters and are never stored.
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
	// ListOperators returns at most q.Limit operators, ordered by NameKey,
	// then ID.
	ListOperators(ctx context.Context, q OperatorQuery) ([]Operator, error)
	// HasOperators says whether the office is set up. It must stay cheap
	// however many operators there are.
	HasOperators(ctx context.Context) (bool, error)
}

// OperatorQuery selects a page of operators. The zero value, but for Limit,
// selects from the first.
type OperatorQuery struct {
	// Search, folded by the caller, is a substring of NameKey or EmailKey; no
	// character in it has a special meaning.
	Search string
	// State, when set, is the stored state.
	State OperatorState
	// RoleID, when set, is the primary or an additional role.
	RoleID string
	// AfterNameKey and AfterID are those of the last row of the page before.
	AfterNameKey, AfterID string
	// Limit is as in [PageLimit].
	Limit int
}

// PageLimit is the number of rows that a query's Limit really asks for: from 1
// to 500, and 50 when it is outside.
func PageLimit(limit int) int {
	if limit < 1 || limit > 500 {
		return 50
	}
	return limit
}

// PutOperator creates an operator (Version 0) or replaces one (Version as it
// was read); the stored version becomes Version+1. LastActiveAt is written
// only on creation.
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

// MarkActive moves LastActiveAt forward, never back, and leaves Version alone.
// An operator that is gone is not an error.
type MarkActive struct {
	OperatorID string
	At         time.Time
}

func (PutOperator) isWrite()      {}
func (CheckOperator) isWrite()    {}
func (CheckNoOperators) isWrite() {}
func (DeleteOperator) isWrite()   {}
func (UpgradePassword) isWrite()  {}
func (MarkActive) isWrite()       {}
