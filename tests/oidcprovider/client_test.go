package oidcprovider_test

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/oidc"
	"github.com/postern-go/postern/tests/oidcprovider"
)

const redirect = "http://localhost:9/auth/callback"

// person signs in at the provider with a browser that has cookies.
type person struct {
	t       *testing.T
	browser *http.Client
}

func newPerson(t *testing.T) person {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return person{t, &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), redirect) {
			return http.ErrUseLastResponse
		}
		return nil
	}}}
}

// open follows a URL until the provider sends the browser back, and fills its form in on the
// way if there is one. It returns the query that the browser brings back.
func (p person) open(to string, fill url.Values) url.Values {
	p.t.Helper()
	resp, err := p.browser.Get(to)
	require.NoError(p.t, err)
	require.NoError(p.t, resp.Body.Close())
	if resp.StatusCode == http.StatusOK {
		require.NotNil(p.t, fill, "it asks who it is")
		resp, err = p.browser.PostForm(resp.Request.URL.String(), fill)
		require.NoError(p.t, err)
		require.NoError(p.t, resp.Body.Close())
	}
	back, err := resp.Location()
	require.NoError(p.t, err, "status %d at %s", resp.StatusCode, resp.Request.URL)
	return back.Query()
}

func newRequest() backoffice.AuthRequest {
	return backoffice.AuthRequest{
		RedirectURL: redirect, State: rand.Text(), Nonce: rand.Text(), Verifier: strings.Repeat(rand.Text(), 2), Began: time.Now(),
	}
}

func redeem(t *testing.T, c *oidc.Provider, r backoffice.AuthRequest, back url.Values) (backoffice.CompanyAccount, error) {
	t.Helper()
	require.Equal(t, r.State, back.Get("state"))
	return c.Redeem(t.Context(), r, backoffice.AuthAnswer{Code: back.Get("code"), Issuer: back.Get("iss"), Now: time.Now()})
}

func authorize(t *testing.T, c *oidc.Provider, r backoffice.AuthRequest) string {
	t.Helper()
	to, err := c.Authorize(t.Context(), r)
	require.NoError(t, err)
	return to
}

