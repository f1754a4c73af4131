package sqlstore

import (
	"time"

	"github.com/postern-go/postern/store"
)

// seeDevice stores that an operator used a device.
func (t *tx) seeDevice(operatorID string, d store.Digest, at time.Time) {
	t.put(upsert{
		table: `postern_devices`, columns: []string{`operator_id`, `digest`, `first_at`, `last_at`}, keys: 2,
		values:  []any{operatorID, d, at, at},
		changed: []string{`last_at`}, where: `postern_devices.last_at < excluded.last_at`,
	})
}
