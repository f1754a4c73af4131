package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/store"
)

// signInAttempt prepares to count an attempt to sign in with a name, whether or not
// it exists: per IP address, per number of different names from one IP address, and
// per name (ASVS 6.3.1). If one of these limits is reached, it returns *LimitedError;
// then the account is not even looked up.
func (d *Desk) signInAttempt(ctx context.Context, v Visit, key string) (*attempt, error) {
	a, s, from := &attempt{d: d}, d.Settings().SignIn, netgroup.Smallest(v.IP)
	keys := []string{
		d.counterKey("signin-address", from), d.counterKey("signin-names", from),
		d.counterKey("signin-name", key), d.counterKey("signin-pair", from, key),
		d.nobodyKey(key),
	}
	found, err := d.Store.FindCounters(ctx, keys...)
	if err != nil {
		return nil, fmt.Errorf("find counters: %w", err)
	}
	a.see(found, keys...)
	a.add(keys[0], store.Limit{Max: s.PerIP, Window: limitWindow})
	pair := store.Limit{Max: 1 << 30, Window: limitWindow}
	// A name that has already failed from that IP address within the window is not
	// counted again.
	if next, _, _ := pair.Next(a.seen[keys[3]], d.Now()); next.Count == 1 {
		a.add(keys[1], store.Limit{Max: s.NamesPerIP, Window: limitWindow})
	}
	a.addRow(keys[2], d.nameLimit())
	a.add(keys[3], pair)
	return a, a.check(ctx)
}

// nameLimit limits wrong passwords in a row under one name.
func (d *Desk) nameLimit() store.Limit {
	l := d.stepUpLimit()
	l.Keep = keepNames
	return l
}

// stepUpLimit limits wrong passwords in a row of a signed-in operator. A step-up has a
// row apart from signing in, so that strangers who fail under an operator's name
// cannot interrupt their session.
func (d *Desk) stepUpLimit() store.Limit {
	s := d.Settings().SignIn
	return store.Limit{Max: s.Failures, Wait: s.Wait, MaxWait: longestWait, Stop: s.DisableAfter}
}

// passwordLimit limits all wrong passwords of an operator.
func (d *Desk) passwordLimit() store.Limit {
	most := d.Settings().SignIn.DisableAfter
	return store.Limit{Max: most, Stop: most}
}

// codeLimit limits wrong codes of one kind of an operator, over all sign-ins and IP
// addresses at once (RFC 4226 section 7.3).
func (d *Desk) codeLimit() store.Limit {
	s := d.Settings().SignIn
	return store.Limit{Max: s.Codes, Wait: s.Wait, MaxWait: longestWait, Stop: s.DisableCodesAfter}
}

// nobodyKey returns the key of the row of failures of an account that does not exist.
func (d *Desk) nobodyKey(key string) string { return d.counterKey("password", nobody, key) }

// addPassword also counts an attempt against the account's own password. That row
// of failures is what disables a password, whichever name was typed, and from anywhere
// (63B-4 section 3.2.2): the attempt is then barred. For an unknown account it counts
// in a row that disables nothing, so that both ways write the same.
func (a *attempt) addPassword(of account, key string) {
	row, limit := operatorKey("password", of.operator.ID), a.d.passwordLimit()
	if !of.known {
		row, limit.Keep = a.d.nobodyKey(key), keepNames
	}
	a.may = row
	a.addRow(row, limit)
}

// linkAttempt counts a link posted from an IP address.
func (d *Desk) linkAttempt(ctx context.Context, v Visit) (*attempt, error) {
	a := &attempt{d: d}
	a.add(d.counterKey("link-address", netgroup.Smallest(v.IP)), store.Limit{Max: linksPerIP, Window: limitWindow})
	return a, a.count(ctx)
}

// passwordKeys returns the writes that clear the counters of a changed password.
func (d *Desk) passwordKeys(o store.Operator) []store.Write {
	return []store.Write{
		store.ClearCounter{Key: d.counterKey("signin-name", o.NameKey)},
		store.ClearCounter{Key: d.counterKey("signin-name", o.EmailKey)},
		store.ClearCounter{Key: operatorKey("password", o.ID)},
	}
}
