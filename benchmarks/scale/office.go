package main

import (
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"regexp"
	"strings"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/benchmarks/visitor"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store"
)

// watered is the code of the audit entries of this host.
const watered = "garden.watered"

var secret = []byte("\x8f\x13\xa7\x62\xd0\x44\xee\x91\x0b\x5c\x38\xf6\x27\xb9\x70\x1d\xc2\x85\x4a\xe3\x9e\x06\x5f\xd8\x31\x77\xac\x12\xfb\x60\x94\x2b")

// office is one in this process, with hashes that cost nothing: hashing is measured apart.
type office struct {
	*backoffice.Office
	tenant  string
	handler http.Handler
	outbox  string
	people  []*person
}

// person is an operator with a browser, an authenticator app and a passkey.
type person struct {
	*visitor.Visitor
	name, email string
	phone       *visitor.Phone
	keys        *authenticator.Authenticator
}

// newOffice opens the office of a tenant.
func newOffice(ctx context.Context, st store.Store, tenant string) (*office, error) {
	outbox, err := os.MkdirTemp("", "postern-outbox-")
	if err != nil {
		return nil, err
	}
	pages := http.NewServeMux()
	pages.HandleFunc("GET /page", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "page") })
	o := &office{tenant: tenant, outbox: outbox}
	pages.HandleFunc("GET /water", func(w http.ResponseWriter, r *http.Request) {
		act := backoffice.Act{Code: watered, Kind: "garden", ID: "garden-1842", Name: "Herbs behind the shed", Before: map[string]string{"water": "dry"}, After: map[string]string{"water": "wet"}}
		if err := o.Record(r.Context(), act); err != nil {
			o.Fail(w, r, err)
		}
	})
	o.Office, err = backoffice.New(ctx, backoffice.Config{
		Origin: o.origin(), Secret: backoffice.SecretFor(secret, tenant), Store: st, Mail: &mail.Outbox{Dir: outbox, Sender: "office@community.example"},
		Handler: pages, Guards: map[string]string{"/page": backoffice.AnyOperator, "/water": backoffice.AnyOperator},
		Passkeys:        passkeys{},
		Events:          []backoffice.EventKind{{Code: watered, Label: "A garden was watered"}},
		PasswordHashing: password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true},
		// Everyone comes from an IP address of their own, as limits expect.
		TrustedProxies: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
		Log:            slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	o.handler = o.Wrap(http.NotFoundHandler())
	return o, nil
}

func (o *office) origin() string { return "https://" + o.tenant + ".example" }

func (o *office) close() { _ = os.RemoveAll(o.outbox) }

// browser is a new one, behind the n-th IP address.
func (o *office) browser(n int) *visitor.Visitor {
	return &visitor.Visitor{
		Base: strings.TrimSuffix(o.HomeURL(), "/"), Through: visitor.Into(o.handler), IP: fmt.Sprintf("10.%d.%d.%d", n/62_500, n/250%250, n%250+1),
	}
}

// setUp makes Ada, who has an authenticator app.
func (o *office) setUp(ctx context.Context) error {
	link, err := o.SetupURL(ctx)
	if err != nil {
		return err
	}
	ada := &person{Visitor: o.browser(0), name: "Ada", email: "Ada@community.example"}
	if err := ada.SetUp(link, ada.name); err != nil {
		return err
	}
	if ada.phone, err = ada.Enrol(ada.name); err != nil {
		return err
	}
	o.people = append(o.people, ada)
	_, err = o.CommandLine().SetParameters(ctx, map[string]string{"passkeys.alone": "on"})
	return err
}

var options = regexp.MustCompile(`data-options="([^"]*)"`)

// asked returns the options that a page gives to an authenticator.
func asked(page visitor.Page) (string, error) {
	found := options.FindStringSubmatch(page.Body)
	if found == nil {
		return "", fmt.Errorf("the page asks for no passkey: status %d", page.Status)
	}
	return html.UnescapeString(found[1]), nil
}

