package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/postern-go/postern/store"
)

// signInAttempt counts an attempt to sign in with a name, whether or not it
// exists: per IP address, per number of different names from one IP address, and
// per name (ASVS 6.3.1).
func (d *Desk) signInAttempt(ctx context.Context, v Visit, key string) (*attempt, error) {
	a := &attempt{d: d}
	if err := a.hitSignIn(ctx, ipGroup(v.IP), key); err != nil {
		// It will not be evaluated, so it must not count against the IP address
		// either: an operator who is kept out must not keep out their neighbours.
		a.takeBack(ctx)
		return nil, err
	}
	return a, nil
}

func (a *attempt) hitSignIn(ctx context.Context, from, key string) error {
	d, s := a.d, a.d.Settings().SignIn
	if err := a.hit(ctx, d.counterKey("signin-address", from), store.Limit{Max: s.PerIP, Window: limitWindow}); err != nil {
		return err
	}
	a.pairKey = d.counterKey("signin-pair", from, key)
	pair, err := d.Store.FindCounter(ctx, a.pairKey)
	if err != nil && !isNotFound(err) {
		return fmt.Errorf("find counter: %w", err)
	}
	if err != nil || !d.Now().Before(pair.ExpiresAt) {
		if err := a.hit(ctx, d.counterKey("signin-names", from), store.Limit{Max: s.NamesPerIP, Window: limitWindow}); err != nil {
			return err
		}
	}
	return a.hitRow(ctx, d.counterKey("signin-name", key), d.nameLimit())
}

// failed notes that this name failed from this IP address, so that its next
// failure there does not count as another name.
func (a *attempt) failed(ctx context.Context) {
	ctx = context.WithoutCancel(ctx)
	_, _, _, err := a.d.Store.Hit(ctx, a.pairKey, store.Limit{Max: 1 << 30, Window: limitWindow}, a.d.Now())
	if err != nil {
		a.d.Log.ErrorContext(ctx, "failure not noted", "error", err)
	}
}

// nameLimit limits wrong passwords in a row under one name.
func (d *Desk) nameLimit() store.Limit {
	l := d.stepUpLimit()
	l.Keep = keepNames
	return l
}

// stepUpLimit limits wrong passwords in a row of a signed-in operator.
func (d *Desk) stepUpLimit() store.Limit {
	s := d.Settings().SignIn
	return store.Limit{Max: s.Failures, Wait: s.Wait, MaxWait: longestWait, Stop: s.DisableAfter}
}

// passwordLimit limits all wrong passwords of an operator.
func (d *Desk) passwordLimit() store.Limit {
	most := d.Settings().SignIn.DisableAfter
	return store.Limit{Max: most, Stop: most}
}

// codeLimit limits wrong codes of one kind of an operator.
func (d *Desk) codeLimit() store.Limit {
	s := d.Settings().SignIn
	return store.Limit{Max: s.Codes, Wait: s.Wait, MaxWait: longestWait, Stop: s.DisableCodesAfter}
}

// hitPassword also counts an attempt against the account's own password. That row
// of failures is what disables a password, whichever name was typed, and from anywhere
// (63B-4 section 3.2.2). For an unknown account it counts in a row that disables
// nothing, so that both ways write the same.
func (a *attempt) hitPassword(ctx context.Context, of account, key string) (disabled bool, err error) {
	row, limit := operatorKey("password", of.operator.ID), a.d.passwordLimit()
	if !of.known {
		row, limit.Keep = a.d.counterKey("password", nobody, key), keepNames
	}
	err = a.hitRow(ctx, row, limit)
	if _, limited := errors.AsType[*LimitedError](err); limited {
		return of.known, nil
	}
	return false, err
}

// rowAttempt counts an attempt of one operator in a row of its own, over all
// sign-ins and IP addresses at once (RFC 4226 section 7.3). A step-up has a row
// apart from signing in, so that strangers who fail under an operator's name cannot
// interrupt their session.
func (d *Desk) rowAttempt(ctx context.Context, key string, l store.Limit) (*attempt, error) {
	a := &attempt{d: d}
	return a, a.hitRow(ctx, key, l)
}

// linkAttempt counts a link posted from an IP address.
func (d *Desk) linkAttempt(ctx context.Context, v Visit) (*attempt, error) {
	a := &attempt{d: d}
	return a, a.hit(ctx, d.counterKey("link-address", ipGroup(v.IP)), store.Limit{Max: linksPerIP, Window: limitWindow})
}

// passwordKeys returns the writes that clear the counters of a changed password.
func (d *Desk) passwordKeys(o store.Operator) []store.Write {
	return []store.Write{
		store.ClearCounter{Key: d.counterKey("signin-name", o.NameKey)},
		store.ClearCounter{Key: d.counterKey("signin-name", o.EmailKey)},
		store.ClearCounter{Key: operatorKey("password", o.ID)},
	}
}
