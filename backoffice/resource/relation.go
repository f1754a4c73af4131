package resource

import (
	"context"

	"github.com/postern-go/postern/backoffice/parts"
)

// Relation is what a [Ref] refers to. [Lookup] makes one for a table of a database, and
// [Resource.Relation] one for another resource. With the zero Relation, operators see keys
// and can choose nothing.
type Relation struct {
	// Labels returns the names of the rows with these keys: at most 200 distinct ones, from
	// the database or from a form. It leaves out keys that do not exist or that the operator
	// may not see. It is called once for each page.
	Labels func(ctx context.Context, ids []string) (map[string]string, error)
	// Find returns at most limit rows that match what the operator typed, or any rows if
	// search is empty. If nil, nothing can be chosen.
	Find func(ctx context.Context, search string, limit int) ([]Option, error)
	// Path, followed by a row's key, is the row's page inside the office: "/members/". For
	// operators with Permission, labels link to it. If empty, they link nowhere.
	Path string
	// Permission is required to see and follow the links.
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
	// Level is the colour of a [Choice]'s badge, such as parts.Warning for a hidden post. If
	// empty, it has none.
	Level parts.Level
}
