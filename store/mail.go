package store

import (
	"context"
	"time"
)

// Mail is an email to one person.
type Mail struct {
	ID string
	// Kind names the kind of email, e.g. "invitation".
	Kind string
	// OperatorID is the operator concerned, if any.
	OperatorID  string
	To, Subject string
	// SearchKey is the text that searches look in: the recipient's name and email
	// address, folded by the caller as it folds [MailQuery.Search].
	SearchKey string
	// Body is ciphertext, because it may hold a one-time link. It is wiped when
	// the email is sent or cancelled; a failed email keeps it, for another
	// attempt.
	Body  []byte
	State MailState
	// Attempts counts the deliveries that were started.
	Attempts int
	// NextAttemptAt is when a queued email is due.
	NextAttemptAt time.Time
	// Reply is the mail server's last answer.
	Reply             string
	CreatedAt, SentAt time.Time
	// ExpiresAt is when sending it becomes pointless, because its link has
	// expired. If zero, it never does.
	ExpiresAt time.Time
}

// MailState is the state of an email.
type MailState string

const (
	// MailQueued means that it waits for its next attempt.
	MailQueued MailState = "queued"
	// MailSent means that the mail server accepted it.
	MailSent MailState = "sent"
	// MailFailed means that it is not retried unless an operator asks for it.
	MailFailed MailState = "failed"
	// MailCancelled means that it was withdrawn before it was sent.
	MailCancelled MailState = "cancelled"
)

// Mails reads and claims emails.
type Mails interface {
	// FindMail returns the email with the id, or ErrNotFound.
	FindMail(ctx context.Context, id string) (Mail, error)
	// ListMails returns a page of emails, newest first (CreatedAt, then ID,
	// descending), without their bodies. See "Lists" in the package
	// documentation.
	ListMails(ctx context.Context, q MailQuery) (MailPage, error)
	// ClaimMail takes the queued email that has been due longest: it counts the
	// attempt and moves NextAttemptAt to until, so that no other replica takes
	// it before then, and another one can if this one dies. It returns the
	// email as changed, or ErrNotFound if none is due at now. It is atomic: of
	// many concurrent claims of an email, one succeeds.
	ClaimMail(ctx context.Context, now, until time.Time) (Mail, error)
}

// MailPage is a page of a list.
type MailPage struct {
	Rows []Mail
	// Next is the After of the next page; nil at the end of the list.
	Next *MailCursor
}

// MailCursor is a position in a list of emails, after the email with these
// fields.
type MailCursor struct {
	CreatedAt time.Time
	ID        string
}

// MailQuery selects a page of emails. The zero value selects the newest.
type MailQuery struct {
	// State, Kind and OperatorID must be equal if set.
	State            MailState
	Kind, OperatorID string
	// Search works like that of [OperatorQuery].
	Search string
	// After is the Next of the previous page. If nil, the page begins with the
	// newest.
	After *MailCursor
	// Limit is as in [PageLimit].
	Limit int
}

// EnqueueMail stores an email to be sent. It fails with ErrExists.
type EnqueueMail struct{ Mail Mail }

// MoveMail moves an email to another state. From MailQueued, it records how a
// claimed attempt ended; from MailFailed, it counts attempts from zero again. To
// MailQueued asks for another attempt at NextAttemptAt; to MailSent sets SentAt to
// At; to MailSent or MailCancelled wipes the body. MoveMail fails with ErrConflict
// if the email's state is not, or no longer, From, if it is sent or cancelled, or
// if Attempt is not its Attempts, and with ErrNotFound if it does not exist.
type MoveMail struct {
	ID            string
	From, To      MailState
	Attempt       int
	NextAttemptAt time.Time
	Reply         string
	At            time.Time
}

func (EnqueueMail) isWrite() {}
func (MoveMail) isWrite()    {}
