package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// InviteForm is an invitation as a form gives it.
type InviteForm struct {
	Email string
	// Name may be empty: then a free one is derived from the email address, and
	// the operator can change it.
	Name string
	// Roles are role IDs, the primary one first.
	Roles []string
	// Language is that of the email, and then of the operator, unless it is that of the
	// office: then pages follow their browser. If empty, the language is that of an
	// invitation that is replaced, or of the office.
	Language string
}

// mailsPerHour is how many emails in the office's name one operator can cause in an
// hour, by inviting people, giving them access or resending links.
const mailsPerHour = 60

// countMail counts an email that the actor has the office send, and then commits
// it. An email whose commit fails is not counted.
func (d *Desk) countMail(ctx context.Context, a Actor, commit func() error) error {
	takeBack, err := d.limit(ctx, a, "invites", mailsPerHour, time.Hour)
	if err != nil {
		return err
	}
	if err = commit(); err != nil {
		takeBack()
	}
	return err
}

// countStranger is countMail for a recipient who has not joined yet, and so never
// asked for emails. Operators who have joined are told of everything that is done
// to them, however much that is.
func (d *Desk) countStranger(ctx context.Context, a Actor, o store.Operator, commit func() error) error {
	if o.State != store.OperatorInvited && (o.Password != "" || o.Subject != "" || d.PasswordElsewhere(o)) {
		return commit()
	}
	return d.countMail(ctx, a, commit)
}

// Invite creates an operator who has yet to choose a password, emails them a
// one-time link, and returns the link for handing over. If the email address
// already has an invitation, open or expired, it is replaced by a new link and
// these roles. An actor can neither give more than they hold nor act on an
// operator who holds more. Invite returns a [*LimitedError] after 60 emails in an
// hour, except from the command line.
func (d *Desk) Invite(ctx context.Context, a Actor, v Visit, f InviteForm) (store.Operator, string, error) {
	in, err := d.invitation(ctx, &a, f, d.roomFor(v))
	if err != nil {
		return store.Operator{}, "", err
	}
	return d.sendInvitation(ctx, a, v, in)
}

// invitation is an invitation that was checked: the operator as stored, who is zero
// unless they are invited already, and as they will be. If derived is set, a free
// name is chosen in the end.
type invitation struct {
	before, after store.Operator
	derived       bool
}

// invitation checks a form. The actor's commits then depend on what was read. makeRoom is
// called before someone is looked for at the email address; nil if nothing may change.
func (d *Desk) invitation(ctx context.Context, a *Actor, f InviteForm, makeRoom func(context.Context, store.Operator) error) (in invitation, err error) {
	if err := a.may(PermissionOperatorsManage); err != nil {
		return in, err
	}
	bad := &InvalidError{}
	o := store.Operator{
		Email: cleanEmail(f.Email, bad), State: store.OperatorInvited,
		CreatedBy: a.ID, CreatedAt: d.Now(), UpdatedAt: d.Now(),
	}
	derived := strings.TrimSpace(f.Name) == ""
	if !derived {
		o.Name = d.operatorName(f.Name, bad)
	}
	o.Language = d.invitedIn(f.Language, bad)
	if err := d.putRoles(ctx, a, &o, f.Roles, bad); err != nil {
		return in, err
	}
	if err := bad.Err(); err != nil {
		return in, err
	}
	Keyed(&o)
	if makeRoom != nil {
		if err := makeRoom(ctx, o); err != nil {
			return in, err
		}
	}
	before, err := d.openInvitation(ctx, a, o.Email)
	if err != nil {
		return in, err
	}
	if before.ID != "" {
		o.ID, o.Version, o.MemberID, o.CreatedAt = before.ID, before.Version, before.MemberID, before.CreatedAt
		if derived {
			o.Name, derived = before.Name, false
		}
		if f.Language == "" {
			o.Language = before.Language
		}
	}
	Keyed(&o)
	known := o
	if derived {
		known.Name = before.Name // a free name is chosen later
	}
	return invitation{before, o, derived}, d.checkLogins(ctx, before, known, "email")
}

// sendInvitation stores and emails an invitation that was checked.
func (d *Desk) sendInvitation(ctx context.Context, a Actor, v Visit, in invitation) (o store.Operator, link string, err error) {
	o = in.after
	err = d.countMail(ctx, a, func() (err error) {
		link, err = d.invite(ctx, a, v, in.before, &o, in.derived)
		return err
	})
	if err != nil {
		return store.Operator{}, "", err
	}
	o.Version++
	return o, link, nil
}

