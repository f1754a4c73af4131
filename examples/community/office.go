package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/community/admin"
	"github.com/postern-go/postern/examples/community/garden"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/passkey"
	"github.com/postern-go/postern/store"
)

// parts are what the community brings to its office.
type parts struct {
	origin string
	store  store.Store
	sender mail.Sender
	garden *garden.Garden
	// missing is the community's own missing page.
	missing http.Handler
	chat    *chat
	log     *slog.Logger
}

// newOffice is the back office of the running program.
func newOffice(ctx context.Context, o options, p parts) (*backoffice.Office, error) {
	cfg := backoffice.Config{
		Origin:     p.origin,
		SecretFile: secretFile(o.db),
		Store:      p.store,
		Mail:       p.sender,

		Name:            "Riverside back office",
		Look:            backoffice.Look{Accent: "#2c6a3c", AccentDark: "#8fcf9b"},
		Languages:       o.languages,
		NotFound:        p.missing,
		Decide:          o.decide,
		OnEvent:         p.chat.hear,
		Log:             p.log,
		PasswordHashing: hashing,

		// The community runs on this machine, without TLS. A real one leaves
		// this out and has an https origin.
		InsecurePlainHTTP: true,
	}
	if o.breaches != "" {
		list, err := breachedPasswords(o.breaches)
		if err != nil {
			return nil, err
		}
		cfg.Breaches = list
	}
	if origin, err := url.Parse(p.origin); err == nil && net.ParseIP(origin.Hostname()) == nil {
		cfg.Passkeys = passkey.New() // which are bound to a host name
	}
	if o.sso {
		cfg.SSO = &backoffice.SSO{URL: p.origin + "/company-sign-in", Name: "Riverside Council sign-in"}
	}
	return mount(ctx, cfg, p.garden)
}

// mount is the whole of adding a back office to the garden; cfg says where and how it runs.
func mount(ctx context.Context, cfg backoffice.Config, g *garden.Garden) (*backoffice.Office, error) {
	pages := http.NewServeMux()
	cfg.Handler, cfg.Members = pages, directory{g}
	admin.Add(&cfg, g)
	office, err := backoffice.New(ctx, cfg)
	if err != nil {
		return nil, err
	}
	admin.Register(pages, office, g)
	return office, nil
}

// directory lets the office ask about members, who stay where they are.
type directory struct{ garden *garden.Garden }

func (d directory) FindMember(ctx context.Context, id string) (backoffice.Member, error) {
	return asMember(d.garden.Find(ctx, id))
}

func (d directory) FindMemberByLogin(ctx context.Context, login string) (backoffice.Member, error) {
	return asMember(d.garden.FindByLogin(ctx, login))
}

func (d directory) CheckMemberPassword(ctx context.Context, id, password string) (bool, error) {
	return d.garden.CheckPassword(ctx, id, password)
}

// SearchMembers is what the office's Members page is made of. Without it there
// is no such page, and operators are invited by e-mail.
func (d directory) SearchMembers(ctx context.Context, query, after string, limit int) ([]backoffice.Member, string, error) {
	found, next, err := d.garden.Search(ctx, query, after, limit)
	if err != nil {
		return nil, "", fmt.Errorf("ask the community: %w", err)
	}
	members := make([]backoffice.Member, len(found))
	for i, m := range found {
		members[i] = backoffice.Member{ID: m.ID, Name: m.Name, Email: m.Email}
	}
	return members, next, nil
}

func asMember(m garden.Member, err error) (backoffice.Member, error) {
	if errors.Is(err, garden.ErrNotFound) {
		return backoffice.Member{}, backoffice.ErrNoMember
	}
	if err != nil {
		return backoffice.Member{}, fmt.Errorf("ask the community: %w", err)
	}
	return backoffice.Member{ID: m.ID, Name: m.Name, Email: m.Email}, nil
}
