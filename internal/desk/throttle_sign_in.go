package desk

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/store"
)

// Limits of sign-ins that are not parameters.
const (
	// namePasswords is how many passwords under one name pass at once, from all networks
	// together. Then one more passes each nameEvery, which bounds guesses from many
	// networks at 20 an hour. A single network has to wait before it has used them up. If
	// strangers have, and no one is quicker, the owner waits at most three minutes.
	namePasswords = 30
	nameEvery     = 3 * time.Minute
	// manyFailures wrong passwords in a row of an operator are reported to them.
	manyFailures = 30
	// never is the length that no row reaches.
	never = math.MaxInt32
)

// signInAttempt prepares a to count a stranger's attempt to sign in with a name, whether
// or not it exists: per network, per number of different names from one network, per
// name from one network, and per name (ASVS 6.3.1). If one of these limits is reached,
// it returns *LimitedError; then the account is not even looked up, unless the browser
// says that it is known.
//
// Strangers share these counters, and must not see in them that someone signed in. So the
// commit that follows a right password takes the attempt back under its name, unless too
// many sign-ins were begun and none was completed; see unfinished. The counters of a name
// in one network count failures only, once they are decided; until then, an attempt in
// flight is taken for a failure.
func (d *Desk) signInAttempt(ctx context.Context, v Visit, login Login, a *attempt) error {
	a.name = d.counterKey("signin-name", login.key)
	s := d.Settings().SignIn
	networks := netgroup.Of(v.IP)
	keys := []string{a.name, d.nobodyKey(login), d.counterKey("failed", nobody, login.key)}
	for _, from := range networks {
		pair := d.counterKey("signin-pair", from, login.key)
		keys = append(keys, d.counterKey("signin-address", from), d.counterKey("signin-names", from), pair)
		a.announce(pair)
	}
	found, err := d.Store.FindCounters(ctx, keys...)
	if err != nil {
		return fmt.Errorf("find counters: %w", err)
	}
	a.see(found, keys...)
	for i := range networks {
		address, names, pair := keys[3*i+3], keys[3*i+4], keys[3*i+5]
		a.add(address, store.Refilling(netgroup.Share(i)*s.PerIP, limitWindow))
		// How many people share a network matters less for one name, so this limit grows by
		// two, not by four.
		row := store.Limit{Max: s.Failures << i, Wait: s.Wait, MaxWait: longestWait, Keep: keepNames}
		a.later = append(a.later, store.Hit{Key: pair, Limit: row})
		// A name that already failed from that network is not counted again.
		if next, _, _ := row.Next(a.seen[pair], d.Now()); next.Count == 1 {
			a.later = append(a.later, store.Hit{Key: names, Limit: store.Refilling(netgroup.Share(i)*s.NamesPerIP, limitWindow)})
		}
	}
	a.add(a.name, store.Limit{Max: namePasswords, Every: nameEvery})
	return a.check(ctx)
}

// browserAttempt prepares to count an attempt from a browser that is known to the
// account, in a row of its own, which strangers can neither fill nor see.
func (d *Desk) browserAttempt(b store.Browser) *attempt {
	a := &attempt{d: d, awaited: true, browser: b}
	limit := d.browserLimit()
	a.addRow(browserKey(b), limit, limit.Stop)
	return a
}

func browserKey(b store.Browser) string { return operatorKey("browser", b.ID) }

// browserLimit limits wrong passwords in a row from one known browser. They are remembered
// as long as the browser is known, so that a stolen token does not give new guesses each day.
func (d *Desk) browserLimit() store.Limit {
	l := d.stepUpLimit()
	l.Stop, l.Keep = 2*l.Max, BrowserLife
	return l
}

// stepUpLimit limits wrong passwords in a row of a signed-in operator. A step-up has a
// row apart from signing in, so that strangers who fail under an operator's name
// cannot interrupt their session.
func (d *Desk) stepUpLimit() store.Limit {
	s := d.Settings().SignIn
	return store.Limit{Max: s.Failures, Wait: s.Wait, MaxWait: longestWait, Stop: s.DisableAfter}
}

// passwordLimit limits wrong passwords in a row of an operator, except those of known
// browsers.
func (d *Desk) passwordLimit() store.Limit {
	return store.Limit{Max: d.Settings().SignIn.DisableAfter}
}

// addCode adds the row of failures of one kind of code.
func (a *attempt) addCode(row string) {
	limit := a.d.codeLimit()
	a.addRow(row, limit, limit.Max)
}

// codeLimit limits wrong codes of one kind of an operator, over all sign-ins and IP
// addresses at once (RFC 4226 section 7.3).
func (d *Desk) codeLimit() store.Limit {
	s := d.Settings().SignIn
	return store.Limit{Max: s.Codes, Wait: s.Wait, MaxWait: longestWait, Stop: s.DisableCodesAfter}
}

// nobodyKey returns the key of the row of failures of an account that does not exist.
func (d *Desk) nobodyKey(login Login) string { return d.counterKey("password", nobody, login.key) }

// addPassword also counts an attempt against the account's own password. That row of
// failures is what disables a password, for all of its names and all networks (63B-4
// section 3.2.2). It stops no attempt, but see barred. An unknown account has a row that
// disables nothing, so that the same is written for both.
func (a *attempt) addPassword(of account, login Login) {
	a.password = operatorKey("password", of.operator.ID)
	limit := store.Limit{Max: never}
	if !of.known {
		a.password, limit.Keep = a.d.nobodyKey(login), keepNames
	}
	a.addRow(a.password, limit, min(manyFailures, a.d.passwordLimit().Max))
}

// addFailed prepares to count a stranger's failure once it is decided. That row decides
// whether the owner is told when the correct password follows.
func (a *attempt) addFailed(of account, login Login) {
	row := store.Hit{Key: operatorKey("failed", of.operator.ID)}
	if !of.known {
		row = store.Hit{Key: a.d.counterKey("failed", nobody, login.key), Limit: store.Limit{Keep: keepNames}}
	}
	a.failures, a.later = a.seen[row.Key].Count, append(a.later, row)
}

// barred reports whether so many wrong passwords in a row came before the attempt that the
// password is not accepted, even if it is right. That cannot be seen from outside.
func (a *attempt) barred() bool {
	return a.countOf(a.password) > a.d.passwordLimit().Max
}

// linkAttempt counts a link posted from a network. Take the attempt back if the link works.
// A link that works is accepted even beyond the limit, because otherwise strangers in the
// same network could keep people from using theirs; over is the answer if it does not work.
func (d *Desk) linkAttempt(ctx context.Context, v Visit) (try *attempt, over, err error) {
	try = &attempt{d: d}
	for i, from := range netgroup.Of(v.IP) {
		try.add(d.counterKey("link-address", from), store.Refilling(netgroup.Share(i)*linksPerIP, limitWindow))
	}
	err = try.count(ctx)
	if _, limited := errors.AsType[*LimitedError](err); limited {
		return &attempt{d: d}, err, nil
	}
	return try, nil, err
}

// passwordKeys returns the writes that clear what was counted against a password that
// was changed. Rows that strangers share stay: they do not limit the owner in the browser
// that used the link, or in the session that changed the password.
func (d *Desk) passwordKeys(o store.Operator) []store.Write {
	return []store.Write{store.ClearCounter{Key: operatorKey("password", o.ID)}}
}
