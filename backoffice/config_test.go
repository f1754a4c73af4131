package backoffice_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store/memstore"
)

// least is the least that an office needs.
func least(t testing.TB) backoffice.Config {
	outbox := &mail.Outbox{Dir: t.TempDir(), Sender: "office@community.example"}
	return backoffice.Config{Origin: "https://community.example", Secret: masterSecret(), Store: memstore.New(), Mail: outbox}
}

func TestTheLeastConfigurationIsComplete(t *testing.T) {
	o, err := backoffice.New(ctx, least(t))
	require.NoError(t, err)
	alias := strings.TrimSuffix(strings.TrimPrefix(o.HomeURL(), "https://community.example/"), "/")
	require.Len(t, alias, 20)
}

func TestAnEmptyConfigurationNamesAllThatIsRequired(t *testing.T) {
	_, err := backoffice.New(ctx, backoffice.Config{})
	for _, field := range []string{"Config.Origin", "Config.Secret", "Config.Store", "Config.Mail"} {
		require.ErrorContains(t, err, field)
	}
}

func TestEveryMistakeIsReportedAtOnce(t *testing.T) {
	cfg := least(t)
	cfg.Origin = "http://community.example"
	cfg.Secret = []byte("a passphrase that is not random!")
	cfg.OldSecrets = [][]byte{make([]byte, 32)}
	cfg.Name = " two\nlines"
	cfg.SSO = &backoffice.SSO{URL: "/login"}
	cfg.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("0.0.0.0/0"), {}, netip.MustParsePrefix("::ffff:10.0.0.0/104")}
	cfg.ForwardedHeader = "forwarded"
	load := func(context.Context) (backoffice.WidgetData, error) { return backoffice.WidgetData{}, nil }
	cfg.Menu = []backoffice.MenuItem{{Path: "/a"}, {Label: "B", Path: "https://evil.example"}, {Label: "C", Path: "/c"}, {Label: "D", Path: "/c"}, {Label: "E", Path: "/e", Permission: "nobody.declared"}, {Label: "F", Path: "/operators/export?all"}}
	cfg.Widgets = []backoffice.Widget{{}, {Title: "B"}, {Title: "C", Path: "https://evil.example", Load: load}, {Title: "D", Permission: "widget.undeclared", Load: load}}
	cfg.Permissions = []backoffice.Permission{{Key: "NOT A KEY", Label: "x"}}
	cfg.PasswordHashing = password.Config{Params: password.Params{MemoryKiB: 8, Time: 1, Threads: 1}}
	cfg.PageTemplates = fstest.MapFS{"login.html": {Data: []byte("{{broken")}}
	cfg.MailTemplates = fstest.MapFS{"password_reset.txt": {Data: []byte("{{broken")}}
	cfg.HandlerTemplates = fstest.MapFS{"x.html": {Data: []byte("{{broken")}}
	cfg.Look.Accent = "green"
	cfg.Passive = []string{"notifications", "/operators/live", "/", "//evil.example"}
	cfg.Tokenless = []string{"/account/"}
	cfg.Witness = backoffice.MailWitness{To: "audit@elsewhere.example"}
	_, err := backoffice.New(ctx, cfg)
	for _, field := range []string{
		"Config.Origin", "Config.Secret", "Config.Witness", "Config.Name", "Config.SSO", "Config.TrustedProxies", "Config.ForwardedHeader",
		"Config.Menu", "Config.Widgets", "Config.Passive", "Config.Tokenless", "Config.Permissions", "Config.PasswordHashing", "Config.PageTemplates", "Config.MailTemplates",
	} {
		require.ErrorContains(t, err, field)
	}
	require.ErrorContains(t, err, "nobody.declared")
	for _, mistake := range []string{"a widget has no title", `"B": Load is required`, `"C": the path`, "widget.undeclared"} {
		require.ErrorContains(t, err, mistake)
	}
	require.ErrorContains(t, err, `"F": "/operators/export?all" begins with a word that the office keeps for its own pages`)
	require.NotContains(t, err.Error(), "passphrase", "no secret stands in an error")

	cfg.PageTemplates, cfg.Look.Accent, cfg.Witness = nil, "", backoffice.FileWitness("")
	_, err = backoffice.New(ctx, cfg)
	require.ErrorContains(t, err, "Config.HandlerTemplates")
	require.ErrorContains(t, err, "Config.Witness")
}

