// Command host is one replica of a community with its office, as a host writes it,
// for load to be put on. It knows only the public API, so that earlier versions can
// be built with it and measured beside this one.
//
//	host -dsn postgres:///... -secret HEX -seed 100   # fill a database, print phones
//	host -dsn postgres:///... -secret HEX -pool 2     # serve, print the address
package main

import (
	"context"
	"database/sql"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"log"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"runtime/debug"
	"runtime/pprof"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// host holds the flags.
type host struct {
	dsn, secret string
	pool, slots int
	cheap       bool
}

func main() {
	var h host
	flag.StringVar(&h.dsn, "dsn", "", "data source name of a PostgreSQL database")
	flag.StringVar(&h.secret, "secret", "", "master secret, in hexadecimal")
	flag.IntVar(&h.pool, "pool", 2, "connections")
	flag.IntVar(&h.slots, "slots", 2, "hashes at once")
	flag.BoolVar(&h.cheap, "cheap", false, "hash in microseconds, so that the database is what is measured")
	profile := flag.String("cpuprofile", "", "write a CPU profile to this file")
	seed := flag.Int("seed", 0, "do not serve: create the tables and as many operators")
	flag.Parse()
	// As docs/deployment.md asks for: the collector may keep what a hash had.
	debug.SetMemoryLimit(int64(h.slots*64+50) << 20)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if *profile != "" {
		file, err := os.Create(*profile)
		if err != nil {
			log.Fatal(err)
		}
		_ = pprof.StartCPUProfile(file)
		defer pprof.StopCPUProfile()
	}
	if err := h.run(ctx, *seed); err != nil {
		log.Fatal(err) //nolint:gocritic // deferred calls no longer matter
	}
}

func (h host) run(ctx context.Context, seed int) error {
	db, err := sql.Open("pgx", h.dsn)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(h.pool)
	db.SetMaxIdleConns(h.pool)
	st, err := sqlstore.New(db, sqlstore.PostgreSQL(), sqlstore.Config{})
	if err != nil {
		return err
	}
	if seed > 0 {
		return h.seed(ctx, st, seed)
	}
	outbox, err := os.MkdirTemp("", "postern-outbox-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(outbox) }()
	cfg, err := h.config(st, outbox)
	if err != nil {
		return err
	}
	office, err := backoffice.New(ctx, cfg)
	if err != nil {
		return err
	}
	ran := make(chan error, 1)
	go func() { ran <- office.Run(ctx) }()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: office.Wrap(http.NotFoundHandler()), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }()
	fmt.Println(listener.Addr())
	<-ctx.Done()
	_ = server.Close() // no client is still waiting for a response
	<-ran
	return nil
}

func (h host) hashing() password.Config {
	if h.cheap {
		return password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true, Concurrency: h.slots}
	}
	return password.Config{Concurrency: h.slots}
}

func (h host) config(st store.Store, outbox string) (backoffice.Config, error) {
	secret, err := hex.DecodeString(h.secret)
	if err != nil {
		return backoffice.Config{}, err
	}
	sender := &mail.Outbox{Dir: outbox, Sender: "office@community.example"}
	pages := http.NewServeMux()
	pages.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "page") })
	return backoffice.Config{
		Origin: "http://localhost:8080", InsecurePlainHTTP: true, Secret: secret, Store: st, Mail: sender, Handler: pages, Guards: map[string]string{"/page": backoffice.AnyOperator},
		PasswordHashing: h.hashing(), Log: slog.New(slog.DiscardHandler),
		// Every visitor comes from an IP address of their own, as its limits expect.
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("192.0.2.0/24")},
	}, nil
}
