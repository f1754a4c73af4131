package resource

import (
	"context"

	"github.com/postern-go/postern/backoffice/parts"
)

// Relation is what a [Ref] refers to. [Lookup] makes one for a table of a database, and
// [Resource.Relation] for another resource. With the zero Relation, people see keys, and
// can choose nothing.
type Relation struct {
	// Labels returns what people call the rows with these keys, which are distinct, at
	// most 200 and come from the database or from a form. Keys that there are not, or that
	// the operator may not see, are left out. It is called once for a page.
	Labels func(ctx context.Context, ids []string) (map[string]string, error)
	// Find returns at most limit rows that match what the operator typed. If search is
	// empty, it returns any. If nil, nothing can be chosen.
	Find func(ctx context.Context, search string, limit int) ([]Option, error)
	// Path is where the page of a row is inside the office, in front of its key:
	// "/members/". Labels become links to it for those with Permission. If empty, there
	// are no links.
	Path string
	// Permission is what it takes to follow the link.
	Permission string

	// mistake is what is wrong with how it was made.
	mistake string
}

// Option is a value that a field can have.
type Option struct {
	// Value is what is stored, as text. It must not be empty.
	Value string
	// Label is what people read, in the language of the host. Default: Value.
	Label string
	// Level is the colour of the badge of a [Choice]: parts.Warning for a post that is hidden.
	// If empty, it has none.
	Level parts.Level
}
