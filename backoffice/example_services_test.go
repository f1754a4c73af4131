package backoffice_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// A page of the host's on which a moderator who left is kept out. Whoever is
// signed in does it, with their rights; the office checks, tells the person by
// mail, and writes it down.
func ExampleServices() {
	admin := http.NewServeMux()
	office := exampleOffice(func(c *backoffice.Config) {
		c.Handler, c.Guards = admin, map[string]string{"/team": "operators.manage"}
	})
	stepUp := office.RequireStepUp()
	admin.Handle("POST /team/{name}/left", stepUp(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := office.Disable(r.Context(), r.PathValue("name"), "left the team")
		switch {
		case errors.Is(err, backoffice.ErrChanged): // is disabled already: so be it
		case err != nil:
			office.Fail(w, r, err) // a calm page for each kind of refusal, and for failures
			return
		}
		http.Redirect(w, r, backoffice.URL(r.Context(), "/team"), http.StatusSeeOther)
	})))

	// Outside the office nobody is signed in, and nothing happens.
	fmt.Println(office.Disable(httptest.NewRequest("POST", "/", nil).Context(), "Ada", ""))
	// Output: nobody is signed in to the office here
}

// A job of the host's, in which nobody is signed in: who left the company is
// kept out of the office, too.
func ExampleOffice_CommandLine() {
	office := exampleOffice()
	ctx := context.Background()
	programs := office.CommandLine()
	for _, email := range []string{"root@community.example", "ada@community.example"} {
		if _, err := programs.Invite(ctx, email, "", backoffice.SuperAdministrator); err != nil {
			log.Fatal(err)
		}
	}

	for _, email := range []string{"ada@community.example", "nobody@community.example"} {
		err := programs.Disable(ctx, email, "left the company")
		switch {
		case errors.Is(err, backoffice.ErrNotFound): // was no operator
		case errors.Is(err, backoffice.ErrChanged): // has been disabled already
		case err != nil:
			log.Fatal(err)
		}
	}
	ada, err := programs.Operator(ctx, "ada@community.example")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ada.Name, "is", ada.State)
	// Output: ada is disabled
}

// What is wrong comes by field, in words for the person who typed it.
func ExampleInvalidError() {
	_, err := exampleOffice().CommandLine().Invite(context.Background(), "ada", "", "gardener")
	bad := (*backoffice.InvalidError)(nil)
	if errors.As(err, &bad) {
		for _, p := range bad.Problems {
			fmt.Printf("%s: %s\n", p.Field, p.Text)
		}
	}
	// Output:
	// email: Enter an email address with an “@”, like name@example.com.
	// role: This role no longer exists. Choose again.
}

// A mail of the host's to an operator, by the office's queue and in its layout.
func ExampleServices_SendMessage() {
	office, ctx := exampleOffice(withAda), context.Background()
	err := office.CommandLine().SendMessage(ctx, "ada@community.example", backoffice.Message{
		Subject:    "12 posts wait for you",
		Paragraphs: []string{"Twelve posts were reported since yesterday.", "The oldest has waited for 20 hours."},
		Button:     "See the posts",
		Path:       "/moderation",
	})
	if err != nil {
		log.Fatal(err)
	}

	// Office.Run does this by itself.
	sent, err := office.DeliverMail(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("mails sent:", sent)
	// Output: mails sent: 1
}

// withAda puts an operator into the store, as if she had accepted an invitation.
func withAda(c *backoffice.Config) {
	err := c.Store.Commit(context.Background(), store.PutOperator{Operator: store.Operator{
		ID: "1", Name: "Ada", NameKey: "ada", Email: "ada@community.example", EmailKey: "ada@community.example",
		State: store.OperatorActive, PrimaryRole: backoffice.Moderator,
	}})
	if err != nil {
		log.Fatal(err)
	}
}

// Rules of the office, set where they are deployed. Only what differs is
// changed, and written down.
func ExampleServices_SetParameters() {
	changes, err := exampleOffice().CommandLine().SetParameters(context.Background(), map[string]string{
		"session.idle":   "15m",
		"two_factor.who": "everyone",
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, c := range changes {
		fmt.Println(c.Name, c.Before, "->", c.After)
	}
	// Output: session.idle 30m -> 15m
}
