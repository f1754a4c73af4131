package totp

import (
	"errors"
	"fmt"

	qrcode "github.com/skip2/go-qrcode"
)

// grid returns the modules of the QR code of k, rows first, true for black, with
// the quiet zone of four modules around them. Level M restores 15 % of the symbol and keeps the
// modules larger than the levels above.
func (k Key) grid() ([][]bool, error) {
	if err := k.Validate(); err != nil {
		return nil, fmt.Errorf("draw qr code: %w", err)
	}
	// One encoder for each call: it changes its own state while it draws.
	code, err := qrcode.New(k.URI(), qrcode.Medium)
	if err != nil {
		return nil, errors.New("draw qr code: the key is too long")
	}
	return drawn(code.Bitmap)
}

// drawn calls draw and turns a panic into an error: the encoder reports its own
// mistakes by log.Panic, which must not end the host's request or process. The
// error leaves out the panic value, because the content is the secret. The line
// that log.Panic has written by then names lengths and bits, never the content.
func drawn(draw func() [][]bool) (rows [][]bool, err error) {
	defer func() {
		if recover() != nil {
			rows, err = nil, errors.New("draw qr code: the encoder failed")
		}
	}()
	return draw(), nil
}
