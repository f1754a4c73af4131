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
	// Version counts changes. Zero means "not stored yet".
	Version int64

	// Name is the operator's name, with which they may sign in; NameKey is its
	// folded form, unique among operators.
	Name, NameKey string
	// Email is the operator's email address, with which they may also sign in;
	// EmailKey is its folded form, unique among operators.
	Email, EmailKey string
	// SearchKey is the text that searches look in: names and email address, folded
	// by the caller as it folds [OperatorQuery.Search].
	SearchKey string
	// MemberID links the operator to a member of the community; it is empty for
	// operators who are not members. Unique if set.
	MemberID string
	// MemberName and MemberEmail are what the community said of the member at
	// RefreshedAt, each as one printable line. They are copies, neither unique nor
	// checked, and empty for operators who are not members.
	MemberName, MemberEmail string
	// RefreshedAt is when the community was last asked about the member. [MarkRefreshed]
	// moves it without changing Version.
	RefreshedAt time.Time

	// Subject is the key of the operator's account at the company's identity provider;
	// empty if none is linked. Unique if set. SubjectName is what the provider calls it,
	// for pages.
	Subject, SubjectName string

	// Language is the language that the operator chose, a BCP 47 tag in canonical
	// form, at most 35 bytes; empty if none: their browser decides.
	Language string

	State OperatorState
	// PrimaryRole is a role id; empty means "registered user", without access.
	PrimaryRole string
	// Roles are the ids of the additional roles, sorted, without duplicates.
	Roles []string

	// Password is a PHC string; it is empty if the operator has no password of
	// the office.
	Password string
	// PasswordSetAt is when it was chosen.
	PasswordSetAt time.Time
	// PasswordHistory are earlier PHC strings, newest first.
	PasswordHistory []string
	// MustChangePassword restricts the operator to the page that changes the
	// password.
	MustChangePassword bool
	// PasswordBy is the id of the operator who generated the password for this
	// one, or "command-line"; it is empty if they chose it themselves.
	PasswordBy string

	// EndsAt is when access ends. Zero means never: this is the one end that has not
	// passed if it is not set.
	EndsAt time.Time
	// InviteExpiresAt is when the pending invitation expires; zero if there is
	// none.
	InviteExpiresAt time.Time
	// CreatedBy is the id of the operator who gave this one access, or sent their
	// invitation last, or "command-line"; empty for the first one.
	CreatedBy            string
	CreatedAt, UpdatedAt time.Time
	// LastActiveAt is moved by [PutSession] and [Sessions.TouchSession], which do
	// not change Version.
	LastActiveAt time.Time
	// LockedUntil is until when too many failures lock the operator out, for
	// lists to show; zero if they do not. Only [MarkLocked] moves it, without
	// changing Version. The counters enforce the lock.
	LockedUntil time.Time
}

// OperatorState is the stored part of an operator's state. "Expired" (an
// invitation past its end) and "locked" (too many failures) follow from times;
// see [OperatorShow].
type OperatorState string

const (
	// OperatorInvited means that the operator has not chosen a password yet.
	OperatorInvited OperatorState = "invited"
	// OperatorActive means that the operator may sign in.
	OperatorActive OperatorState = "active"
	// OperatorDisabled means that they may not.
	OperatorDisabled OperatorState = "disabled"
)

// RoleSuperAdministrator is the id of the one role that stores know, because the
// last active holder must survive every commit.
const RoleSuperAdministrator = "super-administrator"

// AllRoles returns the primary role, if any, followed by the additional ones.
func (o Operator) AllRoles() []string {
	if o.PrimaryRole == "" {
		return slices.Clone(o.Roles)
	}
	return append([]string{o.PrimaryRole}, o.Roles...)
}

// IsActiveSuperAdministrator reports whether the operator is one of those of whom
// [ErrLastSuperAdministrator] keeps one.
func (o Operator) IsActiveSuperAdministrator() bool {
	return o.State == OperatorActive &&
		(o.PrimaryRole == RoleSuperAdministrator || slices.Contains(o.Roles, RoleSuperAdministrator))
}

// Operators reads operators.
type Operators interface {
	// FindOperator returns the operator with the id, or ErrNotFound.
	FindOperator(ctx context.Context, id string) (Operator, error)
	// FindOperatorByLogin returns the operator whose NameKey or EmailKey is
	// key, or ErrNotFound; also for an empty key. A name holds no "@", so at most
	// one matches.
	FindOperatorByLogin(ctx context.Context, key string) (Operator, error)
	// FindOperatorByMember returns the operator linked to the member, or
	// ErrNotFound; also for an empty id.
	FindOperatorByMember(ctx context.Context, memberID string) (Operator, error)
	// ListOperators returns a page of operators in the order of q.Sort. See
	// "Lists" in the package documentation.
	ListOperators(ctx context.Context, q OperatorQuery) (OperatorPage, error)
	// CountOperators counts the operators whom a home page mentions, by their state at
	// now, each up to most. Its cost must not depend on how many others there are.
	CountOperators(ctx context.Context, now time.Time, most int) (OperatorCounts, error)
	// CountHolders returns how many operators have each role, as primary or
	// additional; roles without any may be missing.
	CountHolders(ctx context.Context) (map[string]int, error)
	// HasOperators reports whether the office is set up. Its cost must not depend
	// on the number of operators.
	HasOperators(ctx context.Context) (bool, error)
}

