package desk

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/postern-go/postern/internal/netgroup"
	"github.com/postern-go/postern/store"
)

// PasskeyOptions returns the options with which a browser asks for a passkey as the second
// step of a sign-in.
func (d *Desk) PasskeyOptions(ctx context.Context, token string) (options string, err error) {
	p, err := d.preSession(ctx, Visit{}, token)
	switch {
	case err != nil:
		return "", err
	case !p.Passkeys:
		return "", ErrNoPasskeys
	}
	return d.usePasskeyOptions(p.Operator, p.Factors, preAsked(toFinish, p))
}

func (d *Desk) usePasskeyOptions(o store.Operator, factors []store.Factor, place string) (string, error) {
	r := d.passkeyRequest(d.challenge(place), o.ID, o.Email, o.Name)
	r.Known = known(d.usable(factors))
	return passkeyOptions(d.Passkeys.RequestOptions, r)
}

// SubmitPasskey finishes a sign-in with a passkey. After an ErrPasskey the operator can try
// again; after ErrStale, with new options; after ErrSignInEnded, which ErrTooManyCodes is
// too, they must start again.
func (d *Desk) SubmitPasskey(ctx context.Context, v Visit, token, text string) (Passed, error) {
	p, err := d.preSession(ctx, v, token)
	switch {
	case err != nil:
		return Passed{}, err
	case p.Step != StepCode:
		return Passed{}, ErrSignInEnded
	case !p.Passkeys:
		return Passed{}, ErrNoPasskeys
	}
	if err := d.admitted(ctx, v, p.Operator); err != nil {
		return Passed{}, err
	}
	a, err := d.answer(preAsked(toFinish, p), text)
	if err != nil {
		return Passed{}, d.unanswered(ctx, v, p.Operator, err)
	}
	return d.trySecond(ctx, v, p, passkeyResponse(p.Operator.ID), func(ctx context.Context, try *attempt) (proof, error) {
		return d.checkPasskey(ctx, v, p.SignInView, a, try)
	})
}

// unanswered audits an answer to a challenge of another place, or one that came too late,
// which nothing was checked of.
func (d *Desk) unanswered(ctx context.Context, v Visit, o store.Operator, err error) error {
	if errors.Is(err, ErrStale) {
		d.Audit(v, "passkey.refused", Refused).Target(o).Because("late, or the answer to another challenge").Record(ctx)
	}
	return err
}

// SignInPasskeyOptions returns the options with which a browser asks for a passkey as the
// whole sign-in. Their answer works only in the browser with this token, which any can have.
func (d *Desk) SignInPasskeyOptions(browser string) (options string, err error) {
	if !d.OffersPasskeySignIn() || browser == "" {
		return "", ErrNoPasskeys
	}
	r := d.passkeyRequest(d.challenge(d.browserAsked(toSignIn, browser)), "", "", "")
	r.VerifyUser = true
	return passkeyOptions(d.Passkeys.RequestOptions, r)
}

// SignInWithPasskey signs in with a passkey alone, which has checked its user. If it is
// refused, the error is ErrCredentials without a reason, as in SignIn, at the cost of one
// signature, whether or not there are such an operator and such a passkey. It returns
// ErrStale if the options are too old or were used, *LimitedError after too many attempts
// from a network, and ErrPaused while sign-ins are paused.
func (d *Desk) SignInWithPasskey(ctx context.Context, v Visit, browser, text, next string) (Passed, error) {
	began := d.Now()
	if !d.OffersPasskeySignIn() || browser == "" {
		return Passed{}, ErrNoPasskeys
	}
	a, err := d.answer(d.browserAsked(toSignIn, browser), text)
	if err != nil {
		return Passed{}, err
	}
	try, err := d.passkeyAttempt(ctx, v)
	if err != nil {
		return Passed{}, err
	}
	ctx, done := counted(ctx)
	defer done()
	view, known, err := d.whoseHandle(ctx, v, a)
	if err != nil {
		try.takeBack(ctx)
		return Passed{}, err
	}
	who := account{view: view, operator: view.Operator, known: known}
	used, why := d.judgePasskey(ctx, view, a, true)
	if why == "" {
		if why, err = d.whyNoAccess(ctx, &who); err != nil {
			try.takeBack(ctx)
			return Passed{}, err
		}
	}
	if why == "" && d.passwordBarred(who.operator) {
		why = companyAlone
	}
	if why, err = d.whyBack(ctx, a, why); err != nil {
		try.takeBack(ctx)
		return Passed{}, err
	}
	if why != "" {
		d.refusePasskey(ctx, v, who, used, why)
		return Passed{}, ErrCredentials
	}
	passed, err := d.beginWithPasskey(ctx, v, who, used, next, try, began)
	if err != nil {
		try.takeBack(ctx)
	}
	return passed, err
}

