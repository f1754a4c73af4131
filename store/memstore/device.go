package memstore

import (
	"time"

	"github.com/postern-go/postern/store"
)

// seeDevice stores that an operator used a device.
func (s *Store) seeDevice(u *undo, operatorID string, d store.Digest, at time.Time) {
	of := s.devices[operatorID]
	if of == nil {
		of = map[store.Digest]store.Device{}
		put(u, s.devices, operatorID, of)
	}
	device, had := of[d]
	switch {
	case !had:
		device = store.Device{OperatorID: operatorID, Digest: d, FirstAt: at, LastAt: at}
	case at.After(device.LastAt):
		device.LastAt = at
	}
	put(u, of, d, device)
}

// removeDevices deletes the operator's devices.
func (s *Store) removeDevices(u *undo, operatorID string) {
	remove(u, s.devices, operatorID)
}

// purgeDevices deletes devices not seen since before, and counts them.
func (s *Store) purgeDevices(before time.Time) (n int) {
	for _, of := range s.devices {
		for d, device := range of {
			if device.LastAt.Before(before) {
				delete(of, d)
				n++
			}
		}
	}
	return n
}
