package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

// Approval is a request that waits for a second operator, as one of those sees it who may.
type Approval struct {
	ID, Act string
	// Name is what the act is about, for [Approval.Title].
	Name string
	// AskedBy is who asked, AskerID their operator, At when, and Until when it expires.
	AskedBy, AskerID string
	At, Until        time.Time
	// IP and UserAgent are those of who asked.
	IP, UserAgent, Reason string
	// Own reports that the reader asked, MayDecide that they can approve of it now, and Why
	// says why they cannot.
	Own, MayDecide bool
	Why            messages.Text
}

// ApprovalDetail is a request with what it would change.
type ApprovalDetail struct {
	Approval
	Rows []ApprovalRow
	// Seen is the mark of what is shown, which [Desk.ApproveRequest] takes back.
	Seen string
	// Void says why no one can approve any more; zero if someone can.
	Void messages.Text
}

// Title says what was asked for.
func (r Approval) Title() messages.Text { return approvalTitle(r.Act, r.Name) }

func approvalTitle(act, name string) messages.Text {
	if act == "" {
		return messages.New("approvals.act.unreadable")
	}
	return messages.New("approvals.act."+act, "name", name)
}

// permissionOf is the permission that an act needs.
func permissionOf(act string) string {
	switch act {
	case ApprovalTwoFactor:
		return PermissionTwoFactorReset
	case ApprovalDeleteRole:
		return PermissionRolesManage
	case ApprovalParameters, ApprovalAddress:
		return PermissionParametersManage
	}
	return PermissionOperatorsManage
}

// sees reports whether an actor may see a request: they asked, or hold the permission. The
// permission of one that cannot be read is not known.
func (r request) sees(a Actor) bool {
	return r.token.CreatedBy == a.ID || a.ID == ActorCommandLine || r.Act != "" && a.Can(permissionOf(r.Act))
}

func (d *Desk) approvalOf(a Actor, r request) Approval {
	return Approval{
		ID: r.token.Subject, Act: r.Act, Name: r.Name, AskedBy: r.Asker, AskerID: r.token.CreatedBy, At: r.token.CreatedAt, Until: r.until(),
		IP: r.IP, UserAgent: r.Agent, Reason: r.Reason, Own: r.token.CreatedBy == a.ID,
	}
}

// MayApprove reports whether an actor could hold the permission of a request.
func (a Actor) MayApprove() bool { return slices.ContainsFunc(officePermissions, a.Can) }

// Approvals lists the requests that wait and that an actor may see, the oldest first. Those
// that they could decide have MayDecide; what each would change is not looked at.
func (d *Desk) Approvals(ctx context.Context, a Actor) ([]Approval, error) {
	open, err := d.openApprovals(ctx)
	if err != nil {
		return nil, err
	}
	var all []Approval
	ties := map[string]messages.Text{}
	for _, r := range open {
		if !r.sees(a) || !d.Now().Before(r.until()) {
			continue
		}
		row := d.approvalOf(a, r)
		why, known := ties[row.AskerID]
		if !known {
			if why, err = d.whyNotSecond(ctx, a, r); err != nil {
				return nil, err
			}
			ties[row.AskerID] = why
		}
		row.Why, row.MayDecide = why, why.IsZero()
		all = append(all, row)
	}
	return all, nil
}

// approvalAttention finds what needs attention of the two-person rule; nothing, without a
// read, while it is off: what waits then can be done at once.
func (d *Desk) approvalAttention(ctx context.Context, a Actor, t *Attention) error {
	if !a.MayApprove() {
		return nil
	}
	if s, err := d.current(ctx, a); err != nil || !s.Settings.Approvals.Any() {
		return err
	}
	all, err := d.Approvals(ctx, a)
	if err != nil {
		return err
	}
	for _, r := range all {
		switch {
		case r.Own:
			t.OwnApprovals++
		case r.MayDecide:
			t.Approvals++
		}
	}
	if !a.CanGrant(Role{All: true}) {
		return nil
	}
	can, err := d.someoneApproves(ctx, a)
	t.NoApprover = err == nil && !can
	return err
}

// whyNotSecond says why an actor is not a second person for a request, whatever it is
// about; zero if they are.
func (d *Desk) whyNotSecond(ctx context.Context, a Actor, r request) (why messages.Text, err error) {
	switch {
	case a.ID == ActorCommandLine:
		return why, nil
	case a.program():
		return messages.New("approvals.why.program"), nil
	case r.token.CreatedBy == a.ID:
		return messages.New("approvals.why.own"), nil
	}
	asker, err := d.Store.FindOperator(ctx, r.token.CreatedBy)
	if isNotFound(err) {
		return why, nil // which voids it
	}
	if err != nil {
		return why, fmt.Errorf("find who asked: %w", err)
	}
	approver, err := d.Store.FindOperator(ctx, a.ID)
	if err != nil {
		return why, fmt.Errorf("find operator: %w", err)
	}
	tied, err := d.tied(ctx, asker, approver)
	if tied {
		why = messages.New("approvals.why.tied", "name", asker.Name)
	}
	return why, err
}

