package reset

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// redeemTimeout bounds the work of Redeem from spending the link on, when the
// caller's context does not count any more.
const redeemTimeout = 30 * time.Second

// RequestForm is one posted "forgot your password?" form.
type RequestForm struct {
	// Identifier is what was typed, at most a line.
	Identifier string
	// Subject is the id of the member found by it; empty when there is none, or
	// when this member may not have a link.
	Subject string
	// Address is the client's IP address, as in [Links.Allow].
	Address string
}

// Request does what a posted form asks for: it counts the request, makes a link
// and stores it. When ok, send the link to the member's address on record, never
// to the typed one. When not ok, send nothing; the answer must be the same.
//
// The work of the store is the same whether or not the subject is known: for an
// unknown one a token is stored that nobody has ever seen. A member is counted
// as such however the identifier was spelled.
//
// The error is a *[LimitedError] (too many from the address, which does not
// depend on the account either), an *[SSOError], or means "not now"; then nothing
// was stored but counts.
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
	// Before counting, so that a policy out of range costs nobody a try.
	link, put, err := l.Make(subject, "")
	if err != nil {
		return Link{}, false, err
	}
	send, err := l.allow(ctx, kind, account, form.Address)
	if err != nil || !send {
		return Link{}, false, err
	}
	if err := l.store.Commit(ctx, put); err != nil {
		return Link{}, false, fmt.Errorf("reset: store link: %w", err)
	}
	if !known {
		return Link{}, false, nil
	}
	return link, true, nil
}

// Redeem spends the link and then calls change with the subject it was made
// for. Of many at once exactly one calls change. The text is whatever
// [ParseToken] takes.
//
// The link is spent first, because the change is kept somewhere that cannot be
// committed together with it. When change fails the link stays spent, the error
// of change comes back wrapped, and the person asks for another link. So check
// beforehand what can be checked, the new password above all; [Links.Find] says
// whether the link still works.
//
// Spending and change run to their end although the browser hangs up, so that
// an impatient second click does not cost the person the link; the context that
// change gets keeps the values of ctx and ends after 30 seconds.
//
// The error is ErrUnknown, ErrUsed or ErrExpired, all of them ErrLink, when
// change was not called because the link does not work; an *[SSOError]; that of
// change; or it means "not now".
func (l *Links) Redeem(ctx context.Context, token string, change func(ctx context.Context, subject string) error) error {
	if change == nil {
		return errors.New("reset: redeem link: no change to make")
	}
	found, err := l.Find(ctx, token)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), redeemTimeout)
	defer cancel()
	if err := LinkError(l.store.Commit(ctx, l.Spend(token))); err != nil {
		return fmt.Errorf("reset: spend link: %w", err)
	}
	if err := change(ctx, found.Subject); err != nil {
		return fmt.Errorf("reset: change after the link was spent: %w", err)
	}
	return nil
}

// Revoke kills the subject's unused link of this purpose, if there is one. Call
// it when a member changes the password in another way, is disabled or deleted.
// It works while links are off, so that none comes back to life with them.
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
