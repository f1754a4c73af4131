package resource

import "slices"

// Rows are the rows on which an operator may act. The zero Rows has none.
type Rows struct {
	all   bool
	where []Where
}

// MostValues is the largest number of values in one [Only]. With more, no one can do
// anything, and the log says why: use a field that needs fewer values.
const MostValues = 1000

// All returns all rows.
func All() Rows { return Rows{all: true} }

// Only returns the rows whose field has one of the values, and no rows if there are no
// values. The field must be in Resource.Fields; it need not be on any page.
func Only[V Scalar | ~bool](field string, values ...V) Rows {
	if len(values) == 0 {
		return Rows{}
	}
	in, seen := make([]any, 0, min(len(values), MostValues+1)), make(map[V]bool)
	for _, v := range values {
		if !seen[v] && len(in) <= MostValues {
			in = append(in, canonical(v))
		}
		seen[v] = true
	}
	return Rows{all: true, where: []Where{{Field: field, In: in}}}
}

// And returns the rows that are in both.
func (r Rows) And(other Rows) Rows {
	if !r.all || !other.all {
		return Rows{}
	}
	return Rows{all: true, where: slices.Concat(r.where, other.where)}
}

// none reports that no row can be among them, so that nobody needs to ask.
func (r Rows) none() bool { return !r.all }
