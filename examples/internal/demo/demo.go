// Package demo is what the small examples share besides the mount: a configuration
// that keeps nothing, and a server.
package demo

import (
	"context"
	"crypto/rand"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store/memstore"
)

const addr = "localhost:8080"

// Config is a configuration for trying things out: emails go to the folder outbox,
// and everything else is gone at the next start.
func Config() backoffice.Config {
	secret := make([]byte, 32) // a real one is kept, outside the database
	rand.Read(secret)
	return backoffice.Config{
		Origin: "http://" + addr, InsecurePlainHTTP: true, // a real one is https
		Secret: secret, Store: memstore.New(), Mail: &mail.Outbox{Dir: "outbox"}, Console: os.Stdout,
	}
}

// Serve serves handler, until it cannot.
func Serve(office *backoffice.Office, handler http.Handler) {
	go office.Run(context.Background()) // prints the setup link
	server := &http.Server{Addr: addr, Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}
