// Command chi mounts the back office around a chi router, and routes the
// community's own office pages with chi as well. Nothing is kept: it begins anew
// at each start.
//
//	go run ./examples/chi
package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net/http"

	"github.com/go-chi/chi/v5"

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

	community := chi.NewRouter()
	community.Get("/", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "Hello from the community.\n")
	})

	admin := chi.NewRouter()
	office, err := backoffice.New(ctx, backoffice.Config{
		Origin: "http://" + addr, InsecurePlainHTTP: true, // a real one is https
		Secret: secret, Store: memstore.New(), Mail: outbox,
		Handler:  admin,
		NotFound: community.NotFoundHandler(),
		Permissions: []backoffice.Permission{
			{Key: "reports.view", Label: "See reports", Group: "Community", Roles: []string{backoffice.Moderator}},
		},
		Menu: []backoffice.MenuItem{{Group: "Community", Label: "Reports", Path: "/reports", Permission: "reports.view"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	// Guards are ordinary middleware. Routes are written without the address,
	// which nobody but the office knows.
	admin.NotFound(office.NotFound)
	admin.With(office.Require("reports.view")).Get("/reports", func(w http.ResponseWriter, r *http.Request) {
		operator, _ := backoffice.OperatorFrom(r.Context())
		fmt.Fprintf(w, "Nothing to report, %s.\n", operator.Name)
	})
	go office.Run(ctx)

	setup, err := office.SetupURL(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("setup:", setup)

	// Around the router, not inside it: middleware that cleans or rewrites paths
	// must not see the address.
	log.Fatal(http.ListenAndServe(addr, office.Wrap(community)))
}
