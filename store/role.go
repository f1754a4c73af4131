package store

import (
	"context"
	"slices"
	"time"
)

// Role is a custom role: a named set of permissions. The built-in roles are in
// code, not in the store, so that a new version can give them new permissions.
type Role struct {
	ID      string
	Version int64
	// Name is what pages show; NameKey is its folded form, unique among roles.
	Name, NameKey string
	Description   string
	// RequireTwoFactor requires a second factor of holders if the parameter
	// two_factor.who is "roles".
	RequireTwoFactor bool
	// RequirePasskey requires a second factor of holders that resists phishing, whatever
	// the parameters are.
	RequirePasskey bool
	// Permissions are keys, sorted, without duplicates. A key that is no longer
	// declared grants nothing.
	Permissions          []string
	CreatedAt, UpdatedAt time.Time
}

// Roles reads custom roles.
type Roles interface {
	// FindRole returns the role with the id, or ErrNotFound.
	FindRole(ctx context.Context, id string) (Role, error)
	// ListRoles returns all custom roles, ordered by NameKey. An office has
	// tens of them, so the list has no pages.
	ListRoles(ctx context.Context) ([]Role, error)
}

// PutRole creates a role (Version 0) or replaces one; the stored version
// becomes Version+1. It fails with ErrExists, ErrNameTaken, ErrNotFound
// or ErrConflict.
type PutRole struct{ Role Role }

// DeleteRole deletes a role and removes it from the operators who have it,
// increasing their versions. They get the role To instead, as the primary or an
// additional role, but never twice: an operator whose primary role is To gets no
// additional one, and an operator who gets To as the primary role loses it as an
// additional one. If To is empty or equal to ID, operators whose primary role was
// deleted have none. The existence of To is not checked. DeleteRole fails with
// ErrNotFound or ErrConflict.
type DeleteRole struct {
	ID      string
	Version int64
	To      string
}

// Roles returns the roles that an operator with these has after the write.
func (w DeleteRole) Roles(primary string, additional []string) (string, []string) {
	to := w.To
	if to == w.ID {
		to = ""
	}
	had := slices.Contains(additional, w.ID)
	if primary == w.ID {
		primary = to
	}
	left := slices.DeleteFunc(slices.Clone(additional), func(id string) bool {
		return id == w.ID || to != "" && id == to && primary == to
	})
	if had && to != "" && to != primary && !slices.Contains(left, to) {
		left = append(left, to)
		slices.Sort(left)
	}
	return primary, left
}

// CheckRole changes nothing: it makes the commit depend on the role still being
// at Version. It fails with ErrNotFound or ErrConflict. Acts that rely on the
// permissions of a role use it, so that they fail if the role was weakened in the
// meantime.
type CheckRole struct {
	ID      string
	Version int64
}

func (CheckRole) isWrite()  {}
func (PutRole) isWrite()    {}
func (DeleteRole) isWrite() {}
