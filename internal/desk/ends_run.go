package desk

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// endsEvery is how often Run looks for accounts that end. They are refused at once anyway.
const endsEvery = 2 * time.Minute

// warnings are how long before the end of an account its operator is told.
var warnings = []time.Duration{14 * day, 7 * day, day}

// endsKind and unusedKind are the kinds of the letters that warn.
const (
	endsKind   = "access-ends"
	unusedKind = letters.Unused
)

// warningDue returns the warning that is due before an end: the last whose time has come. It
// is 0 if none has, or the end has passed.
func warningDue(end, now time.Time) (due time.Duration) {
	left := end.Sub(now)
	for _, w := range warnings {
		if !end.IsZero() && left > 0 && left <= w {
			due = w
		}
	}
	return due
}

// warningID is the id of the email that is a warning, so that the store accepts it once,
// whichever replica sends it.
func warningID(kind, operatorID string, of time.Time, w time.Duration) string {
	digest := store.DigestOf(kind + " " + operatorID + " " + strconv.FormatInt(of.UnixMicro(), 10) + " " + w.String())
	return hex.EncodeToString(digest[:13])
}

// EndAccounts is EndAccountsAt now, if the clock can be trusted: see [Desk.Purge].
func (d *Desk) EndAccounts(ctx context.Context) error {
	now, trusted := d.steadyNow(ctx)
	if !trusted {
		return nil
	}
	return d.EndAccountsAt(ctx, now)
}

// EndAccountsAt disables the accounts whose end has passed, and warns those that end soon.
// Each is done once, however many replicas do it. Of the super-administrators one stays.
func (d *Desk) EndAccountsAt(ctx context.Context, now time.Time) error {
	var failed error
	err := d.eachOperator(ctx, store.OperatorQuery{EndsBefore: now.Add(warnings[0] + time.Microsecond)}, func(o store.Operator) error {
		var err error
		if now.Before(o.EndsAt) {
			err = d.warnOfEnd(ctx, o, now)
		} else {
			err = d.disableBySystem(ctx, o, d.endOfAccount(o))
		}
		failed = errors.Join(failed, err) // one that fails must not hold up the others
		return ctx.Err()
	})
	return errors.Join(failed, err)
}

// endOfAccount is how an account is disabled whose end has passed.
func (d *Desk) endOfAccount(o store.Operator) disabling {
	last := lastDay(o.EndsAt)
	return disabling{
		due: o.EndsAt, last: EndedOn(o.EndsAt),
		entry:  d.Audit(Visit{}, "operator.ended", Success).System().Target(o).With("last_day", EndedOn(o.EndsAt)).With("before", string(o.State)),
		letter: func(a letters.About) mail.Letter { return letters.AccessEnded(a, last) },
		other:  func(a letters.About) mail.Letter { return letters.OperatorEnded(a, o.Name, last) },
	}
}

// warnOfEnd warns an operator that their account ends soon. A warning for which the account
// is too young is left out.
func (d *Desk) warnOfEnd(ctx context.Context, o store.Operator, now time.Time) error {
	w := warningDue(o.EndsAt, now)
	if w == 0 || !d.hasAccess(o) || o.CreatedAt.After(o.EndsAt.Add(-w)) {
		return nil
	}
	letter := letters.AccessEnds(d.about(o), lastDay(o.EndsAt))
	return d.remindAs(ctx, warningID(endsKind, o.ID, o.EndsAt, w), o, o.EndsAt, letter)
}

// disabling is how Run disables an account.
type disabling struct {
	// entry is the audit entry. due is since when the account was to be disabled, last its
	// last day; empty if it has none.
	entry *Entry
	due   time.Time
	last  string
	// letter tells its operator, other whoever gave them access, or the
	// super-administrators; nil for no one.
	letter, other func(letters.About) mail.Letter
	// quiet makes the commit depend on the operator having no session, so that one who
	// signs in at this moment is not disabled as unused.
	quiet bool
}

