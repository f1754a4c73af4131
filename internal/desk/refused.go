package desk

import (
	"context"
	"errors"

	"github.com/postern-go/postern/store"
)

// Forged audits a request that failed the cross-site checks.
func (d *Desk) Forged(ctx context.Context, v Visit, why string) {
	d.Audit(v, "request.forged", Refused).Because(why).Record(ctx)
}

// Unknown audits a session token that no session has.
func (d *Desk) Unknown(ctx context.Context, v Visit) {
	d.Audit(v, "session.unknown", Refused).Record(ctx)
}

// Violation audits that a browser blocked something by the Content-Security-Policy.
func (d *Desk) Violation(ctx context.Context, v Visit, id *Identity, directive, blocked string) {
	d.Audit(v, "policy.violated", Refused).In(id).With("directive", directive).With("blocked", OneLine(blocked, 256)).Record(ctx)
}

// Denied audits that the operator lacks a permission.
func (d *Desk) Denied(ctx context.Context, v Visit, id *Identity, permission string) {
	d.Audit(v, "permission.denied", Refused).In(id).With("permission", permission).Record(ctx)
}

// OnlyLooks audits that an operator who sees the office as another one wanted more than to look.
func (d *Desk) OnlyLooks(ctx context.Context, v Visit, id *Identity) {
	d.Audit(v, "permission.denied", Refused).In(id).Because("seeing the office as someone else").Record(ctx)
}

// Malformed audits a request that no page of the office makes.
func (d *Desk) Malformed(ctx context.Context, v Visit, id *Identity, why string) {
	d.Audit(v, "request.malformed", Refused).In(id).Because(why).Record(ctx)
}

// Failed audits that a fault of the office, or of what it depends on, ended a request.
// The log has the cause under the id of the request, because an error can contain text
// that the audit log must not.
func (d *Desk) Failed(ctx context.Context, v Visit, id *Identity, what string) {
	d.Audit(v, "request.failed", Failure).In(id).Because(what).Record(ctx)
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
		d.Audit(v, "request.limited", Refused).In(id).Record(ctx)
	}
}

// limitedCode audits that codes of one kind are refused unchecked, if that is what
// the error means.
func (d *Desk) limitedCode(ctx context.Context, v Visit, o store.Operator, factor string, err error) {
	if limited, ok := errors.AsType[*LimitedError](err); ok {
		limited.noted = true
		d.Audit(v, "code.limited", Refused).Target(o).With("factor", factor).Record(ctx)
	}
}