// OperatorRow is an operator in a list.
type OperatorRow struct {
	Operator
	// TwoFactor is true if the operator has a confirmed factor, Passkey if one of them is
	// a passkey ([FactorPasskey]).
	TwoFactor, Passkey bool
}

// OperatorCounts are numbers of operators by [OperatorShow]. WithoutTwoFactor counts
// those of ShowActive without a confirmed factor. Ending counts those of any state but
// OperatorDisabled whose EndsAt is set and before [EndingSoon] from now, or has passed.
type OperatorCounts struct {
	Locked, Invited, Expired, WithoutTwoFactor, Ending int
}

// EndingSoon is how long before its end [OperatorCounts] counts an account as ending.
const EndingSoon = 14 * 24 * time.Hour

// OperatorPage is a page of a list.
type OperatorPage struct {
	Rows []OperatorRow
	// Next is the After of the next page; nil at the end of the list.
	Next *OperatorCursor
}

// OperatorQuery selects a page of operators. The zero value selects the first by
// name.
type OperatorQuery struct {
	// Search selects those whose SearchKey contains each of its words, compared
	// byte by byte; words are separated as by [strings.Fields]. No character has a special
	// meaning.
	Search string
	// Show, if set, is the state as lists show it at Now.
	Show OperatorShow
	Now  time.Time
	// RoleID, if set, is the primary or an additional role.
	RoleID string
	// TwoFactor and Member, if set, select operators with or without a confirmed
	// factor, and with or without a link to a member.
	TwoFactor, Member Choice
	// RefreshedBefore, if set, selects those with RefreshedAt before then.
	RefreshedBefore time.Time
	// EndsBefore, if set, selects those of any state but OperatorDisabled whose EndsAt is
	// set and before then.
	EndsBefore time.Time
	// InactiveBefore, if set, selects those of OperatorActive whose LastActiveAt and
	// CreatedAt are both before then.
	InactiveBefore time.Time
	Sort           OperatorSort
	// After is the Next of the previous page. If nil, the page begins with the
	// first.
	After *OperatorCursor
	// Limit is as in [PageLimit].
	Limit int
}

// OperatorShow is the state of an operator as lists show it. Each operator has
// exactly one: a disabled one is never "locked".
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

// Show returns the state of the operator as lists show it at now.
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

// OperatorCursor is a position in a list, after the row with this ID and this
// sort value: NameKey or At.
type OperatorCursor struct {
	NameKey string
	At      time.Time
	ID      string
}

// PutOperator creates an operator (Version 0) or replaces one (Version as it
// was read); the stored version becomes Version+1. LastActiveAt and LockedUntil
// are written only on creation.
//
// It fails with ErrExists (id), ErrNameTaken, ErrEmailTaken, ErrMemberTaken,
// ErrSubjectTaken, ErrNotFound (deleted in the meantime), ErrConflict (changed in the meantime),
// and ErrLastSuperAdministrator if there was an active super-administrator
// before this write and would be none after it.
type PutOperator struct{ Operator Operator }

// CheckOperator changes nothing: it makes the commit depend on the operator
// still being at Version. It fails with ErrNotFound or ErrConflict. A sign-in uses
// it, so that it does not succeed if the account was disabled or given a new
// password in the meantime.
type CheckOperator struct {
	ID      string
	Version int64
}

// CheckNoOperators changes nothing: it makes the commit depend on the office
// not being set up. It fails with ErrOperatorsExist. Of concurrent commits that
// check and then create, one succeeds.
type CheckNoOperators struct{}

// DeleteOperator deletes an operator with its sessions, pre-sessions, factors,
// recovery codes, devices and tokens; events and emails stay. It fails with
// ErrNotFound, ErrConflict or ErrLastSuperAdministrator.
type DeleteOperator struct {
	ID      string
	Version int64
}

// UpgradePassword replaces a password hash by another of the same password,
// without changing Version. It fails with ErrConflict if the stored hash is no
// longer Old, and with ErrNotFound if the operator does not exist.
type UpgradePassword struct {
	OperatorID string
	Old, New   string
}

// MarkLocked sets LockedUntil, without changing Version. An operator that does
// not exist is not an error.
type MarkLocked struct {
	OperatorID string
	Until      time.Time
}

// MarkRefreshed sets RefreshedAt, without changing Version. An operator that does
// not exist is not an error.
type MarkRefreshed struct {
	OperatorID string
	At         time.Time
}

// MoveInvitation sets InviteExpiresAt and UpdatedAt of an operator who is invited, without
// changing Version. Any other operator stays as they are, and one that does not exist is
// not an error.
type MoveInvitation struct {
	OperatorID    string
	ExpiresAt, At time.Time
}

func (MarkRefreshed) isWrite()    {}
func (MarkLocked) isWrite()       {}
func (MoveInvitation) isWrite()   {}
func (PutOperator) isWrite()      {}
func (CheckOperator) isWrite()    {}
func (CheckNoOperators) isWrite() {}
func (DeleteOperator) isWrite()   {}
func (UpgradePassword) isWrite()  {}
