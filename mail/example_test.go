package mail_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"testing/fstest"

	"github.com/postern-go/postern/mail"
)

// A community emails a link to one of its members.
func ExampleLetter() {
	letter := mail.Letter{
		Kind: "member-reset", Sender: "Acme", Origin: "https://community.example",
		Subject:    "Reset your Acme password",
		Greeting:   mail.Greeting("Ada"),
		Paragraphs: []string{"Someone asked for a new password for your Acme account. If this was you, open the link and choose one."},
		Button:     &mail.Button{Label: "Choose a new password", URL: "https://community.example/reset#Zk3vW8x1"},
		Expires:    "The link works once, for 30 minutes.",
		NotYou:     "Do nothing, and do not share the link.",
	}
	message, err := letter.Message("ada@example.com") // with a text part that is complete on its own
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(message.Subject)
	fmt.Println()
	fmt.Print(message.Text)
	// Output:
	// Reset your Acme password
	//
	// Acme
	//
	// Hello Ada,
	//
	// Someone asked for a new password for your Acme account. If this was you,
	// open the link and choose one.
	//
	// Choose a new password:
	// https://community.example/reset#Zk3vW8x1
	//
	// If the page asks for the code from the email, paste this one:
	// Zk3vW8x1
	//
	// The link works once, for 30 minutes.
	//
	// If this was not you
	// Do nothing, and do not share the link.
	//
	// --
	// Sent by Acme.
	// Before you enter a password, check that the address bar of your browser
	// starts with https://community.example/
}

// Short-lived credentials are requested before every connection.
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
	fmt.Println(settle(&mail.DeliveryError{Step: "recipient", Permanent: true, Reply: "550 5.1.1 No such user"}))
	// Output:
	// sent
	// failed: deliver mail: recipient: the server answered 550 5.1.1 No such user
}

// A letter has templates of its own, and Values for them.
func ExampleNewTemplates() {
	templates, err := mail.NewTemplates(fstest.MapFS{ // or an embed.FS
		"digest.txt": {Data: []byte(`{{.Greeting}} {{len .Values}} posts are new:
{{range .Values}}
- {{.}}{{end}}
`)},
	}, "digest")
	if err != nil {
		log.Fatal(err)
	}
	message, err := templates.Message(mail.Letter{
		Kind: "digest", Sender: "Acme", Origin: "https://community.example", Subject: "New on Acme",
		Greeting: mail.Greeting("visit evil.example"), Paragraphs: []string{"2 posts are new."},
		Values: []string{"Seeds to swap", "The shed has a roof"},
	}, "ada@example.com")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(message.Text)
	// Output:
	// Hello, 2 posts are new:
	//
	// - Seeds to swap
	// - The shed has a roof
}

func ExampleParseEmailAddress() {
	address, err := mail.ParseEmailAddress("mailto:Ada.Lovelace@Example.COM ")
	fmt.Println(address, err)
	fmt.Println(mail.FoldEmailAddress(address))
	_, err = mail.ParseEmailAddress("ada@example")
	fmt.Println(err)
	// Output:
	// Ada.Lovelace@example.com <nil>
	// ada.lovelace@example.com
	// email address not accepted: The part after the “@” needs a dot, as in example.com.
}
