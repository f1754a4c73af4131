package desk

import (
	"context"

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
	o.Name = d.operatorName(name, bad)
	if err := bad.Err(); err != nil {
		return err
	}
	Keyed(&o)
	if err := d.checkLogins(ctx, before, o, "email"); err != nil {
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