// disableBySystem disables an account in the name of the office, unless it has changed, or is that of
// the last super-administrator.
func (d *Desk) disableBySystem(ctx context.Context, o store.Operator, how disabling) error {
	var depends []store.Write
	if o.IsActiveSuperAdministrator() {
		other, err := d.otherSuperAdministrator(ctx, o)
		if errors.Is(err, errLastOne) {
			return d.keep(ctx, o, how)
		}
		if err != nil {
			return err
		}
		// Another replica may be disabling that one.
		depends = append(depends, store.CheckOperator{ID: other.ID, Version: other.Version})
	}
	if how.quiet {
		depends = append(depends, store.CheckSessions{OperatorID: o.ID})
	}
	after := o
	after.State, after.UpdatedAt, after.InviteExpiresAt = store.OperatorDisabled, d.Now(), zero
	writes := append(depends, store.PutOperator{Operator: after}, store.EndSessions{OperatorID: o.ID, All: true},
		store.DeleteBrowsers{OperatorID: o.ID, All: true}, store.RevokeTokens{Subject: o.ID}, how.entry.Write())
	told, err := d.tellOfDisabling(ctx, o, how)
	if err != nil {
		return err
	}
	err = d.Commit(ctx, append(writes, told...)...)
	switch {
	case err == nil, isConflict(err), isNotFound(err): // another replica was first, or something changed
		return nil
	case errors.Is(err, store.ErrLastSuperAdministrator):
		return d.keep(ctx, o, how)
	}
	return fmt.Errorf("disable an account: %w", err)
}

// tellOfDisabling returns the letters about an account that is disabled. One who never joined
// gets none.
func (d *Desk) tellOfDisabling(ctx context.Context, o store.Operator, how disabling) ([]store.Write, error) {
	var writes []store.Write
	if _, err := mail.ParseEmailAddress(o.Email); err == nil && o.State == store.OperatorActive {
		w, err := d.enqueue(o, how.letter(d.about(o)), zero)
		if err != nil {
			return nil, err
		}
		writes = append(writes, w)
	}
	if how.other == nil {
		return writes, nil
	}
	letter := func(to store.Operator) mail.Letter { return how.other(d.about(to)) }
	by, err := d.findMaker(ctx, o.CreatedBy)
	if err != nil {
		return nil, err
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	if _, err := mail.ParseEmailAddress(by.Email); err == nil && d.couldMake(by, o, custom) {
		w, err := d.enqueue(by, letter(by), zero)
		return append(writes, w), err
	}
	told, err := d.tellSuperAdministrators(ctx, o.ID, letter)
	return append(writes, told...), err
}

// keep notes, once, that the account of the last super-administrator is not disabled, and
// tells the super-administrators what to do.
func (d *Desk) keep(ctx context.Context, o store.Operator, how disabling) error {
	done := warningID("end-kept", o.ID, how.due, 0)
	if _, known := d.told.Load(done); known {
		return nil
	}
	w, err := d.enqueueAs(done, o, letters.EndKept(d.about(o), o.Name), zero)
	if err != nil {
		return err
	}
	told, err := d.tellSuperAdministrators(ctx, o.ID, func(to store.Operator) mail.Letter {
		return letters.EndKept(d.about(to), o.Name)
	})
	if err != nil {
		return err
	}
	entry := d.Audit(Visit{}, "operator.kept", Refused).System().Target(o).Because("last super-administrator")
	if how.last != "" {
		entry.With("last_day", how.last)
	}
	err = d.Commit(ctx, append(told, store.CheckOperator{ID: o.ID, Version: o.Version}, w, entry.Write())...)
	switch {
	case err == nil, errors.Is(err, store.ErrExists):
		d.told.Store(done, nil)
	case isConflict(err), isNotFound(err):
	default:
		return fmt.Errorf("note that the last super-administrator stays: %w", err)
	}
	return nil
}

// errLastOne means that no other super-administrator is left.
var errLastOne = errors.New("no other active super-administrator")

// otherSuperAdministrator returns an active super-administrator besides an operator. One who
// is a member of the community counts only if it confirms them. It returns errLastOne if
// there is no other, and another error if that cannot be known now.
func (d *Desk) otherSuperAdministrator(ctx context.Context, o store.Operator) (store.Operator, error) {
	var linked []store.Operator
	var sure store.Operator
	err := d.eachOperator(ctx, store.OperatorQuery{RoleID: RoleSuperAdministrator}, func(other store.Operator) error {
		switch {
		case other.ID == o.ID || !other.IsActiveSuperAdministrator():
		case other.MemberID == "":
			sure = other
			return errFound
		default:
			linked = append(linked, other)
		}
		return nil
	})
	if errors.Is(err, errFound) {
		return sure, nil
	}
	if err != nil {
		return sure, err
	}
	err = errLastOne
	for _, other := range linked[:min(len(linked), rowsToCheck)] {
		_, member, asked := d.stillMember(ctx, other)
		if asked == nil && member {
			return other, nil
		}
		if asked != nil {
			err = fmt.Errorf("%w: %w", ErrDirectory, asked)
		}
	}
	return sure, err
}

// errFound ends a search.
var errFound = errors.New("found")
