package sqlstore

import (
	"time"

	"github.com/postern-go/postern/store"
)

// seeDevice stores that an operator used a device.
func (t *tx) seeDevice(operatorID string, d store.Digest, at time.Time) {
	const query = `INSERT INTO postern_devices (operator_id, digest, first_at, last_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (operator_id, digest) DO UPDATE SET last_at = excluded.last_at
		WHERE postern_devices.last_at < excluded.last_at`
	t.then(query, operatorID, d, at, at)
}
