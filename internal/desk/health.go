package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

const (
	// probeTime is how long a health check waits for the store.
	probeTime = time.Second
	// freshFor is how long an answer of the store is believed without asking again.
	freshFor = 2 * time.Second
	// lateAfter is how old the last tick of Run may be.
	lateAfter = 10 * time.Second
)

// Reason is one thing that is wrong.
type Reason struct{ Code, Text string }

// Health is a backoffice.Health.
type Health struct {
	Ready, Alive bool
	Reasons      []Reason
}

// probe is the last health check that had to ask the store, and how it failed.
// turn is held to read or change it.
type probe struct {
	turn chan struct{}
	at   time.Time
	err  error
}

// Health reports the state of the office. It asks the store only if Run has not
// done so lately, at most once a second, and waits for it at most a second.
// readOnly reports that the store has refused a write.
func (d *Desk) Health(ctx context.Context, readOnly bool) Health {
	h := d.Liveness()
	h.Ready = true
	p, err := d.fresh(ctx)
	switch {
	case errors.Is(err, store.ErrIncompatible):
		h.Ready = false
		h.add("store_incompatible", "The tables in the database do not fit this version of the program: call Migrate if they are older, or replace the program if a newer one migrated them.")
	case err != nil:
		h.Ready = false
		h.add("store_down", "The database did not answer within a second.")
	}
	if readOnly || err == nil && p.ReadOnly {
		h.add("store_read_only", "The database takes no writes: nobody can sign in, and nothing can be saved.")
	}
	run := d.Periodic()
	switch {
	case !run.Started:
		h.add("run_missing", "This process does not do the periodic work: Office.Run was never called.")
	case !run.Running:
		h.add("run_stopped", "This process has stopped doing the periodic work: Office.Run has returned.")
	case !run.LastTick.IsZero() && time.Since(run.LastTick) > lateAfter:
		h.add("run_late", fmt.Sprintf("The periodic work last heard from the database %s ago.", time.Since(run.LastTick).Round(time.Second)))
	}
	if len(run.Failing) > 0 {
		h.add("run_failing", "Periodic work fails: "+strings.Join(run.Failing, ", ")+".")
	}
	if err == nil && d.standing(p.Mail).Delayed {
		h.add("mail_stuck", "Emails wait, and none has been sent for half a minute.")
	}
	if off, wrong := d.ClockWrong(); wrong {
		h.add("clock_off", fmt.Sprintf("This machine's clock differs from the database's by %s.", off.Abs().Round(time.Second)))
	}
	if at := d.trail.brokenAt(); at != 0 {
		h.add("audit_broken", fmt.Sprintf("The audit log was changed outside the office before entry %d, or an older copy of the database was restored: nothing old is deleted from it.", at))
	}
	if d.PasskeysMissing() {
		h.add("passkeys_missing", "The parameter passkeys.who requires passkeys, but Config.Passkeys is nil: nobody who must use one can sign in. Set it, or run \"parameters restore passkeys.who\".")
	}
	if s := d.State(); s != nil && len(s.Invalid) > 0 {
		h.add("parameters_invalid", "Stored parameters are out of range, so their defaults are in force: "+strings.Join(s.Invalid, ", ")+".")
	}
	if d.CompanyOnly() && d.Company == nil {
		h.add("company_missing", "The parameter signin.company_only is on, but Config.Company is nil: only super-administrators can sign in. Set it, or run \"parameters restore signin.company_only\".")
	}
	return h
}

// Liveness reports, without asking the store, whether the process can recover by
// itself.
func (d *Desk) Liveness() Health {
	h := Health{Alive: true}
	if run := d.Periodic(); len(run.Stuck) > 0 {
		h.Alive = false
		h.add("run_stuck", "Periodic work did not end at its deadline: "+strings.Join(run.Stuck, ", ")+". Restart the process.")
	}
	return h
}

func (h *Health) add(code, text string) { h.Reasons = append(h.Reasons, Reason{code, text}) }

// fresh returns a recent pulse.
func (d *Desk) fresh(ctx context.Context) (*pulse, error) {
	if p := d.recent(); p != nil {
		return p, nil
	}
	// Callers who wait here share the answer that the first one gets.
	select {
	case d.probe.turn <- struct{}{}:
		defer func() { <-d.probe.turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if p := d.recent(); p != nil {
		return p, nil
	}
	if d.probe.err != nil && time.Since(d.probe.at) < probeTime {
		return nil, d.probe.err
	}
	// Others may be waiting for the answer even if this caller leaves.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), probeTime)
	defer cancel()
	p, err := d.pulse(ctx)
	d.probe.at, d.probe.err = time.Now(), err
	return p, err
}

func (d *Desk) recent() *pulse {
	if p := d.periodic.last.Load(); p != nil && time.Since(p.heard) < freshFor {
		return p
	}
	return nil
}

// MailStats is what this process knows about the queue of emails, from memory.
type MailStats struct {
	// Queued is how many emails wait, up to store.MailQueueMost, and OldestDue when
	// the first that is due became so, or zero.
	Queued    int
	OldestDue time.Time
	// Sent, Retried and Failed count attempts of this process.
	Sent, Retried, Failed uint64
}

// MailStats returns what the last pulse said, and what was counted.
func (d *Desk) MailStats() MailStats {
	m := MailStats{Sent: d.tally.sent.Load(), Retried: d.tally.retried.Load(), Failed: d.tally.failed.Load()}
	if p := d.periodic.last.Load(); p != nil {
		m.Queued = p.Mail.Queued
		if p.Mail.Queued > 0 && !p.Mail.DueAt.After(d.Now()) {
			m.OldestDue = p.Mail.DueAt
		}
	}
	return m
}
