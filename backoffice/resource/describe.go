package resource

import "errors"

var errNotStored = errors.New("the field is stored nowhere")

// Description is a field as code sees it that works with any resource, such as a [Data] over
// a layer of yours.
type Description[T any] struct {
	// Name and Label are those of the field.
	Name, Label string
	// Kind is "key", "version", "text", "int", "bool", "time", "choice", "ref", "shown" or
	// "custom".
	Kind string
	// In are the pages that it is on.
	In Place
	// Long, Optional and the others are as in [Field]; keys are always Sorted.
	Long, Optional, NotNull, Searched, Sorted, Filtered bool
	// Value returns the field's value in a row, as one of the types of a [Query]; of a
	// Custom, its text.
	Value func(row *T) any
	// Set sets it. It fails if the field cannot hold the value, as those of the kinds shown
	// and custom never can.
	Set func(row *T, value any) error
}

// Describe returns what Fields say, in their order. The resource must have no mistakes; see
// [Resource.Check].
func (r *Resource[T]) Describe() []Description[T] {
	r.make()
	var all []Description[T]
	for _, c := range r.model.columns {
		set := c.assign
		if set == nil {
			set = func(*T, any) error { return errNotStored }
		}
		all = append(all, Description[T]{
			Name: c.name, Label: c.label, Kind: string(c.kind), In: c.in,
			Long: c.long, Optional: c.optional, NotNull: c.notNull, Searched: c.searched, Sorted: c.sorted, Filtered: c.filtered,
			Value: c.value, Set: set,
		})
	}
	return all
}

// ID returns the key of a row as text, as it is in the path of its page.
func (r *Resource[T]) ID(row *T) string {
	r.make()
	return r.model.id(row)
}
