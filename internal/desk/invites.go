package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// invitesPerHour is how many people one operator can invite: each gets a mail
// in the office's name.
const invitesPerHour = 60

// InviteForm says who is to be let in, and as what.
type InviteForm struct {
	Email string
	// Name may be left empty: then a free one is made of the address, until the
	// person says better.
	Name string
	// Roles are role ids; the first is the primary one.
	Roles []string
}

// Invite makes an operator who has yet to choose a password, mails them a
// one-time link, and returns the link for handing over. Somebody who is invited
// and has not chosen one yet, in time or not, gets a new link and these roles;
// the older link ends. Nobody can give more than they hold themselves, or act
// on somebody who does. *LimitedError after 60 in an hour, but for the command
// line.
func (d *Desk) Invite(ctx context.Context, a Actor, v Visit, f InviteForm) (store.Operator, string, error) {
	none := store.Operator{}
	if !a.Can(PermissionOperatorsManage) {
		return none, "", ErrForbidden
	}
	bad := &InvalidError{}
	o := store.Operator{Email: cleanEmail("email", f.Email, bad), State: store.OperatorInvited, CreatedBy: a.ID, CreatedAt: d.now(), UpdatedAt: d.now()}
	derived := strings.TrimSpace(f.Name) == ""
	if !derived {
		o.Name = cleanName("name", f.Name, bad)
	}
	names, err := d.grant(ctx, a, &o, f.Roles, bad)
	if err != nil {
		return none, "", err
	}
	if err := bad.err(); err != nil {
		return none, "", err
	}
	if derived, err = d.again(ctx, a, &o, derived); err != nil {
		return none, "", err
	}
	try := &attempt{d: d}
	if a.ID != actorCommandLine {
		if err := try.hit(ctx, operatorKey("invites", a.ID), store.Limit{Max: invitesPerHour, Window: time.Hour}); err != nil {
			return none, "", err
		}
	}
	url, err := d.invite(ctx, a, v, &o, names, derived)
	if err != nil {
		try.takeBack(ctx) // nobody was invited
		return none, "", err
	}
	o.Version++
	return o, url, nil
}

// again makes an invitation the renewal of an open or expired one to the same
// address, if there is one.
func (d *Desk) again(ctx context.Context, a Actor, o *store.Operator, derived bool) (bool, error) {
	before, err := d.Store.FindOperatorByLogin(ctx, loginKey(o.Email))
	if isNotFound(err) || err == nil && before.State != store.OperatorInvited {
		return derived, nil
	}
	if err != nil {
		return derived, fmt.Errorf("find operator: %w", err)
	}
	if err := d.mayActOn(ctx, a, before); err != nil {
		return derived, err
	}
	o.ID, o.Version, o.MemberID, o.CreatedAt = before.ID, before.Version, before.MemberID, before.CreatedAt
	if derived {
		o.Name = before.Name
	}
	return false, nil
}

// invite commits an invitation. A name that nobody chose may be taken by
// somebody else at the same moment, and then is another one.
func (d *Desk) invite(ctx context.Context, a Actor, v Visit, o *store.Operator, roles []string, derived bool) (string, error) {
	for tries := 0; ; tries++ {
		if derived {
			name, err := d.freeName(ctx, o.Email)
			if err != nil {
				return "", err
			}
			o.Name = name
		}
		keyed(o)
		url, err := d.commitInvitation(ctx, a, v, o, roles)
		bad := &InvalidError{}
		switch {
		case err == nil:
			return url, nil
		case errors.Is(err, store.ErrEmailTaken):
			bad.add("email", "taken", "Somebody with this address has access, or is invited, already.")
			return "", bad
		case errors.Is(err, store.ErrNameTaken) && derived && tries < 5:
			continue
		case errors.Is(err, store.ErrNameTaken):
			bad.add("name", "taken", "Another operator has this name. Choose another one.")
			return "", bad
		}
		return "", fmt.Errorf("store invitation: %w", err)
	}
}

func (d *Desk) commitInvitation(ctx context.Context, a Actor, v Visit, o *store.Operator, roles []string) (string, error) {
	var err error
	if o.Version == 0 {
		if o.ID, err = d.Vault.ID(); err != nil {
			return "", err
		}
	}
	link, put, err := d.invites.Make(o.ID, a.ID)
	if err != nil {
		return "", err
	}
	url, err := link.URL(d.home() + "welcome")
	if err != nil {
		return "", err
	}
	o.InviteExpiresAt = put.Token.ExpiresAt
	letter, err := d.enqueue(o.Email, o.ID, mail.Invitation(mail.InvitationValues{
		About: d.about(o.Name), By: a.signature(), Roles: roles, Link: url, Expires: put.Token.ExpiresAt, Home: d.home(),
	}), put.Token.ExpiresAt)
	if err != nil {
		return "", err
	}
	event, err := d.audit(v, "operator.invited", Success).actor(a).target(*o).with("roles", strings.Join(o.AllRoles(), " ")).write()
	if err != nil {
		return "", err
	}
	return url, actorError(d.commit(ctx, a.still(store.PutOperator{Operator: *o}, put, letter, event)...))
}

// maxDerived is how much of an address a name is made of, and derivedNames how
// many are tried.
const (
	maxDerived   = 24
	derivedNames = 1000
)

// freeName makes a name of an address, which nobody has now: the part before
// the "@", then with the first label of the domain, then with a number.
func (d *Desk) freeName(ctx context.Context, email string) (string, error) {
	local, domain, _ := strings.Cut(email, "@")
	label, _, _ := strings.Cut(domain, ".")
	base := derivedPart(local)
	if base == "" {
		base = "Operator"
	}
	for n := range derivedNames {
		name := base
		switch {
		case n == 1:
			name = base + " (" + derivedPart(label) + ")"
		case n > 1:
			name = fmt.Sprintf("%s %d", base, n)
		}
		_, err := d.Store.FindOperatorByLogin(ctx, nameKey(name))
		if isNotFound(err) {
			return name, nil
		}
		if err != nil {
			return "", fmt.Errorf("find operator: %w", err)
		}
	}
	bad := &InvalidError{}
	bad.add("name", "required", "Enter a name. Those that could be made of the address are taken.")
	return "", bad
}

// derivedPart keeps of an address what a name may hold.
func derivedPart(s string) string {
	s = oneLine(strings.ReplaceAll(s, "@", ""), maxDerived)
	return strings.Join(strings.Fields(s), " ")
}
