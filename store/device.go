package store

import (
	"context"
	"time"
)

// Device is a browser that an operator has signed in with, as [PutSession] says.
// Digest stands for what is known of it; a device that was never seen is worth a
// notice. Devices go with their operator, and when they were not seen since
// Purge.DevicesBefore.
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
