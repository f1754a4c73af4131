package faults_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/clock"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store/sqlstore"
)

// replicaEnv tells a copy of this test binary to be a replica; it holds its
// settings.
const replicaEnv = "POSTERN_FAULTS_REPLICA"

// cheap is the cost of passwords here: the database is what is tried.
var cheap = password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true}

// settings are those of a replica.
type settings struct {
	Dialect, DSN, SMTP, Log string
	Secret                  []byte
	Pool                    int
	// Skew is how far its clock is wrong.
	Skew time.Duration
}

func TestMain(m *testing.M) {
	if text := os.Getenv(replicaEnv); text != "" {
		if err := serve(text); err != nil {
			fmt.Fprintln(os.Stderr, "replica:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// serve is the whole replica: a community of one page and its back office, as a
// host writes it. It prints its address, and ends with SIGTERM.
func serve(text string) error {
	var s settings
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	out, err := os.OpenFile(s.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelInfo}))
	dialect, connector, err := connect(s)
	if err != nil {
		return err
	}
	db := sql.OpenDB(connector)
	defer db.Close()
	db.SetMaxOpenConns(s.Pool)
	db.SetMaxIdleConns(s.Pool)
	st, err := sqlstore.New(db, dialect, sqlstore.Config{})
	if err != nil {
		return err
	}
	sender, err := mail.NewSMTP(mail.SMTPConfig{Addr: s.SMTP, From: "office@community.example", PlainToLoopback: true})
	if err != nil {
		return err
	}
	admin := http.NewServeMux()
	cfg := backoffice.Config{
		Origin: origin, InsecurePlainHTTP: true, Secret: s.Secret, Store: st, Mail: sender, Handler: admin, Guards: map[string]string{"/page": backoffice.AnyOperator},
		TrustedProxies:  []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")},
		PasswordHashing: cheap, Log: log,
	}
	if s.Skew != 0 {
		clock.Local.Wall = func() time.Time { return time.Now().Add(s.Skew) }
	}
	office, err := backoffice.New(ctx, cfg)
	if err != nil {
		return err
	}
	admin.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "page") })
	community := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "community") })
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		_ = office.Run(ctx)
	}()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: office.Wrap(community), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	fmt.Println(listener.Addr())
	<-ctx.Done()
	grace, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err = server.Shutdown(grace)
	<-ran
	return err
}

// connect returns how a replica reaches its database.
func connect(s settings) (sqlstore.Dialect, driver.Connector, error) {
	if s.Dialect == sqlstore.PostgreSQL().String() {
		connector, err := freezing(s.DSN)
		return sqlstore.PostgreSQL(), connector, err
	}
	cfg, err := mysql.ParseDSN(s.DSN)
	if err != nil {
		return sqlstore.Dialect{}, nil, err
	}
	cfg.Logger = &mysql.NopLogger{}
	connector, err := mysql.NewConnector(cfg)
	return sqlstore.MySQL(), connector, err
}

// frozen is set by SIGUSR1: the next COMMIT of an audited change stops this process
// instead of being sent, so that it holds all its locks. SIGCONT lets it go on.
var frozen atomic.Bool

// freezing is a connector of pgx whose COMMIT can freeze.
func freezing(dsn string) (driver.Connector, error) {
	armed := make(chan os.Signal, 1)
	signal.Notify(armed, syscall.SIGUSR1)
	go func() {
		for range armed {
			frozen.Store(true)
		}
	}()
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err
	}
	return connector{stdlib.GetConnector(*cfg)}, nil
}

type connector struct{ driver.Connector }

func (c connector) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &freezingConn{Conn: conn.(*stdlib.Conn)}, nil
}

type freezingConn struct {
	*stdlib.Conn
	audited bool
}

func (c *freezingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.look(query)
	if query == "COMMIT" && c.audited && frozen.CompareAndSwap(true, false) {
		_ = syscall.Kill(os.Getpid(), syscall.SIGSTOP)
		time.Sleep(100 * time.Millisecond) // it takes a moment to stop all threads
	}
	return c.Conn.ExecContext(ctx, query, args)
}

func (c *freezingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.look(query)
	return c.Conn.QueryContext(ctx, query, args)
}

// look notes whether the transaction appends to the audit log.
func (c *freezingConn) look(query string) {
	switch {
	case strings.HasPrefix(query, "BEGIN"):
		c.audited = false
	case strings.Contains(query, "INSERT INTO postern_events"):
		c.audited = true
	}
}
