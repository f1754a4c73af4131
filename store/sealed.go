package store

import "context"

// SealedKind is where a value is kept that the caller encrypted.
type SealedKind string

const (
	// SealedFactor is [Factor.Secret].
	SealedFactor SealedKind = "factor"
	// SealedMail is [Mail.Body].
	SealedMail SealedKind = "mail"
	// SealedValues is the Data of [PutSessionValues].
	SealedValues SealedKind = "values"
)

// SealedKinds are all kinds.
var SealedKinds = []SealedKind{SealedFactor, SealedMail, SealedValues}

// Sealed is a value that the caller encrypted, never empty.
type Sealed struct {
	Kind SealedKind
	// ID is that of the factor, the email or the session; Name is that of the
	// session's values, and empty for the other kinds.
	ID, Name string
	// OperatorID is the operator of the factor or the session, or whom the email
	// concerns, if anyone.
	OperatorID string
	Data       []byte
}

// SealedStore reads all encrypted values, so that the secret that encrypted them
// can be replaced.
type SealedStore interface {
	// ListSealed returns a page of the values of a kind that are not empty, by ID,
	// then by Name. The cost of a page depends neither on the number of emails whose
	// body is wiped nor on its position in the list.
	ListSealed(ctx context.Context, q SealedQuery) (SealedPage, error)
}

// SealedQuery selects a page of values.
type SealedQuery struct {
	Kind SealedKind
	// After is the Next of the previous page. If nil, the page begins with the first.
	After *SealedCursor
	// Limit is as in [PageLimit].
	Limit int
}

// SealedPage is a page of a list.
type SealedPage struct {
	Rows []Sealed
	// Next is the After of the next page; nil at the end of the list.
	Next *SealedCursor
}

// SealedCursor is a position in a list, after the value with these fields.
type SealedCursor struct{ ID, Name string }

// Reseal replaces the Data of an encrypted value, as ListSealed returned it, by
// New, the same plaintext encrypted anew. If New is empty, nothing decrypts the
// value any more, and Reseal ends it: the factor is removed, the session's values
// are deleted, and the email becomes MailFailed without a body, with Reply. It
// changes nothing else. It fails with ErrConflict if the value has other Data by
// now, and with ErrNotFound if there is none.
type Reseal struct {
	Value Sealed
	New   []byte
	Reply string
}

func (Reseal) isWrite() {}
