package totp

import (
	"fmt"

	"github.com/postern-go/postern/internal/qr"
)

// MaxPNGSize is the largest size, in pixels, that [Key.PNG] accepts.
const MaxPNGSize = 2048

// PNG draws the key as a QR code in black on white, at least size pixels wide and
// high, for size from 1 to [MaxPNGSize]. Every module is a square of the same
// whole number of pixels, so the image may be up to one pixel per module larger
// than size; 256 gives about 300. The quiet zone of four modules is included.
//
// The image contains the secret: serve it only during enrolment, with
// Cache-Control: no-store. An invalid key or size is an error.
func (k Key) PNG(size int) ([]byte, error) {
	if size < 1 || size > MaxPNGSize {
		return nil, fmt.Errorf("draw qr code: size is %d pixels, want 1 to %d", size, MaxPNGSize)
	}
	if err := k.Validate(); err != nil {
		return nil, fmt.Errorf("draw qr code: %w", err)
	}
	return qr.PNG(k.URI(), size)
}
