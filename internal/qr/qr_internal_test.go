package qr

import (
	"testing"

	qrcode "github.com/skip2/go-qrcode"
	"github.com/stretchr/testify/require"
)

func TestAPanicOfTheEncoderIsAnErrorThatTellsNothing(t *testing.T) {
	for name, draw := range map[string]func() [][]bool{
		"an encoder that was never set up": new(qrcode.QRCode).Bitmap,
		"a panic that quotes the content":  func() [][]bool { panic("otpauth://totp/secret") },
	} {
		t.Run(name, func(t *testing.T) {
			require.Panics(t, func() { draw() })
			rows, err := drawn(draw)
			require.EqualError(t, err, "draw qr code: the encoder failed")
			require.Nil(t, rows)
		})
	}
}
