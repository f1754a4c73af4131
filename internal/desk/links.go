package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// findLink finds a link that was posted, and counts the attempt, which is to be taken
// back. Wrong links are limited per network. One that works is found beyond that, too:
// otherwise strangers in the same network could keep it from being used.
func (d *Desk) findLink(ctx context.Context, v Visit, links *reset.Links, token string) (store.Token, *attempt, error) {
	try, over := d.linkAttempt(ctx, v)
	if over != nil {
		if _, limited := errors.AsType[*LimitedError](over); !limited {
			return store.Token{}, nil, over
		}
		try = &attempt{d: d}
	}
	t, err := links.Find(ctx, token)
	switch {
	case err == nil:
		try.right = try.keys()
	case !errors.Is(err, reset.ErrLink):
		err = fmt.Errorf("find link: %w", err)
	case over != nil:
		err = over
	}
	return t, try, err
}

// linked finds the operator of a link, before anything costly. The attempt is counted,
// and to be taken back.
func (d *Desk) linked(ctx context.Context, v Visit, links *reset.Links, refused, token string) (store.SignInView, store.Token, *attempt, error) {
	none := store.SignInView{}
	t, try, err := d.findLink(ctx, v, links, token)
	if errors.Is(err, reset.ErrLink) {
		d.Audit(v, refused, Refused).Because(err.Error()).Record(ctx)
	}
	if err != nil {
		return none, store.Token{}, nil, linkError(err)
	}
	view, err := d.findSignIn(ctx, v, store.SignInQuery{OperatorID: t.Subject, Counters: []string{d.postsKey(t)}})
	if isNotFound(err) {
		d.Audit(v, refused, Refused).Because("operator is gone").Record(ctx)
		return none, store.Token{}, nil, ErrLink
	}
	if err != nil {
		return none, store.Token{}, nil, err
	}
	may, err := d.mayStill(ctx, t.CreatedBy, view.Operator)
	if err != nil {
		return none, store.Token{}, nil, err
	}
	if !may {
		d.Audit(v, refused, Refused).Target(view.Operator).Because("its creator may no longer create links").Record(ctx)
		return none, store.Token{}, nil, ErrLink
	}
	return view, t, try, nil
}

// postsKey is the key of the counter of refused forms with a link.
func (d *Desk) postsKey(t store.Token) string { return d.counterKey("link", string(t.Digest[:])) }

// spending revokes a link after postsPerLink refused forms. Each form may cost slow
// hashes, and tells whether a password was used before. A form that could not be
// checked does not count. It is counted together with the second factor in it, if
// there is one.
func (d *Desk) spending(ctx context.Context, v Visit, view store.SignInView, t store.Token, try *attempt, second response, refused string, post func(context.Context) error) error {
	ctx, done := counted(ctx)
	defer done()
	key := d.postsKey(t)
	try.seeOperator(view, key)
	try.add(key, store.Limit{Max: postsPerLink, Keep: t.ExpiresAt.Sub(d.Now())})
	if second.row != "" {
		try.addCode(second.row)
	}
	defer try.takeBack(ctx)
	if err := try.count(ctx); err != nil {
		switch _, limited := errors.AsType[*LimitedError](err); {
		case limited && try.refused == key:
			return ErrLink
		case limited:
			d.limitedCode(ctx, v, view.Operator, second.factor, err)
		}
		return err
	}
	posts := try.countOf(key)
	err := post(ctx)
	bad := (*InvalidError)(nil)
	switch {
	case err == nil:
		try.done()
		return nil
	case errors.Is(err, ErrCode):
		try.stays(key, second.row)
	case errors.As(err, &bad), errors.Is(err, ErrCodeNeeded):
		try.stays(key)
	default:
		return err
	}
	if posts < postsPerLink {
		return err
	}
	event := d.Audit(v, refused, Refused).Thing("operator", t.Subject, "").Because("too many refused forms").Write()
	if err := d.Commit(ctx, store.RevokeTokens{Subject: t.Subject, Purpose: t.Purpose}, event); err != nil {
		return fmt.Errorf("revoke link: %w", err)
	}
	return ErrLink
}

// linkCommitError maps the errors of a commit that spends a link.
func linkCommitError(err error) error {
	if errors.Is(err, store.ErrConflict) {
		return ErrChanged
	}
	return linkError(reset.LinkError(err))
}
