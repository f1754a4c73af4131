package desk

import (
	"context"
	"errors"

	"github.com/postern-go/postern/store"
)

// signInAttempt counts a try to sign in as somebody, from somewhere, whether
// or not that somebody exists: per address, per number of different names
// from one address, and per name (ASVS 6.3.1).
func (d *Desk) signInAttempt(ctx context.Context, v Visit, key string) (*attempt, error) {
	a := &attempt{d: d}
	if err := a.count(ctx, v, key); err != nil {
		// It is not evaluated, so it is no failure of the address either:
		// somebody kept out must not keep out their neighbours.
		a.takeBack(ctx)
		return nil, err
	}
	return a, nil
}

// nameLimit is for wrong passwords in a row under one name, stepUpLimit for
// those of somebody signed in, passwordLimit for all of one operator.
func (d *Desk) nameLimit() store.Limit {
	l := d.stepUpLimit()
	l.Keep = keepNames
	return l
}

func (d *Desk) stepUpLimit() store.Limit {
	s := d.Settings().SignIn
	return store.Limit{Max: s.Failures, Wait: s.Wait, MaxWait: longestWait, Stop: s.DisableAfter}
}

func (d *Desk) passwordLimit() store.Limit {
	most := d.Settings().SignIn.DisableAfter
	return store.Limit{Max: most, Stop: most}
}

// hitPassword counts the try against the account's own password too: that row
// of failures is what disables a password, whichever name or address was typed
// (63B-4 section 3.2.2). For somebody unknown a row that disables nothing is
// counted in its place, so that both ways write the same.
func (a *attempt) hitPassword(ctx context.Context, of account, key string) (disabled bool, err error) {
	row, limit := operatorKey("password", of.operator.ID), a.d.passwordLimit()
	if !of.known {
		row, limit.Keep = a.d.counterKey("password", "nobody", key), keepNames
	}
	err = a.hit(ctx, row, limit)
	if limited := (*LimitedError)(nil); errors.As(err, &limited) {
		return of.known, nil
	}
	if err != nil {
		return false, err
	}
	a.clear = append(a.clear, row)
	return false, nil
}

// stepUpAttempt counts a try of somebody signed in to prove who they are. It
// counts in a row of its own, per operator: strangers who fail under the same
// name at the sign-in page must not keep them out of what they are in.
func (d *Desk) stepUpAttempt(ctx context.Context, o store.Operator) (*attempt, error) {
	a := &attempt{d: d}
	key := operatorKey("step-up", o.ID)
	if err := a.hit(ctx, key, d.stepUpLimit()); err != nil {
		return nil, err
	}
	a.clear = []string{key}
	return a, nil
}

// codeAttempt counts a guess at an operator's codes of one kind, over all
// sign-ins and addresses at once (RFC 4226 section 7.3).
func (d *Desk) codeAttempt(ctx context.Context, kind, operatorID string) (*attempt, error) {
	a := &attempt{d: d}
	key := operatorKey(kind, operatorID)
	if err := a.hit(ctx, key, d.codeLimit()); err != nil {
		return nil, err
	}
	a.clear = []string{key}
	return a, nil
}

func (d *Desk) codeLimit() store.Limit {
	s := d.Settings().SignIn
	return store.Limit{Max: s.Codes, Wait: s.Wait, MaxWait: longestWait, Stop: s.DisableCodesAfter}
}

// linkAttempt counts a link posted from an address.
func (d *Desk) linkAttempt(ctx context.Context, v Visit) (*attempt, error) {
	a := &attempt{d: d}
	err := a.hit(ctx, d.counterKey("link-address", addressGroup(v.Address)),
		store.Limit{Max: linksPerAddress, Window: addressWindow})
	if err != nil {
		return nil, err
	}
	return a, nil
}

// passwordKeys are the counters that a newly set password clears.
func (d *Desk) passwordKeys(o store.Operator) []store.Write {
	return []store.Write{
		store.ClearCounter{Key: d.counterKey("signin-name", o.NameKey)},
		store.ClearCounter{Key: d.counterKey("signin-name", o.EmailKey)},
		store.ClearCounter{Key: operatorKey("password", o.ID)},
	}
}
