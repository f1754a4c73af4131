package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// OperatorDetail is everything about one operator that their page shows.
type OperatorDetail struct {
	Operator
	Version              int64
	CreatedAt, UpdatedAt time.Time
	// CreatedByName is empty for the command line and for a deleted operator.
	CreatedByName string
	// LockedUntil is zero unless too many failures lock them out.
	LockedUntil time.Time
	// LockedForGood reports that no time ends it.
	LockedForGood bool
	// Sessions is how many are live; [Desk.OperatorSessions] lists them.
	Sessions int
	// Browsers is how many known browsers they have, for an actor who may end their
	// sessions.
	Browsers           int
	Factors, CodesLeft int
	// Passkeys is how many of the Factors are passkeys.
	Passkeys int
	// Language is the one that they chose; empty if none.
	Language string
	// MustHaveTwoFactor reports whether the rules in force require it.
	MustHaveTwoFactor bool
	// PasswordElsewhere reports whether the community keeps the password,
	// HasPassword whether there is one here.
	PasswordElsewhere, HasPassword, MustChangePassword bool
	PasswordSetAt                                      time.Time
	// TemporaryUntil is when a temporary password stops working, zero if there is
	// none; TemporaryOver reports whether it has.
	TemporaryUntil time.Time
	TemporaryOver  bool
	// EmailProblem says why a member does not have the email address that the community
	// has for them, and what to do; zero if they have it.
	EmailProblem messages.Text
	// Kept says why the operator can be neither disabled nor deleted; zero if they
	// can.
	Kept messages.Text
}

// Operator returns one operator, by ID, name or email address, with everything
// their page shows.
func (d *Desk) Operator(ctx context.Context, a Actor, id string) (OperatorDetail, error) {
	none := OperatorDetail{}
	o, err := d.FindOperator(ctx, a, id)
	if err != nil {
		return none, err
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return none, fmt.Errorf("list roles: %w", err)
	}
	factors, err := d.Store.ListFactors(ctx, o.ID)
	if err != nil {
		return none, fmt.Errorf("list factors: %w", err)
	}
	v := OperatorDetail{
		Operator: d.shown(a, store.OperatorRow{Operator: o, TwoFactor: len(factors) > 0}, custom),
		Version:  o.Version, CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt, Factors: len(factors),
		PasswordElsewhere: d.PasswordElsewhere(o), HasPassword: o.Password != "", MustChangePassword: o.MustChangePassword,
		PasswordSetAt: o.PasswordSetAt, TemporaryUntil: d.temporaryUntil(o),
	}
	for _, f := range factors {
		if f.Kind == store.FactorPasskey {
			v.Passkeys++
		}
	}
	v.TemporaryOver = !v.TemporaryUntil.IsZero() && !d.Now().Before(v.TemporaryUntil)
	v.MustHaveTwoFactor = mustHaveTwoFactor(d.Settings().TwoFactor(d.Now()), v.Roles)
	if v.Show == store.ShowLocked {
		v.LockedUntil, v.LockedForGood = o.LockedUntil, o.LockedUntil.Sub(d.Now()) > longestWait
	}
	if v.Email == o.Email { // not masked
		if v.EmailProblem, err = d.whyNotFollowed(ctx, o); err != nil {
			return none, err
		}
	}
	if v.Kept, err = d.kept(ctx, o); err != nil {
		return none, err
	}
	if !v.Kept.IsZero() {
		v.May.Disable, v.May.Delete = false, false
	}
	if o.CreatedBy != "" {
		by, err := d.Store.FindOperator(ctx, o.CreatedBy)
		if err != nil && !isNotFound(err) {
			return none, fmt.Errorf("find who invited: %w", err)
		}
		v.CreatedByName = by.Name
	}
	set, err := d.Store.FindRecoverySet(ctx, o.ID)
	if err != nil && !isNotFound(err) {
		return none, fmt.Errorf("find recovery codes: %w", err)
	}
	v.CodesLeft, v.Language = len(set.Hashes), o.Language
	live, err := d.liveSessions(ctx, o.ID)
	if v.Sessions = len(live); err != nil || !v.May.Change {
		return v, err
	}
	browsers, err := d.knownBrowsers(ctx, o.ID)
	v.Browsers = len(browsers)
	return v, err
}

// recent is how many events the home page shows, recentOf how many events and mails an
// operator's page does.
const (
	recent   = 10
	recentOf = 5
)

// Recent returns the newest events by and about an operator and the newest mails
// to them, as far as the actor may see those.
func (d *Desk) Recent(ctx context.Context, a Actor, operatorID string) (events []store.Event, mails []store.Mail, err error) {
	if !a.Can(PermissionOperatorsView) {
		return nil, nil, ErrForbidden
	}
	if a.Can(PermissionAuditView) {
		page, err := d.Trail(ctx, a, store.EventQuery{Limit: recentOf}, operatorID)
		if err != nil {
			return nil, nil, err
		}
		if events, err = d.FoldActs(ctx, page.Rows); err != nil {
			return nil, nil, err
		}
	}
	if a.Can(PermissionMailView) {
		page, err := d.Mails(ctx, a, store.MailQuery{OperatorID: operatorID, Limit: recentOf})
		if err != nil {
			return nil, nil, err
		}
		mails = page.Rows
	}
	return events, mails, nil
}
