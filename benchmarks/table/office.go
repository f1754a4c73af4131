package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/benchmarks/visitor"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

const origin = "https://community.example"

// office is an office in this process that has been set up. It has one page of the
// host and a signed-in super-administrator.
type office struct {
	*backoffice.Office
	handler http.Handler
	ada     *visitor.Visitor
	phone   *visitor.Phone
}

// nothing is a page that does nothing.
var nothing = http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})

// newOffice makes an office with cheap hashes, because everything else is measured.
func (b *bench) newOffice(ctx context.Context, st store.Store) (*office, error) {
	key, err := hex.DecodeString(secret)
	if err != nil {
		return nil, err
	}
	outbox, err := os.MkdirTemp(b.dir, "outbox-")
	if err != nil {
		return nil, err
	}
	sender := &mail.Outbox{Dir: outbox, Sender: "office@community.example"}
	pages := http.NewServeMux()
	o := &office{}
	o.Office, err = backoffice.New(ctx, backoffice.Config{
		Origin: origin, Secret: key, Store: st, Mail: sender, Handler: pages, Guards: map[string]string{"/page": "page.view"},
		PasswordHashing: password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true},
		Permissions:     []backoffice.Permission{{Key: "page.view", Label: "See the page", Group: "Pages"}},
		Log:             slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	pages.Handle("GET /page", nothing)
	o.handler = o.Wrap(nothing)
	return o, nil
}

// openOffice makes an office, sets it up, and signs Ada in.
func (b *bench) openOffice(ctx context.Context, st store.Store) (*office, error) {
	o, err := b.newOffice(ctx, st)
	if err != nil {
		return nil, err
	}
	link, err := o.SetupURL(ctx)
	if err != nil {
		return nil, err
	}
	o.ada = o.visitor()
	if err := o.ada.SetUp(link, "Ada"); err != nil {
		return nil, err
	}
	if o.phone, err = o.ada.Enrol("Ada"); err != nil {
		return nil, err
	}
	page, err := o.ada.Get("/page")
	if err == nil && page.Status != http.StatusOK {
		err = fmt.Errorf("the host's page: status %d", page.Status)
	}
	return o, err
}

// visitor is a browser that knows the alias.
func (o *office) visitor() *visitor.Visitor {
	return &visitor.Visitor{Base: strings.TrimSuffix(o.HomeURL(), "/"), Through: visitor.Into(o.handler)}
}
