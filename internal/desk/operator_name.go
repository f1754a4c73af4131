package desk

import (
	"context"
	"strings"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// RenameOperator changes an operator's name, which they also sign in with. They are
// notified by email.
func (d *Desk) RenameOperator(ctx context.Context, a Actor, v Visit, id string, version int64, name string) error {
	o, err := d.target(ctx, &a, PermissionOperatorsManage, id)
	if err != nil {
		return err
	}
	if version != o.Version {
		return ErrChanged
	}
	bad, before := &InvalidError{}, o
	o.Name = d.operatorName("name", name, bad)
	if err := bad.Err(); err != nil {
		return err
	}
	Keyed(&o)
	if err := d.checkLogins(ctx, before, o, "name", "email"); err != nil {
		return err
	}
	o.UpdatedAt = d.Now()
	event := d.Audit(v, "operator.renamed", Success).Actor(a).Target(o).With("before", before.Name).With("after", o.Name).Write()
	letter, err := d.tellOwner(v, before, func(n letters.Notice) mail.Letter {
		return letters.NameChanged(n, before.Name, o.Name)
	}, signature(a))
	if err != nil {
		return err
	}
	return taken(d.countStranger(ctx, a, o, func() error {
		return d.commitAs(ctx, a, "rename", store.PutOperator{Operator: o}, event, letter)
	}))
}

// maxDerived is how much of an email address a derived name keeps, in bytes, and
// derivedNames how many names are tried.
const (
	maxDerived   = 24
	derivedNames = 1000
)

// freeName derives a name that no one has from an email address: the part before
// the "@", then with the first label of the domain, then with a number.
func (d *Desk) freeName(ctx context.Context, email string) (string, error) {
	local, domain, _ := strings.Cut(email, "@")
	label, _, _ := strings.Cut(domain, ".")
	base := derivedPart(local)
	if base == "" {
		base = "Operator"
	}
	return d.firstFree(ctx, store.Operator{EmailKey: ParseLogin(email).key}, func(yield func(string) bool) {
		if yield(base) && yield(base+" ("+derivedPart(label)+")") {
			_ = numbered(base)(yield)
		}
	})
}

// derivedPart removes what a name may not contain.
func derivedPart(s string) string {
	s = OneLine(strings.ReplaceAll(s, "@", ""), maxDerived)
	return strings.Join(strings.Fields(s), " ")
}
