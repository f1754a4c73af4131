package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"

	"github.com/postern-go/postern/store"
)

// publish passes a committed event to the host. The host's work is not part
// of the request: a panic becomes a log line, and a client that hangs up does not
// end it.
func (d *Desk) publish(ctx context.Context, e store.Event, at mark) {
	if d.OnEvent == nil {
		return
	}
	defer func() {
		if p := recover(); p != nil {
			d.Log.ErrorContext(ctx, "panic in OnEvent", "event", e.Code, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		}
	}()
	e.Seq, e.MAC, e.Detail = at.seq, nil, maps.Clone(e.Detail)
	d.OnEvent(context.WithoutCancel(ctx), e)
}

// Question asks the host about a sign-in or a request.
type Question struct {
	// SignIn reports that a session is about to begin. Otherwise it is a request in
	// a session.
	SignIn bool
	// Identity is the operator. At sign-in it has no session.
	Identity *Identity
	Visit    Visit
	// Permission is what the page requires; empty for none.
	Permission string
	// As is the operator as whom Identity sees the office; nil for nearly all.
	As *Identity
}

// AboutRequest is the question about a request in a session. It is about the operator who is
// signed in, also if they see the office as another one.
func AboutRequest(id *Identity, v Visit, permission string) Question {
	q := Question{Identity: id.Real(), Visit: v, Permission: permission}
	if id.SeenBy != nil {
		q.As = id
	}
	return q
}

// RefusedError means that the host, or a parameter, refused a sign-in or a request.
type RefusedError struct {
	// Text is for the operator. It is empty if the host failed to decide.
	Text string
}

func (e *RefusedError) Error() string {
	if e.Text == "" {
		return "the host did not decide"
	}
	return "refused by the host: " + e.Text
}

// turnedAway reports whether a sign-in came to nothing although everything entered
// was correct, which is not a failed attempt.
func turnedAway(err error) bool {
	refused := (*RefusedError)(nil)
	return errors.Is(err, ErrPaused) || errors.As(err, &refused) || errors.Is(err, store.ErrUnavailable)
}

// Ask asks the host, which can only refuse. It returns *RefusedError, or ErrStepUp
// if the operator has not confirmed their identity recently. A host that fails to
// answer refuses, too.
func (d *Desk) Ask(ctx context.Context, q Question) error {
	if d.Decide == nil {
		return nil
	}
	err := safely(func() error { return d.Decide(ctx, q) })
	refused := (*RefusedError)(nil)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && refused.Text != "":
		d.refusedByHost(ctx, q, "the host refused: "+refused.Text)
		return refused
	case errors.Is(err, ErrStepUp):
		if q.SignIn || q.Identity.Proved() {
			return nil
		}
		return ErrStepUp
	case ctx.Err() != nil:
		return fmt.Errorf("ask the host: %w", ctx.Err())
	}
	d.Log.ErrorContext(ctx, "Decide failed, so the request was refused", "request", q.Visit.RequestID, "operator", q.Identity.Operator.ID, "error", err)
	d.refusedByHost(ctx, q, "the host failed to decide")
	return &RefusedError{}
}

// safely calls f, and returns a panic, such as one in the host's code, as an error.
func safely(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f()
}

func (d *Desk) refusedByHost(ctx context.Context, q Question, why string) {
	code := "request.refused"
	if q.SignIn {
		code = "signin.refused"
	}
	o := q.Identity.Operator
	acting := q.Identity
	if q.As != nil {
		acting = q.As
	}
	e := d.Audit(q.Visit, code, Refused).In(acting).Thing("operator", o.ID, o.Name).Because(why)
	if q.Permission != "" {
		e.With("permission", q.Permission)
	}
	e.Record(ctx)
}

// askSignIn checks the network of a sign-in and asks the host about it. It comes after every check of the
// office, so that the answer tells nothing to anyone who fails one.
func (d *Desk) askSignIn(ctx context.Context, v Visit, view store.SignInView, twoFactor bool) error {
	o := view.Operator
	if s := d.Settings(); !s.AllowsIP(v.IP) {
		d.Audit(v, "signin.refused", Refused).By(o).Target(o).Because("network not allowed").Record(ctx)
		return &RefusedError{Text: "refusal.networks"}
	}
	return d.Ask(ctx, Question{SignIn: true, Visit: v, Identity: &Identity{
		Operator: o.InSession(), Roles: d.rolesOf(o.PrimaryRole, o.Roles, view.Roles), TwoFactor: twoFactor, State: d.State(), desk: d,
	}})
}
