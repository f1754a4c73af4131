// Command nethttp is the smallest mount: a community of one page, and its back
// office. Nothing is kept: it begins anew at each start.
//
//	go run ./examples/nethttp
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net/http"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store/memstore"
)

const addr = "localhost:8080"

func main() {
	ctx := context.Background()
	outbox, err := mail.NewOutbox("outbox", "no-reply@community.example")
	if err != nil {
		log.Fatal(err)
	}
	secret := make([]byte, 32) // a real one is kept, outside the database
	rand.Read(secret)

	office, err := backoffice.New(ctx, backoffice.Config{
		Origin: "http://" + addr, InsecurePlainHTTP: true, // a real one is https
		Secret: secret, Store: memstore.New(), Mail: outbox,
	})
	if err != nil {
		log.Fatal(err)
	}
	go office.Run(ctx)

	setup, err := office.SetupURL(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("setup:", setup)

	community := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, "Hello from the community.\n")
	})
	log.Fatal(http.ListenAndServe(addr, office.Wrap(community)))
}
