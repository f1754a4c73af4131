package site

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/postern-go/postern/examples/community/garden"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/reset"
)

func (s *Site) getForgot(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Has("sent") {
		return s.show(w, r, http.StatusOK, "forgot_sent", page{Title: "Look into your mail"})
	}
	return s.show(w, r, http.StatusOK, "forgot", page{Title: "Forgot your password?", Fields: forgotFields()})
}

func forgotFields() []field {
	return []field{{Name: "email", Label: "Email address", Type: "email", Autocomplete: "email"}}
}

// postForgot answers the same for everybody, member or not.
func (s *Site) postForgot(w http.ResponseWriter, r *http.Request) error {
	email, err := mail.ParseEmailAddress(r.PostFormValue("email"))
	if refused, ok := errors.AsType[*mail.AddressError](err); ok {
		problems := []garden.Problem{{Field: "email", Text: refused.Text}}
		return s.show(w, r, http.StatusUnprocessableEntity, "forgot", page{
			Title: "Forgot your password?", Problems: problems, Fields: filled(forgotFields(), r, problems),
		})
	}
	m, err := s.Garden.FindByLogin(r.Context(), email)
	if err != nil && !errors.Is(err, garden.ErrNotFound) {
		return err
	}
	link, ok, err := s.Links.Request(r.Context(), reset.RequestForm{Identifier: email, Subject: m.ID, IP: client(r)})
	if err != nil {
		return err
	}
	if ok {
		if err := s.mailLink(r, m, link); err != nil {
			return err
		}
	}
	http.Redirect(w, r, "/forgot?sent", http.StatusSeeOther)
	return nil
}

// outgoing is a mail that waits to be sent.
type outgoing struct{ message mail.Message }

func (s *Site) mailLink(r *http.Request, m garden.Member, link reset.Link) error {
	address, err := link.URL(s.Origin + "/reset")
	if err != nil {
		return fmt.Errorf("make reset mail: %w", err)
	}
	message, err := mail.Letter{
		Kind: "member-reset", Sender: garden.Name, Origin: s.Origin,
		Subject:  "Reset your " + garden.Name + " password",
		Greeting: mail.Greeting(m.Name),
		Paragraphs: []string{
			"Someone asked for a new password for your " + garden.Name + " account.",
			"If this was you, open the link and choose one, then sign in with it.",
		},
		Details: []mail.Detail{{Label: "IP address", Value: client(r)}},
		Button:  &mail.Button{Label: "Choose a new password", URL: address},
		Expires: "The link works once, until " + s.Now().Add(reset.DefaultLife).UTC().Format("15:04 UTC") + ".",
		NotYou:  "Do nothing: your password does not change unless the link is used. Do not share the link.",
	}.Message(m.Email)
	if err != nil {
		return fmt.Errorf("make reset mail: %w", err)
	}
	select {
	case s.outgoing <- outgoing{message}:
	default:
		s.Log.ErrorContext(r.Context(), "reset mail dropped: too many are waiting")
	}
	return nil
}

// deliver tries once: whoever waits for the mail asks for another one.
func (s *Site) deliver(ctx context.Context, m outgoing) {
	ctx, cancel := context.WithTimeout(ctx, 45*time.Second)
	defer cancel()
	if err := s.Sender.Send(ctx, m.message); err != nil {
		s.Log.ErrorContext(ctx, "reset mail not sent", "error", err)
	}
}
