package backoffice_test

import (
	"log"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/password/breached"
)

// Passwords that became public elsewhere are refused, by a service that learns
// neither the password nor a hash of it.
func ExampleConfig_breaches() {
	list, err := breached.New(breached.Config{}) // or breached.OpenFile: nothing leaves the machine
	if err != nil {
		log.Fatal(err)
	}
	_ = backoffice.Config{Breaches: list}
}
