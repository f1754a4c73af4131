package desk

import (
	"context"
	"fmt"

	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
)

// seeDevice remembers the browser and network of a sign-in, and tells the owner
// of one that was not seen before. The very first sign-in of an account is no
// news to anybody.
func (d *Desk) seeDevice(ctx context.Context, v Visit, o store.Operator) ([]store.Write, error) {
	mac := d.Vault.MAC(vault.AuditHashes, "device", o.ID, OneLine(v.UserAgent, 512), addressGroup(v.Address))
	seen := store.SeeDevice{OperatorID: o.ID, Digest: store.Digest(mac), At: d.now()}
	if o.LastActiveAt.IsZero() {
		return []store.Write{seen}, nil
	}
	_, err := d.Store.FindDevice(ctx, o.ID, seen.Digest)
	if err == nil {
		return []store.Write{seen}, nil
	}
	if !IsNotFound(err) {
		return nil, fmt.Errorf("find device: %w", err)
	}
	told, err := d.Notice(v, o, mail.NewDevice, "")
	if err != nil {
		return nil, err
	}
	return []store.Write{seen, told}, nil
}
