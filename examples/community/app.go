package main

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/community/garden"
	"github.com/postern-go/postern/examples/community/site"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store/sqlstore"
)

// app is the community and its back office over one database.
type app struct {
	db        *sql.DB
	store     *sqlstore.Store
	closeDown func() error // of the store
	garden    *garden.Garden
	site      *site.Site
	office    *backoffice.Office
	chat      *chat
}

// open makes the app as a browser at origin sees it. It starts nothing.
func open(ctx context.Context, o options, origin string, log *slog.Logger) (*app, error) {
	a, err := &app{}, error(nil)
	if a.db, err = openDatabase(o.db, 5*time.Second); err != nil {
		return nil, err
	}
	if a.store, a.closeDown, err = openStore(ctx, o.db); err != nil {
		a.db.Close()
		return nil, err
	}
	if err := a.build(ctx, o, origin, log); err != nil {
		a.close()
		return nil, err
	}
	return a, nil
}

func (a *app) close() {
	a.closeDown()
	a.db.Close()
}

// hashing is at full cost; tests lower it.
var hashing password.Config

func (a *app) build(ctx context.Context, o options, origin string, log *slog.Logger) error {
	sender, err := newSender(o)
	if err != nil {
		return fmt.Errorf("set up mail: %w", err)
	}
	hasher, err := password.NewHasher(hashing)
	if err != nil {
		return err
	}
	g, err := garden.New(ctx, garden.Config{DB: a.db, Hasher: hasher, Origin: origin, Now: time.Now})
	if err != nil {
		return err
	}
	a.garden, a.chat = g, newChat(log)
	a.office, err = newOffice(ctx, o, parts{
		origin: origin, store: a.store, sender: sender, garden: g, chat: a.chat, log: log,
		// The site is made below, with a key from the office's secret.
		missing: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { a.site.Missing().ServeHTTP(w, r) }),
	})
	if err != nil {
		return err
	}
	key, err := communityKey(secretFile(o.db))
	if err != nil {
		return err
	}
	// The members' reset links lie in the office's store, under a purpose of
	// their own. With a company sign-in they are off by themselves.
	links := reset.Config{Store: a.store, Purpose: "member-reset", Key: key}
	if o.sso {
		links.SSO = origin + "/company-sign-in"
	}
	resets, err := reset.New(links)
	if err != nil {
		return err
	}
	a.site, err = site.New(site.Config{
		Garden: g, Links: resets, Counters: a.store, Key: key, Sender: sender,
		Origin: origin, SSO: o.sso, Now: time.Now, Log: log,
		EndOffice: a.office.EndMemberSessions,
	})
	return err
}