// Approval returns a request with what it would change now.
func (d *Desk) Approval(ctx context.Context, a Actor, id string) (ApprovalDetail, error) {
	r, err := d.findRequest(ctx, a, id)
	if err != nil {
		return ApprovalDetail{}, err
	}
	w, err := d.weigh(ctx, a, r)
	return w.ApprovalDetail, err
}

// errDecided says that a request is no longer open.
var errDecided = &NotNowError{messages.New("approvals.problem.decided")}

// findRequest returns an open request that the actor may see.
func (d *Desk) findRequest(ctx context.Context, a Actor, id string) (request, error) {
	if !lookable(id) {
		return request{}, ErrNotFound
	}
	t, err := d.Store.FindToken(ctx, approvalDigest(id), store.PurposeApproval)
	if isNotFound(err) {
		return request{}, ErrNotFound
	}
	if err != nil {
		return request{}, fmt.Errorf("find request: %w", err)
	}
	r, err := d.unsealRequest(t)
	if errors.Is(err, vault.ErrOpen) {
		r = request{token: t}
	} else if err != nil {
		return request{}, err
	}
	switch {
	case !r.sees(a):
		return request{}, ErrNotFound
	case !t.UsedAt.IsZero(), !d.Now().Before(r.until()):
		return request{}, errDecided
	}
	return r, nil
}

// weighed is a request, judged anew.
type weighed struct {
	ApprovalDetail
	// asker is who asked, as they are now, and approver the actor. Their commits depend on
	// what was read.
	asker, approver Actor
}

// weigh judges a request: whether who asked could still do it, whether it is still what was
// asked for, and whether the actor is a second person who could do it as well.
func (d *Desk) weigh(ctx context.Context, a Actor, r request) (w weighed, err error) {
	w = weighed{ApprovalDetail: ApprovalDetail{Approval: d.approvalOf(a, r)}, approver: a}
	// Looking needs no proof; deciding does.
	w.approver.proved = func() bool { return true }
	asker, ok, err := d.askerNow(ctx, r)
	switch {
	case err != nil:
		return w, err
	case r.Act == "":
		w.Void = messages.New("approvals.void.unreadable")
		return w, nil
	case !ok:
		w.Void = messages.New("approvals.void.asker", "name", r.Asker)
		return w, nil
	}
	w.asker = asker
	now, err := d.planned(ctx, &w.asker, r.proposal)
	if w.Void, err = voidBy(err, r); err != nil || !w.Void.IsZero() {
		return w, err
	}
	w.Rows, w.Seen = now.Rows, d.markOf(now)
	if w.Seen != r.Shown {
		w.Void = messages.New("approvals.void.changed")
		return w, nil
	}
	if w.Why, err = d.whyNotSecond(ctx, a, r); err != nil || !w.Why.IsZero() {
		return w, err
	}
	if slices.Contains(now.gains, a.ID) {
		w.Why = messages.New("approvals.why.gains")
		return w, nil
	}
	_, err = d.planned(ctx, &w.approver, r.proposal)
	switch bad := (*InvalidError)(nil); {
	case errors.Is(err, ErrForbidden), errors.As(err, &bad):
		w.Why = messages.New("approvals.why.beyond")
	case err != nil:
		return w, err
	}
	w.MayDecide = w.Why.IsZero()
	return w, nil
}

// voidBy says what an error means that keeps who asked from doing it now. Any other error
// is returned: it may pass.
func voidBy(err error, r request) (messages.Text, error) {
	bad, stale := (*InvalidError)(nil), (*StaleError)(nil)
	switch {
	case err == nil:
		return messages.Text{}, nil
	case errors.Is(err, ErrForbidden):
		return messages.New("approvals.void.asker", "name", r.Asker), nil
	case errors.As(err, &bad):
		return bad.Problems[0].Text, nil
	case errors.Is(err, ErrChanged), errors.Is(err, ErrNotFound), errors.Is(err, ErrLastSuperAdministrator), errors.As(err, &stale):
		return messages.New("approvals.void.changed"), nil
	}
	return messages.Text{}, err
}

// askerNow returns who asked as an actor with their present rights, and false if they may
// not act any more.
func (d *Desk) askerNow(ctx context.Context, r request) (Actor, bool, error) {
	o, err := d.Store.FindOperator(ctx, r.token.CreatedBy)
	if isNotFound(err) {
		return Actor{}, false, nil
	}
	if err != nil {
		return Actor{}, false, fmt.Errorf("find who asked: %w", err)
	}
	roles, err := d.loadRoles(ctx, o)
	if err != nil || !d.hasAccess(o) || len(roles) == 0 {
		return Actor{}, false, err
	}
	if _, member, err := d.stillMember(ctx, o); err != nil || !member {
		return Actor{}, false, err
	}
	disturbed, err := d.disturbed(ctx, r)
	if err != nil || disturbed {
		return Actor{}, false, err
	}
	a := Actor{
		ID: o.ID, Name: o.Name, session: r.Session, version: o.Version,
		can: func(p string) bool { return d.Allowed(roles, p) }, has: func(role Role) bool { return d.holdAll(roles, role) },
		proved: func() bool { return true }, // they did when they asked
	}
	a.dependOnRoles(roles...)
	return a, true, nil
}
