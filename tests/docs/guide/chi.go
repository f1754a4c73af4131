package guide

import (
	"context"
	"fmt"
	"net/http"

	"github.com/go-chi/chi/v5"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store/sqlstore"
)

// Shop is a community on chi and PostgreSQL, whose members have integer ids.
func Shop(ctx context.Context, dsn string, secret []byte, sender mail.Sender, members Directory) (*backoffice.Office, http.Handler, error) {
	// begin chi
	community, admin := chi.NewRouter(), chi.NewRouter()
	community.Get("/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "Hello from the community.")
	})
	office, err := backoffice.New(ctx, backoffice.Config{
		Origin:      "https://community.example",
		Secret:      secret,
		Store:       sqlstore.Open(sqlstore.PostgreSQL(), "pgx", dsn),
		Mail:        sender,
		Members:     members,   // Directory, below
		NotFound:    community, // chi's 404 for what has no route
		Handler:     admin,
		Permissions: []backoffice.Permission{{Key: "members.count", Label: "Count members", Roles: []string{backoffice.Moderator}}},
		Menu:        []backoffice.MenuItem{{Label: "Number of members", Path: "/count", Permission: "members.count"}},
	})
	if err != nil {
		return nil, nil, err
	}
	admin.Get("/count", func(w http.ResponseWriter, r *http.Request) {
		n, err := members.Count(r.Context())
		if err != nil {
			office.Fail(w, r, err)
			return
		}
		fmt.Fprintln(w, n, "members")
	})
	handler := office.Wrap(community) // around the router, not in it
	// end chi
	return office, handler, nil
}

// Count counts the members.
func (d Directory) Count(ctx context.Context) (n int, err error) {
	err = d.DB.QueryRowContext(ctx, `SELECT count(*) FROM members`).Scan(&n)
	return n, err
}
