package backoffice_test

import (
	"context"
	"fmt"
	"log"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/store"
)

// What people should hear of at once goes to a chat. The subscriber hands over
// and returns: when the queue is full, it is the chat that misses something, and
// not the person who waits.
func ExampleConfig_onEvent() {
	secret, st, sender, _ := parts()
	chat := make(chan string, 100)
	office, err := backoffice.New(context.Background(), backoffice.Config{
		Origin: "https://community.example",
		Secret: secret, Store: st, Mail: sender,
		OnEvent: func(_ context.Context, e store.Event) {
			switch e.Code {
			case "operator.invited", "operator.disabled", "two_factor.reset":
				select {
				case chat <- e.Code + ": " + e.TargetName:
				default:
				}
			}
		},
	})
	if err != nil {
		log.Fatal(err)
	}

	if _, err := office.CommandLine().Invite(context.Background(), "ada@community.example", "Ada", backoffice.SuperAdministrator); err != nil {
		log.Fatal(err)
	}
	fmt.Println(<-chat)
	// Output: operator.invited: Ada
}

// What must miss nothing follows the audit, on one replica or on several: it
// keeps the number of the last row that it has dealt with in its own database,
// and asks for what came after.
func ExampleServices_Events() {
	office := exampleOffice()
	var last int64 // read from your database, and stored together with what you do
	follow := func() error {
		for {
			events, err := office.CommandLine().Events(context.Background(), last, 100)
			if err != nil || len(events) == 0 {
				return err
			}
			for _, e := range events {
				fmt.Println(e.Seq, e.Code, e.Outcome)
				last = e.Seq
			}
		}
	}

	// Every few seconds, from a goroutine of yours:
	if err := follow(); err != nil {
		log.Fatal(err)
	}
	if _, err := office.CommandLine().Invite(context.Background(), "ada@community.example", "Ada", backoffice.SuperAdministrator); err != nil {
		log.Fatal(err)
	}
	if err := follow(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 1 alias.generated success
	// 2 operator.invited success
}

// exampleOffice is an office over an empty store.
func exampleOffice(change ...func(*backoffice.Config)) *backoffice.Office {
	secret, st, sender, _ := parts()
	cfg := backoffice.Config{Origin: "https://community.example", Secret: secret, Store: st, Mail: sender}
	for _, f := range change {
		f(&cfg)
	}
	office, err := backoffice.New(context.Background(), cfg)
	if err != nil {
		log.Fatal(err)
	}
	return office
}
