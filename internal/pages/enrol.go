package pages

import (
	"bytes"
	"image/png"
	"strings"

	"github.com/postern-go/postern/internal/view"
)

// Enrolment is a new authenticator that waits for its first code.
type Enrolment struct {
	// Secret is the key in base32 without padding; it is printed in groups of
	// four, in the element with the id totp-secret.
	Secret string
	// QR is a PNG of the key URI with its quiet zone, in the element with the
	// id totp-qr. It is shown at half its own size, so that it is crisp on
	// dense screens: make it 480 pixels wide or a little more.
	QR []byte
	// Sealed comes back with the form, in the hidden input "enrolment".
	Sealed string
}

// QRWidth is how many pixels of a page the picture takes up, which is square; 0
// leaves that to the browser.
func (e Enrolment) QRWidth() int {
	picture, err := png.DecodeConfig(bytes.NewReader(e.QR))
	if err != nil {
		return 0
	}
	return picture.Width / 2
}

// Groups is the key as people type it: groups of four.
func (e Enrolment) Groups() string {
	var b strings.Builder
	for i, r := range e.Secret {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// EnrolPage adds the first authenticator inside sign-in.
type EnrolPage struct {
	view.Form
	Enrolment
}

func (EnrolPage) Template() string { return "enrol" }

// RecoveryCodesPage shows the recovery codes once, at the end of enrolment
// inside sign-in. They are in the element with the id recovery-codes.
type RecoveryCodesPage struct{ Codes []string }

func (RecoveryCodesPage) Template() string { return "recovery_codes" }