// TestACertifiedProvider walks package oidc through a certified provider.
func TestACertifiedProvider(t *testing.T) {
	idp := oidcprovider.Start(t)
	logouts := make(chan string, 4)
	backChannel := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { logouts <- r.PostFormValue("logout_token") }))
	defer backChannel.Close()
	idp.Accounts(map[string]oidcprovider.Claims{"anna": {"name": "Anna", "email": "anna@company.example", "email_verified": true}})
	idp.Register(oidcprovider.Client{
		ID: "office", Secret: "secret of the office", RedirectURIs: []string{redirect}, AfterLogout: []string{"http://localhost:9/"},
		BackChannelLogout: backChannel.URL, SessionRequired: true,
	})
	client := func(change func(*oidc.Config)) *oidc.Provider {
		cfg := oidc.Config{Issuer: idp.Issuer, ClientID: "office", ClientSecret: "secret of the office", InsecurePlainHTTP: true}
		if change != nil {
			change(&cfg)
		}
		return oidc.New(cfg)
	}
	c, anna := client(nil), newPerson(t)
	asAnna := url.Values{"account": {"anna"}, "mfa": {"on"}}

	r := newRequest()
	back := anna.open(authorize(t, c, r), asAnna)
	require.Equal(t, idp.Issuer, back.Get("iss"))
	a, err := redeem(t, c, r, back)
	require.NoError(t, err)
	require.NotEmpty(t, a.Session)
	require.Contains(t, a.Methods, "mfa")
	require.Equal(t, []any{"anna", idp.Issuer}, []any{a.Subject, a.Issuer})

	t.Run("a code works once", func(t *testing.T) {
		_, err := redeem(t, c, r, back)
		require.Equal(t, &backoffice.AnswerError{Reason: "code"}, err)
	})
	t.Run("and with its verifier alone", func(t *testing.T) {
		r := newRequest()
		back := anna.open(authorize(t, c, r), nil)
		r.Verifier = strings.Repeat("x", 43)
		_, err := redeem(t, c, r, back)
		require.Equal(t, &backoffice.AnswerError{Reason: "code"}, err)
	})
	t.Run("who is signed in there is asked again when it must be fresh", func(t *testing.T) {
		r := newRequest()
		r.Fresh = true
		began := time.Now().Truncate(time.Second)
		a, err := redeem(t, c, r, anna.open(authorize(t, c, r), asAnna))
		require.NoError(t, err)
		require.False(t, a.AuthenticatedAt.Before(began), "%s, asked at %s", a.AuthenticatedAt, began)
	})
	t.Run("someone who cancels brings an error back", func(t *testing.T) {
		r := newRequest()
		back := newPerson(t).open(authorize(t, c, r), url.Values{"cancel": {"yes"}})
		require.Equal(t, []string{"access_denied", idp.Issuer}, []string{back.Get("error"), back.Get("iss")})
	})
	t.Run("a wrong secret is the office's mistake", func(t *testing.T) {
		c := client(func(cfg *oidc.Config) { cfg.ClientSecret = "another" })
		r := newRequest()
		_, err := redeem(t, c, r, anna.open(authorize(t, c, r), nil))
		require.ErrorContains(t, err, "invalid_client")
	})
	t.Run("a clock that is ahead", func(t *testing.T) {
		for ahead, reason := range map[time.Duration]string{50 * time.Second: "", 10 * time.Minute: "iat"} {
			idp.Ahead(ahead)
			r := newRequest()
			_, err := redeem(t, c, r, anna.open(authorize(t, c, r), nil))
			if reason == "" {
				require.NoError(t, err)
			} else {
				require.Equal(t, &backoffice.AnswerError{Reason: reason}, err)
			}
		}
		idp.Ahead(0)
	})
	t.Run("its logout token ends the session", func(t *testing.T) {
		r := newRequest()
		a, err := redeem(t, c, r, anna.open(authorize(t, c, r), nil))
		require.NoError(t, err)
		out, err := c.EndSessionURL(t.Context(), "http://localhost:9/")
		require.NoError(t, err)
		anna.signOut(out)
		token := <-logouts
		n, err := c.VerifyLogout(t.Context(), token, time.Now())
		require.NoError(t, err)
		require.Equal(t, []string{"anna", a.Session}, []string{n.Subject, n.Session})
		_, err = c.VerifyLogout(t.Context(), token, time.Now().Add(time.Hour))
		require.Error(t, err, "an old one")
	})
	t.Run("a key that is new", func(t *testing.T) {
		idp.Rotate()
		c := client(nil)
		r := newRequest()
		_, err := redeem(t, c, r, anna.open(authorize(t, c, r), asAnna))
		require.NoError(t, err)
	})
}

// signOut confirms on the provider's page that all sessions end.
func (p person) signOut(at string) {
	p.t.Helper()
	resp, err := p.browser.Get(at)
	require.NoError(p.t, err)
	raw, err := io.ReadAll(resp.Body)
	require.NoError(p.t, err)
	require.NoError(p.t, resp.Body.Close())
	page := string(raw)
	field := func(name string) string {
		_, rest, ok := strings.Cut(page, `name="`+name+`" value="`)
		require.True(p.t, ok, "%s in %s", name, page)
		value, _, _ := strings.Cut(rest, `"`)
		return value
	}
	resp, err = p.browser.PostForm(resp.Request.URL.Scheme+"://"+resp.Request.URL.Host+"/session/end/confirm", url.Values{"xsrf": {field("xsrf")}, "logout": {"yes"}})
	if err == nil {
		require.NoError(p.t, resp.Body.Close())
	} // or it went on to the community, where no one is
}
