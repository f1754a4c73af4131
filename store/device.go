package store

import "time"

// Device is a browser and network that an operator has signed in from; see
// [PutSession] and [SignInView]. Digest identifies it, and lets the office notify operators of new
// ones. A device is deleted with its operator, and if it was not seen since
// Purge.DevicesBefore.
type Device struct {
	OperatorID      string
	Digest          Digest
	FirstAt, LastAt time.Time
}
