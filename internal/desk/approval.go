package desk

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/settings"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
)

const (
	// ApprovalLife is how long a request waits for a second operator.
	ApprovalLife = 24 * time.Hour
	// approvalKept is how long its token lives, so that Run can say that it expired, even
	// if no one ran the office for a while.
	approvalKept = ApprovalLife + 90*24*time.Hour
	// ApprovalsOpen is how many requests of one operator can wait at a time.
	ApprovalsOpen = 10
	// approvalsPerHour is how many requests one operator can make in an hour. Each sends
	// emails to those who can approve.
	approvalsPerHour = 20
	// approvalHome stands for the place of a token that leads nowhere.
	approvalHome = "approval"
	// approvalsShown is how many requests a list has at most.
	approvalsShown = 200
)

// The acts that can wait.
const (
	ApprovalInvite     = "invite"
	ApprovalGrant      = "grant"
	ApprovalRoles      = "roles"
	ApprovalEnable     = "enable"
	ApprovalEnd        = "end"
	ApprovalDeleteRole = "delete_role"
	ApprovalParameters = "parameters"
	ApprovalAddress    = "address"
	ApprovalTwoFactor  = "two_factor"
)

// proposal is an act with all that was typed, so that it can be done later. Act decides
// which of the other fields it has.
type proposal struct {
	Act string
	// ID is the operator, member or role that the act is about, Version their version.
	ID      string `json:",omitempty"`
	Version int64  `json:",omitempty"`
	// Name is what that is called, for lists.
	Name       string          `json:",omitempty"`
	Invite     *InviteForm     `json:",omitempty"`
	Grant      *GrantForm      `json:",omitempty"`
	End        *EndForm        `json:",omitempty"`
	Roles      *RolesForm      `json:",omitempty"`
	Parameters *ParametersForm `json:",omitempty"`
	// Alias is the new one, Was the one that it replaces, To a role.
	Alias  string `json:",omitempty"`
	Was    string `json:",omitempty"`
	To     string `json:",omitempty"`
	Reason string `json:",omitempty"`
}

// proposing returns the actor with how to repeat the act, should it have to wait.
func (a Actor) proposing(p proposal) Actor {
	a.proposal = &p
	return a
}

// request is what the token of a request holds, sealed.
type request struct {
	proposal
	Grave []Grave
	// Asker, Session, IP, Agent and Route are those of who asked, as they were.
	Asker, Session, IP, Agent, Route string
	// Shown is the mark of what they asked for, as the office showed it.
	Shown string

	token store.Token
}

// until is when a request expires.
func (r request) until() time.Time { return r.token.CreatedAt.Add(ApprovalLife) }

func approvalDigest(id string) store.Digest { return store.DigestOf("approval " + id) }

func approvalPlace(id string) string { return "tokens/approval/" + id }

// approval is the approval of a second operator, while the act is done.
type approval struct{ id, by string }

// askForApproval stores that an act waits for a second operator, and tells those who can
// approve. What it depends on is checked in the same commit as if the act were done.
func (d *Desk) askForApproval(ctx context.Context, a Actor, grave []Grave, writes []store.Write) error {
	r := request{proposal: *a.proposal, Grave: grave, Asker: a.Name, Session: a.session}
	for _, w := range writes {
		if e, ok := w.(store.AppendEvent); ok && e.Event.ActorID == a.ID {
			r.IP, r.Agent, r.Route = e.Event.IP, e.Event.UserAgent, e.Event.Route
			r.Name = e.Event.TargetName
		}
	}
	if r.Invite != nil {
		r.Name = r.Invite.Email
	}
	asker := a
	asker.proposal = nil
	plan, err := d.planned(ctx, &asker, r.proposal)
	if err != nil {
		return err
	}
	r.Shown = d.markOf(plan)
	open, err := d.openApprovals(ctx)
	if err != nil {
		return err
	}
	own := 0
	for _, other := range open {
		switch {
		case other.token.CreatedBy != a.ID || !d.Now().Before(other.until()):
			continue
		case other.Shown == r.Shown && other.Act == r.Act && other.ID == r.ID:
			return &WaitingError{ID: other.token.Subject}
		}
		own++
	}
	if own >= ApprovalsOpen {
		return &NotNowError{messages.New("approvals.problem.too_many", "n", ApprovalsOpen)}
	}
	supers, err := d.approversOf(ctx, a.ID, rowsToCheck)
	if err != nil {
		return err
	}
	if len(supers) == 0 {
		return &NotNowError{messages.New("approvals.problem.nobody")}
	}
	return d.storeRequest(ctx, a, r, supers)
}

