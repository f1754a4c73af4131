package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// linked finds the operator of a link, before anything costly.
func (d *Desk) linked(ctx context.Context, v Visit, links *reset.Links, refused, token string) (store.Operator, store.Token, error) {
	try, err := d.linkAttempt(ctx, v)
	if err != nil {
		return store.Operator{}, store.Token{}, err
	}
	t, err := links.Find(ctx, token)
	if errors.Is(err, reset.ErrLink) {
		d.Audit(v, refused, Refused).Because(err.Error()).Record(ctx)
		return store.Operator{}, store.Token{}, linkError(err)
	}
	if err != nil {
		return store.Operator{}, store.Token{}, fmt.Errorf("find link: %w", err)
	}
	try.takeBack(ctx)
	o, err := d.Store.FindOperator(ctx, t.Subject)
	if isNotFound(err) {
		d.Audit(v, refused, Refused).Because("operator is gone").Record(ctx)
		return store.Operator{}, store.Token{}, ErrLink
	}
	if err != nil {
		return store.Operator{}, store.Token{}, fmt.Errorf("find operator: %w", err)
	}
	may, err := d.mayStill(ctx, t.CreatedBy, o)
	if err != nil {
		return store.Operator{}, store.Token{}, err
	}
	if !may {
		d.Audit(v, refused, Refused).Target(o).Because("its creator may no longer create links").Record(ctx)
		return store.Operator{}, store.Token{}, ErrLink
	}
	return o, t, nil
}

// spending revokes a link after postsPerLink refused forms. Each form may cost slow
// hashes, and tells whether a password was used before. A form that could not be
// checked does not count.
func (d *Desk) spending(ctx context.Context, v Visit, t store.Token, refused string, post func(context.Context) error) error {
	try := &attempt{d: d}
	key := d.counterKey("link", string(t.Digest[:]))
	used, _, ok, err := d.Store.Hit(ctx, key, store.Limit{Max: postsPerLink, Keep: t.ExpiresAt.Sub(d.Now())}, d.Now())
	if err != nil {
		return fmt.Errorf("count form: %w", err)
	}
	if !ok {
		return ErrLink
	}
	try.undo = []string{key}
	ctx, done := counted(ctx)
	defer done()
	err = post(ctx)
	bad := (*InvalidError)(nil)
	if !errors.As(err, &bad) && !errors.Is(err, ErrCode) && !errors.Is(err, ErrCodeNeeded) {
		try.takeBack(ctx)
		return err
	}
	if used.Count < postsPerLink {
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
