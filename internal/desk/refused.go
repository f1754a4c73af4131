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

// Denied audits that the operator lacks a permission.
func (d *Desk) Denied(ctx context.Context, v Visit, id *Identity, permission string) {
	d.Audit(v, "permission.denied", Refused).In(id).With("permission", permission).Record(ctx)
}

// Malformed audits a request that no page of the office makes.
func (d *Desk) Malformed(ctx context.Context, v Visit, id *Identity, why string) {
	d.Audit(v, "request.malformed", Refused).In(id).Because(why).Record(ctx)
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
