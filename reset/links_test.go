package reset_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
)

func TestNewReportsEveryMistakeAtOnce(t *testing.T) {
	_, err := reset.New(reset.Config{Purpose: "No Good", Key: make([]byte, 16), SSO: "company.example"})
	require.ErrorContains(t, err, "Config.Store")
	require.ErrorContains(t, err, `Config.Purpose must be up to 64 lower-case letters, digits, dots and hyphens, not "No Good"`)
	require.ErrorContains(t, err, "Config.Key must be 32 bytes, not 16")
	require.ErrorContains(t, err, "Config.SSO")
}

func TestNewChecksEachField(t *testing.T) {
	tests := map[string]struct {
		edit func(*reset.Config)
		says string
	}{
		"a complete configuration is accepted": {func(*reset.Config) {}, ""},
		"a purpose of the office is accepted":  {func(c *reset.Config) { c.Purpose = store.PurposeReset }, ""},
		"the longest purpose is accepted":      {func(c *reset.Config) { c.Purpose = strings.Repeat("a", 64) }, ""},
		"no purpose":                           {func(c *reset.Config) { c.Purpose = "" }, "Purpose"},
		"a purpose that is too long":           {func(c *reset.Config) { c.Purpose = strings.Repeat("a", 65) }, "Purpose"},
		"a purpose with a zero byte":           {func(c *reset.Config) { c.Purpose = "a\x00b" }, "Purpose"},
		"a purpose with a line break":          {func(c *reset.Config) { c.Purpose = "a\n" }, "Purpose"},
		"no key":                               {func(c *reset.Config) { c.Key = nil }, "Key"},
		"a key that is too long":               {func(c *reset.Config) { c.Key = make([]byte, 33) }, "Key"},
		"a company sign-in is accepted":        {func(c *reset.Config) { c.SSO = "https://id.example/in?tenant=7" }, ""},
		"a company sign-in that is a script":   {func(c *reset.Config) { c.SSO = "javascript:alert(1)" }, "SSO"},
		"a company sign-in without a host":     {func(c *reset.Config) { c.SSO = "https:///in" }, "SSO"},
		"invitations with the default policy":  {func(c *reset.Config) { c.Purpose = store.PurposeInvite }, "Policy"},
		"invitations with a policy of their own": {func(c *reset.Config) {
			c.Purpose, c.Policy = store.PurposeInvite, reset.DefaultPolicy
		}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			cfg := config()
			test.edit(&cfg)
			links, err := reset.New(cfg)
			if test.says == "" {
				require.NoError(t, err)
				require.NotNil(t, links)
				return
			}
			require.ErrorContains(t, err, test.says)
			require.Nil(t, links)
		})
	}
}

func TestNewNeverShowsTheKey(t *testing.T) {
	cfg := config()
	cfg.Store = nil
	_, err := reset.New(cfg)
	require.NotContains(t, err.Error(), "0123456789abcdef")

	links, err := reset.New(config())
	require.NoError(t, err)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		printed := fmt.Sprintf(verb, links)
		require.NotContains(t, printed, "0123456789abcdef", verb)
		require.NotContains(t, printed, "30313233", verb)
		require.NotContains(t, printed, "48 49 50 51", verb)
	}
}

func TestNewCopiesTheKey(t *testing.T) {
	key := []byte("0123456789abcdef0123456789abcdef")
	f := setup(t, func(c *reset.Config) { c.Key = key })
	_, err := f.Allow(t.Context(), "ada", "192.0.2.1")
	require.NoError(t, err)
	clear(key)
	send, err := f.Allow(t.Context(), "ada", "192.0.2.1")
	require.NoError(t, err)
	require.False(t, send, "the gap is found again under the same key")
}

// everyCall calls everything that could create, find or spend a link.
func everyCall(l *reset.Links) map[string]error {
	ctx := context.Background()
	errs := map[string]error{}
	_, errs["Allow"] = l.Allow(ctx, "ada", "192.0.2.1")
	_, _, errs["Make"] = l.Make("m1", "")
	_, errs["Find"] = l.Find(ctx, strings.Repeat("A", 43))
	_, _, errs["Request"] = l.Request(ctx, reset.RequestForm{Subject: "m1"})
	errs["Redeem"] = l.Redeem(ctx, strings.Repeat("A", 43), func(context.Context, string) error {
		return errors.New("changed although links are off")
	})
	return errs
}

func TestCompanySignInSwitchesEverythingOff(t *testing.T) {
	shared := memstore.New()
	before := setup(t, func(c *reset.Config) { c.Store = shared })
	link := before.makeLink(t, "m1")

	f := setup(t, func(c *reset.Config) { c.Store, c.SSO = shared, "https://id.example/in" })
	require.False(t, f.Enabled())
	require.Equal(t, "https://id.example/in", f.SignInURL())
	for call, err := range everyCall(f.Links) {
		require.ErrorIs(t, err, reset.ErrOff, call)
		var sso *reset.SSOError
		require.ErrorAs(t, err, &sso, call)
		require.Equal(t, "https://id.example/in", sso.URL, call)
		require.NotErrorIs(t, err, reset.ErrLink, call)
		require.NotContains(t, err.Error(), "id.example", call)
	}
	require.Empty(t, f.spy.calls, "no call reached the store")

	err := reset.LinkError(f.spy.Store.Commit(t.Context(), f.Spend(link.Token())))
	require.ErrorIs(t, err, reset.ErrUnknown, "a link from before is dead")
	_, err = before.Find(t.Context(), link.Token())
	require.NoError(t, err, "and was not spent")
}

func TestRevokingWorksUnderCompanySignIn(t *testing.T) {
	shared := memstore.New()
	before := setup(t, func(c *reset.Config) { c.Store = shared })
	link := before.makeLink(t, "m1")
	f := setup(t, func(c *reset.Config) { c.Store, c.SSO = shared, "https://id.example/in" })
	require.NoError(t, f.Revoke(t.Context(), "m1"))
	_, err := before.Find(t.Context(), link.Token())
	require.ErrorIs(t, err, reset.ErrUnknown)
}

func TestLinksNotMadeByNewAreOff(t *testing.T) {
	for name, links := range map[string]*reset.Links{"nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			require.False(t, links.Enabled())
			require.Empty(t, links.SignInURL())
			require.Zero(t, links.Spend(strings.Repeat("A", 43)))
			require.ErrorIs(t, links.Revoke(t.Context(), "m1"), reset.ErrOff)
			for call, err := range everyCall(links) {
				require.ErrorIs(t, err, reset.ErrOff, call)
			}
		})
	}
}

func TestLinksAreOnWithoutCompanySignIn(t *testing.T) {
	f := setup(t)
	require.True(t, f.Enabled())
	require.Empty(t, f.SignInURL())
}
