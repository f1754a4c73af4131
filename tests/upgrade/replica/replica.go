// Package replica is one process of a community with a back office, as a host writes it. The
// test of upgrades builds it with this version of the library, and with an earlier one: it
// uses only what both have.
package replica

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store/sqlstore"
)

// Env tells a program to be a replica; it holds [Settings] as JSON.
const Env = "POSTERN_UPGRADE_REPLICA"

// Settings are those of a replica.
type Settings struct {
	Dialect, Driver, DSN, SMTP string
	Secret                     []byte
	// Stale leaves the tables as they are: another program migrates them.
	Stale bool
}

// Origin is where browsers reach every replica.
const Origin = "http://localhost:8080"

// dialects are those that this version of the library has.
var dialects = map[string]sqlstore.Dialect{"sqlite": sqlstore.SQLite(), "postgresql": sqlstore.PostgreSQL()}

// Main is the whole program: without arguments it prints its address, and serves until
// SIGTERM; with some, it runs a command of the office. It logs to stderr. It returns at once,
// and false, if it is not to be a replica.
func Main() bool {
	text := os.Getenv(Env)
	if text == "" {
		return false
	}
	code, err := run(text, os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "replica:", err)
		code = 1
	}
	os.Exit(code)
	return true
}

func run(text string, args []string) (code int, err error) {
	var s Settings
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return 0, err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	db, err := sql.Open(s.Driver, s.DSN)
	if err != nil {
		return 0, err
	}
	defer db.Close()
	db.SetMaxOpenConns(4)
	db.SetMaxIdleConns(4)
	st, err := sqlstore.New(db, dialects[s.Dialect], sqlstore.Config{})
	if err == nil && !s.Stale {
		err = st.Migrate(ctx)
	}
	if err != nil {
		return 0, err
	}
	sender, err := mail.NewSMTP(mail.SMTPConfig{Addr: s.SMTP, From: "office@community.example", PlainToLoopback: true})
	if err != nil {
		return 0, err
	}
	pages := http.NewServeMux()
	office, err := backoffice.New(ctx, backoffice.Config{
		Origin: Origin, InsecurePlainHTTP: true, Secret: s.Secret, Store: st, Mail: sender,
		Handler: pages, Guards: map[string]string{"/page": backoffice.AnyOperator},
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		// Cheap, because no password here is worth anything.
		PasswordHashing: password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true},
		Log:             slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	if err != nil {
		return 0, err
	}
	if len(args) > 0 {
		cmd, code := backoffice.ParseCommand(args, os.Stdout, os.Stderr)
		if cmd == nil {
			return code, nil
		}
		return cmd.Run(ctx, office), nil
	}
	pages.HandleFunc("GET /page", func(w http.ResponseWriter, r *http.Request) {
		o, _ := backoffice.OperatorFrom(r.Context())
		fmt.Fprintln(w, "page of", o.Name)
	})
	community := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "community") })
	return 0, serve(ctx, office, community)
}

func serve(ctx context.Context, office *backoffice.Office, community http.Handler) error {
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		_ = office.Run(ctx)
	}()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/healthz", office.HealthHandler())
	mux.Handle("/", office.Wrap(community))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Println(listener.Addr())
	<-ctx.Done()
	grace, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err = server.Shutdown(grace)
	<-ran
	if end := <-served; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return err
}
