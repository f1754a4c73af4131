package breakglass

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/postern-go/postern/backoffice"
)

// addressKinds are the commands about where the office is.
var addressKinds = []*kind{
	{
		name: "alias", summary: "print the office's address", example: "alias", run: alias,
		text: "The address is a secret: whoever knows it can try to sign in.",
	},
	{
		name: "alias show", summary: "print it with what is going on there", example: "alias show -json", run: aliasShow,
		text:  "Says when it was changed and by whom, and whether a new one still waits to be confirmed, with the old one that comes back otherwise.",
		flags: jsonFlag,
	},
	{
		name: "alias rotate", summary: "give the office a new random address", example: "alias rotate", run: aliasRotate, mails: true,
		text: "The old address is dead at once, bookmarks included, and the new one needs no confirmation. Whoever is signed in stays so, and goes on at the new one. Every operator is told by mail.",
	},
	{
		name: "alias set", operands: "ALIAS", summary: "give the office an address of your choice", example: "alias set quiet-side-door", run: aliasSet, mails: true,
		text: "Like \"alias rotate\", with 8 to 64 lower-case letters, digits and dashes of your own. A random one is harder to guess.",
	},
	{
		name: "alias confirm", summary: "keep a new address that waits to be confirmed", example: "alias confirm", run: aliasConfirm, mails: true,
		text: "Somebody chose it on the Parameters page and has not confirmed it from there. Every operator is told by mail.",
	},
	{
		name: "alias revert", summary: "bring the old address back instead", example: "alias revert", run: aliasRevert,
		text: "By itself it comes back 15 minutes after the new one was chosen.",
	},
}

func alias(_ context.Context, c *call) error {
	fmt.Fprintln(c.out, c.office.Address())
	return nil
}

// addressRecord is the address in JSON.
type addressRecord struct {
	Address   string    `json:"address"`
	ChangedAt time.Time `json:"changed_at,omitzero"`
	ChangedBy string    `json:"changed_by,omitempty"`
	Old       string    `json:"old_address,omitempty"`
	ConfirmBy time.Time `json:"confirm_by,omitzero"`
}

func aliasShow(ctx context.Context, c *call) error {
	s, err := c.office.AddressState(ctx)
	if err != nil {
		return err
	}
	if c.values.json {
		return printJSON(c.out, addressRecord(s))
	}
	rows := [][2]string{{"Address", s.Address}, {"Changed", stamp(s.ChangedAt)}, {"By", s.ChangedBy}}
	if s.Old != "" {
		rows = append(rows, [2]string{"Not confirmed", "goes back at " + stamp(s.ConfirmBy) + " to " + s.Old})
	}
	return sheet(c.out, rows)
}

// moved prints the address after a change.
func (c *call) moved(address string, err error) error {
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, address)
	return nil
}

func aliasRotate(ctx context.Context, c *call) error { return c.moved(c.office.RotateAlias(ctx)) }
func aliasSet(ctx context.Context, c *call) error    { return c.moved(c.office.SetAlias(ctx, c.arg(0))) }

// waiting is moved for what can only be done while a new address waits.
func (c *call) waiting(address string, err error) error {
	if errors.Is(err, backoffice.ErrChanged) {
		return errNoneWaits
	}
	return c.moved(address, err)
}

var errNoneWaits = errors.New("no new address waits to be confirmed")

func aliasConfirm(ctx context.Context, c *call) error { return c.waiting(c.office.ConfirmAlias(ctx)) }
func aliasRevert(ctx context.Context, c *call) error  { return c.waiting(c.office.RevertAlias(ctx)) }
