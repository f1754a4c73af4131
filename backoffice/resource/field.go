package resource

import (
	"time"
)

// Field is a field of a row: a [Key], [Version], [Text], [Int], [Bool], [Time], [Choice],
// [Ref], [Shown] or [Custom]. Settings of the same name mean the same in each:
//
//   - Name is the field's name in URLs, forms, queries and the audit log, and the column
//     of its table. It consists of lower-case letters, digits and underscores, and begins
//     with a letter. Required.
//   - Label is what people read, in the language of the host. If empty, it is made from Name:
//     "created_at" becomes "Created at". Hint is a sentence below it in forms.
//   - At returns a pointer to the field in the given row. The field is read, written,
//     compared and stored through it. Required.
//   - In are the pages that have the field. The zero value means that it can only be read.
//   - Permission is required to see the field anywhere: in the list, on the page of a row,
//     in forms, filters, searches, the order of the list and the export. The audit log, which
//     others read, only says that the field changed. If empty, anyone who may see the row
//     sees the field.
//   - Optional lets the field be left empty. The zero value is then stored as NULL or, with
//     NotNull, as it is. Without Optional, forms require a value. NULL is always read as the
//     zero value.
//   - Secret keeps the value out of the list, the export and the audit log, which only says
//     that it changed.
//   - Searched, Sorted and Filtered let operators search, sort and filter the list by the
//     field. The column of a sorted field must be NOT NULL, and so must that of a filtered
//     Bool: a filter for "no" does not find NULL.
//   - Validate returns what is wrong with a value from a form, in the language of the host.
//     It is only called for values that are otherwise valid. If nil, they are accepted.
type Field[T any] interface {
	// column is the field in the form that all kinds have in common. It is unexported, as
	// pages know no other kinds.
	column() *column[T]
}

// Place is a set of pages that have a field.
type Place uint8

const (
	// List is the list, and its export.
	List Place = 1 << iota
	// Detail is the page of a row.
	Detail
	// New is the form for a new row.
	New
	// Edit is the form that changes a row.
	Edit
	// Nowhere is no page: the field is for Rows, When and your own code.
	Nowhere

	// Read is wherever the row is read. The zero Place means Read or, for Long and Secret
	// fields, Detail.
	Read Place = List | Detail
	// Write is both forms.
	Write Place = New | Edit
	// Everywhere is all pages.
	Everywhere Place = Read | Write
)

// Key is the field that identifies a row. A key never changes. Its In may be Read, New for
// keys that people choose, or Nowhere for keys that mean nothing to people.
type Key[T any, V Scalar] struct {
	Name, Label, Hint string
	At                func(*T) *V
	In                Place
	// Make returns the key of a new row. If it is nil, and the key is not in New, the
	// database chooses the key.
	Make     func() V
	Validate func(V) error
}

// Version is a number that changes with every change to a row, whoever makes it, so that no
// one overwrites what they have not seen. [SQL] adds one to it with each change. Without a
// Version, a change fails if someone else changed the same fields in the meantime, or
// fields by which Rows decided. It is on no page.
type Version[T any] struct {
	Name string
	At   func(*T) *int64
}

// Text is a text. [Field] has what the settings of all kinds mean.
type Text[T any] struct {
	Name, Label, Hint string
	At                func(*T) *string
	In                Place
	Permission        string
	// Max is the largest number of characters. Default: 255, or 65,536 if Long.
	Max int
	// Long texts may have several lines, and are not in lists. The audit log has only their
	// lengths and digests.
	Long                       bool
	Optional, NotNull, Secret  bool
	Searched, Sorted, Filtered bool
	Validate                   func(string) error
}

// Int is an integer. [Field] has what the settings of all kinds mean.
type Int[T any, V Integer] struct {
	Name, Label, Hint string
	At                func(*T) *V
	In                Place
	Permission        string
	// Min and Max are the smallest and the largest number. If both are zero, any number that
	// V can hold is accepted.
	Min, Max V
	// Unit is shown after the number: "km". It may be empty.
	Unit                      string
	Optional, NotNull, Secret bool
	Sorted, Filtered          bool
	Validate                  func(V) error
}

// Bool is a yes or no. [Field] has what the settings of all kinds mean.
type Bool[T any] struct {
	Name, Label, Hint string
	At                func(*T) *bool
	In                Place
	Permission        string
	Secret            bool
	Filtered          bool
	Validate          func(bool) error
}

// Time is a moment, or a day. Its zero value is the zero time.Time. [Field] has what the
// settings of all kinds mean.
type Time[T any] struct {
	Name, Label, Hint string
	At                func(*T) *time.Time
	In                Place
	Permission        string
	// Zone is the time zone in which people read and type the time; forms name it. A time
	// that the zone skips or repeats when clocks change cannot be typed. A time that no one
	// edits keeps its seconds and fractions. Default: UTC.
	Zone *time.Location
	// Date makes it a day without a time. It is midnight in UTC, whatever Zone is.
	Date                      bool
	Optional, NotNull, Secret bool
	Sorted, Filtered          bool
	Validate                  func(time.Time) error
}

// Choice is one of a few values. [Field] has what the settings of all kinds mean.
type Choice[T any, V Scalar] struct {
	Name, Label, Hint string
	At                func(*T) *V
	In                Place
	Permission        string
	// Of are the values; nothing else can be chosen. Required.
	Of                        []Option
	Optional, NotNull, Secret bool
	Sorted, Filtered          bool
	Validate                  func(V) error
}

// Ref is the key of another row, such as the author of a post. Its zero value refers to no
// row. [Field] has what the settings of all kinds mean.
type Ref[T any, V Scalar] struct {
	Name, Label, Hint string
	At                func(*T) *V
	In                Place
	Permission        string
	// To names the other rows, and finds them.
	To                        Relation
	Optional, NotNull, Secret bool
	Filtered                  bool
	Validate                  func(V) error
}

// Shown is a text that is made from the row, and stored nowhere. In lists, Long and Secret
// fields of the row are empty.
type Shown[T any] struct {
	Name, Label string
	// Text returns the text. It must return quickly. Required.
	Text       func(*T) string
	In         Place
	Permission string
}

// Custom is a field of any other type: a decimal, a nullable pointer, a list. [SQL] scans
// into what At returns, and stores the value as it is, so V is a type that database/sql
// knows, or implements sql.Scanner and driver.Valuer. [Field] has what the settings of all
// kinds mean.
type Custom[T, V any] struct {
	Name, Label, Hint string
	At                func(*T) *V
	In                Place
	Permission        string
	// Format returns the value as people read and type it. Two values with the same text
	// count as equal. Required.
	Format func(V) string
	// Parse is the reverse, for text from forms. Its error is shown to the operator, so write
	// it in the language of the host. Required if the field is in a form.
	Parse func(string) (V, error)
	// Max is the largest number of characters of that text. Default: 255, or 65,536 if Long.
	// Long texts may have several lines, and are not in lists.
	Max              int
	Long             bool
	Optional, Secret bool
}
