package memstore

import (
	"context"
	"time"

	"github.com/postern-go/postern/store"
)

// FindDevice implements [store.Devices].
func (s *Store) FindDevice(ctx context.Context, operatorID string, d store.Digest) (store.Device, error) {
	if err := ctx.Err(); err != nil {
		return store.Device{}, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	device, ok := s.devices[operatorID][d]
	if !ok {
		return store.Device{}, missing("device")
	}
	return device, nil
}

func (s *Store) seeDevice(u *undo, w store.SeeDevice) error {
	if _, ok := s.operators[w.OperatorID]; !ok {
		return store.ErrNotFound
	}
	at := store.Time(w.At)
	of := s.devices[w.OperatorID]
	if of == nil {
		of = map[store.Digest]store.Device{}
		put(u, s.devices, w.OperatorID, of)
	}
	device, had := of[w.Digest]
	switch {
	case !had:
		device = store.Device{OperatorID: w.OperatorID, Digest: w.Digest, FirstAt: at, LastAt: at}
	case at.After(device.LastAt):
		device.LastAt = at
	}
	put(u, of, w.Digest, device)
	return nil
}

// removeDevices forgets the operator's devices.
func (s *Store) removeDevices(u *undo, operatorID string) {
	remove(u, s.devices, operatorID)
}

// purgeDevices forgets those not seen since then, and counts them.
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