func TestOrigins(t *testing.T) {
	for _, c := range []struct {
		origin   string
		insecure bool
		want     string
	}{
		{"https://community.example", false, ""},
		{"https://community.example:8443", false, ""},
		{"https://[2001:db8::1]", false, ""},
		{"https://xn--bcher-kva.example", false, ""},
		{"http://localhost:8080", true, ""},
		{"http://127.0.0.1:8080", true, ""},
		{"http://[::1]:8080", true, ""},
		{"http://community.localhost", true, ""},
		{"", false, "is required"},
		{"http://localhost:8080", false, "set InsecurePlainHTTP"},
		{"http://community.example", true, "only on localhost"},
		{"http://10.0.0.1", true, "only on localhost"},
		{"http://localhost.evil.example", true, "only on localhost"},
		{"http://notlocalhost", true, "only on localhost"},
		{"https://example.org/forum", false, ""},
		{"https://example.org/our/Forum_2.0~x", false, ""},
		{"https://example.org:8443/forum", false, ""},
		{"http://localhost:8080/forum", true, ""},
		{"https://community.example/", false, "no slash at the end"},
		{"https://example.org/forum/", false, "no slash at the end"},
		{"https://example.org/%66orum", false, "no %-escapes"},
		{"https://example.org/our%2fforum", false, "no %-escapes"},
		{"https://example.org/our forum", false, "letters, digits"},
		{"https://example.org/bücher", false, "letters, digits"},
		{"https://example.org/./forum", false, "begins with a dot"},
		{"https://example.org/x/../forum", false, "begins with a dot"},
		{"https://example.org/.well-known", false, "begins with a dot"},
		{"https://example.org//forum", false, "no empty segments"},
		{"https://example.org/a;b", false, "letters, digits"},
		{"https://example.org/a\\b", false, "letters, digits"},
		{"https://example.org/\"x\"", false, "letters, digits"},
		{"https://example.org/forum?x", false, "letters, digits"},
		{"https://example.org/forum#x", false, "letters, digits"},
		{"https://Example.org/forum", false, "lower case"},
		{"http://example.org/forum", true, "only on localhost"},
		{"https://example.org:443/forum", false, "default port"},
		{"/forum", false, "scheme and host"},
		{"https:///forum", false, "scheme and host"},
		{"https://community.example?x", false, "scheme and host"},
		{"https://community.example#x", false, "scheme and host"},
		{"https://user@community.example", false, "scheme and host"},
		{"community.example", false, "scheme and host"},
		{"//community.example", false, "scheme and host"},
		{"https://", false, "scheme and host"},
		{"https://Community.example", false, "lower case"},
		{"HTTPS://community.example", false, "lower case"},
		{"https://my_forum.example", false, ""},
		{"https://community.example.", false, ""},
		{"https://3com.example", false, ""},
		{"https://192.0.2.7:8443/forum", false, ""},
		{"http://localhost:0", true, "port from 1"},
		{"https://community.example:08443", false, "without a zero"},
		{"https://community.example:99999", false, "65535"},
		{"https://192.0.2", false, "IP address in its usual spelling"},
		{"https://192.000.2.7", false, "IP address in its usual spelling"},
		{"https://0x7f.1", false, "IP address in its usual spelling"},
		{"https://3221225991", false, "IP address in its usual spelling"},
		{"https://[2001:db8:0::1]", false, "IP address in its usual spelling"},
		{"https://[::ffff:192.0.2.7]", false, "IP address in its usual spelling"},
		{"https://*.community.example", false, "must have one host"},
		{"https://a.example,b.example", false, "must have one host"},
		{"https://a..example", false, "must have one host"},
		{"https://-.example", false, "must have one host"},
		{"https://community.example:443", false, "default port"},
		{"http://localhost:80", true, "default port"},
		{"https://community.example:", false, "no colon"},
		{"https://bücher.example", false, "xn--"},
		{"ftp://community.example", false, "https://"},
		{"null", false, "scheme and host"},
		{"https://community.example\n", false, "scheme and host"},
	} {
		cfg := least(t)
		cfg.Origin, cfg.InsecurePlainHTTP = c.origin, c.insecure
		_, err := backoffice.New(ctx, cfg)
		if c.want == "" {
			require.NoError(t, err, c.origin)
			continue
		}
		require.ErrorContains(t, err, "Config.Origin", c.origin)
		require.ErrorContains(t, err, c.want, c.origin)
	}
}

