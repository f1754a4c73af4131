package store

import (
	"context"
	"time"
)

// Role is a custom role: a named set of permissions. The built-in roles live
// in code, so that a new version can give them new permissions, and never in
// the store.
type Role struct {
	ID      string
	Version int64
	// Name is shown; NameKey is its folded form, unique among roles.
	Name, NameKey string
	Description   string
	// RequireTwoFactor asks holders for a second factor where the parameter
	// says "roles that say so".
	RequireTwoFactor bool
	// Permissions are keys, sorted, without duplicates. A key that nobody
	// declares any more grants nothing.
	Permissions          []string
	CreatedAt, UpdatedAt time.Time
}

// Roles reads custom roles.
type Roles interface {
	// FindRole returns the role with the id, or ErrNotFound.
	FindRole(ctx context.Context, id string) (Role, error)
	// ListRoles returns all custom roles, ordered by NameKey. An office has
	// tens of them, so there are no pages.
	ListRoles(ctx context.Context) ([]Role, error)
}

// PutRole creates a role (Version 0) or replaces one; the stored version
// becomes Version+1. Fails with ErrExists, ErrNameTaken, ErrNotFound or
// ErrConflict.
type PutRole struct{ Role Role }

// DeleteRole removes a role, also from the operators that have it, whose
// versions move. They get the role To in its place, the primary one or an
// additional one as it was, and nobody has it twice: who has it as the primary
// role gets no other, and who gets it as the primary role loses it as an
// additional one. With an empty To, or one that is ID, a primary role becomes
// none. Whether To exists is not checked. Fails with ErrNotFound or ErrConflict.
type DeleteRole struct {
	ID      string
	Version int64
	To      string
}

// CheckRole changes nothing: it makes the commit depend on the role still being
// at Version. Fails with ErrNotFound or ErrConflict. Whoever does something by
// the rights of a role uses it, so that one weakened in between does not count.
type CheckRole struct {
	ID      string
	Version int64
}

func (CheckRole) isWrite()  {}
func (PutRole) isWrite()    {}
func (DeleteRole) isWrite() {}
