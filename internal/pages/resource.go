package pages

import (
	"time"

	"github.com/postern-go/postern/backoffice/parts"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// The pages of a table of the host's. Package resource makes them; every text in them is in
// the language of the reader already, and every path is inside the office.

// ResourceNames are what the rows of a table are called, and where they are.
type ResourceNames struct {
	// Path is that of the list.
	Path string
	// One is what a row is called within a sentence, Many what the list is called.
	One, Many string
}

// ResourceListPage lists rows.
type ResourceListPage struct {
	view.Form
	Pager
	ResourceNames
	// Lede says what the list is for; it may be empty.
	Lede string
	// Searched shows the search field, in which Search was typed.
	Searched bool
	Search   string
	// Filters narrow the list, More are those that are folded away while MoreOpen is false.
	Filters, More []ResourceField
	MoreOpen      bool
	// Sorts are the orders to choose from; fewer than two are not shown.
	Sorts []view.Option
	// Filtered reports whether something narrows the list.
	Filtered bool
	Columns  []ResourceColumn
	Rows     []ResourceRow
	// New is the path of the form that creates a row, Export where the list is exported to.
	// Empty for those who may not.
	New, Export string
	// MostExported is how many rows an export has.
	MostExported int
	// Acts are what can be done to several rows, MayTick that some on this page can be ticked.
	Acts    []view.Option
	MayTick bool
	// Query is what narrows and sorts the list, for the forms that take all of it.
	Query []Hidden
}

func (ResourceListPage) Template() string { return "resource_list" }

// ResourceColumn is the head of a column.
type ResourceColumn struct {
	Label string
	// Sort is the path of the list sorted by it, the other way round if it is already; empty
	// for a column that does not sort. Sorted is "ascending", "descending" or empty.
	Sort, Sorted string
	// Number aligns figures.
	Number bool
}

// ResourceRow is a row of the list.
type ResourceRow struct {
	ID string
	// Name is the text of the first column, which leads to Path.
	Name, Path string
	// Tick reports that something can be done to it with others.
	Tick  bool
	Cells []ResourceCell
	Acts  []ResourceLink
}

// ResourceCell is one value of a row.
type ResourceCell struct {
	Label, Text string
	// At is the moment, if it is one.
	At time.Time
	// Path leads to the page of what is named; it may be empty.
	Path string
	// Number aligns figures, Mono shows what people compare letter by letter, and Long keeps
	// the lines of a text.
	Number, Mono, Long bool
	// Level makes it a badge: "info", "success", "warning", "danger", or "plain".
	Level string
}

// Empty reports whether there is nothing to show.
func (c ResourceCell) Empty() bool { return c.Text == "" && c.At.IsZero() }

// ResourceLink is a link to something that can be done.
type ResourceLink struct {
	Label, Path string
	Danger      bool
}

// ResourceField is a field of a form or of the filters.
type ResourceField struct {
	parts.Field
	// More reports that not all of the choices are in Options: a search field is above it,
	// whose name is that of the field with ".q". Sought is what was searched for.
	More   bool
	Sought string
}

// ResourceDetailPage shows a row.
type ResourceDetailPage struct {
	ResourceNames
	ID, Name string
	Facts    []ResourceCell
	// Long are the texts of several lines.
	Long []ResourceCell
	// Edit, Delete and History are paths; empty for those who may not.
	Edit, Delete, History string
	Acts                  []ResourceLink
}

func (ResourceDetailPage) Template() string { return "resource_detail" }

func (p ResourceDetailPage) crumbs(*messages.Language) []view.Crumb {
	return []view.Crumb{{Label: p.Many, Path: p.Path}, {Label: p.Name}}
}

// ResourceFormPage creates a row, or edits one.
type ResourceFormPage struct {
	view.Form
	ResourceNames
	// ID is empty for a new row.
	ID, Name string
	Fields   []ResourceField
	// Finds reports that a button of the form searches: Enter presses the one that saves.
	Finds bool
	// Revision is the row as the form was made from it, sealed.
	Revision string
	// Post is where it is posted to, Back where Cancel leads.
	Post, Back string
}

func (ResourceFormPage) Template() string { return "resource_form" }

func (p ResourceFormPage) crumbs(in *messages.Language) []view.Crumb {
	if p.ID == "" {
		return []view.Crumb{{Label: p.Many, Path: p.Path}, {Label: in.Text("resource.new", "one", p.One)}}
	}
	return p.below(p.Name, p.Back, in.Text("resource.edit"))
}

// below are the breadcrumbs of a page below that of a row.
func (n ResourceNames) below(name, path, here string) []view.Crumb {
	return []view.Crumb{{Label: n.Many, Path: n.Path}, {Label: name, Path: path}, {Label: here}}
}

// ResourceStalePage shows what someone else saved in the meantime beside what was about to be
// saved.
type ResourceStalePage struct {
	ResourceNames
	Name string
	// Values are those that either of the two changed.
	Values []ResourceConflict
	// Fields are the form, made from the row as it is now, to be confirmed.
	Fields     []Hidden
	Post, Back string
}

// ResourceConflict is a value that one or both of two people changed.
type ResourceConflict struct {
	Label, Before, Theirs, Mine string
	// They and Me report who changed it. Clash means that both did, differently.
	They, Me, Clash bool
}

func (ResourceStalePage) Template() string { return "resource_stale" }

func (p ResourceStalePage) crumbs(in *messages.Language) []view.Crumb {
	return p.below(p.Name, p.Back, in.Text("parameters.stale"))
}

// ResourceReason is the field for a reason, if an act has one.
type ResourceReason struct {
	// Ask shows it, Must makes it required. Reason is what was typed.
	Ask, Must bool
	Reason    string
}

// ResourceActPage asks before something is done to a row.
type ResourceActPage struct {
	view.Form
	ResourceNames
	ResourceReason
	ID, Name string
	// Act is the text of the button, Text says what it does.
	Act, Text string
	Danger    bool
	// Facts are those of the row.
	Facts []ResourceCell
	// Revision is the row as it was shown, sealed.
	Revision   string
	Post, Back string
}

func (ResourceActPage) Template() string { return "resource_act" }

func (p ResourceActPage) crumbs(*messages.Language) []view.Crumb {
	return p.below(p.Name, p.Back, p.Act)
}

// ResourceDeletePage asks before a row is deleted.
type ResourceDeletePage struct {
	view.Form
	ResourceNames
	ResourceReason
	ID, Name   string
	Facts      []ResourceCell
	Revision   string
	Post, Back string
}

func (ResourceDeletePage) Template() string { return "resource_delete" }

func (p ResourceDeletePage) crumbs(in *messages.Language) []view.Crumb {
	return p.below(p.Name, p.Back, in.Text("resource.delete"))
}

// ResourceBulkPage says what an act does to several rows, before and after.
type ResourceBulkPage struct {
	view.Form
	ResourceNames
	ResourceReason
	// Act is the text of the button, Code its name, Text says what it does.
	Act, Code, Text string
	Danger          bool
	// Rows are those that are named, of which the first come first that cannot be done.
	Rows []ResourceOutcome
	// Those are how many it is done to, Left how many are left out, Unreached how many were
	// not reached in time, and Unnamed how many are not in Rows.
	Those, Left, Unreached, Unnamed int
	// Selection is the rows, sealed, for the form that does it, or that goes on.
	Selection string
	// Done reports that it was done.
	Done bool
	Post string
}

func (ResourceBulkPage) Template() string { return "resource_bulk" }

func (p ResourceBulkPage) crumbs(*messages.Language) []view.Crumb {
	return []view.Crumb{{Label: p.Many, Path: p.Path}, {Label: p.Act}}
}

// ResourceOutcome is what becomes of one row.
type ResourceOutcome struct {
	Name, Path string
	// Why says why it is left out; empty for one that is not.
	Why string
	// Done reports that it was done.
	Done bool
}
