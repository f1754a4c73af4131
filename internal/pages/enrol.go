package pages

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

// EnrolPage adds the first authenticator inside sign-in.
type EnrolPage struct {
	view.Form
	Enrolment
}

func (EnrolPage) Template() string { return "enrol" }

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

// qrSize is how wide the picture is made; pages show it at half that, so that
// it is crisp on dense screens.
const qrSize = 480

func (c *call) getEnrol() error {
	if _, err := c.preSession(desk.StepEnrol); err != nil {
		return err
	}
	e, err := c.Desk.BeginSignInEnrolment(c.ctx(), c.token(preCookie))
	if err != nil {
		return err
	}
	return c.showEnrol(http.StatusOK, e, view.Form{})
}

func (c *call) showEnrol(status int, e desk.Enrolment, f view.Form) error {
	shown, err := showEnrolment(e)
	if err != nil {
		return err
	}
	return c.show(status, EnrolPage{Form: f, Enrolment: shown})
}

// showEnrolment draws the picture. It is made for each answer, from nothing
// that is kept.
func showEnrolment(e desk.Enrolment) (Enrolment, error) {
	png, err := e.Key.PNG(qrSize)
	if err != nil {
		return Enrolment{}, fmt.Errorf("draw QR code: %w", err)
	}
	return Enrolment{Secret: e.Key.Secret.Base32(), QR: png, Sealed: e.Sealed}, nil
}

func (c *call) postEnrol() error {
	if _, err := c.preSession(desk.StepEnrol); err != nil {
		return err
	}
	ctx, sealed, token := c.ctx(), c.form.Get("enrolment"), c.token(preCookie)
	passed, codes, err := c.Desk.ConfirmSignInEnrolment(ctx, c.visit, token, sealed, c.form.Get("code"))
	if err == nil {
		c.keep(passed.Token, true)
		c.fresh = passed.Token
		return c.show(http.StatusOK, RecoveryCodesPage{Codes: codes})
	}
	f, ours := refusedCode(err)
	if !ours {
		return err
	}
	e, shownErr := c.Desk.ShownSignInEnrolment(ctx, token, sealed)
	if errors.Is(shownErr, desk.ErrStale) {
		// Too old, or of another sign-in: a new picture, and a word why.
		f = view.Form{}.Refuse("", staleQRCode)
		e, shownErr = c.Desk.BeginSignInEnrolment(ctx, token)
	}
	if shownErr != nil {
		return shownErr
	}
	return c.showEnrol(http.StatusUnprocessableEntity, e, f)
}

// RecoveryCodesPage shows the recovery codes once, at the end of enrolment
// inside sign-in. They are in the element with the id recovery-codes.
type RecoveryCodesPage struct{ Codes []string }

func (RecoveryCodesPage) Template() string { return "recovery_codes" }

const staleQRCode = "That QR code was too old. Scan this new one."

// refusedCode is the form of a first code that was refused, if that is what
// happened.
func refusedCode(err error) (view.Form, bool) {
	bad, clock := (*desk.InvalidError)(nil), (*desk.ClockError)(nil)
	switch {
	case errors.As(err, &bad):
		return Problems(bad), true
	case errors.As(err, &clock):
		return view.Form{}.Refuse("code", "The picture is right, but the clock of your phone is "+clockText(clock.Off)+". Let the phone set its time by itself, then type the new code."), true
	case errors.Is(err, desk.ErrCode):
		return view.Form{}.Refuse("code", "This code does not match the picture. Use the newest code of the entry you just scanned."), true
	case errors.Is(err, desk.ErrStale):
		return view.Form{}, true
	}
	return view.Form{}, false
}

func clockText(off time.Duration) string {
	way := "fast"
	if off < 0 {
		off, way = -off, "slow"
	}
	if off < 90*time.Second {
		return fmt.Sprintf("about %d seconds %s", int(off.Seconds()), way)
	}
	return fmt.Sprintf("about %d minutes %s", int(off.Minutes()+0.5), way)
}
