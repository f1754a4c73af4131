package guide

import (
	"context"
	"database/sql"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// OpenStore opens the office's records in the community's database.
func OpenStore() store.Store {
	// begin store
	st := sqlstore.Open(sqlstore.PostgreSQL(), "pgx", os.Getenv("OFFICE_DATABASE"))
	// end store
	return st
}

// PooledStore opens them over a pool of the host's.
func PooledStore(ctx context.Context, db *sql.DB) (*sqlstore.Store, error) {
	// begin pool
	st, err := sqlstore.New(db, sqlstore.PostgreSQL(), sqlstore.Config{TablePrefix: "garden_office_"})
	if err != nil {
		return nil, err
	}
	if err := st.Migrate(ctx); err != nil { // or Check, if another program migrates
		return nil, err
	}
	// end pool
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

// NewOffice creates the office.
func NewOffice(ctx context.Context, secretFile string, st store.Store, sender mail.Sender) (*backoffice.Office, error) {
	// begin office
	office, err := backoffice.New(ctx, backoffice.Config{
		Origin:     "https://community.example",
		SecretFile: secretFile, // /etc/community/office.key
		Store:      st,
		Mail:       sender,
		Name:       "Example back office",
	})
	if err != nil {
		return nil, err // all mistakes at once, each with its field
	}
	// end office
	return office, nil
}

// Serve runs both until ctx ends, or the process is told to end.
func Serve(ctx context.Context, office *backoffice.Office, community http.Handler) error {
	// begin serve
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	var work sync.WaitGroup
	work.Go(func() { _ = office.Run(ctx) })
	server := &http.Server{
		Addr:              ":8080",
		Handler:           office.Wrap(community), // outermost
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       3 * time.Minute,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(context.Background(), 28*time.Second)
	defer cancel()
	err := server.Shutdown(ending) // requests and emails under way may end
	work.Wait()
	return err
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

// Telemetry is around the gate, where the path has the office's address.
func Telemetry(office *backoffice.Office, community http.Handler) *http.Server {
	// begin redact
	logger := slog.New(office.RedactLog(slog.NewJSONHandler(os.Stdout, nil)))
	handler := office.Wrap(community)
	server := &http.Server{
		ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelError),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			handler.ServeHTTP(w, r)
			logger.InfoContext(r.Context(), "request", "method", r.Method, "path", r.URL.Path, "referer", r.Referer())
		}),
	}
	// end redact
	return server
}
