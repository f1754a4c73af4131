package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// linked finds the operator of a link, before anything costly. The attempt is counted, and
// to be taken back.
func (d *Desk) linked(ctx context.Context, v Visit, links *reset.Links, refused, token string) (store.SignInView, store.Token, *attempt, error) {
	try, over, err := d.linkAttempt(ctx, v)
	if err != nil {
		return store.SignInView{}, store.Token{}, nil, err
	}
	view, t, why, err := d.follow(ctx, v, links, token)
	if _, ok := errors.AsType[*MisplacedError](err); ok {
		try.takeBack(ctx)
		return view, t, nil, err
	}
	switch {
	case err != nil || why == "":
		try.right = try.keys()
		return view, t, try, err
	case over != nil:
		return view, t, nil, over
	}
	entry := d.Audit(v, refused, Refused).Because(why)
	if view.Operator.ID != "" {
		entry.Target(view.Operator)
	}
	entry.Record(ctx)
	return view, t, nil, linkProblem(token)
}

// MisplacedError means that a link works, but on another page. It is an ErrLink.
type MisplacedError struct {
	// Page is the path of that page.
	Page string
}

func (e *MisplacedError) Error() string { return "link belongs to " + e.Page }

// Unwrap returns ErrLink.
func (e *MisplacedError) Unwrap() error { return ErrLink }

// misplaced returns *MisplacedError if a link that was refused with an error works on
// another page, or nil. Only those who have the link learn of it.
func (d *Desk) misplaced(ctx context.Context, v Visit, token string, refused error) error {
	if !errors.Is(refused, reset.ErrUnknown) {
		return nil
	}
	for page, links := range map[string]*reset.Links{"/setup": d.setup, "/welcome": d.invites, "/reset": d.resets} {
		t, err := links.Find(ctx, token)
		switch {
		case errors.Is(err, reset.ErrLink):
			continue
		case err != nil:
			return fmt.Errorf("find link: %w", err)
		}
		works := false
		if t.Purpose == store.PurposeSetup {
			works, err = d.Store.HasOperators(ctx)
			works = !works
		} else {
			var why string
			_, why, err = d.owner(ctx, v, t)
			works = why == ""
		}
		if err != nil {
			return fmt.Errorf("find its page: %w", err)
		}
		if works {
			return &MisplacedError{page}
		}
	}
	return nil
}

// linkProblem returns ErrLink for a link that does not work. If no token can be read
// in it, the error is also *InvalidError, which says why: that tells nothing about any
// link.
func linkProblem(token string) error {
	_, err := reset.ParseToken(token)
	switch {
	case strings.TrimSpace(token) == "":
		err = invalid("token", "required", messages.New("link.token_missing"))
	case errors.Is(err, reset.ErrCut):
		err = invalid("token", "cut", messages.New("link.token_cut"))
	case errors.Is(err, reset.ErrMalformed):
		err = invalid("token", "not_token", messages.New("link.token_wrong"))
	default:
		return ErrLink
	}
	return errors.Join(ErrLink, err)
}

// follow reads a link and its operator, and returns why the link does not work, or "".
func (d *Desk) follow(ctx context.Context, v Visit, links *reset.Links, token string) (view store.SignInView, t store.Token, why string, err error) {
	t, err = links.Find(ctx, token)
	if errors.Is(err, reset.ErrLink) {
		return view, t, err.Error(), d.misplaced(ctx, v, token, err)
	}
	if err != nil {
		return view, t, "", fmt.Errorf("find link: %w", err)
	}
	view, why, err = d.owner(ctx, v, t)
	return view, t, why, err
}

// vouches returns who vouches for a link: the operator who made it, or, if the invited
// person asked for it, the operator who invited them.
func vouches(t store.Token, o store.Operator) string {
	if t.Purpose == store.PurposeInvite {
		return cmp.Or(t.CreatedBy, o.CreatedBy)
	}
	return t.CreatedBy
}

// owner reads the operator of a link, and returns why the link does not work, or "".
func (d *Desk) owner(ctx context.Context, v Visit, t store.Token) (view store.SignInView, why string, err error) {
	view, err = d.findSignIn(ctx, v, store.SignInQuery{OperatorID: t.Subject, Counters: []string{d.postsKey(t)}})
	if isNotFound(err) {
		return view, "operator is gone", nil
	}
	if err != nil {
		return view, "", err
	}
	why, err = d.whyDead(ctx, t, view.Operator)
	if err == nil && why == "" && !d.presumedMember(ctx, view.Operator) {
		why = closedReasons[letters.ClosedNoMember]
	}
	return view, why, err
}

// whyDead returns why a link does not work for its operator, or "", for the audit log. It
// does not ask the directory of members.
func (d *Desk) whyDead(ctx context.Context, t store.Token, o store.Operator) (string, error) {
	state := store.OperatorActive
	if t.Purpose == store.PurposeInvite {
		state = store.OperatorInvited
	}
	may, err := d.mayStill(ctx, vouches(t, o), o)
	switch {
	case err != nil:
		return "", err
	case !may:
		return "its creator may no longer create links", nil
	case d.PasswordElsewhere(o):
		return "password is the community’s", nil
	case o.State != state:
		return "account is " + string(o.State), nil
	}
	return closedReasons[closedTo(o, true)], nil // a new password would lead nowhere
}

// findMaker finds the operator who made a link or an invitation. If there is none, because
// they were deleted or it was made from the command line, all but the ID is zero.
func (d *Desk) findMaker(ctx context.Context, id string) (store.Operator, error) {
	o, err := d.Store.FindOperator(ctx, id)
	if isNotFound(err) {
		return store.Operator{ID: id}, nil
	}
	if err != nil {
		return o, fmt.Errorf("find its creator: %w", err)
	}
	return o, nil
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
	case errors.Is(err, ErrCode), errors.Is(err, ErrPasskey):
		try.keepCounted(key, second.row)
	case errors.As(err, &bad), errors.Is(err, ErrCodeNeeded):
		try.keepCounted(key)
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

// IsLink reports whether a text has the token or the code of a link, known or not.
func IsLink(text string) bool {
	_, err := reset.ParseToken(text)
	return err == nil
}
