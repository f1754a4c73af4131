package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// serve runs the community and its back office until ctx ends.
func serve(ctx context.Context, o options, log *slog.Logger, stdout io.Writer) error {
	// First, because with port 0 only the listener knows the address.
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", o.addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	host, _, err := net.SplitHostPort(o.addr)
	if err != nil {
		return err
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return err
	}
	o.addr = net.JoinHostPort(host, port)
	a, err := open(ctx, o, origin(o.addr), log)
	if err != nil {
		return err
	}
	defer a.close()
	if err := keepOrigin(ctx, a.db, origin(o.addr)); err != nil {
		return err
	}
	if o.watch != "" {
		if err := a.watch(ctx, o.watch, log, stdout); err != nil {
			return err
		}
	}
	if err := a.announce(ctx, o, stdout); err != nil {
		return err
	}
	return a.run(ctx, listener, log)
}

// announce prints where everything is, a line each, for people and scripts.
func (a *app) announce(ctx context.Context, o options, stdout io.Writer) error {
	setup, err := a.office.SetupURL(ctx)
	if err != nil {
		return fmt.Errorf("make setup link: %w", err)
	}
	fmt.Fprintf(stdout, "community:   %s/\n", origin(o.addr))
	fmt.Fprintf(stdout, "back office: %s\n", a.office.HomeURL())
	if setup != "" {
		fmt.Fprintf(stdout, "setup:       %s\n", setup)
	}
	if o.smtp == "" {
		fmt.Fprintf(stdout, "outbox:      %s\n", o.outbox)
	}
	return nil
}

// run serves, and does the periodic work beside it. When ctx ends it lets the
// requests under way finish.
func (a *app) run(ctx context.Context, listener net.Listener, log *slog.Logger) error {
	server := &http.Server{
		// The gate stands outside everything else.
		Handler:           a.office.Wrap(a.site.Handler()),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       3 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
		// "OPTIONS *" is missing here like everything that is not a page.
		DisableGeneralOptionsHandler: true,
	}
	working, stop := context.WithCancel(context.WithoutCancel(ctx))
	var work sync.WaitGroup
	work.Go(func() { a.site.Run(working) })
	work.Go(func() { a.chat.run(working) })
	work.Go(func() { tidyUp(working, a.office, a.garden, log) })
	work.Go(func() {
		// Its wait for emails under way and the server's for requests are the same time.
		if err := a.office.Run(ctx); err != nil && !errors.Is(err, context.Canceled) {
			log.Error("the office's periodic work ended", "error", err)
		}
	})
	defer work.Wait()
	defer stop()

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	ending, cancel := context.WithTimeout(working, 28*time.Second)
	defer cancel()
	if err := server.Shutdown(ending); err != nil {
		return fmt.Errorf("shut down: %w", err)
	}
	return nil
}
