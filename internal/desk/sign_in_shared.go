package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// wrongPassword is why a sign-in is refused if nothing but its password is wrong.
const wrongPassword = "wrong password"

// share settles what a login means that is the name of an operator here and that of
// the member m in the community, who is another operator: the community can rename its
// members at any time. If both have community passwords, the name is the member's, as
// it is there; the other has a name there, too. If the operator found has a password of
// the office, the password tells who of the two signs in. If the member has one as
// well, they have a name of their own here.
func (d *Desk) share(ctx context.Context, v Visit, a *account, m Member) error {
	if m.ID == a.operator.MemberID {
		return nil
	}
	other := account{memberID: m.ID, byMember: true}
	if err := d.lookUp(ctx, v, &other, store.SignInQuery{MemberID: memberKey(m.ID)}); err != nil || !other.known || d.SSO != nil {
		return err
	}
	if a.operator.MemberID != "" {
		*a = other
	} else {
		a.other = &other
	}
	return nil
}

// judgeShared is judge for a login that may name two accounts. It costs no more for
// two: one slow hash is compared with the password of the one, and one check by the
// community with that of the other. Failures count against the account found here; when
// its password is disabled, so is the name.
func (d *Desk) judgeShared(ctx context.Context, try *attempt, a *account, plain string) (outdated bool, why string, err error) {
	if a.other == nil {
		return d.judge(ctx, try, a, plain)
	}
	other := *a.other
	ok, err := d.Members.CheckMemberPassword(password.WithCaller(ctx, a.caller), other.memberID, plain)
	if err != nil {
		return false, "", fmt.Errorf("check member password: %w", err)
	}
	outdated, why, err = d.judge(ctx, try, a, plain)
	if err != nil || why != wrongPassword || !ok || d.isDisabled(other) {
		return outdated, why, err
	}
	// For the account found here it was a wrong password, and stays counted.
	try.keepCounted(operatorKey("password", a.operator.ID))
	*a = other
	why, err = d.whyRefused(ctx, a, true)
	return false, why, err
}

// isDisabled reports whether too many wrong passwords disabled that of an account.
func (d *Desk) isDisabled(a account) bool {
	for _, c := range a.view.Counters {
		if c.Key == operatorKey("password", a.operator.ID) && c.Count >= d.Settings().SignIn.DisableAfter {
			return true
		}
	}
	return false
}

// checkLogins refuses a new name or email address of an operator that another operator has
// here, or by which the community knows another member; emailField is the field beside which
// it says so of an email address. It must be called after everything else was found right.
func (d *Desk) checkLogins(ctx context.Context, before, o store.Operator, emailField string) error {
	if d.Members == nil {
		return nil // the store keeps them apart
	}
	bad := &InvalidError{}
	for _, l := range []struct {
		field, now, before string
		here               error
		taken              messages.Text
	}{
		{"name", o.Name, before.Name, store.ErrNameTaken, messages.New("signin.taken.name")},
		{emailField, o.Email, before.Email, store.ErrEmailTaken, messages.New("signin.taken.email")},
	} {
		if l.now == l.before || bad.Err() != nil {
			continue
		}
		switch other, err := d.findByLogin(ctx, ParseLogin(l.now)); {
		case err == nil && other.ID != o.ID:
			return taken(l.here)
		case err != nil && !isNotFound(err):
			return fmt.Errorf("find operator: %w", err)
		}
		whose, err := d.knownElsewhere(ctx, o, l.now)
		switch {
		case errors.Is(err, ErrDirectory):
			d.Log.ErrorContext(ctx, "directory of members did not answer", "error", err)
			bad.Add(l.field, "unchecked", messages.New("signin.taken.unchecked"))
		case err != nil:
			return err
		case whose == anOperator:
			bad.Add(l.field, "taken", l.taken)
		case whose == aMember && l.now == o.Name:
			bad.Add(l.field, "taken", messages.New("signin.taken.member"))
		}
	}
	return bad.Err()
}

const (
	anOperator = "operator"
	aMember    = "member"
)

// knownElsewhere returns whose login in the community this is: that of anOperator, who
// would be locked out under it if o had it here, or that of aMember, who could not
// become an operator under it. It returns "" if it is free, or o's own. A member with
// the email address of o is the same person, and may have an account of their own here.
func (d *Desk) knownElsewhere(ctx context.Context, o store.Operator, login string) (string, error) {
	if d.Members == nil {
		return "", nil
	}
	m, err := d.Members.FindMemberByLogin(ctx, login)
	switch {
	case errors.Is(err, ErrNoMember), err == nil && m.ID == o.MemberID:
		return "", nil
	case err != nil:
		return "", fmt.Errorf("%w: %w", ErrDirectory, err)
	}
	other, err := d.findByMember(ctx, m.ID)
	switch {
	case err == nil && other.ID != o.ID:
		return anOperator, nil
	case err != nil && !isNotFound(err):
		return "", fmt.Errorf("find operator by member: %w", err)
	case ParseLogin(m.Email).key == o.EmailKey:
		return "", nil
	}
	return aMember, nil
}
