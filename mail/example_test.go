package mail_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"testing/fstest"
	"time"

	"github.com/postern-go/postern/mail"
)

// A letter becomes a message with a text part that is complete by itself.
func ExamplePasswordReset() {
	letter := mail.PasswordReset(mail.PasswordResetValues{
		About: mail.About{
			Office: "Acme", Origin: "https://community.example", Name: "Ada",
			Contact: "security@acme.example",
		},
		Link:    "https://community.example/k7w3/reset#Zk3vW8x1",
		Expires: time.Date(2026, time.November, 21, 19, 53, 0, 0, time.UTC),
	})
	message, err := letter.Message("ada@example.com")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(message.Subject)
	fmt.Println()
	fmt.Print(message.Text)
	// Output:
	// Reset your Acme back office password
	//
	// Acme back office
	//
	// Hello Ada,
	//
	// Somebody asked for a new password for your account in the Acme back
	// office.
	//
	// If this was you, open the link and choose one. Two-factor authentication
	// stays as it is, and you sign in yourself afterwards.
	//
	// Choose a new password:
	// https://community.example/k7w3/reset#Zk3vW8x1
	//
	// The link works once, until 21 November 2026 at 19:53 UTC.
	//
	// If this was not you
	// Do nothing: without the link your password stays as it is. Pass the link
	// to nobody. If such mails keep coming, tell security@acme.example.
	//
	// --
	// Sent by Acme back office.
	// Before you type a password, check that the address begins with
	// https://community.example/
}

// Short-lived credentials are asked for before every connection.
func ExampleNewSMTP() {
	accessToken := func(context.Context) (string, error) { return "ya29.example", nil }

	sender, err := mail.NewSMTP(mail.SMTPConfig{
		Addr: "smtp.example.com:587",
		From: "Acme <no-reply@example.com>",
		Credentials: func(ctx context.Context) (string, string, error) {
			token, err := accessToken(ctx)
			return "no-reply@example.com", token, err
		},
		OAuth2: true,
	})
	fmt.Println(sender != nil, err)
	// Output: true <nil>
}

// Every mistake is reported at once.
func ExampleNewSMTP_mistakes() {
	_, err := mail.NewSMTP(mail.SMTPConfig{Addr: "smtp.example.com:25", From: "Acme", PlainToLoopback: true})
	fmt.Println(err)
	// Output:
	// mail.SMTPConfig.From: "Acme" is not an address such as "Acme <no-reply@example.com>"
	// mail.SMTPConfig.PlainToLoopback: "smtp.example.com" is not on this machine: only localhost and loopback IP addresses may go without TLS
}

// A queue asks the error whether another attempt makes sense.
func ExampleDeliveryError() {
	settle := func(err error) string {
		var failed *mail.DeliveryError
		switch {
		case err == nil:
			return "sent"
		case errors.As(err, &failed) && failed.Permanent:
			return "failed: " + failed.Error()
		}
		return "try again later: " + err.Error()
	}
	fmt.Println(settle(nil))
	fmt.Println(settle(&mail.DeliveryError{Step: mail.StepRecipient, Permanent: true, Reply: "550 5.1.1 No such user"}))
	// Output:
	// sent
	// failed: deliver mail: recipient: the server answered 550 5.1.1 No such user
}

// A host puts the invitation into words of its own.
func ExampleNewTemplates() {
	templates, err := mail.NewTemplates(fstest.MapFS{ // or an embed.FS
		"invitation.txt": {Data: []byte(`{{define "subject"}}Join the team behind {{.Values.Office}}{{end -}}
{{.Greeting}} {{.Values.By}} wants you on the team.
{{.Button.URL}}
{{wrap .NotYou}}
`)},
	})
	if err != nil {
		log.Fatal(err)
	}
	message, err := templates.Message(mail.Invitation(mail.InvitationValues{
		About: mail.About{Office: "Acme", Origin: "https://community.example", Name: "Ada", Contact: "Grace"},
		By:    "Grace Hopper",
		Link:  "https://community.example/k7w3/welcome#Zk3vW8x1",
	}), "ada@example.com")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(message.Subject)
	fmt.Print(message.Text)
	// Output:
	// Join the team behind Acme
	// Hello Ada, Grace Hopper wants you on the team.
	// https://community.example/k7w3/welcome#Zk3vW8x1
	// Do nothing, and pass the link to nobody. If you think the invitation is
	// a mistake, tell Grace.
}

func ExampleParseAddress() {
	address, err := mail.ParseAddress(" Ada.Lovelace@Example.COM ")
	fmt.Println(address, err)
	fmt.Println(mail.Fold(address))
	_, err = mail.ParseAddress("ada@example.com\r\nBcc: eve@example.com")
	fmt.Println(err)
	// Output:
	// Ada.Lovelace@example.com <nil>
	// ada.lovelace@example.com
	// e-mail address has a control character
}