// openInvitation returns the operator with an invitation, open or expired, at an
// email address; the zero operator if there is none.
func (d *Desk) openInvitation(ctx context.Context, a *Actor, email string) (store.Operator, error) {
	o, err := d.findByLogin(ctx, ParseLogin(email))
	if isNotFound(err) || err == nil && o.State != store.OperatorInvited {
		return store.Operator{}, nil
	}
	if err != nil {
		return store.Operator{}, fmt.Errorf("find operator: %w", err)
	}
	return d.target(ctx, a, PermissionOperatorsManage, o.ID)
}

// invite commits an invitation. If a derived name is taken at the same moment, it
// derives another.
func (d *Desk) invite(ctx context.Context, a Actor, v Visit, before store.Operator, o *store.Operator, derived bool) (string, error) {
	for tries := 0; ; tries++ {
		if derived {
			name, err := d.firstFree(ctx, store.Operator{EmailKey: o.EmailKey}, d.derivedNames("", o.Email, "operators.derived"))
			if err != nil {
				return "", err
			}
			o.Name = name
			Keyed(o)
		}
		link, err := d.commitInvitation(ctx, a, v, before, o)
		if !derived || !errors.Is(err, store.ErrNameTaken) || tries == 5 {
			return link, taken(err)
		}
	}
}

// taken replaces the error of a taken name or email address by one for people.
func taken(err error) error {
	switch {
	case errors.Is(err, store.ErrEmailTaken):
		return invalid("email", "taken", messages.New("operators.email_taken"))
	case errors.Is(err, store.ErrNameTaken):
		return invalid("name", "taken", nameTaken)
	}
	return err
}

func (d *Desk) commitInvitation(ctx context.Context, a Actor, v Visit, before store.Operator, o *store.Operator) (string, error) {
	if before.ID == "" {
		o.ID = vault.ID()
	}
	link, writes, err := d.renewInvitation(ctx, a, o, letters.Occasion{})
	if err != nil {
		return "", err
	}
	entry := d.Audit(v, "operator.invited", Success).Actor(a).Target(*o).With("roles", strings.Join(o.AllRoles(), " "))
	if before.ID != "" {
		entry.With("before", strings.Join(before.AllRoles(), " "))
	}
	event := entry.Write()
	told, err := d.toldOfSuperAdministrator(ctx, a, v, before, *o)
	if err != nil {
		return "", err
	}
	return link, d.commitAs(ctx, a, "store invitation", slices.Concat([]store.Write{store.PutOperator{Operator: *o}}, writes, told, []store.Write{event})...)
}

// renewInvitation returns a new link for an operator who is invited, which replaces the
// earlier ones, and the writes that store it and email it. On o, which the caller commits,
// it sets when the link expires, and that by vouches for it: see [Desk.mayStill]. Asked is
// set if the invited person asked for the link, or a stranger did: then it replaces no link
// that an operator created. A member who was invited under SSO, which has been turned off
// since, needs no link: they become active, and the link is empty.
func (d *Desk) renewInvitation(ctx context.Context, by Actor, o *store.Operator, asked letters.Occasion) (string, []store.Write, error) {
	roles, err := d.loadRoles(ctx, *o)
	if err != nil {
		return "", nil, err
	}
	return d.inviteAgain(by, o, roles, asked)
}

// inviteAgain is renewInvitation for an operator with these roles.
func (d *Desk) inviteAgain(by Actor, o *store.Operator, roles []Role, asked letters.Occasion) (string, []store.Write, error) {
	o.CreatedBy, o.UpdatedAt = by.ID, d.Now()
	if d.isMember(o.MemberID) {
		return d.accessLetter(by, o, roles, asked)
	}
	url, put, err := d.welcomeLink(by, *o, asked)
	if err != nil {
		return "", nil, err
	}
	o.InviteExpiresAt = put.Token.ExpiresAt
	notice := letters.Notice{About: d.about(*o), By: signature(by), Occasion: asked}
	letter, err := d.enqueue(*o, letters.Invitation(notice, names(notice.In, roles), url, put.Token.ExpiresAt), put.Token.ExpiresAt)
	if err != nil {
		return "", nil, err
	}
	return url, []store.Write{put, letter}, nil
}