func (d *Desk) storeRequest(ctx context.Context, a Actor, r request, supers []store.Operator) error {
	id, now := vault.ID(), d.Now()
	plain, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("store request: %w", err)
	}
	r.token = store.Token{
		Digest: approvalDigest(id), Purpose: store.PurposeApproval, Subject: id, CreatedBy: a.ID, Home: approvalHome,
		CreatedAt: now, ExpiresAt: now.Add(approvalKept), Sealed: d.Vault.Seal(vault.Approvals, approvalPlace(id), plain),
	}
	v := Visit{IP: r.IP, UserAgent: r.Agent, Route: r.Route}
	writes := []store.Write{store.PutToken{Token: r.token}, d.approvalEntry(v, "office_approval.asked", r).Actor(a).Because(r.Reason).Write()}
	told, err := d.askedLetters(a, v, r, supers)
	if err != nil {
		return err
	}
	takeBack, err := d.limit(ctx, a, "approvals", approvalsPerHour, time.Hour)
	if err != nil {
		return err
	}
	err = d.Commit(ctx, a.still(append(writes, told...)...)...)
	switch {
	case err == nil:
		return &WaitingError{ID: id}
	case isConflict(err), isNotFound(err):
		takeBack()
		return ErrChanged
	}
	takeBack()
	return fmt.Errorf("store request: %w", err)
}

// approvalEntry begins an audit entry about a request. The new alias is not in it.
func (d *Desk) approvalEntry(v Visit, code string, r request) *Entry {
	effects := make([]string, len(r.Grave))
	for i, g := range r.Grave {
		effects[i] = string(g)
	}
	e := d.Audit(v, code, Success).Thing("approval", r.token.Subject, r.Name).With("act", r.Act).With("effects", strings.Join(effects, " "))
	if r.token.CreatedBy != "" {
		e.With("asked_by", r.Asker)
	}
	return e
}

// openApprovals are the requests that are neither decided nor withdrawn, the oldest first;
// also those that have expired since the last look of Run.
func (d *Desk) openApprovals(ctx context.Context) ([]request, error) {
	tokens, err := d.Store.ListTokens(ctx, store.TokenQuery{Purpose: store.PurposeApproval, Home: approvalHome, Now: d.Now(), Limit: approvalsShown})
	if err != nil {
		return nil, fmt.Errorf("list requests: %w", err)
	}
	var all []request
	for _, t := range tokens {
		r, err := d.unsealRequest(t)
		if errors.Is(err, vault.ErrOpen) {
			r = request{token: t} // void: its master secret is gone
		} else if err != nil {
			return nil, err
		}
		all = append(all, r)
	}
	return all, nil
}

func (d *Desk) unsealRequest(t store.Token) (r request, err error) {
	plain, err := d.Vault.Open(vault.Approvals, approvalPlace(t.Subject), t.Sealed)
	if err == nil {
		err = json.Unmarshal(plain, &r)
	}
	r.token = t
	if err != nil {
		return r, fmt.Errorf("read request: %w", err)
	}
	return r, nil
}

// isApproval reports whether a parameter is a part of the two-person rule.
func isApproval(name string) bool { return strings.HasPrefix(name, settings.ApprovalPrefix) }

// checkRule refuses to switch the two-person rule on if no one could approve.
func (d *Desk) checkRule(ctx context.Context, a Actor, changes []Change) error {
	for _, c := range changes {
		if !isApproval(c.Name) || c.Follows || c.After != "on" {
			continue
		}
		ok, err := d.someoneApproves(ctx, a)
		if err != nil {
			return err
		}
		if !ok {
			return invalid(c.Name, "nobody", messages.New("approvals.problem.switch"))
		}
	}
	return nil
}