func TestPlainHTTPIsWarnedOfAtEachStart(t *testing.T) {
	o := newOffice(t, insecure)
	require.Contains(t, o.Log.String(), "InsecurePlainHTTP is set")
	o.Log.Reset()
	o.Another()
	require.Contains(t, o.Log.String(), "InsecurePlainHTTP is set")
	require.NotContains(t, newOffice(t).Log.String(), "InsecurePlainHTTP")
}

func TestWithoutRunTheOfficeSaysSo(t *testing.T) {
	o := newOffice(t)
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator) // The first mail waits from here on.
	require.Contains(t, ada.Get("/").Text(), "Emails are not being sent")
	for range 3 {
		o.Clock.Add(80 * time.Second)
		require.Equal(t, "/account?done=name", ada.Submit(ada.Get("/account/name"), "/account/name", "name", "Ada").Location)
		b := o.Browser()
		b.Submit(b.Get("/forgot"), "/forgot", "email", ada.Email)
	}
	require.Equal(t, 1, strings.Count(o.Log.String(), "call Office.Run"), "one line, not one for each mail")
}

func TestAWrongClockIsSaidAtHome(t *testing.T) {
	off := -45 * time.Second
	o := newOffice(t, func(c *backoffice.Config) {
		// The time of the office is then the database's.
		c.Now = nil
		c.Store = testoffice.Telling{Store: c.Store, Tell: func(time.Time) time.Time { return time.Now().Add(off) }}
	})
	o.Clock.Set(time.Now().Add(off))
	ada := o.Enrolled("Ada", backoffice.SuperAdministrator)
	require.Contains(t, ada.Get("/").Text(), "This server’s clock is 45 seconds fast")
	off = 0
	require.NotContains(t, ada.Get("/").Text(), "This server’s clock")
	off = 20 * time.Minute
	require.Contains(t, ada.Get("/").Text(), "This server’s clock is 20 minutes slow")
}

func TestPlainHTTPIsNotForAnHTTPSOrigin(t *testing.T) {
	cfg := least(t)
	cfg.InsecurePlainHTTP = true
	_, err := backoffice.New(ctx, cfg)
	require.ErrorContains(t, err, "Config.InsecurePlainHTTP")
}

func TestAConfigPrintsNoSecret(t *testing.T) {
	secret := []byte("\x01\x02\x03 a secret of thirty-two bytes")
	cfg := backoffice.Config{Secret: secret}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		require.Equal(t, "backoffice.Config{redacted}", fmt.Sprintf(verb, cfg), verb)
		require.Equal(t, "backoffice.Config{redacted}", fmt.Sprintf(verb, &cfg), verb)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "config", cfg)
	require.NotContains(t, log.String(), "secret of")
}

func TestHSTSCanLeaveSubdomainsOut(t *testing.T) {
	for _, hostOnly := range []bool{false, true} {
		o := newOffice(t, func(c *backoffice.Config) { c.HSTSHostOnly = hostOnly })
		want := "max-age=31536000; includeSubDomains"
		if hostOnly {
			want = "max-age=31536000"
		}
		b := o.Browser()
		res, err := b.Client.Do(b.Request(http.MethodGet, "/login", nil))
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		require.Equal(t, want, res.Header.Get("Strict-Transport-Security"))
	}
}

func TestAMistakeIsNamedByItsOwnField(t *testing.T) {
	cfg := least(t)
	cfg.OldSecrets = [][]byte{make([]byte, 32)}
	cfg.Look.Accent = "teal"
	_, err := backoffice.New(ctx, cfg)
	require.ErrorContains(t, err, "Config.OldSecrets[0]")
	require.ErrorContains(t, err, "Config.Look")
	require.NotContains(t, err.Error(), "Config.PageTemplates")
	require.NotContains(t, err.Error(), "Config.Secret:")
}
