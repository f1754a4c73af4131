package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
)

const (
	// senders is how many emails a replica sends at once, and sendersOfAKind how
	// many of these may be urgent, or be notices, so that neither kind waits for
	// the other.
	senders        = 4
	sendersOfAKind = 3
	// urgentPerDomain and noticesPerDomain are how many of these may be on their way
	// to one domain, so that one that is slow holds up no other.
	urgentPerDomain  = 2
	noticesPerDomain = 1
	// pace is how long a delivery may take before the next one is started beside it.
	pace = 200 * time.Millisecond
	// stopTime is how long Deliver waits, at most, for emails on their way when it is
	// to stop: long enough for a sender that waits 25 seconds for the server's answer,
	// short enough for orchestrators that kill after 30.
	stopTime = 28 * time.Second
	// lookAgain is the time between two searches for due emails while others are
	// being sent.
	lookAgain = time.Second
)

// Deliver sends every email that is due, several at once if they take long, and
// returns how many it tried to send, once none is due or being sent. When ctx ends,
// it begins no other, waits for those that the mail server already has, and returns
// the error of ctx. Several processes may run it at once: each email has one
// sender.
//
// An email is sent at least once. Two copies, with the same Message-ID, can only arrive
// if no one learned that the mail server accepted the first: the connection broke or
// the process ended in between, the server took longer than the sender's patience, or
// the store could not be written for two minutes after.
func (d *Desk) Deliver(ctx context.Context) (int, error) {
	type result struct {
		lane store.MailLane
		err  error
	}
	var (
		n      int
		failed error
		busy   = lanes{}
		ended  = make(chan result, senders)
	)
	sent := func(r result) {
		if busy[r.lane]--; busy[r.lane] == 0 {
			delete(busy, r.lane)
		}
		if r.err != nil {
			failed = r.err
		}
	}
	for {
		if failed != nil && len(busy) == 0 {
			return n, failed
		}
		wait := lookAgain
		m, end, err := d.claim(ctx, busy)
		switch {
		case err == nil:
			n++
			busy[m.Lane]++
			go func() {
				defer end()
				// In a goroutine of its own, a panic would end the host's process.
				ended <- result{m.Lane, safely(func() error { return d.deliver(ctx, m) })}
			}()
			wait = pace
		case !isNotFound(err):
			failed = fmt.Errorf("claim email: %w", err)
		}
		if len(busy) == 0 {
			return n, failed
		}
		timer := time.NewTimer(wait)
		select {
		case r := <-ended:
			sent(r)
		case <-timer.C:
		case <-ctx.Done():
		}
		timer.Stop()
		if err := ctx.Err(); err != nil {
			for late := time.After(stopTime); len(busy) > 0; {
				select {
				case r := <-ended:
					sent(r)
				case <-late:
					return n, err
				}
			}
			return n, err
		}
	}
}

// lanes counts the emails on their way, by lane. It has no lane without any.
type lanes map[store.MailLane]int

// count returns how many emails of each kind are on their way.
func (l lanes) count() (urgent, notices int) {
	for lane, sending := range l {
		if lane.Urgent {
			urgent += sending
		} else {
			notices += sending
		}
	}
	return urgent, notices
}

// full lists the lanes that get no further sender now.
func (l lanes) full() []store.MailLane {
	var full []store.MailLane
	for lane, sending := range l {
		if lane.Urgent && sending >= urgentPerDomain || !lane.Urgent && sending >= noticesPerDomain {
			full = append(full, lane)
		}
	}
	return full
}

// claim takes an email that may be sent beside those on their way, here and, until end is
// called, in other desks of the process; or it returns ErrNotFound.
func (d *Desk) claim(ctx context.Context, busy lanes) (m store.Mail, end func(), err error) {
	if err := ctx.Err(); err != nil {
		return m, nil, err
	}
	urgent, notices := busy.count()
	if urgent+notices == senders {
		return m, nil, store.ErrNotFound
	}
	end, ok := d.periodic.mail.Load().take()
	if !ok {
		return m, nil, store.ErrNotFound
	}
	now := d.Now()
	m, err = d.Store.ClaimMail(ctx, store.MailClaim{
		Now: now, Until: now.Add(claimTime),
		Urgent: urgent < sendersOfAKind, Others: notices < sendersOfAKind, Except: busy.full(),
	})
	if err != nil {
		end()
	}
	return m, end, err
}
