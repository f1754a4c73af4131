package backoffice_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

// The whole of it: the community goes in, the community with its office comes
// out. In your program the secret is read from where you keep secrets, the
// store is sqlstore over your database, and the mail goes by mail.NewSMTP.
func Example() {
	secret, st, sender, community := parts()

	office, err := backoffice.New(context.Background(), backoffice.Config{
		Origin: "https://community.example",
		Secret: secret, Store: st, Mail: sender,
	})
	if err != nil {
		log.Fatal(err)
	}
	go office.Run(context.Background())
	server := &http.Server{Addr: ":8080", Handler: office.Wrap(community)}

	// Nobody who does not know the address sees that there is an office.
	w := httptest.NewRecorder()
	server.Handler.ServeHTTP(w, httptest.NewRequest("GET", "/admin", nil))
	fmt.Println(w.Code)
	// Output: 404
}

// Your own pages: the menu entry guards all of them, and one route asks for a further permission.
func ExampleOffice_Require() {
	secret, st, sender, community := parts()
	admin := http.NewServeMux()
	office, err := backoffice.New(context.Background(), backoffice.Config{
		Origin: "https://community.example",
		Secret: secret, Store: st, Mail: sender,
		Handler: admin,
		Permissions: []backoffice.Permission{
			{Key: "analytics.view", Label: "See analytics", Roles: []string{backoffice.CommunityManager, backoffice.Moderator}},
			{Key: "analytics.reset", Label: "Reset analytics", Roles: []string{backoffice.CommunityManager}},
		},
		Menu: []backoffice.MenuItem{{Label: "Analytics", Path: "/analytics", Permission: "analytics.view"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	admin.HandleFunc("GET /analytics", func(w http.ResponseWriter, r *http.Request) {
		who, _ := backoffice.OperatorFrom(r.Context())
		fmt.Fprintf(w, "Good morning, %s", who.Name)
	})
	admin.Handle("POST /analytics/reset", office.Require("analytics.reset")(http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, backoffice.URL(r.Context(), "/analytics"), http.StatusSeeOther)
		})))

	// Reached without the office, what Require guards is like what does not exist.
	w := httptest.NewRecorder()
	admin.ServeHTTP(w, httptest.NewRequest("POST", "/analytics/reset", nil))
	fmt.Println(w.Code)
	office.Wrap(community).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
	// Output: 404
}

// parts are what every program has already.
func parts() (secret []byte, st store.Store, sender mail.Sender, community http.Handler) {
	slog.SetDefault(slog.New(slog.DiscardHandler)) // an office logs to it
	log.SetOutput(os.Stderr)                       // which that discarded as well
	secret = make([]byte, 32)
	if _, err := rand.Read(secret); err != nil {
		log.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "outbox")
	if err != nil {
		log.Fatal(err)
	}
	outbox := &mail.Outbox{Dir: dir, Sender: "office@community.example"}
	return secret, memstore.New(), outbox, http.NotFoundHandler()
}
