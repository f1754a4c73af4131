package breakglass

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// notFound says what is not there, and names what may have been meant.
type notFound struct {
	what string
	like []string
}

func (e *notFound) Error() string {
	if len(e.like) == 0 {
		return e.what
	}
	return e.what + "; did you mean " + strings.Join(e.like, ", or ") + "?"
}

func (e *notFound) Unwrap() error { return backoffice.ErrNotFound }

// explain puts into words what somebody at a shell can do something about.
func (c *call) explain(err error) string {
	limited := (*backoffice.LimitedError)(nil)
	text := err.Error()
	switch {
	case errors.As(err, &limited):
		text = "there were too many tries"
		if !limited.RetryAt.IsZero() {
			text += "; wait until " + stamp(limited.RetryAt) + " UTC"
		}
	case errors.Is(err, backoffice.ErrLastSuperAdministrator):
		text = "this is the last active super-administrator; make somebody else one first. See: invite, set-roles"
	case errors.Is(err, backoffice.ErrElsewhere):
		text = "this operator signs in with the password of the community, which is changed there"
	case errors.Is(err, backoffice.ErrChanged):
		text = "somebody changed the same thing meanwhile; look again, and repeat what is still wanted"
	case errors.Is(err, backoffice.ErrNotFound) && c.kind.see != "":
		text += ifElse(strings.HasSuffix(text, "?"), " See: ", "; see: ") + c.kind.see
	}
	return text
}

// likeMost is how many operators at once nobody is guessed from.
const likeMost = 5

// operator finds who is named first. Whom somebody may have meant is only named:
// nothing is done to a guess.
func (c *call) operator(ctx context.Context, who string) (backoffice.OperatorDetail, error) {
	o, err := c.office.OperatorDetail(ctx, who)
	if !errors.Is(err, backoffice.ErrNotFound) {
		return o, err
	}
	nobody := &notFound{what: fmt.Sprintf("there is no operator called %q", who)}
	if !strings.ContainsFunc(who, unicode.IsLetter) && !strings.ContainsFunc(who, unicode.IsNumber) {
		return o, nobody
	}
	like, err := c.office.SearchOperators(ctx, store.OperatorQuery{Search: who, Limit: likeMost})
	if err != nil {
		return o, err
	}
	if len(like) < likeMost {
		nobody.like = each(like, backoffice.OperatorRow.String)
	}
	return o, nobody
}

// role finds the one role that a word can mean, by id or name.
func (c *call) role(ctx context.Context, word string) (backoffice.Role, error) {
	all, err := c.office.Roles(ctx)
	if err != nil {
		return backoffice.Role{}, err
	}
	var found []backoffice.Role
	for _, r := range all {
		if r.ID == word || strings.EqualFold(strings.Join(strings.Fields(word), " "), r.Name) {
			found = append(found, r)
		}
	}
	switch len(found) {
	case 0:
		return backoffice.Role{}, &notFound{what: fmt.Sprintf("there is no role %q", word)}
	case 1:
		return found[0], nil
	}
	return backoffice.Role{}, fmt.Errorf("%q could be the role %s (%s) or %s (%s); say it by the id",
		word, found[0].Name, found[0].ID, found[1].Name, found[1].ID)
}

// roleIDs are the ids of roles that are said by id or name.
func (c *call) roleIDs(ctx context.Context, words []string) (ids []string, err error) {
	for _, word := range words {
		r, err := c.role(ctx, word)
		if err != nil {
			return nil, err
		}
		ids = append(ids, r.ID)
	}
	return ids, nil
}

// parameter finds a parameter by its name.
func (c *call) parameter(ctx context.Context, name string) (backoffice.Parameter, error) {
	all, err := c.office.Parameters(ctx)
	if err != nil {
		return backoffice.Parameter{}, err
	}
	unknown := &notFound{what: fmt.Sprintf("there is no parameter called %q", name)}
	for _, p := range all {
		switch {
		case p.Name == name:
			return p, nil
		case strings.Contains(p.Name, strings.ToLower(name)):
			unknown.like = append(unknown.like, p.Name)
		}
	}
	return backoffice.Parameter{}, unknown
}
