package desk

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/postern-go/postern/store"
)

const (
	// askTime is how long the office waits for the directory when nobody waits for the
	// office, and askPause how long it does not ask again if that was not enough.
	askTime  = 5 * time.Second
	askPause = 30 * time.Second
	// asksAtOnce is how many such questions there may be at the same time. One that is
	// never answered counts for askLost only, or a directory that works again would not be
	// asked until a restart.
	asksAtOnce = 4
	askLost    = 15 * time.Minute
)

// askLimit bounds what the office asks the directory on its own.
type askLimit struct {
	slots     chan struct{}
	mu        sync.Mutex
	slowUntil time.Time
}

// hasLeft reports whether the community says that an operator is no longer a member of it.
func (d *Desk) hasLeft(ctx context.Context, o store.Operator) bool {
	if o.MemberID == "" || d.Members == nil {
		return false
	}
	_, err := d.askMember(ctx, o.MemberID)
	return errors.Is(err, ErrNoMember)
}

// askMember is findMember for work that must not wait for a slow directory. It returns
// ErrNoMember or ErrDirectory.
func (d *Desk) askMember(ctx context.Context, id string) (Member, error) {
	now := d.Now()
	d.askLimit.mu.Lock()
	slow := now.Before(d.askLimit.slowUntil)
	d.askLimit.mu.Unlock()
	if slow {
		return Member{}, fmt.Errorf("%w: it was too slow a moment ago", ErrDirectory)
	}
	asked, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	type answer struct {
		m   Member
		err error
	}
	answers := make(chan answer, 1)
	select {
	case d.askLimit.slots <- struct{}{}:
		// A directory may not listen to the context.
		leave := sync.OnceFunc(func() { <-d.askLimit.slots })
		lost := time.AfterFunc(askLost, leave)
		go func() {
			var a answer
			err := safely(func() error { a.m, a.err = d.memberAt(asked, id); return nil })
			lost.Stop()
			leave()
			answers <- answer{a.m, errors.Join(a.err, err)}
		}()
	case <-asked.Done():
	}
	a := answer{err: context.DeadlineExceeded}
	select {
	case a = <-answers:
	case <-asked.Done():
	}
	if a.err == nil {
		return a.m, nil
	}
	if errors.Is(a.err, ErrNoMember) {
		return Member{}, ErrNoMember
	}
	if ctx.Err() == nil && asked.Err() != nil {
		d.askLimit.mu.Lock()
		d.askLimit.slowUntil = now.Add(askPause)
		d.askLimit.mu.Unlock()
	}
	return Member{}, fmt.Errorf("%w: %w", ErrDirectory, a.err)
}