// welcome takes up an invitation.
func (p *person) welcome(link string) error {
	_, token, _ := strings.Cut(link, "#")
	_, err := p.Submit("/welcome", url.Values{"token": {token}, "password": {visitor.Password}, "password_again": {visitor.Password}}, http.StatusSeeOther)
	return err
}

// enrolPasskey adds a passkey in place of an authenticator app.
func (p *person) enrolPasskey(origin string) error {
	if _, err := p.Submit("/login", url.Values{"login": {p.name}, "password": {visitor.Password}}, http.StatusSeeOther); err != nil {
		return err
	}
	page, err := p.Get("/login/enrol/passkey")
	if err != nil {
		return err
	}
	given, err := asked(page)
	if err != nil {
		return err
	}
	p.keys = authenticator.New(origin)
	answer, err := p.keys.Create(given)
	if err != nil {
		return err
	}
	page, err = p.Post(page, "/login/enrol/passkey", url.Values{"passkey": {answer}})
	if err == nil && page.Status != http.StatusOK {
		err = fmt.Errorf("POST /login/enrol/passkey: status %d", page.Status)
	}
	return err
}

// signInWithPasskey signs in with the passkey alone.
func (p *person) signInWithPasskey() error {
	page, err := p.Get("/login")
	if err != nil {
		return err
	}
	given, err := asked(page)
	if err != nil {
		return err
	}
	answer, err := p.keys.Get(given)
	if err != nil {
		return err
	}
	page, err = p.Post(page, "/login/with-passkey", url.Values{"passkey": {answer}})
	if err == nil && page.Status != http.StatusSeeOther {
		err = fmt.Errorf("POST /login/with-passkey: status %d", page.Status)
	}
	return err
}

// signOut ends the session; the browser stays known.
func (p *person) signOut() error {
	_, err := p.Submit("/logout", nil, http.StatusSeeOther)
	return err
}

// tryName signs in with a wrong password from an IP address that nobody else has.
func (o *office) tryName(n int, name string) error {
	_, err := o.browser(n).Submit("/login", url.Values{"login": {name}, "password": {"wrong-" + visitor.Password}}, http.StatusUnprocessableEntity)
	return err
}

// deliverAll sends all emails.
func (o *office) deliverAll(ctx context.Context) error {
	for {
		sent, err := o.DeliverMail(ctx)
		if err != nil || sent == 0 {
			return err
		}
	}
}

// passkeys checks what authenticators answer, as in tests: what an office stores does not
// depend on it.
type passkeys struct{ authenticator.Checker }

func (c passkeys) CreationOptions(r backoffice.PasskeyRequest) ([]byte, error) {
	return c.Checker.CreationOptions(asRequest(r))
}

func (c passkeys) RequestOptions(r backoffice.PasskeyRequest) ([]byte, error) {
	return c.Checker.RequestOptions(asRequest(r))
}

func (c passkeys) Created(r backoffice.PasskeyRequest, answer []byte) (backoffice.Passkey, error) {
	made, err := c.Checker.Created(asRequest(r), answer)
	return backoffice.Passkey(made), err
}

func (c passkeys) Used(r backoffice.PasskeyRequest, of backoffice.Passkey, answer []byte) (backoffice.PasskeyUse, error) {
	use, err := c.Checker.Used(asRequest(r), desk.Passkey(of), answer)
	return backoffice.PasskeyUse(use), err
}

func asRequest(r backoffice.PasskeyRequest) desk.PasskeyRequest {
	var known []desk.Passkey
	for _, p := range r.Known {
		known = append(known, desk.Passkey(p))
	}
	return desk.PasskeyRequest{
		RPID: r.RPID, Origin: r.Origin, RPName: r.RPName, Challenge: r.Challenge, UserID: r.UserID, UserName: r.UserName,
		UserDisplayName: r.UserDisplayName, Known: known, VerifyUser: r.VerifyUser, Discoverable: r.Discoverable,
	}
}
