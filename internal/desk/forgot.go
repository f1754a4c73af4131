package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// RequestReset answers "Forgot your password?". Anyone who has an account gets, at the
// email address of the account, what leads on from its present state: a reset link, their
// invitation with a new link, or whom to ask. The answer does not tell whether anything is
// sent: it is nil at the cost of one slow hash, whether or not the account exists, or
// *LimitedError if the IP address asks too often for anyone.
func (d *Desk) RequestReset(ctx context.Context, v Visit, email string) error {
	bad := &InvalidError{}
	email = cleanEmail(email, bad)
	if err := bad.Err(); err != nil {
		return err
	}
	login := ParseLogin(email)
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("request reset: %w", err)
	}
	// A browser that sends the form twice leaves the first request. It is counted, so the
	// second will send nothing.
	ctx, cancel := counted(ctx)
	defer cancel()
	send, err := d.resets.Allow(ctx, login.key, v.IP)
	if limited, ok := errors.AsType[*reset.LimitedError](err); ok {
		return &LimitedError{RetryAt: limited.RetryAt}
	}
	if err != nil {
		return fmt.Errorf("count reset request: %w", err)
	}
	// The first letter in a language takes longer, and would tell that its reader is known.
	d.spoken()
	// The slow hash hides the small difference between known and unknown.
	if _, err := d.Hasher.Verify(password.WithCaller(ctx, caller(v, store.Browser{})), login.key, ""); err != nil {
		return fmt.Errorf("even out cost: %w", err)
	}
	for tries := 0; ; tries++ {
		writes, err := d.answerForgot(ctx, v, login, email, send)
		if err != nil {
			return err
		}
		err = d.Commit(ctx, writes...)
		switch {
		case err == nil:
			return nil
		case !isConflict(err) || tries == 2: // an operator who is invited has changed since
			return fmt.Errorf("store reset request: %w", err)
		}
	}
}

// answerForgot returns the writes of a request: the audit entry, and what the owner of the
// account gets, unless nothing is to be sent. A request that sends nothing stores as much
// for nobody, even if its entry is left out: a shorter time would reveal it. What it stores
// replaces what the last one did.
func (d *Desk) answerForgot(ctx context.Context, v Visit, login Login, email string, send bool) ([]store.Write, error) {
	a, err := d.findForgot(ctx, v, login, email)
	if err != nil {
		return nil, err
	}
	// Made in every case, because laying out and sealing it takes time.
	writes, err := d.wayOn(v, a)
	if err != nil {
		return nil, err
	}
	kind, unsent := "", []store.Write(nil)
	for _, w := range writes {
		switch w := w.(type) {
		case store.EnqueueMail:
			kind = w.Mail.Kind
		case store.PutToken:
			w.Token.Subject, w.Token.Purpose = nobody, store.PurposeReset
			unsent = append(unsent, w)
		case store.MoveInvitation:
			w.OperatorID = nobody
			unsent = append(unsent, w)
		}
	}
	event := d.Audit(v, "password.reset_requested", Refused)
	switch {
	case !a.known:
		return append(unsent, event.UnknownLogin(login).Because("unknown").Write()), nil
	case !send:
		return append(unsent, event.Target(a.operator).Because("too many requests").Write()), nil
	case a.closed != "":
		event.Because(closedReasons[a.closed])
	default:
		event = d.Audit(v, "password.reset_requested", Success)
	}
	return append(writes, event.Target(a.operator).With("sent", kind).Write()), nil
}

// forgot is the account for which someone asks for a new password.
type forgot struct {
	// operator is a stand-in if there is none.
	operator store.Operator
	known    bool
	// inviter vouches for the invitation of an operator who is invited.
	inviter Actor
	// closed is why nothing leads on but someone else's help, or "".
	closed letters.Closed
	roles  []Role
}

// findForgot finds an account. All that decides what is sent is read for everyone, so
// that the time it takes tells nothing.
func (d *Desk) findForgot(ctx context.Context, v Visit, login Login, email string) (forgot, error) {
	var a forgot
	o, err := d.addressee(ctx, v, login)
	if a.known = err == nil; isNotFound(err) {
		o = store.Operator{ID: nobody, Email: email, State: store.OperatorActive}
	} else if err != nil {
		return a, fmt.Errorf("find operator: %w", err)
	}
	a.operator = o
	member := d.presumedMember(ctx, o)
	if o.MemberID == "" && d.Members != nil {
		_, _ = d.Members.FindMember(ctx, nobody)
	}
	by, err := d.findMaker(ctx, o.CreatedBy)
	if err != nil {
		return a, err
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return a, fmt.Errorf("list roles: %w", err)
	}
	a.roles = d.rolesOf(o.PrimaryRole, o.Roles, custom)
	a.inviter = Actor{ID: o.CreatedBy, Name: by.Name}
	a.closed = d.closedTo(o, member)
	if a.closed == "" && o.State == store.OperatorInvited && judged(o.CreatedBy, o) && !d.couldMake(by, o, custom) {
		a.closed = letters.ClosedInviter
	}
	if a.closed == "" && o.ID != nobody && o.State == store.OperatorActive && d.passwordBarred(o) {
		a.closed = letters.ClosedCompany
	}
	return a, nil
}

