package totp

import (
	"fmt"

	"github.com/postern-go/postern/internal/qr"
)

// grid returns the modules of the QR code of k, rows first, true for black, with
// the quiet zone around them.
func (k Key) grid() ([][]bool, error) {
	if err := k.Validate(); err != nil {
		return nil, fmt.Errorf("draw qr code: %w", err)
	}
	return qr.Grid(k.URI())
}