// passkeyAttempt counts a stranger's attempt, per network, where attempts with passwords are
// counted. Nobody's own row is among them: a passkey cannot be guessed, and strangers must not
// be able to shut its owner out.
func (d *Desk) passkeyAttempt(ctx context.Context, v Visit) (*attempt, error) {
	try := &attempt{d: d}
	var keys []string
	for i, from := range netgroup.Of(v.IP) {
		keys = append(keys, d.counterKey("signin-address", from))
		try.add(keys[i], store.Refilling(netgroup.Share(i)*d.Settings().SignIn.PerIP, limitWindow))
	}
	found, err := d.Store.FindCounters(ctx, keys...)
	if err != nil {
		return nil, fmt.Errorf("find counters: %w", err)
	}
	try.see(found, keys...)
	err = try.count(ctx)
	if limited, ok := errors.AsType[*LimitedError](err); ok {
		limited.noted = true
		d.Audit(v, "signin.limited", Refused).With("factor", MethodPasskey.factor()).Record(ctx)
	}
	return try, err
}

// whoseHandle finds the operator whom an answer names. If there is none, it returns a
// stand-in, after as many reads.
func (d *Desk) whoseHandle(ctx context.Context, v Visit, a answered) (view store.SignInView, known bool, err error) {
	id := string(a.handle)
	if !lookable(id) {
		id = nobody
	}
	view, err = d.findSignIn(ctx, v, store.SignInQuery{OperatorID: id})
	if isNotFound(err) {
		return store.SignInView{Operator: store.Operator{ID: string(a.handle)}}, false, nil
	}
	return view, err == nil, err
}

// whyNoAccess returns why an account whose owner is proved gives no access, or "". It adds
// what the community says of the member.
func (d *Desk) whyNoAccess(ctx context.Context, a *account) (string, error) {
	m, member, err := d.stillMember(ctx, a.operator)
	if err != nil {
		return "", err
	}
	a.member = m
	return d.whyClosed(a.operator, member), nil
}

// refusePasskey audits a passkey that is refused as the whole sign-in.
func (d *Desk) refusePasskey(ctx context.Context, v Visit, who account, used usedPasskey, why string) {
	if who.known && (why == counterBack || why == usedBefore) {
		entry, told := d.refusedPasskey(ctx, v, who.operator, used, why)
		entry.Record(ctx, told...)
		return
	}
	refused := d.Audit(v, "signin.refused", Failure).Because(why).With("factor", MethodPasskey.factor())
	if who.known {
		refused.Target(who.operator)
	}
	refused.Record(ctx)
}

// beginWithPasskey begins the session of someone whose passkey was found right.
func (d *Desk) beginWithPasskey(ctx context.Context, v Visit, who account, used usedPasskey, next string, try *attempt, began time.Time) (Passed, error) {
	if err := d.refreshAccount(ctx, v, &who); err != nil {
		return Passed{}, err
	}
	o := who.operator
	spend, err := d.spendPasskey(o, used)
	if err != nil {
		return Passed{}, err
	}
	who.view.PreSession.CreatedAt = began
	writes := slices.Concat([]store.Write{store.CheckOperator{ID: o.ID, Version: o.Version}}, try.succeeded(), spend)
	passed, err := d.begin(ctx, v, who.view, next, way{method: MethodPasskey}, writes)
	err = d.unspent(ctx, v, o, false, proof{passkey: &used}, err)
	if errors.Is(err, ErrPasskey) {
		err = ErrCredentials
	}
	return passed, err
}
