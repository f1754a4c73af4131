package ways

import (
	"context"
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/reach"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/internal/testoffice/authenticator"
	"github.com/postern-go/postern/internal/testoffice/browse"
	"github.com/postern-go/postern/internal/vault"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/totp"
)

var ctx = context.Background()

// land is an office in which many tries are made, each at an account of its own.
type land struct {
	*browse.Site
	desk  *desk.Desk
	vault *vault.Vault
	hash  string
	codes []string
	set   store.RecoverySet
	eve   someone
	tries int
	// mail is where emails arrive, and browsers counts those that were opened.
	mail     *testoffice.Postbox
	browsers int
}

// someone is what the owner of an account knows and has.
type someone struct {
	ID, Name, Email, Password string
	Secret                    totp.Secret
	// Codes are recovery codes that were not used.
	Codes []string
}

// World is one try: an account, and the browser of its owner, in which also others may try
// something.
type World struct {
	*browse.Browser
	*land
	someone
	// Key is the authenticator of the owner, if they have one.
	Key *authenticator.Authenticator
	// Typed is the new password that was typed last.
	Typed string
	// Links are tokens of links by page, "" if there is none.
	Links map[string]string
	// Used are codes and links that were accepted, and tried those of the last request.
	Used, tried map[string]string
	// sent is the last form.
	sent sent
	// void is set by Void, and first is the password at the beginning.
	void  bool
	first string
	// begun is the cookie of the last sign-in that began.
	begun string
	// others is what Eve has proven.
	others *progress
}

// sent is a form as it was sent, or an address that was opened, without fields.
type sent struct {
	path   string
	fields url.Values
}

// newLand opens the office of a kind of account.
func newLand(t testing.TB, a *Account) *land {
	t.Helper()
	l := &land{mail: &testoffice.Postbox{}}
	l.Site = browse.New(t, func(c *backoffice.Config) {
		c.Mail = l.mail
		if a.Config != nil {
			a.Config(c)
		}
	})
	if a.Empty {
		return l
	}
	l.desk = reach.Of(l.Office).Desk
	v, err := vault.New([][]byte{testoffice.Secret()})
	require.NoError(t, err)
	l.vault = v
	first, b := l.Person("First", backoffice.SuperAdministrator), l.Browser()
	b.Login(first.Email, testoffice.Good)
	shown := b.Get("/login/enrol")
	l.hash, l.codes = first.Password, b.Submit(shown, "/login/enrol", "code", l.Code(shown.Secret())).RecoveryCodes()
	l.set, err = l.Under.FindRecoverySet(ctx, first.ID)
	require.NoError(t, err)
	if a.Rules != nil {
		l.Set(a.Rules)
		_, err := l.desk.Reload(ctx)
		require.NoError(t, err)
	}
	l.eve = l.add("Eve", store.Operator{})
	l.eve.Secret = l.app(l.eve.ID)
	return l
}

// begin begins a try.
func (l *land) begin(a *Account) *World {
	l.tries++
	w := &World{land: l, Browser: l.browser(), Links: map[string]string{}, Used: map[string]string{}, tried: map[string]string{}}
	if a.Make != nil {
		a.Make(w)
	}
	w.first = w.Password
	w.others = newProgress(Needs{OthersSession: {{OthersPassword, OthersCode}}})
	return w
}

// name is that of a new account.
func (l *land) name() string { return fmt.Sprintf("Ada%d", l.tries) }

// add stores an operator who may sign in.
func (l *land) add(name string, op store.Operator) someone {
	if op.State == "" && op.MemberID == "" {
		op.Password = l.hash
	}
	op = l.Add(op, name, backoffice.Moderator)
	return someone{ID: op.ID, Name: op.Email, Email: op.Email, Password: testoffice.Good}
}

// app gives an operator an authenticator app.
func (l *land) app(operatorID string) totp.Secret {
	plain := vault.Random(20)
	secret, err := totp.SecretFromBytes(plain)
	require.NoError(l.T, err)
	f := store.Factor{ID: vault.ID(), OperatorID: operatorID, Kind: store.FactorTOTP, Label: "App", CreatedAt: l.Clock.Now(), ConfirmedAt: l.Clock.Now()}
	f.Secret = l.vault.Seal(vault.FactorSecrets, desk.FactorPlace(operatorID, f.ID), plain)
	l.Write(store.PutFactor{Factor: f})
	return secret
}

// recovery gives an operator recovery codes.
func (l *land) recovery(operatorID string) []string {
	set := l.set
	set.OperatorID = operatorID
	l.Write(store.PutRecoverySet{Set: set})
	return l.codes
}

// browser opens a browser with an IP address of its own, whose requests are handled in this
// process.
func (l *land) browser() *browse.Browser {
	l.browsers++
	b := l.Browser()
	b.Client.Transport = direct{l.Server.Config.Handler, fmt.Sprintf("10.%d.%d.%d:4321", l.browsers>>16&0xff, l.browsers>>8&0xff, l.browsers&0xff)}
	return b
}

// direct hands requests to a handler, without a network.
type direct struct {
	handler http.Handler
	from    string
}

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	in := r.Clone(r.Context())
	in.RequestURI, in.RemoteAddr, in.TLS = r.URL.RequestURI(), d.from, &tls.ConnectionState{}
	in.Host = r.URL.Host
	in.URL = &url.URL{Path: r.URL.Path, RawPath: r.URL.RawPath, RawQuery: r.URL.RawQuery}
	if in.Body == nil {
		in.Body = http.NoBody
	}
	answer := httptest.NewRecorder()
	d.handler.ServeHTTP(answer, in)
	res := answer.Result()
	res.Request = r
	return res, nil
}

var csrf = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// Fill posts a form to a path, whether or not a page shows it now, with the token that this
// browser has for forms.
func (w *World) Fill(path string, pairs ...string) browse.Page {
	w.T.Helper()
	fields := url.Values{"csrf": {formToken(w.Browser)}}
	for i := 0; i < len(pairs); i += 2 {
		fields.Set(pairs[i], pairs[i+1])
	}
	return w.post(path, fields)
}

// formToken is a token of a browser for its forms.
func formToken(b *browse.Browser) string {
	b.T.Helper()
	if m := csrf.FindStringSubmatch(b.Get("/reset").Body); m != nil {
		return m[1]
	}
	return ""
}

// post posts a form, and remembers it.
func (w *World) post(path string, fields url.Values) browse.Page {
	w.T.Helper()
	w.sent = sent{path, fields}
	return w.Post(path, fields)
}

// Tried remembers what is sent. If the request gives something, it is Used from then on.
func (w *World) Tried(as, value string) string {
	w.tried[as] = value
	return value
}

// Visit opens an address that a request of a way leads to, and that may give something.
func (w *World) Visit(path string) browse.Page {
	w.T.Helper()
	w.sent = sent{path: path}
	return w.Get(path)
}

// Fresh is a code that an authenticator app shows for the first time.
func (w *World) Fresh(s totp.Secret) string {
	w.Clock.Add(totp.Period)
	return w.Code(s)
}
