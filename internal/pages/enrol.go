package pages

import (
	"bytes"
	"errors"
	"fmt"
	"image/png"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/messages"
	"github.com/postern-go/postern/internal/view"
)

// EnrolPage adds the first authenticator app, during sign-in.
type EnrolPage struct {
	view.Form
	Enrolment
	// Passkey reports that a passkey can be added instead.
	Passkey bool
}

func (EnrolPage) Template() string { return "enrol" }

// mayAddApp reports whether a sign-in is at the step that adds an authenticator app.
func mayAddApp(p desk.PreSession) bool {
	return p.Step == desk.StepEnrol && !(p.MayAddPasskey && p.PasskeyRequired)
}

func (c *call) getEnrol() error {
	p, err := c.preSession(mayAddApp)
	if err != nil {
		return err
	}
	e, err := drawn(c.Desk.BeginSignInEnrolment(c.ctx(), c.token(preCookie)))
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, EnrolPage{Enrolment: e, Passkey: p.MayAddPasskey})
}

func (c *call) postEnrol() error {
	p, err := c.preSession(mayAddApp)
	if err != nil {
		return err
	}
	ctx, sealed, token := c.ctx(), c.form.Get("enrolment"), c.token(preCookie)
	passed, codes, err := c.Desk.ConfirmSignInEnrolment(ctx, c.browserVisit(), token, sealed, c.form.Get("code"))
	if err == nil {
		c.keepToken(passed)
		c.begun = passed.SessionID
		return c.showDone(RecoveryCodesPage{c.codeSheet(codes, passed.Name, passed.Email)})
	}
	f, e, err := c.enrolAgain(err,
		func() (desk.Enrolment, error) { return c.Desk.ShownSignInEnrolment(ctx, token, sealed) },
		func() (desk.Enrolment, error) { return c.Desk.BeginSignInEnrolment(ctx, token) })
	if err != nil {
		return err
	}
	return c.show(http.StatusUnprocessableEntity, EnrolPage{Form: f, Enrolment: e, Passkey: p.MayAddPasskey})
}

// RecoveryCodesPage shows the recovery codes once, after enrolment during
// sign-in. They are in the element with the id recovery-codes.
type RecoveryCodesPage struct{ CodeSheet }

func (RecoveryCodesPage) Template() string { return "recovery_codes" }

// CodeSheet is what a sheet of paper with recovery codes needs to be told from others,
// years later.
type CodeSheet struct {
	Codes []string
	// Name and Email are those of the account, Day is when the codes were made.
	Name, Email, Day string
}

func (c *call) codeSheet(codes []string, name, email string) CodeSheet {
	return CodeSheet{Codes: codes, Name: name, Email: email, Day: c.words().Date(messages.On(c.Desk.Now()))}
}

// Enrolment is a new authenticator app that waits for its first code.
type Enrolment struct {
	// Secret is the key in base32, without padding, URI the key as an app on the same
	// phone takes it.
	Secret, URI string
	// QR is a PNG of the key URI, in the element with the id totp-qr.
	QR []byte
	// Sealed comes back with the form, in the hidden input "enrolment".
	Sealed string
}

// drawn adds the QR code. It is 480 pixels wide or a little more, and half that on
// the page, so that it is crisp on dense screens.
func drawn(e desk.Enrolment, err error) (Enrolment, error) {
	if err != nil {
		return Enrolment{}, err
	}
	qr, err := e.Key.PNG(480)
	if err != nil {
		return Enrolment{}, fmt.Errorf("draw QR code: %w", err)
	}
	return Enrolment{Secret: e.Key.Secret.Base32(), URI: e.Key.URI(), QR: qr, Sealed: e.Sealed}, nil
}

// QRWidth returns the width and height of the QR code on the page, in pixels, or 0
// for the browser's choice.
func (e Enrolment) QRWidth() int {
	qr, _ := png.DecodeConfig(bytes.NewReader(e.QR))
	return qr.Width / 2
}

// Groups returns the key as people type it, in the element with the id
// totp-secret: in groups of four.
func (e Enrolment) Groups() string {
	var groups []string
	for group := range slices.Chunk([]byte(e.Secret), 4) {
		groups = append(groups, string(group))
	}
	return strings.Join(groups, " ")
}

// enrolAgain returns the form whose first code was refused with err, and the
// enrolment that it was for, or a new one if that has expired. Any other error it
// returns as it is.
func (c *call) enrolAgain(err error, shown, begin func() (desk.Enrolment, error)) (view.Form, Enrolment, error) {
	var f view.Form
	bad, clock := (*desk.InvalidError)(nil), (*desk.ClockError)(nil)
	switch {
	case errors.As(err, &bad):
		f = c.problems(bad)
	case errors.As(err, &clock):
		f = f.Refuse("code", c.say(clockText(clock.Off)))
	case errors.Is(err, desk.ErrCode):
		f = f.Refuse("code", c.t("account.enrol.wrong"))
	case !errors.Is(err, desk.ErrStale):
		return f, Enrolment{}, err
	}
	e, err := shown()
	if errors.Is(err, desk.ErrStale) {
		f = view.Form{}.Refuse("", c.t("account.enrol.expired"))
		e, err = begin()
	}
	again, err := drawn(e, err)
	return f, again, err
}

// clockText says how far a phone's clock is off.
func clockText(off time.Duration) messages.Text {
	if off < 0 {
		return messages.New("account.enrol.clock_slow", "time", -off)
	}
	return messages.New("account.enrol.clock_fast", "time", off)
}
