package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/metrics/prommetrics"
)

// serve serves at LISTEN until ctx ends, and health and metrics at WATCH. It listens
// only once the office is open: what connects is served.
func serve(ctx context.Context, env func(string) string, log *slog.Logger) error {
	office, done, err := open(ctx, env, log, "LISTEN", "WATCH")
	if err != nil {
		return err
	}
	defer done()
	registry := prometheus.NewRegistry()
	if err := registry.Register(prommetrics.NewCollector(office)); err != nil {
		return err
	}
	watched := http.NewServeMux()
	watched.Handle("/", office.HealthHandler())
	watched.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	watcher := &http.Server{Handler: watched, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second}
	ending, end := context.WithCancel(context.WithoutCancel(ctx))
	server := &http.Server{
		// The gate stands outside everything else.
		Handler:           office.Wrap(community(ending)),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       3 * time.Minute, // longer than the proxy keeps its connections
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	server.RegisterOnShutdown(end) // or streams would hold it up
	return both(ctx, office, log, map[*http.Server]string{watcher: env("WATCH"), server: env("LISTEN")})
}

// both serves until ctx ends, and lets the requests under way finish, beside the emails
// that Run is about to send.
func both(ctx context.Context, office *backoffice.Office, log *slog.Logger, servers map[*http.Server]string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	failed := make(chan error, len(servers))
	for server, addr := range servers {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
		if err != nil {
			return err // the program ends, and with it the other listener
		}
		log.InfoContext(ctx, "listening", "address", listener.Addr().String())
		go func() {
			if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		}()
	}
	notify("READY=1")
	var work sync.WaitGroup
	work.Go(func() {
		if err := office.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			log.ErrorContext(ctx, "the office's periodic work ended", "error", err)
		}
	})
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	stop()
	notify("STOPPING=1")
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), 28*time.Second)
	defer cancel()
	for server := range servers {
		work.Go(func() {
			if err := server.Shutdown(ending); err != nil {
				log.WarnContext(ending, "requests did not end in time", "error", err)
			}
		})
	}
	work.Wait()
	return err
}

// notify tells systemd how the service is (sd_notify(3)), so that "systemctl restart"
// returns once the new process serves. Elsewhere it does nothing.
func notify(state string) {
	conn, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err != nil {
		return
	}
	defer conn.Close()
	io.WriteString(conn, state)
}

// onLoopback is where a program on this machine reaches an address that is listened on.
func onLoopback(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}
