package resource

import (
	"context"
	"errors"
)

// Data reads and writes the rows of a resource. [SQL] makes one for a table of a database,
// [Slice] one for tests. For any other data layer, set the functions yourself, and let
// [github.com/postern-go/postern/backoffice/resource/resourcetest.Run] check them. All must be
// safe for concurrent use, and should return soon after ctx has ended.
//
// Values in a [Query] are of four types: string, int64, bool and time.Time in UTC. A field
// of a defined type, such as type Status string, has values of its underlying type, and a
// UUID is a string.
type Data[T any] struct {
	// List returns at most q.Limit of the rows that q describes, in its order. Only the
	// fields in q.Fields need to be filled in.
	List func(ctx context.Context, q Query) ([]T, error)
	// Get returns the row with this key, or [backoffice.ErrNotFound] if there is none. id
	// comes from the request, so it may not look like a key at all; that is also ErrNotFound.
	Get func(ctx context.Context, id string) (T, error)
	// Create saves a new row and returns its key. It returns a
	// [*backoffice.InvalidError] if, say, a value must be unique and is not.
	Create func(ctx context.Context, row T) (id string, err error)
	// Update saves a changed row. It returns [backoffice.ErrChanged] if the stored row no
	// longer matches c.Was, as c.Fields and c.Held say, [backoffice.ErrNotFound] if the row is
	// gone, and a [*backoffice.InvalidError] as Create does. Comparing and saving must be one
	// step: of two concurrent changes to the same values, only one may succeed.
	Update func(ctx context.Context, c Change[T]) error
	// Delete deletes a row. It returns [backoffice.ErrChanged] if the stored row no longer
	// matches was, and [backoffice.ErrNotFound] if the row is gone.
	Delete func(ctx context.Context, was T) error

	// use tells ready implementations the fields of the resource that they are part of.
	use func(*model[T]) error
}

// Change is a change to one row.
type Change[T any] struct {
	// ID is the key of the row.
	ID string
	// Was is the row as it was read before the change, Now the row to save.
	Was, Now T
	// Fields are the names of the fields that differ. Nothing else needs to be saved.
	Fields []string
	// Held are the names of further fields that must still be as in Was, or the change fails:
	// those that Rows named and, for an act, all fields of the list, as its When decides by
	// them. Comparing the version is enough to compare them all.
	Held []string
}

// Query says which rows of a list are wanted, and in what order.
type Query struct {
	// Search is what the operator searches for; [Words] splits it up. If it is empty, every
	// row matches. How rows match is up to the implementation; [SQL] documents its own way.
	Search string
	// Searched are the names of the fields to search: at most three, all of which the
	// operator may see.
	Searched []string
	// Where are conditions, all of which must hold.
	Where []Where
	// Sort is the name of the field that sorts the rows. Rows that are equal in it are sorted
	// by key. Desc reverses the order, including that of keys.
	Sort string
	Desc bool
	// After, if it is not nil, is a row's place in the order: the list begins strictly after
	// it, whether or not the row still exists.
	After *Cursor
	// Limit is the largest number of rows to return; at least 1.
	Limit int
	// Fields are the names of the fields that the rows must have. They include the key and
	// every field that the query names, except those only in Searched.
	Fields []string
}

// Where is a condition on one field.
type Where struct {
	// Field is its name.
	Field string
	// In, if it is not nil, are the values that the field may have: one or more.
	In []any
	// From and Until, if they are not nil, are bounds: From <= value < Until. NULL is never
	// within them.
	From, Until any
}

// Cursor is a place in the order of a list: the row's value of the field by which the
// list is sorted, and its key. If the list is sorted by key, both are the key.
type Cursor struct {
	Value, Key any
}

// ErrTooSlow means that a list took too long to read. The page then asks the operator to
// narrow it down. Your own List may return it, or an error that wraps it.
var ErrTooSlow = errors.New("the list took too long to read")
