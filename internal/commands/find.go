package commands

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/store"
)

// notFound says what does not exist, and names what may have been meant.
type notFound struct {
	what messages.Text
	like []string
}

func (e *notFound) Error() string { return say(messages.English(), e.explain("")) }

func (e *notFound) Unwrap() error { return desk.ErrNotFound }

// explain says it together with the commands that help.
func (e *notFound) explain(see string) error {
	switch {
	case len(e.like) > 0 && see != "":
		return wrong("commands.error.did_you_mean_see", "what", e.what, "n", len(e.like), "names", e.like, "commands", see).of(desk.ErrNotFound)
	case len(e.like) > 0:
		return wrong("commands.error.did_you_mean", "what", e.what, "n", len(e.like), "names", e.like).of(desk.ErrNotFound)
	case see != "":
		return wrong("commands.error.see", "what", e.what, "commands", see).of(desk.ErrNotFound)
	}
	return (&problem{text: e.what}).of(desk.ErrNotFound)
}

// person is the operator that a command names.
type person struct{ desk.OperatorDetail }

func (p person) String() string { return p.Name + " (" + p.Email + ")" }

// likeMost is how many similar operators are too many to name.
const likeMost = 5

// operator finds an operator by name, email address or ID. A similar one is only
// named in the error: nothing is done to a guess.
func (c *call) operator(ctx context.Context, who string) (person, error) {
	o, err := c.desk.Operator(ctx, c.by, who)
	if !errors.Is(err, desk.ErrNotFound) {
		return person{o}, err
	}
	unknown := &notFound{what: messages.New("commands.error.no_operator", "name", who)}
	if !strings.ContainsFunc(who, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
		return person{}, unknown
	}
	like, err := c.operators(ctx, store.OperatorQuery{Search: who}, likeMost)
	if err != nil {
		return person{}, err
	}
	if len(like) < likeMost {
		unknown.like = each(like, operatorRecord.String)
	}
	return person{}, unknown
}

// rolesBy finds the only role that each word can mean, by ID or name.
func (c *call) rolesBy(ctx context.Context, words ...string) (found []roleRecord, err error) {
	all, err := c.roles(ctx)
	if err != nil {
		return nil, err
	}
	for _, word := range words {
		meant := slices.DeleteFunc(slices.Clone(all), func(r roleRecord) bool {
			return r.ID != word && !strings.EqualFold(strings.Join(strings.Fields(word), " "), r.Name)
		})
		switch len(meant) {
		case 0:
			return nil, &notFound{what: messages.New("commands.error.no_role", "role", word)}
		case 1:
			found = append(found, meant[0])
		default:
			return nil, wrong("commands.error.ambiguous_role", "role", word, "one", meant[0].named(), "other", meant[1].named())
		}
	}
	return found, nil
}

// roleIDs are the IDs of roles that are given by ID or name.
func (c *call) roleIDs(ctx context.Context, words []string) ([]string, error) {
	found, err := c.rolesBy(ctx, words...)
	return each(found, func(r roleRecord) string { return r.ID }), err
}

// parameter finds a parameter by its name.
func (c *call) parameter(ctx context.Context, name string) (parameterRecord, error) {
	all, _, err := c.parameters(ctx)
	if err != nil {
		return parameterRecord{}, err
	}
	unknown := &notFound{what: messages.New("commands.error.no_parameter", "name", name)}
	for _, p := range all {
		switch {
		case p.Name == name:
			return p, nil
		case strings.Contains(p.Name, strings.ToLower(name)):
			unknown.like = append(unknown.like, p.Name)
		}
	}
	return parameterRecord{}, unknown
}

// mail finds the email that is named first.
func (c *call) mail(ctx context.Context) (store.Mail, error) {
	m, err := c.desk.Mail(ctx, c.by, strings.TrimSpace(c.arg(0)))
	if errors.Is(err, desk.ErrNotFound) {
		err = &notFound{what: messages.New("commands.error.no_email", "id", c.arg(0))}
	}
	return m, err
}
