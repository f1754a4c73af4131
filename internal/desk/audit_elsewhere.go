package desk

import (
	"context"

	"github.com/postern-go/postern/internal/bounded"
	"github.com/postern-go/postern/store"
)

// VerifyCopy verifies the audit log in another store, which has this office or a copy of it, by
// the same secrets and the same witness. Unlike VerifyAudit, it writes nothing.
func (d *Desk) VerifyCopy(ctx context.Context, s store.Store) (Verdict, error) {
	there := d.Config
	there.Store = s
	// One of its own: what this process has seen in one store is nothing that it knows of another.
	other, err := New(there)
	if err != nil {
		return Verdict{}, err
	}
	return other.verifyFreshly(bounded.Each(ctx, 0), mark{})
}
