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
	// Lane is the queue in which it waits.
	Lane MailLane
	// Reply is the mail server's last answer.
	Reply string
	// TriedAt is when the last attempt ended, SentAt when one succeeded.
	CreatedAt, TriedAt, SentAt time.Time
	// ExpiresAt is when sending it becomes pointless, because its link has
	// expired. If zero, it never does.
	ExpiresAt time.Time
}

// MailLane is a queue of emails among which the one that has been due longest is
// claimed first.
type MailLane struct {
	// Urgent emails are those that someone waits for: they are claimed before
	// all others.
	Urgent bool
	// Domain is the recipient's, in lower case. A domain that is slow to accept
	// emails holds up no other.
	Domain string
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
	// ClaimMail takes a queued email that is due, as c describes: it counts the
	// attempt and moves NextAttemptAt to c.Until, so that no other replica takes it
	// before then, and another one can if this one dies; see [RenewMail]. It takes
	// an urgent email before any other, and then the one that has been due longest.
	// It returns the email as changed, or ErrNotFound if there is none. It is
	// atomic: of many concurrent claims of an email, one succeeds. Its cost must
	// not depend on the number of emails, but may depend on the number of lanes
	// with queued ones.
	ClaimMail(ctx context.Context, c MailClaim) (Mail, error)
}

// MailClaim describes the emails of which [Mails].ClaimMail takes one.
type MailClaim struct {
	// Now is when they must be due, Until when the claim ends.
	Now, Until time.Time
	// Urgent and Others are the emails to choose from. If neither is set, there
	// are none.
	Urgent, Others bool
	// Except are lanes to leave out. A store may refuse more than 100.
	Except []MailLane
}

// MailQueue is how the queue stands. Its times are zero if there is no such email.
type MailQueue struct {
	// Queued is how many emails are queued; counting stops at [MailQueueMost].
	Queued int
	// OldestAt is when the oldest of them was created, DueAt when the first of
	// them is due.
	OldestAt, DueAt time.Time
	// SentAt is when an email was sent last.
	SentAt time.Time
	// FailedAt is when an attempt failed last, of the emails that are still
	// queued, and Reply the answer to it.
	FailedAt time.Time
	Reply    string
}

// MailQueueMost is where counting queued emails stops.
const MailQueueMost = 1000

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
// claimed attempt ended, and sets TriedAt to At; from MailFailed, it counts attempts
// from zero again and clears TriedAt. To MailQueued asks for another attempt at NextAttemptAt; to
// MailSent sets SentAt to At; to MailSent or MailCancelled wipes the body. MoveMail fails with ErrConflict
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

// RenewMail moves the NextAttemptAt of a claimed email to Until, while its delivery
// goes on. With GiveBack the attempt does not count: the email was not sent, and
// Until is when others may claim it. RenewMail fails with ErrConflict if the email
// is no longer queued or Attempt is not its Attempts, because someone else has
// claimed it since, and with ErrNotFound if it does not exist.
type RenewMail struct {
	ID       string
	Attempt  int
	Until    time.Time
	GiveBack bool
}

func (EnqueueMail) isWrite() {}
func (MoveMail) isWrite()    {}
func (RenewMail) isWrite()   {}
