package desk

import (
	"context"
	"errors"
	"fmt"

	"github.com/postern-go/postern/internal/letters"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

// SetupToken creates the one-time token with which the first super-administrator
// sets the office up. It works for 24 hours. Each call creates another, because
// every replica prints its own; the first one used ends them all. If there are
// operators, it returns ErrSetUp.
func (d *Desk) SetupToken(ctx context.Context) (string, error) {
	has, err := d.IsSetUp(ctx)
	if err != nil {
		return "", err
	}
	if has {
		return "", ErrSetUp
	}
	link, put, err := d.setup.Make("setup-"+vault.ID(), ActorSystem)
	if err != nil {
		return "", fmt.Errorf("make setup link: %w", err)
	}
	put.Token.Home = homeTag(d.Alias())
	err = d.Commit(ctx, store.CheckNoOperators{}, put)
	if errors.Is(err, store.ErrOperatorsExist) {
		return "", ErrSetUp
	}
	if err != nil {
		return "", fmt.Errorf("store setup link: %w", err)
	}
	return link.Token(), nil
}

// IsSetUp reports whether there are operators.
func (d *Desk) IsSetUp(ctx context.Context) (bool, error) {
	has, err := d.Store.HasOperators(ctx)
	if err != nil {
		return false, fmt.Errorf("look for operators: %w", err)
	}
	return has, nil
}

// SetupForm is what the setup page posts.
type SetupForm struct{ Token, Email, Name, Password, Again string }

// SetUp creates the first super-administrator. It does not sign in. It returns
// ErrSetUp if there are operators, and ErrLink if the token is not accepted.
func (d *Desk) SetUp(ctx context.Context, v Visit, f SetupForm) error {
	if err := d.CheckSetup(ctx, v, f.Token); err != nil {
		return err
	}
	bad := &InvalidError{}
	o := store.Operator{
		Name: d.operatorName(f.Name, bad), Email: cleanEmail(f.Email, bad),
		State: store.OperatorActive, PrimaryRole: RoleSuperAdministrator,
		CreatedAt: d.Now(), UpdatedAt: d.Now(), PasswordSetAt: d.Now(),
	}
	Keyed(&o)
	d.checkNewPassword(o, f.Password, f.Again, bad)
	d.checkBreached(ctx, v, o, f.Password, bad)
	if err := bad.Err(); err != nil {
		return err
	}
	o.ID = vault.ID()
	var err error
	if o.Password, err = d.Hasher.Hash(waiting(ctx, insider(o.ID)), f.Password); err != nil {
		return fmt.Errorf("hash password: %w", err)
	}
	event := d.Audit(v, "setup.completed", Success).By(o).Target(o).Write()
	// With its address, which is nowhere else but in the server's log.
	letter, err := d.tellOwner(v, o, func(n letters.Notice) mail.Letter { return letters.OfficeSetUp(n, d.ArrivalURL(o)) }, "")
	if err != nil {
		return err
	}
	err = d.Commit(ctx, store.CheckNoOperators{}, d.setup.Spend(f.Token), store.PutOperator{Operator: o}, event, letter)
	if errors.Is(err, store.ErrOperatorsExist) {
		return ErrSetUp
	}
	if err != nil {
		return linkError(reset.LinkError(err))
	}
	return nil
}

// linkError turns every reason to refuse a link into ErrLink.
func linkError(err error) error {
	if errors.Is(err, reset.ErrLink) {
		return fmt.Errorf("%w: %w", ErrLink, err)
	}
	return err
}
