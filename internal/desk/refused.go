package desk

import (
	"context"
	"errors"

	"github.com/postern-go/postern/store"
)

// refusalsNoted is how many refusals of one kind from one address are written
// down in addressWindow, and what is beyond only counts: whoever is turned away
// must not be able to fill the store with it.
const refusalsNoted = 30

// refusalsNotedAll is the same over all addresses: whoever has a network of
// them must not be able to either.
const refusalsNotedAll = 1000

// note records a refusal that costs whoever causes it nothing.
func (e *Entry) Note(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	code := e.event.Code
	for _, row := range []struct {
		key string
		max int
	}{
		{e.d.counterKey("noted", code, addressGroup(e.event.IP)), refusalsNoted},
		{e.d.counterKey("noted", code), refusalsNotedAll},
	} {
		_, _, ok, err := e.d.Store.Hit(ctx, row.key, store.Limit{Max: row.max, Window: addressWindow}, e.d.now())
		if err != nil {
			e.d.Log.ErrorContext(ctx, "audit entry not written", "event", code, "error", err)
			return
		}
		if !ok {
			return
		}
	}
	e.Record(ctx)
}

// Forged records a request that failed the cross-site checks.
func (d *Desk) Forged(ctx context.Context, v Visit, why string) {
	d.Audit(v, "request.forged", Refused).Because(why).Note(ctx)
}

// Denied records that rights did not reach.
func (d *Desk) Denied(ctx context.Context, v Visit, id *Identity, permission string) {
	d.Audit(v, "permission.denied", Refused).By(id.Operator).Session(id.Session).With("permission", permission).Note(ctx)
}

// Malformed records a request that no page of the office makes.
func (d *Desk) Malformed(ctx context.Context, v Visit, id *Identity, why string) {
	d.Audit(v, "request.malformed", Refused).maybe(id).Because(why).Note(ctx)
}

// Limited records that a limit was reached, where that is not recorded yet.
func (d *Desk) Limited(ctx context.Context, v Visit, id *Identity, limited *LimitedError) {
	if !limited.noted {
		d.Audit(v, "request.limited", Refused).maybe(id).Note(ctx)
	}
}

// limitedCode records that codes of one kind are not looked at any more; any
// other error is left alone.
func (d *Desk) limitedCode(ctx context.Context, v Visit, o store.Operator, factor string, err error) {
	if limited, ok := errors.AsType[*LimitedError](err); ok {
		limited.noted = true
		d.Audit(v, "code.limited", Refused).Target(o).With("factor", factor).Note(ctx)
	}
}
