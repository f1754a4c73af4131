package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/store"
)

const (
	// answerLife is how long a form that is sent again gets the answer that it got.
	answerLife = 5 * time.Minute
	// claimLife is when a request that has not answered its form has died.
	claimLife = 30 * time.Second
	// answerWait is how long a form that is sent again waits for the answer to the
	// first, at most; it looks for it every soonestLook at first, and ever more seldom.
	answerWait, soonestLook, latestLook = 10 * time.Second, 10 * time.Millisecond, 250 * time.Millisecond
	// courtesyTime is how long what is written about an answer may hold the answer up, even
	// if the time of the request is used up.
	courtesyTime = 2 * time.Second
	// strangersForms is how many forms without a session are claimed in a minute, in one
	// process, so that a flood of them causes no writes. Any more are handled as if they
	// were the first.
	strangersForms = 600
	// mostWaitingForms is how many requests can wait for others with the same form at the
	// same time, in one process.
	mostWaitingForms = 256
	// mostCopies is how many requests with one form there can be at the same time, so
	// that copies of one do not take all those places.
	mostCopies = 32
)

// errAnswering means that the same form was sent before, and is still being handled.
var errAnswering = fmt.Errorf("%w: the same form is still being handled", store.ErrUnavailable)

// Claim is the right to handle a form, which no other request has at the same time.
type Claim struct {
	desk   *Desk
	answer store.Answer
	leave  func()
}

// ClaimAnswer returns the sealed answer to a form that was handled before, or else the
// claim to handle it, for a request by its ID. While another request has it, it waits,
// for answerWait at most. Identity is nil if no one is signed in. Both results are nil if
// there are too many forms of strangers, or if the database takes no writes: then nothing
// that the form does happens twice either.
func (d *Desk) ClaimAnswer(ctx context.Context, id *Identity, key store.Digest, requestID string) (*Claim, []byte, error) {
	if id == nil && d.tempo.check("strangers' forms", strangersForms, time.Minute, d.Now()) != nil {
		sealed, err := d.FindAnswer(ctx, key)
		return nil, sealed, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, answerWait, errAnswering)
	defer cancel()
	leave, err := d.formLocks.take(ctx, key)
	if err != nil {
		return nil, nil, err
	}
	for {
		now := d.Now()
		mine := store.Answer{Key: key, Claim: requestID, ExpiresAt: now.Add(claimLife)}
		// Whole, also if the client leaves at this moment: a claim that was made and
		// reported as failed would keep the same form waiting.
		claimed, err := d.Store.ClaimAnswer(context.WithoutCancel(ctx), now, mine)
		if claimed {
			return &Claim{d, mine, leave}, nil, nil
		}
		var sealed []byte
		if err == nil {
			sealed, err = d.awaitAnswer(ctx, key)
		}
		switch {
		case errors.Is(err, store.ErrReadOnly):
			err = nil
		case isNotFound(err):
			continue
		case err != nil && errors.Is(context.Cause(ctx), errAnswering):
			err = errAnswering
		case err != nil:
			err = fmt.Errorf("claim answer: %w", err)
		}
		leave()
		return nil, sealed, err
	}
}

// FindAnswer is ClaimAnswer for a form that may not be handled: it returns nil if it was
// not handled before.
func (d *Desk) FindAnswer(ctx context.Context, key store.Digest) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, answerWait, errAnswering)
	defer cancel()
	leave, err := d.formLocks.take(ctx, key)
	if err != nil {
		return nil, err
	}
	defer leave()
	sealed, err := d.awaitAnswer(ctx, key)
	if isNotFound(err) {
		err = nil
	}
	return sealed, err
}

// awaitAnswer returns the answer with a key once it is there, or ErrNotFound if no one
// makes it.
func (d *Desk) awaitAnswer(ctx context.Context, key store.Digest) ([]byte, error) {
	for pause := soonestLook; ; pause = min(2*pause, latestLook) {
		a, err := d.Store.FindAnswer(ctx, key)
		switch {
		case err != nil:
			return nil, err
		case !d.Now().Before(a.ExpiresAt):
			return nil, store.ErrNotFound
		case len(a.Sealed) > 0:
			return a.Sealed, nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return nil, context.Cause(ctx)
		}
	}
}

// Settle keeps the answer to a form, or none if sealed is empty: the form is then handled
// again if it is sent again. That happens even if the client has left: one that sends a
// form twice leaves the first answer alone.
func (c *Claim) Settle(ctx context.Context, sealed []byte) {
	defer c.leave()
	c.answer.Sealed, c.answer.ExpiresAt = sealed, c.desk.Now().Add(answerLife)
	err := c.desk.Store.SettleAnswer(bounded.Each(context.WithoutCancel(ctx), courtesyTime), c.answer)
	if err != nil {
		c.desk.Log.WarnContext(ctx, "answer to a form not kept", "request", c.answer.Claim, "error", err)
	}
}

// FormerAlias returns the alias from which the office has moved, until the move is
// confirmed or lapses, and else "". Nothing is there, except for the form that moved the
// office, sent again.
func (d *Desk) FormerAlias() string {
	if s := d.State(); s != nil && !s.Stored.ConfirmBy.IsZero() {
		return s.Stored.PreviousAlias
	}
	return ""
}

// formLocks make requests with the same form wait for each other in this process, so that
// no more than one of them asks the store again and again.
type formLocks struct {
	mu      sync.Mutex
	of      map[store.Digest]*formLock
	waiting int
}

type formLock struct {
	held  chan struct{}
	users int
}

// take waits until no other request has the lock of a key, and returns the function that
// gives it back.
func (l *formLocks) take(ctx context.Context, key store.Digest) (leave func(), err error) {
	l.mu.Lock()
	one := l.of[key]
	if one == nil {
		one = &formLock{held: make(chan struct{}, 1)}
		l.of[key] = one
	} else if l.waiting >= mostWaitingForms || one.users >= mostCopies {
		l.mu.Unlock()
		return nil, errAnswering
	}
	one.users++
	l.waiting++
	l.mu.Unlock()
	taken := false
	select {
	case one.held <- struct{}{}:
		taken = true
	case <-ctx.Done():
	}
	leave = func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if taken {
			<-one.held
		}
		if one.users--; one.users == 0 {
			delete(l.of, key)
		}
	}
	l.mu.Lock()
	l.waiting--
	l.mu.Unlock()
	if !taken {
		leave()
		return nil, context.Cause(ctx)
	}
	return leave, nil
}
