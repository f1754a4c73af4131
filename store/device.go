package store

import (
	"context"
	"time"
)

// Device is a browser that an operator has signed in with. Digest stands for
// what is known of it; a device that was never seen is worth a notice.
type Device struct {
	OperatorID      string
	Digest          Digest
	FirstAt, LastAt time.Time
}

// Devices reads devices.
type Devices interface {
	// FindDevice returns the device, or ErrNotFound.
	FindDevice(ctx context.Context, operatorID string, d Digest) (Device, error)
}

// SeeDevice remembers a device: it creates it, or moves LastAt forward. Fails
// with ErrNotFound when the operator is gone. Devices go with their operator,
// and when they were not seen since Purge.DevicesBefore.
type SeeDevice struct {
	OperatorID string
	Digest     Digest
	At         time.Time
}

func (SeeDevice) isWrite() {}
