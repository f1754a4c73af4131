package reset

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// finishTime bounds the work of Redeem once the link is spent, and of Request once it
// counts, when the end of the caller's context no longer matters.
const finishTime = 30 * time.Second

// RequestForm is a posted "Forgot your password?" form.
type RequestForm struct {
	// Identifier is the text typed, at most a line.
	Identifier string
	// Subject is the id of the member found; empty if there is none, or if this
	// member may not have a link.
	Subject string
	// IP is the client's IP address, as in [Links.Allow].
	IP string
}

// Request handles a posted form: it counts the request, and creates and stores a
// link. If ok, send the link to the member's email address on record, never to the
// typed one. If not ok, send nothing; the answer must be the same.
//
// The work of the store is the same whether or not the subject is known, and whether
// or not there is a link: if not, it stores a token that no one has seen. Requests for a member are
// counted together, however the identifier was spelled.
//
// Counting and storing finish even if the browser hangs up, because the request counts:
// a second click gets no link. So send the link with a context that the browser does not
// end, either.
//
// The error is a *[LimitedError] (too many requests from the IP address, which also
// does not depend on the account), an *[SSOError], or means "not now"; then only
// counts were stored.
func (l *Links) Request(ctx context.Context, form RequestForm) (link Link, ok bool, err error) {
	if err := l.off(); err != nil {
		return Link{}, false, err
	}
	typed := strings.ToLower(strings.TrimSpace(form.Identifier))
	kind, account, subject := kindSubject, form.Subject, form.Subject
	known := form.Subject != ""
	decoy := "nobody/" + l.keyed("decoy", typed)
	if !known {
		kind, account, subject = kindAccount, typed, decoy
	}
	// Before counting, so that a policy out of range uses up no attempt.
	link, put, err := l.Make(subject, "")
	if err != nil {
		return Link{}, false, err
	}
	if err := ctx.Err(); err != nil {
		return Link{}, false, fmt.Errorf("reset: request link: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
	defer cancel()
	send, err := l.allow(ctx, kind, account, form.IP)
	if err != nil {
		return Link{}, false, err
	}
	if !send {
		// Several identifiers of a member share a limit, and unknown ones do not. If only
		// some requests were stored, the time that takes would reveal which.
		put.Token.Subject = decoy
	}
	if err := l.store.Commit(ctx, put); err != nil {
		return Link{}, false, fmt.Errorf("reset: store link: %w", err)
	}
	if !known || !send {
		return Link{}, false, nil
	}
	return link, true, nil
}

// Redeem spends the link and then calls change with the subject it was created
// for. Of many concurrent calls, exactly one calls change. token is any text that
// [ParseToken] accepts.
//
// The link is spent first, because the change cannot be committed together with
// it. If change fails, the link stays spent, Redeem returns the error of change
// wrapped, and the person must request another link. So check first what can be
// checked, above all the new password; [Links.Find] tells whether the link still
// works.
//
// Spending and change finish even if the browser hangs up, so that an impatient
// second click does not cost the person the link; the context passed to change
// keeps the values of ctx and ends after 30 seconds.
//
// If change was not called because the link does not work, the error is
// ErrUnknown, ErrUsed or ErrExpired, all of them ErrLink. Otherwise it is an
// *[SSOError], that of change, or means "not now".
func (l *Links) Redeem(ctx context.Context, token string, change func(ctx context.Context, subject string) error) error {
	if change == nil {
		return errors.New("reset: redeem link: no change to make")
	}
	found, err := l.Find(ctx, token)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), finishTime)
	defer cancel()
	if err := LinkError(l.store.Commit(ctx, l.Spend(token))); err != nil {
		return fmt.Errorf("reset: spend link: %w", err)
	}
	if err := change(ctx, found.Subject); err != nil {
		return fmt.Errorf("reset: change after the link was spent: %w", err)
	}
	return nil
}

// Revoke revokes the subject's unused link of this purpose, if there is one. Call
// it when a member changes the password in another way, is disabled or deleted.
// It also works while links are off, so that no old link works once they are on
// again.
func (l *Links) Revoke(ctx context.Context, subject string) error {
	if l == nil || l.store == nil {
		return ErrOff
	}
	if subject == "" {
		return errors.New("reset: revoke link: no subject")
	}
	if err := l.store.Commit(ctx, store.RevokeTokens{Subject: subject, Purpose: l.purpose}); err != nil {
		return fmt.Errorf("reset: revoke link: %w", err)
	}
	return nil
}
