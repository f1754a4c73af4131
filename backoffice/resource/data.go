package resource

import (
	"context"
	"errors"
)

// Data reads and writes the rows of a resource. [SQL] makes it for a table of a database,
// [Slice] for tests; over any other layer, set the functions yourself, and let
// [github.com/postern-go/postern/backoffice/resource/resourcetest.Run] check them. All must be
// safe for concurrent use, and should return soon after ctx has ended.
//
// Values in a [Query] are of four types: string, int64, bool and time.Time in UTC. A field
// of a type of yours, such as type Status string, has the one that it is made of, and a
// UUID is a string.
type Data[T any] struct {
	// List returns at most q.Limit rows of those that q describes, in its order. Rows of
	// a list need no more fields than those in q.Fields.
	List func(ctx context.Context, q Query) ([]T, error)
	// Get returns the row with this key. It returns [backoffice.ErrNotFound] if there is
	// none, also if id is not what keys look like: ids come from the request.
	Get func(ctx context.Context, id string) (T, error)
	// Create saves a new row and returns its key. It returns a
	// [*backoffice.InvalidError] if, say, something must be unique and is not.
	Create func(ctx context.Context, row T) (id string, err error)
	// Update saves a row that was changed. It returns [backoffice.ErrChanged] if the
	// stored row is no longer the one that was changed, [backoffice.ErrNotFound] if it is
	// gone, and a [*backoffice.InvalidError] as Create does. Comparing and saving must be
	// one step: of two changes to one row at the same time, only one may succeed.
	Update func(ctx context.Context, c Change[T]) error
	// Delete deletes a row. It returns [backoffice.ErrChanged] if the stored row is no
	// longer was, and [backoffice.ErrNotFound] if it is gone.
	Delete func(ctx context.Context, was T) error

	// use tells ready implementations the fields of the resource that they are part of.
	use func(*model[T]) error
}

// Change is a change to one row.
type Change[T any] struct {
	// ID is the key of the row.
	ID string
	// Was is the row as it was read before the change, Now the row as it is to be saved.
	Was, Now T
	// Fields are the names of the fields that differ. Nothing else needs to be saved.
	Fields []string
	// Held are the names of further fields that must still have the values of Was; otherwise
	// the change is stale. They are those that Rows named and, before an act, all of the list,
	// by which its When decides. Comparing a version compares them all.
	Held []string
}

// Query says which rows of a list are wanted, and in what order.
type Query struct {
	// Search is what the operator searches for. If it is empty, every row matches.
	// [Words] splits it up. How rows match is up to the implementation; the comment on [SQL]
	// says how its rows do.
	Search string
	// Searched are the names of the fields that are searched: at most three. They are those
	// that the operator may see.
	Searched []string
	// Where are conditions, all of which must hold.
	Where []Where
	// Sort is the name of the field by which rows are sorted. Rows with equal values are
	// sorted by their key. Desc reverses the order, that of keys included.
	Sort string
	Desc bool
	// After, if it is not nil, is a row's place in the order: the list begins strictly
	// behind it, whether the row is still there or not.
	After *Cursor
	// Limit is the largest number of rows to return; at least 1.
	Limit int
	// Fields are the names of the fields that the rows must have. They include the key,
	// and every field that is named elsewhere in the query but in Searched.
	Fields []string
}

// Where is a condition on one field.
type Where struct {
	// Field is its name.
	Field string
	// In, if it is not nil, are the values that it may have: one or more.
	In []any
	// From and Until, if they are not nil, are bounds: From <= value < Until. A field that
	// holds NULL is within none.
	From, Until any
}

// Cursor is a place in the order of a list: the row's value of the field by which the
// list is sorted, and its key. If the list is sorted by key, both are the key.
type Cursor struct {
	Value, Key any
}

// ErrTooSlow means that a list took too long to read. The page then asks the operator to
// narrow it down. Return it, or an error that wraps it, from a List of yours.
var ErrTooSlow = errors.New("the list took too long to read")
