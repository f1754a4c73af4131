package pages

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/view"
)

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
		f = view.Form{}.Refuse("", done["stale-enrolment"].Text)
		e, shownErr = c.Desk.BeginSignInEnrolment(ctx, token)
	}
	if shownErr != nil {
		return shownErr
	}
	return c.showEnrol(http.StatusUnprocessableEntity, e, f)
}

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
