package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/postern-go/postern/backoffice"
)

// open makes the office, and what closes its database. It wants the variables in also as well.
func open(ctx context.Context, env func(string) string, log *slog.Logger, also ...string) (*backoffice.Office, func(), error) {
	s := newSettings(env)
	cfg := backoffice.Config{
		Origin: s.origin, SecretFile: s.required("SECRET_FILE"), Mail: s.mail(), TrustedProxies: s.proxies(),
		Name: "Riverside back office", Log: log,
	}
	st := s.store()
	for _, name := range also {
		s.required(name)
	}
	if err := s.err(); err != nil {
		return nil, nil, err
	}
	cfg.Store = st
	// This account cannot create tables: New says so if migrate has not run.
	office, err := backoffice.New(ctx, cfg)
	if err != nil {
		return nil, nil, errors.Join(err, st.Close())
	}
	return office, func() { _ = st.Close() }, nil
}

// migrate creates or upgrades the tables, with an account that may, and gives the one in
// DATABASE_APP_ROLE what the office needs of them and no more.
func migrate(ctx context.Context, env func(string) string) error {
	s := &settings{env: env}
	st, account := s.store(), s.required("DATABASE_APP_ROLE")
	if err := s.err(); err != nil {
		return err
	}
	err := st.Migrate(ctx)
	if err == nil {
		err = st.Grant(ctx, account)
	}
	return errors.Join(err, st.Close())
}

// healthy asks the process that serves here whether only a restart would help it. Whether
// its office is ready is for an alarm, not for a restart.
func healthy(ctx context.Context, env func(string) string) error {
	s := &settings{env: env}
	watch := s.required("WATCH")
	if err := s.err(); err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+onLoopback(watch)+"/live", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, text)
	}
	return err
}