// wayOn returns what leads the owner of an account on from its present state: one email,
// one link, which no one sees if it is not in the email, and one MoveInvitation, which is
// nobody's if no invitation is renewed.
func (d *Desk) wayOn(v Visit, a forgot) (writes []store.Write, err error) {
	o, n := a.operator, d.notice(v, a.operator, "")
	var letter mail.Letter
	move := store.MoveInvitation{OperatorID: nobody, ExpiresAt: d.Now(), At: d.Now()}
	switch {
	case a.closed != "":
		letter = letters.AccessClosed(n, a.closed)
	case o.State == store.OperatorInvited:
		if _, writes, err = d.inviteAgain(a.inviter, &o, a.roles, n.Occasion); err != nil {
			return nil, err
		}
		if o.State == store.OperatorInvited {
			move = store.MoveInvitation{OperatorID: o.ID, ExpiresAt: o.InviteExpiresAt, At: o.UpdatedAt}
			return slices.Insert(writes, 1, store.Write(move)), nil // after the link, as for everyone
		}
		writes = append(writes, store.PutOperator{Operator: o})
	case !d.PasswordElsewhere(o):
		put, letter, err := d.resetMail(v, o, "")
		return []store.Write{put, move, letter}, err
	default:
		letter = letters.PasswordElsewhere(n)
	}
	if letter.Kind != "" {
		queued, err := d.enqueue(o, letter, d.Now().Add(reset.MaxLife))
		if err != nil {
			return nil, err
		}
		writes = append(writes, queued)
	}
	_, put, err := d.newLink(d.resets.Make, "reset", store.Operator{ID: nobody}, Actor{})
	return append([]store.Write{put, move}, writes...), err
}

// presumedMember is stillMember for an account that is about to get a password. It is also
// true if the directory fails, because the sign-in asks again.
func (d *Desk) presumedMember(ctx context.Context, o store.Operator) bool {
	_, member, err := d.stillMember(ctx, o)
	if err != nil {
		d.Log.WarnContext(ctx, "directory of members did not answer", "operator", o.ID, "error", err)
	}
	return member || err != nil
}

// closedTo returns why an account of the office gives no access, whatever its password;
// "" if it does, or will once its owner has chosen one.
func (d *Desk) closedTo(o store.Operator, member bool) letters.Closed {
	in := o.InSession()
	return closedTo(&in, member, d.Now())
}

// hasAccess reports whether an operator can open the office, as far as it decides that alone.
// Whether a member is still one is asked of the community.
func (d *Desk) hasAccess(o store.Operator) bool {
	return o.State == store.OperatorActive && d.closedTo(o, true) == ""
}

// closedTo is [Desk.closedTo] at a time, for what requests know of the operator. Every way
// in asks it, and so does every request.
func closedTo(o *store.SessionOperator, member bool, now time.Time) letters.Closed {
	switch {
	case o.State != store.OperatorActive && o.State != store.OperatorInvited: // also one that only a newer version knows
		return letters.ClosedDisabled
	case hasEnded(o.EndsAt, o.PrimaryRole, o.Roles, now):
		return letters.ClosedEnded
	case !member:
		return letters.ClosedNoMember
	case o.ID != nobody && o.PrimaryRole == "" && len(o.Roles) == 0:
		return letters.ClosedNoRole
	}
	return ""
}

// notYetChosen, chosen and closedTexts say which act fits an account's state instead.
const (
	notYetChosen = "signin.not_yet_chosen"
	chosen       = "signin.chosen"
)

var closedTexts = map[letters.Closed]messages.Text{
	letters.ClosedDisabled: messages.New("signin.closed.disabled"),
	letters.ClosedEnded:    messages.New("ends.closed"),
	letters.ClosedNoRole:   messages.New("signin.closed.no_role"),
	letters.ClosedNoMember: messages.New("signin.closed.no_member"),
}

// checkOpen returns a *NotNowError if nothing that is sent to an operator would lead them in.
func (d *Desk) checkOpen(ctx context.Context, o store.Operator) error {
	_, member, err := d.stillMember(ctx, o)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	if text := closedTexts[d.closedTo(o, member)]; !text.IsZero() {
		return &NotNowError{text}
	}
	return nil
}

// closedReasons are for the audit log.
var closedReasons = map[letters.Closed]string{
	letters.ClosedDisabled: "account is disabled",
	letters.ClosedEnded:    "access has ended",
	letters.ClosedNoRole:   "no role",
	letters.ClosedNoMember: "no longer a member",
	letters.ClosedInviter:  "its creator may no longer invite",
	letters.ClosedCompany:  companyAlone,
}
