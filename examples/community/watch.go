package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/postern-go/postern/metrics/prommetrics"
)

// watch serves the office's health and metrics until ctx ends: /ready and /live for
// an orchestrator, /metrics for Prometheus. They have a port of their own, because
// they are nothing for the public.
func (a *app) watch(ctx context.Context, addr string, log *slog.Logger, stdout io.Writer) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	registry := prometheus.NewRegistry()
	if err := registry.Register(prommetrics.NewCollector(a.office)); err != nil {
		return errors.Join(err, listener.Close())
	}
	mux := http.NewServeMux()
	mux.Handle("/", a.office.HealthHandler())
	mux.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, WriteTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Error("health and metrics are no longer served", "error", err)
		}
	}()
	fmt.Fprintf(stdout, "watch:       http://%s/\n", listener.Addr())
	return nil
}
