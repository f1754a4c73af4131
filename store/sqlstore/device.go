package sqlstore

import (
	"context"
	"time"

	"github.com/postern-go/postern/store"
)

func scanDevice(r row) (d store.Device, err error) {
	err = r.Scan(&d.OperatorID, digest(&d.Digest), at(&d.FirstAt), at(&d.LastAt))
	return d, err
}

// FindDevice implements [store.Devices].
func (s *Store) FindDevice(ctx context.Context, operatorID string, d store.Digest) (store.Device, error) {
	const query = `SELECT operator_id, digest, first_at, last_at FROM postern_devices
		WHERE operator_id = ? AND digest = ?`
	found, err := find(ctx, s, scanDevice, query, operatorID, d)
	return found, s.wrap("find device", err)
}

// seeDevice stores that an operator used a device.
func (t *tx) seeDevice(operatorID string, d store.Digest, at time.Time) {
	const query = `INSERT INTO postern_devices (operator_id, digest, first_at, last_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (operator_id, digest) DO UPDATE SET last_at = excluded.last_at
		WHERE postern_devices.last_at < excluded.last_at`
	t.then(query, operatorID, d, at, at)
}
