package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/store"
)

// resetMail creates a reset link and the email with it.
func (d *Desk) resetMail(v Visit, o store.Operator, by string) (put store.PutToken, letter store.EnqueueMail, err error) {
	url, put, err := d.newLink(d.resets.Make, "reset", o, Actor{ID: by})
	if err != nil {
		return put, letter, err
	}
	letter, err = d.enqueue(o, letters.PasswordReset(d.notice(v, o, ""), url, put.Token.ExpiresAt), put.Token.ExpiresAt)
	return put, letter, err
}

// LinkForm is what the reset and welcome pages post.
type LinkForm struct {
	Token, Password, Again string
	// Code is a code of the authenticator app or a recovery code, if the account
	// has a second factor. Passkey is an answer to ResetPasskey in place of one.
	Code, Passkey string
}

// Reset sets a new password through a reset link. It does not sign in, ends every
// session, and leaves two-factor authentication as it is. It forgets all known browsers
// but the one that uses the link, and makes that one known if the operator asked for the
// link themselves. It returns the tokens that the browser keeps, or nil if they stay as
// they are. After ErrCodeNeeded, ErrCode and *InvalidError the link still works, ten
// times; then it is revoked, which is ErrLink.
func (d *Desk) Reset(ctx context.Context, v Visit, f LinkForm) (browsers []string, err error) {
	view, t, try, err := d.linked(ctx, v, d.resets, "password.reset_refused", f.Token)
	if err != nil {
		return nil, err
	}
	o := view.Operator
	second, wrong := d.checkResetForm(view, t, f)
	// A link that another operator made may be in their hands, and a browser stays
	// known for long.
	known, keep := store.Write(store.DeleteBrowsers{OperatorID: o.ID, All: true}), []string(nil)
	if view.Browser.ID != "" || t.CreatedBy == "" {
		var only store.PutBrowser
		only, keep = d.remember(v, o.ID, view.Browser)
		only.Keep = 1
		known = only
	}
	err = d.spending(ctx, v, view, t, try, second, "password.reset_refused", func(ctx context.Context) error {
		if wrong != nil {
			return wrong
		}
		return d.reset(ctx, v, view, f, second, try, known)
	})
	if err != nil {
		return nil, err
	}
	return keep, nil
}

// checkResetForm returns what is wrong with a form, or else the second factor to
// check, if the account has one.
func (d *Desk) checkResetForm(view store.SignInView, t store.Token, f LinkForm) (response, error) {
	bad := &InvalidError{}
	d.checkBarred(view.Operator, bad)
	d.checkNewPassword(view.Operator, f.Password, f.Again, bad)
	switch {
	case len(view.Factors) > 0 && strings.TrimSpace(f.Code) == "" && f.Passkey == "":
		return response{}, errors.Join(ErrCodeNeeded, bad.Err())
	case bad.Err() != nil || len(view.Factors) == 0:
		return response{}, bad.Err()
	}
	if f.Passkey != "" && d.HasPasskeys() {
		a, err := d.answer(linkAsked(toReset, t.Digest, view.Operator.ID), f.Passkey)
		if err != nil {
			return response{}, err
		}
		second := passkeyResponse(view.Operator.ID)
		second.passkey = &a
		return second, nil
	}
	return d.parseSecond(view.Operator.ID, f.Code)
}

// reset is Reset for a form without mistakes so far. The write known decides which
// browser stays known.
func (d *Desk) reset(ctx context.Context, v Visit, view store.SignInView, f LinkForm, second response, try *attempt, known store.Write) error {
	o, bad := view.Operator, &InvalidError{}
	var proved proof
	var err error
	if second.row != "" {
		if proved, err = d.checkSecond(ctx, v, view, second, try); err != nil {
			return err
		}
	}
	if err := d.checkReused(ctx, o, f.Password, bad); err != nil {
		return err
	}
	d.checkBreached(ctx, v, o, f.Password, bad)
	if err := bad.Err(); err != nil {
		return err
	}
	if err := d.setPassword(ctx, &o, f.Password); err != nil {
		return err
	}
	more, err := d.passwordSet(v, o, "password.reset")
	if err != nil {
		return err
	}
	writes := slices.Concat([]store.Write{
		d.resets.Spend(f.Token), store.PutOperator{Operator: o},
		store.EndSessions{OperatorID: o.ID, All: true}, store.RevokeTokens{Subject: o.ID, Purpose: store.PurposeReset}, known,
	}, try.succeeded(), proved.writes, d.passwordKeys(o))
	if writes, err = d.withLock(ctx, o, writes); err != nil {
		return err
	}
	return d.resetError(ctx, v, o, f.Token, proved, d.Commit(ctx, append(writes, more...)...))
}

// resetError tells a used link from a used recovery code, for which the store
// returns the same error.
func (d *Desk) resetError(ctx context.Context, v Visit, o store.Operator, token string, proved proof, err error) error {
	if errors.Is(err, store.ErrUsed) {
		if _, gone := d.resets.Find(ctx, token); gone == nil {
			return d.spent(ctx, v, o, false, err)
		}
		return linkCommitError(err)
	}
	return d.unspent(ctx, v, o, false, proved, linkCommitError(err))
}

// passwordSet returns the audit entry of a new password, and the email to its owner.
func (d *Desk) passwordSet(v Visit, o store.Operator, code string) ([]store.Write, error) {
	event := d.Audit(v, code, Success).By(o).Target(o).Write()
	told, err := d.tellOwner(v, o, letters.PasswordChanged, "")
	if err != nil {
		return nil, err
	}
	return []store.Write{event, told}, nil
}

// mayStill reports whether the creator of a link or a temporary password could
// create it now. They may have kept it. If they have left, or have fewer
// permissions than the account by now, they must not return, or rise, through it.
func (d *Desk) mayStill(ctx context.Context, maker string, o store.Operator) (bool, error) {
	if !judged(maker, o) {
		return true, nil
	}
	by, err := d.findMaker(ctx, maker)
	if err != nil {
		return false, err
	}
	custom, err := d.Store.ListRoles(ctx)
	if err != nil {
		return false, fmt.Errorf("list roles: %w", err)
	}
	return d.couldMake(by, o, custom), nil
}

// judged reports whether the permissions of the creator of a link matter: they are another
// operator.
func judged(maker string, o store.Operator) bool {
	return maker != "" && !isProgram(maker) && maker != o.ID
}

// couldMake reports whether an operator, who may be none, could now create a link for
// another.
func (d *Desk) couldMake(by, o store.Operator, custom []store.Role) bool {
	held := d.rolesOf(by.PrimaryRole, by.Roles, custom)
	if by.State != store.OperatorActive || d.ended(by) || !d.Allowed(held, PermissionOperatorsManage) {
		return false
	}
	return !slices.ContainsFunc(d.rolesOf(o.PrimaryRole, o.Roles, custom), func(r Role) bool { return !d.holdAll(held, r) })
}