// welcomeLink returns a new link for an operator who is invited, and the write that stores
// it.
func (d *Desk) welcomeLink(by Actor, o store.Operator, asked letters.Occasion) (string, store.PutToken, error) {
	if !asked.When.IsZero() {
		by.ID = "" // follow judges who vouches for the invitation
		return d.newLink(d.invites.Make, "welcome", o, by)
	}
	return d.newLink(d.invites.MakeCode, "welcome", o, by)
}

// newLink returns a new link to a page for an operator, and the write that stores
// it. It is made by reset.Links.Make, or by MakeCode if someone may hand it over.
func (d *Desk) newLink(make func(subject, createdBy string) (reset.Link, store.PutToken, error), page string, o store.Operator, a Actor) (string, store.PutToken, error) {
	alias := d.Alias()
	link, put, err := make(o.ID, a.ID)
	if err != nil {
		return "", put, fmt.Errorf("make link: %w", err)
	}
	put.Token.Home = homeTag(alias)
	url, err := link.URL(d.HomeAt(alias) + page)
	if err != nil {
		return "", put, fmt.Errorf("make link: %w", err)
	}
	return url, put, nil
}

// ResendInvitation emails a new link, which replaces the earlier one, and returns
// it for handing over. It is empty if the operator now signs in with the community's
// password; then they are active.
func (d *Desk) ResendInvitation(ctx context.Context, a Actor, v Visit, id string) (string, error) {
	o, err := d.letIn(ctx, &a, id, store.OperatorInvited)
	if err != nil {
		return "", err
	}
	link, writes, err := d.renewInvitation(ctx, a, &o, letters.Occasion{})
	if err != nil {
		return "", err
	}
	event := d.Audit(v, "operator.invited", Success).Actor(a).Target(o).Because("sent again").Write()
	err = d.countMail(ctx, a, func() error {
		return d.commitAs(ctx, a, "send invitation again", append(writes, store.PutOperator{Operator: o}, event)...)
	})
	if err != nil {
		return "", err
	}
	return link, nil
}

// CancelInvitation ends an invitation and deletes the operator who never joined.
func (d *Desk) CancelInvitation(ctx context.Context, a Actor, v Visit, id string) error {
	o, err := d.targetIn(ctx, &a, id, store.OperatorInvited)
	if err != nil {
		return err
	}
	event := d.Audit(v, "operator.invitation_cancelled", Success).Actor(a).Target(o).Write()
	return d.commitAs(ctx, a, "cancel invitation", store.DeleteOperator{ID: o.ID, Version: o.Version}, event)
}

// Welcome sets the first password of an invited operator. It does not sign them in, but
// makes the browser known, even if a colleague handed over the link, and returns the
// tokens that the browser keeps. After *InvalidError the link still works, ten times;
// then it is revoked, which is ErrLink.
func (d *Desk) Welcome(ctx context.Context, v Visit, f LinkForm) (browsers []string, err error) {
	view, t, try, err := d.linked(ctx, v, d.invites, "operator.invitation_refused", f.Token)
	if err != nil {
		return nil, err
	}
	o := view.Operator
	browser, keep := d.remember(v, o.ID, view.Browser)
	err = d.spending(ctx, v, view, t, try, response{}, "operator.invitation_refused", func(ctx context.Context) error {
		return d.welcome(ctx, v, o, f, try, browser)
	})
	if err != nil {
		return nil, err
	}
	return keep, nil
}

// welcome is Welcome for the operator of the link.
func (d *Desk) welcome(ctx context.Context, v Visit, o store.Operator, f LinkForm, try *attempt, browser store.PutBrowser) error {
	bad := &InvalidError{}
	d.checkBarred(o, bad)
	d.checkNewPassword(o, f.Password, f.Again, bad)
	d.checkBreached(ctx, v, o, f.Password, bad)
	if err := bad.Err(); err != nil {
		return err
	}
	if err := d.setPassword(ctx, &o, f.Password); err != nil {
		return err
	}
	o.State, o.InviteExpiresAt = store.OperatorActive, time.Time{}
	event := d.Audit(v, "operator.invitation_used", Success).By(o).Target(o).Write()
	writes := slices.Concat([]store.Write{
		d.invites.Spend(f.Token), store.PutOperator{Operator: o},
		store.EndSessions{OperatorID: o.ID, All: true}, store.RevokeTokens{Subject: o.ID}, browser, event,
	}, try.succeeded(), d.passwordKeys(o))
	return linkCommitError(d.Commit(ctx, writes...))
}
