package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
)

// Detail is one operator as their page shows them.
type Detail struct {
	store.Operator
	Show               store.OperatorShow
	Roles              []Role
	Factors, CodesLeft int
	// mustHaveTwoFactor says that the rules in force ask for it.
	MustHaveTwoFactor bool
	// Sessions is how many are live, and Live which.
	Sessions int
	Live     []store.Session
	// PasswordElsewhere says that the community keeps the password,
	// HasPassword that there is one here.
	PasswordElsewhere, HasPassword bool
	// temporaryUntil is when a temporary password stops signing in, zero where
	// there is none; TemporaryOver says that it has.
	TemporaryUntil time.Time
	TemporaryOver  bool
	// CreatedByName is empty for the command line, and for who is gone.
	CreatedByName string
	// Within says that the actor may act on this operator.
	Within bool
	// Kept says why the operator can be neither disabled nor deleted.
	Kept string
	// Events, by them and about them, and Mails are the newest, for who may see
	// them.
	Events []store.Event
	Mails  []store.Mail
}

// recent is how many audit rows and mails an operator's page shows.
const recent = 10

// Operator returns one operator with everything their page shows.
func (d *Desk) Operator(ctx context.Context, a Actor, id string) (Detail, error) {
	o, err := d.FindOperator(ctx, a, id)
	if err != nil {
		return Detail{}, err
	}
	v := Detail{Operator: o, Show: o.Show(d.Now()), PasswordElsewhere: d.PasswordElsewhere(o), HasPassword: o.Password != ""}
	v.TemporaryUntil = d.temporaryUntil(o)
	v.TemporaryOver = !v.TemporaryUntil.IsZero() && !d.Now().Before(v.TemporaryUntil)
	// A hash is nobody's business, here neither.
	v.Password, v.PasswordHistory = "", nil
	if v.Roles, err = d.loadRoles(ctx, o); err != nil {
		return Detail{}, err
	}
	v.MustHaveTwoFactor = mustHaveTwoFactor(d.Settings().TwoFactor(d.Now()), v.Roles)
	if v.Within, err = d.within(ctx, a, o); err != nil {
		return Detail{}, err
	}
	if v.Kept, err = d.kept(ctx, o); err != nil {
		return Detail{}, err
	}
	if o.CreatedBy != "" {
		by, err := d.Store.FindOperator(ctx, o.CreatedBy)
		if err != nil && !IsNotFound(err) {
			return Detail{}, fmt.Errorf("find who invited: %w", err)
		}
		v.CreatedByName = by.Name
	}
	factors, err := d.Store.ListFactors(ctx, o.ID)
	if err != nil {
		return Detail{}, fmt.Errorf("list factors: %w", err)
	}
	v.Factors = len(factors)
	set, err := d.Store.FindRecoverySet(ctx, o.ID)
	if err != nil && !IsNotFound(err) {
		return Detail{}, fmt.Errorf("find recovery codes: %w", err)
	}
	v.CodesLeft = len(set.Hashes)
	sessions, err := d.Store.ListSessions(ctx, o.ID)
	if err != nil {
		return Detail{}, fmt.Errorf("list sessions: %w", err)
	}
	for _, s := range sessions {
		if d.Now().Before(s.EndsAt) && d.Now().Before(s.SeenAt.Add(d.Settings().Session.Idle)) {
			v.Live = append(v.Live, s)
		}
	}
	v.Sessions = len(v.Live)
	if a.Can(PermissionAuditView) {
		if v.Events, err = d.eventsOf(ctx, o.ID); err != nil {
			return Detail{}, err
		}
	}
	if a.Can(PermissionMailView) {
		mails, err := d.Store.ListMails(ctx, store.MailQuery{OperatorID: o.ID, Limit: recent})
		if err != nil {
			return Detail{}, fmt.Errorf("list mails: %w", err)
		}
		v.Mails = mails.Rows
	}
	return v, nil
}
