package resource

import (
	"context"
	"sync"

	"github.com/postern-go/postern/backoffice"
)

// Resource describes the pages for one kind of row of the host's: a list, a page for
// each row, forms, acts and an export. Put a pointer to it into Config.Parts.
//
// A Resource serves one office, and must not be changed once [backoffice.New] has seen
// it. Its functions are called by many requests at once.
type Resource[T any] struct {
	// Path is the first word of the path of its pages, and of the names of its permissions
	// and events: with "posts", the list is the page /posts, and the permission to see it
	// is posts.view. It consists of lower-case letters, digits and underscores, and begins
	// with a letter. Required.
	Path string
	// One and Many are what people call one row and many, in the language of the host:
	// "Post" and "Posts". Required.
	One, Many string
	// Group is the heading of its menu entry and of its permissions. Default: Many.
	Group string
	// Icon is the icon of its menu entry, one of those of [backoffice.MenuItem].
	Icon string
	// Text is one more line under its menu entry on the home page. It may be empty.
	Text string

	// Data reads and writes the rows. Get and List are required; Create and Update are if a
	// field is in the form for it, and without Delete nothing can be deleted.
	Data Data[T]
	// Fields are the fields of a row, in the order of the pages. Exactly one is a [Key].
	Fields []Field[T]
	// Sort is the name of the field by which the list is sorted at first, with "-" in
	// front of it for the largest first: "-published". Default: the key, ascending.
	Sort string
	// Title is the name of the text field that says which row it is: in headings, in links
	// from other resources, and in the audit log. Default: the first [Text] of the list
	// that is neither secret nor needs a permission of its own, else the key.
	Title string

	// Acts are what can be done to a row besides editing and deleting it.
	Acts []Act[T]
	// Rows says to which rows an operator may do something: act is "view", "edit",
	// "delete" or the name of an act, and the operator has its permission. An error means
	// no row. It is also asked for "create": the row that was typed in must be among them.
	// An operator can do nothing to rows that they may not view. If Rows is nil, all rows.
	Rows func(ctx context.Context, o backoffice.Operator, act string) (Rows, error)
	// New returns the row with which the form for a new one begins. If nil, the zero T.
	New func(ctx context.Context) T
	// Validate says what is wrong with a row that is to be saved, by a
	// [*backoffice.InvalidError] whose problems name fields. was is nil for a new row. It
	// may change neither. It is called once each field by itself is valid. Any other error
	// is logged, and the row is not saved. If nil, every row is right.
	Validate func(ctx context.Context, was, now *T) error
	// StepUp names those of "create", "edit" and "delete" before which operators must
	// confirm their identity. An export always asks for it.
	StepUp []string
	// BulkDelete lets operators delete several rows at a time.
	BulkDelete bool
	// NoExport leaves out the export of the list as CSV.
	NoExport bool

	// Roles are the built-in roles that may do something from the start, by act: "view",
	// "create", "edit", "delete", "export" or the name of an act. Super-administrators and
	// administrators may do everything.
	Roles map[string][]string
	// Permissions are more permissions of yours, e.g. those that Rows or fields ask for.
	Permissions []backoffice.Permission

	made sync.Once
	// model and err are what Fields say, normalised, and every mistake in them.
	model *model[T]
	err   error
}

// Act is something that an operator can do to a row, with a button on its page. Its name
// is that of its permission and of its event: with the path "posts" and the name "hide",
// both are posts.hide. Set either Set or Do.
type Act[T any] struct {
	// Name consists of lower-case letters, digits and underscores, and begins with a
	// letter. It cannot be view, create, edit, delete or export. Required.
	Name string
	// Label is the button: a verb, in the language of the host. Required.
	Label string
	// Help is a sentence on the page that asks before the act. It may be empty.
	Help string
	// Says is the sentence of its audit entries, as that of [backoffice.EventKind]. If
	// empty, the office makes one of Label.
	Says string
	// Reason says whether the operator is asked why. The audit log keeps the reason.
	Reason Reason
	// StepUp means that operators must confirm their identity first.
	StepUp bool
	// Danger makes the button look like one that destroys something.
	Danger bool
	// Bulk offers the act also for several rows of the list at a time.
	Bulk bool
	// When reports whether the act makes sense for the row. It is asked again before the
	// act. It must return quickly, and it sees no field with Long or Secret in lists. If
	// nil, it always does.
	When func(row *T) bool
	// Set changes fields of the row, which Data.Update then saves. It must change only
	// fields that are described in Fields: others would not be saved.
	Set func(row *T, reason string)
	// Do is code of yours that does the act. It returns [backoffice.ErrChanged] if it
	// came too late, and a [*backoffice.InvalidError] for what the operator can mend. Give
	// ctx on: it ends with the request.
	Do func(ctx context.Context, row T, reason string) error
}

// Reason says whether an operator is asked for a reason.
type Reason int

const (
	// NoReason asks for none.
	NoReason Reason = iota
	// MayReason lets the operator give one.
	MayReason
	// MustReason refuses the act without one.
	MustReason
)
