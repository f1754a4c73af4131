package desk

import (
	"context"
	"fmt"
	"time"

	"github.com/postern-go/postern/store"
)

// Listed is an operator as the list shows them.
type Listed struct {
	ID, Name, Email, MemberID string
	// Roles are names, the primary one first; PrimaryRole is its id.
	Roles       []string
	PrimaryRole string
	// RoleIDs are all of their ids.
	RoleIDs      []string
	Show         store.OperatorShow
	TwoFactor    bool
	LastActiveAt time.Time
	InviteEndsAt time.Time
	// Within says that the actor may act on this operator.
	Within bool
}

// OperatorList is a page of operators; Next is the After of the next one, and nil
// at the end.
type OperatorList struct {
	Rows []Listed
	Next *store.OperatorCursor
}

// Operators lists operators, a page at a time.
func (d *Desk) Operators(ctx context.Context, a Actor, q store.OperatorQuery) (OperatorList, error) {
	if !a.Can(PermissionOperatorsView) {
		return OperatorList{}, ErrForbidden
	}
	filters := []string{q.Search, SearchKey(q.Search), string(q.Show), string(q.Sort), q.RoleID, string(q.TwoFactor), string(q.Member)}
	if q.After != nil {
		filters = append(filters, q.After.ID, q.After.NameKey)
	}
	if !LookableIfSet(filters...) {
		return OperatorList{}, nil
	}
	q.Search, q.Now = SearchKey(q.Search), d.Now()
	page, err := d.Store.ListOperators(ctx, q)
	if err != nil {
		return OperatorList{}, fmt.Errorf("list operators: %w", err)
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return OperatorList{}, fmt.Errorf("list roles: %w", err)
	}
	list := OperatorList{Rows: make([]Listed, 0, len(page.Rows)), Next: page.Next}
	for _, o := range page.Rows {
		l := Listed{
			ID: o.ID, Name: o.Name, Email: o.Email, MemberID: o.MemberID, PrimaryRole: o.PrimaryRole, RoleIDs: o.AllRoles(), Show: o.Show(q.Now), TwoFactor: o.TwoFactor,
			LastActiveAt: o.LastActiveAt, InviteEndsAt: o.InviteExpiresAt,
		}
		roles := d.RolesOf(o.Operator, custom)
		l.Roles, l.Within = names(roles), reaches(a, roles)
		list.Rows = append(list.Rows, l)
	}
	return list, nil
}

// Detail is one operator as their page shows them.
type Detail struct {
	store.Operator
	Show               store.OperatorShow
	Roles              []Role
	Factors, CodesLeft int
	// MustHaveTwoFactor says that the rules in force ask for it.
	MustHaveTwoFactor bool
	// Sessions is how many are live, and Live which.
	Sessions int
	Live     []store.Session
	// PasswordElsewhere says that the community keeps the password,
	// HasPassword that there is one here.
	PasswordElsewhere, HasPassword bool
	// TemporaryUntil is when a temporary password stops signing in, zero where
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
	v.TemporaryUntil = d.TemporaryUntil(o)
	v.TemporaryOver = !v.TemporaryUntil.IsZero() && !d.Now().Before(v.TemporaryUntil)
	// A hash is nobody's business, here neither.
	v.Password, v.PasswordHistory = "", nil
	if v.Roles, err = d.LoadRoles(ctx, o); err != nil {
		return Detail{}, err
	}
	v.MustHaveTwoFactor = MustHaveTwoFactor(d.Settings().TwoFactor(d.Now()), v.Roles)
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

// kept says why an operator can be neither disabled nor deleted. It is for
// people; the store refuses whatever is said here.
func (d *Desk) kept(ctx context.Context, o store.Operator) (string, error) {
	if !o.IsActiveSuperAdministrator() {
		return "", nil
	}
	last, err := d.lastSuperAdministrator(ctx)
	if err != nil || last != o.ID {
		return "", err
	}
	return "This is the last active super-administrator. Make somebody else one first.", nil
}

// LastSuperAdministrator is the id of the only active super-administrator;
// empty when there are others. One who is locked out for a while counts, because
// that passes; a linked one counts only while the community says that they are
// still a member, because nobody else can sign in.
func (d *Desk) LastSuperAdministrator(ctx context.Context, a Actor) (string, error) {
	if !a.Can(PermissionOperatorsView) {
		return "", ErrForbidden
	}
	return d.lastSuperAdministrator(ctx)
}

func (d *Desk) lastSuperAdministrator(ctx context.Context) (string, error) {
	supers, err := d.Store.ListOperators(ctx, store.OperatorQuery{RoleID: RoleSuperAdministrator, Now: d.Now(), Limit: rowsToCheck})
	if err != nil {
		return "", fmt.Errorf("list super-administrators: %w", err)
	}
	var sure, linked []store.Operator
	for _, o := range supers.Rows {
		switch {
		case !o.IsActiveSuperAdministrator():
		case o.MemberID == "":
			sure = append(sure, o.Operator)
		default:
			linked = append(linked, o.Operator)
		}
	}
	for i := 0; i < len(linked) && len(sure) < 2; i++ {
		// A directory that does not answer vouches for nobody.
		if member, err := d.StillMember(ctx, linked[i]); err == nil && member {
			sure = append(sure, linked[i])
		}
	}
	if len(sure) != 1 || supers.Next != nil {
		return "", nil
	}
	return sure[0].ID, nil
}

// keepOne refuses to take the last active super-administrator away. The store
// refuses it too, in the commit, and knows nothing of members.
func (d *Desk) keepOne(ctx context.Context, before, after store.Operator) error {
	if !before.IsActiveSuperAdministrator() || after.IsActiveSuperAdministrator() {
		return nil
	}
	last, err := d.lastSuperAdministrator(ctx)
	if err == nil && last == before.ID {
		err = ErrLastSuperAdministrator
	}
	return err
}

const rowsToCheck = 50

// GrantableRoles are the roles that the actor may give.
func (d *Desk) GrantableRoles(ctx context.Context, a Actor) ([]Role, error) {
	all, err := d.AllRoles(ctx)
	if err != nil {
		return nil, err
	}
	var may []Role
	for _, r := range all {
		if a.CanGrant(r) {
			may = append(may, r)
		}
	}
	return may, nil
}

// AllRoles are the built-in roles and then the custom ones, by name.
func (d *Desk) AllRoles(ctx context.Context) ([]Role, error) {
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return nil, fmt.Errorf("list roles: %w", err)
	}
	all := d.BuiltInRoles()
	for _, r := range custom {
		all = append(all, CustomRole(r))
	}
	return all, nil
}
