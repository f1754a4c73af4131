package guide

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// OpenStore opens the office's records in the community's database.
func OpenStore(ctx context.Context, db *sql.DB) (*sqlstore.Store, error) {
	// begin store
	st, err := sqlstore.New(db, sqlstore.PostgreSQL(), sqlstore.Config{})
	if err != nil {
		return nil, err
	}
	if err := st.Migrate(ctx); err != nil {
		return nil, err
	}
	// end store
	return st, nil
}

// Sender sends through the mail server.
func Sender() (mail.Sender, error) {
	// begin mail
	sender, err := mail.NewSMTP(mail.SMTPConfig{
		Addr:     "smtp.example.com:587",
		From:     "Example community <no-reply@community.example>",
		Username: os.Getenv("SMTP_USERNAME"),
		Password: os.Getenv("SMTP_PASSWORD"),
	})
	// end mail
	return sender, err
}

// NewOffice creates the office and prints its setup link.
func NewOffice(ctx context.Context, secret []byte, st store.Store, sender mail.Sender) (*backoffice.Office, error) {
	// begin office
	office, err := backoffice.New(ctx, backoffice.Config{
		Origin: "https://community.example",
		Secret: secret, // 32 random bytes
		Store:  st,
		Mail:   sender,
		Name:   "Example back office",
	})
	if err != nil {
		return nil, err // all mistakes at once, each with its field
	}
	setup, err := office.SetupURL(ctx)
	if err != nil {
		return nil, err
	}
	if setup != "" {
		fmt.Fprintln(os.Stdout, "setup:", setup) // for the server administrator; keep it out of logs
	}
	// end office
	return office, nil
}

// Serve runs both until ctx ends.
func Serve(ctx context.Context, office *backoffice.Office, community http.Handler) error {
	// begin serve
	go func() {
		if err := office.Run(ctx); !errors.Is(err, context.Canceled) {
			slog.Error("the office's periodic work stopped", "error", err)
		}
	}()
	server := &http.Server{
		Addr:              ":8080",
		Handler:           office.Wrap(community), // outermost
		ReadHeaderTimeout: 10 * time.Second,
	}
	return server.ListenAndServe()
	// end serve
}

// Command is what a program does with arguments, before it opens anything.
func Command(ctx context.Context, open func(context.Context) (*backoffice.Office, error)) {
	// begin commands
	if args := os.Args[1:]; len(args) > 0 {
		cmd, code := backoffice.ParseCommand(args, os.Stdout, os.Stderr)
		if cmd == nil {
			os.Exit(code) // help, or a mistake; nothing was opened
		}
		office, err := open(ctx) // the store and backoffice.New, as above
		if err != nil {
			log.Fatal(err)
		}
		os.Exit(cmd.Run(ctx, office))
	}
	// end commands
}

// AccessLog is a log of requests that never holds the office's address.
func AccessLog(office *backoffice.Office, community http.Handler) http.Handler {
	// begin log
	logged := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r)
			log.Println(r.Method, r.URL.Path)
		})
	}
	handler := office.Wrap(logged(community)) // not logged(office.Wrap(community))
	// end log
	return handler
}
