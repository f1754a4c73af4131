package desk

import (
	"context"
	"errors"

	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/store"
)

// refusalsNoted is how many refusals of one kind from one IP address are audited in
// limitWindow. Refusals must not be a way to fill the store.
const refusalsNoted = 30

// refusalsNotedAll is the limit for all IP addresses together.
const refusalsNotedAll = 1000

// Note records a refusal that costs the client nothing, within those limits.
func (e *Entry) Note(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	code := e.event.Code
	_, ok, err := e.d.Store.Hit(ctx, e.d.Now(),
		store.Hit{Key: e.d.counterKey("noted", code, netgroup.Smallest(e.event.IP)), Limit: store.Limit{Max: refusalsNoted, Window: limitWindow}},
		store.Hit{Key: e.d.counterKey("noted", code), Limit: store.Limit{Max: refusalsNotedAll, Window: limitWindow}})
	if err != nil {
		e.d.Log.ErrorContext(ctx, "audit entry not written", "event", code, "error", err)
	}
	if err != nil || !ok {
		return
	}
	e.Record(ctx)
}

// Forged audits a request that failed the cross-site checks.
func (d *Desk) Forged(ctx context.Context, v Visit, why string) {
	d.Audit(v, "request.forged", Refused).Because(why).Note(ctx)
}

// Unknown audits a session token that no session has.
func (d *Desk) Unknown(ctx context.Context, v Visit) {
	d.Audit(v, "session.unknown", Refused).Note(ctx)
}

// Violation audits that a browser blocked something by the Content-Security-Policy.
func (d *Desk) Violation(ctx context.Context, v Visit, id *Identity, directive, blocked string) {
	d.Audit(v, "policy.violated", Refused).In(id).With("directive", directive).With("blocked", blocked).Note(ctx)
}

// Denied audits that the operator lacks a permission.
func (d *Desk) Denied(ctx context.Context, v Visit, id *Identity, permission string) {
	d.Audit(v, "permission.denied", Refused).In(id).With("permission", permission).Note(ctx)
}

// Malformed audits a request that no page of the office makes.
func (d *Desk) Malformed(ctx context.Context, v Visit, id *Identity, why string) {
	d.Audit(v, "request.malformed", Refused).In(id).Because(why).Note(ctx)
}

// Failed audits that a fault of the office, or of what it depends on, ended a request.
// The log has the cause under the id of the request: an error may hold what the audit
// log must not.
func (d *Desk) Failed(ctx context.Context, v Visit, id *Identity, what string) {
	d.Audit(v, "request.failed", Failure).In(id).Because(what).Note(ctx)
}

// Granted audits a request of an operator that was not refused, if the parameter asks
// for every decision (ASVS 16.3.2).
func (d *Desk) Granted(ctx context.Context, v Visit, id *Identity, permission string) {
	if id == nil || !d.Settings().AuditRequests {
		return
	}
	e := d.Audit(v, "request.allowed", Success).In(id)
	if permission != "" {
		e.With("permission", permission)
	}
	e.Record(ctx)
}

// Limited audits that a limit was reached, unless it already is.
func (d *Desk) Limited(ctx context.Context, v Visit, id *Identity, limited *LimitedError) {
	if !limited.noted {
		d.Audit(v, "request.limited", Refused).In(id).Note(ctx)
	}
}

// limitedCode audits that codes of one kind are refused unchecked, if that is what
// the error means.
func (d *Desk) limitedCode(ctx context.Context, v Visit, o store.Operator, factor string, err error) {
	if limited, ok := errors.AsType[*LimitedError](err); ok {
		limited.noted = true
		d.Audit(v, "code.limited", Refused).Target(o).With("factor", factor).Note(ctx)
	}
}
