package store

import (
	"context"
	"time"
)

// Mail is one message on its way to one person.
type Mail struct {
	ID string
	// Kind names the letter, e.g. "invitation".
	Kind string
	// OperatorID is the person concerned, if any.
	OperatorID  string
	To, Subject string
	// SearchKey is what searches look in: the recipient's name and email
	// address, folded by the caller as it folds [MailQuery.Search].
	SearchKey string
	// Body is ciphertext: it may hold a one-time link. It is wiped when the
	// mail is sent or cancelled; a failed one keeps it, so that it can be tried
	// again.
	Body  []byte
	State MailState
	// Attempts counts the deliveries begun.
	Attempts int
	// NextAttemptAt is when a queued mail is due.
	NextAttemptAt time.Time
	// Reply is the mail server's last answer.
	Reply             string
	CreatedAt, SentAt time.Time
	// ExpiresAt is when sending it makes no sense any more, because its link
	// has ended; zero: never.
	ExpiresAt time.Time
}

// MailState is where a mail stands.
type MailState string

const (
	// MailQueued waits for its next attempt.
	MailQueued MailState = "queued"
	// MailSent was taken by the mail server.
	MailSent MailState = "sent"
	// MailFailed will not be tried again.
	MailFailed MailState = "failed"
	// MailCancelled was not sent, because nobody wants it any more.
	MailCancelled MailState = "cancelled"
)

// Mails reads and claims mails.
type Mails interface {
	// FindMail returns the mail with the id, or ErrNotFound.
	FindMail(ctx context.Context, id string) (Mail, error)
	// ListMails returns a page of mails, newest first (CreatedAt, then ID,
	// descending), without their bodies. See "Lists" in the package
	// documentation.
	ListMails(ctx context.Context, q MailQuery) (MailPage, error)
	// ClaimMail takes the queued mail that has been due longest: it counts the
	// attempt and moves NextAttemptAt to until, so that no other replica takes
	// it before then, and if this one dies it comes up again. It returns the
	// mail as it is after that, or ErrNotFound when none is due at now. Atomic:
	// of many claimers one gets the mail.
	ClaimMail(ctx context.Context, now, until time.Time) (Mail, error)
}

// MailPage is a part of a list.
type MailPage struct {
	Rows []Mail
	// Next is the After of the next page; nil at the end of the list.
	Next *MailCursor
}

// MailCursor is a place in a list of mails, behind the mail with these.
type MailCursor struct {
	CreatedAt time.Time
	ID        string
}

// MailQuery selects a page of mails. The zero value selects the newest.
type MailQuery struct {
	// State, Kind and OperatorID, when set, must be equal.
	State            MailState
	Kind, OperatorID string
	// Search selects as that of [OperatorQuery] does.
	Search string
	// After is the Next of the page before; nil: from the newest.
	After *MailCursor
	// Limit is as in [PageLimit].
	Limit int
}

// EnqueueMail stores a mail to be sent. Fails with ErrExists.
type EnqueueMail struct{ Mail Mail }

// MoveMail moves a mail to another state: From MailQueued it records how a
// claimed attempt ended, From MailFailed it queues the mail again, with its
// attempts counted from zero. To MailQueued asks for another attempt at
// NextAttemptAt; To MailSent sets SentAt to At; every other state but MailFailed
// wipes the body. Fails with ErrConflict when the mail's State is not From (any
// more), is sent or cancelled, or Attempt is not its Attempts, and with
// ErrNotFound when it is gone.
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
