package resource

import (
	"context"
	"sync"

	"github.com/postern-go/postern/backoffice"
)

// Resource describes the pages for one kind of row: a list, a page for each row, forms, acts and an export. Put a pointer to it into Config.Parts.
//
// A Resource serves one office, and must not be changed after it was passed to
// [backoffice.New]. Its functions must be safe for concurrent use.
type Resource[T any] struct {
	// Path begins the paths of its pages and the names of its permissions and events: with
	// "posts", the list is the page /posts, and the permission to see it is posts.view. It
	// consists of lower-case letters, digits and underscores, and begins
	// with a letter. Required.
	Path string
	// One and Many name one row and several, in the language of the host: "Post" and
	// "Posts". Required.
	One, Many string
	// Group is the heading of its menu entry and of its permissions. Default: Many.
	Group string
	// Icon is the icon of its menu entry, as in [backoffice.MenuItem].
	Icon string
	// Text is a line under its menu entry on the home page. It may be empty.
	Text string

	// Data reads and writes the rows. Get and List are required. Create is required if a
	// field is in the form for new rows, and Update if one is in the form that edits a row.
	// If Delete is nil, no row can be deleted.
	Data Data[T]
	// Fields are the fields of a row, in the order of the pages. Exactly one is a [Key].
	Fields []Field[T]
	// Sort is the name of the field that first sorts the list; a "-" in front puts the
	// largest value first: "-published". Default: the key, ascending.
	Sort string
	// Title is the name of the text field that names a row in headings, in links from other
	// resources, and in the audit log. Default: the first [Text] of the list that is not
	// secret and needs no permission of its own, or else the key.
	Title string

	// Acts are what can be done to a row besides editing and deleting it.
	Acts []Act[T]
	// Rows returns the rows on which an operator, who has the permission, may do act: "view",
	// "edit", "delete" or the name of an act. For "create", the new row must be among them.
	// An operator can do nothing to rows that they may not view. An error means no rows. If
	// Rows is nil, operators may act on all rows.
	Rows func(ctx context.Context, o backoffice.Operator, act string) (Rows, error)
	// New returns the row that the form for a new one begins with. If nil, it is the zero T.
	New func(ctx context.Context) T
	// Validate reports what is wrong with a row before it is saved, as a
	// [*backoffice.InvalidError] whose problems name fields. It is called when each field on
	// its own is valid; was is nil for a new row. It must not change either row. Any other
	// error is logged, and the row is not saved. If nil, every row is valid.
	Validate func(ctx context.Context, was, now *T) error
	// StepUp lists which of "create", "edit" and "delete" require operators to confirm their
	// identity first. An export always requires it.
	StepUp []string
	// BulkDelete lets operators delete several rows at once.
	BulkDelete bool
	// NoExport turns off the export of the list as CSV.
	NoExport bool

	// Roles are the built-in roles that may do something from the start, by act: "view",
	// "create", "edit", "delete", "export" or the name of an act. Super-administrators and
	// administrators may do everything.
	Roles map[string][]string
	// Permissions are further permissions, such as those that Rows or fields ask for.
	Permissions []backoffice.Permission

	made sync.Once
	// model and err are what Fields say, normalised, and every mistake in them.
	model *model[T]
	err   error
}

// Act is something that an operator can do to a row, with a button on its page. Its
// permission and its event share a name: with the path "posts" and the name "hide", it is
// posts.hide. Fill in either Set or Do.
type Act[T any] struct {
	// Name consists of lower-case letters, digits and underscores, and begins with a
	// letter. It cannot be view, create, edit, delete or export. Required.
	Name string
	// Label is the button: a verb, in the language of the host. Required.
	Label string
	// Help is a sentence on the page that asks for confirmation. It may be empty.
	Help string
	// Says is the sentence of its audit entries, as in [backoffice.EventKind]. If empty, it
	// is made from Label.
	Says string
	// Reason says whether the operator is asked for a reason, which the audit log keeps.
	Reason Reason
	// StepUp means that operators must confirm their identity first.
	StepUp bool
	// Danger makes the button look like one that destroys something.
	Danger bool
	// Bulk also offers the act in the list, for several rows at once.
	Bulk bool
	// When reports whether the act makes sense for the row. It is called again right before
	// the act, and must return quickly. In lists, Long and Secret fields of the row are
	// empty. If nil, the act always makes sense.
	When func(row *T) bool
	// Set changes fields of the row; Data.Update then saves them. Changes to fields that are
	// not in Resource.Fields are not saved.
	Set func(row *T, reason string)
	// Do does the act with your own code. It returns [backoffice.ErrChanged] if the row
	// changed in the meantime, and a [*backoffice.InvalidError] for what the operator can
	// correct. Pass ctx on: it ends with the request.
	Do func(ctx context.Context, row T, reason string) error
}

// Reason is whether an operator is asked for a reason.
type Reason int

const (
	// NoReason asks for no reason.
	NoReason Reason = iota
	// MayReason lets the operator give a reason.
	MayReason
	// MustReason refuses the act without a reason.
	MustReason
)
