package reset_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/reset"
	"github.com/postern-go/postern/store"
)

func TestDefaultPolicyIsThePublishedOne(t *testing.T) {
	require.Equal(t, reset.Policy{Life: 30 * time.Minute, PerAccount: 5, Gap: time.Minute, PerIP: 30}, reset.DefaultPolicy())
	require.NoError(t, reset.DefaultPolicy().Validate())
}

func TestPolicyRanges(t *testing.T) {
	life := func(d time.Duration) func(*reset.Policy) { return func(p *reset.Policy) { p.Life = d } }
	account := func(n int) func(*reset.Policy) { return func(p *reset.Policy) { p.PerAccount = n } }
	gap := func(d time.Duration) func(*reset.Policy) { return func(p *reset.Policy) { p.Gap = d } }
	address := func(n int) func(*reset.Policy) { return func(p *reset.Policy) { p.PerIP = n } }
	const day = 24 * time.Hour
	tests := map[string]struct {
		purpose string
		edit    func(*reset.Policy)
		says    string
	}{
		"the shortest life":                   {store.PurposeReset, life(5 * time.Minute), ""},
		"the longest life":                    {store.PurposeReset, life(day), ""},
		"a shorter life":                      {store.PurposeReset, life(5*time.Minute - 1), "life must be from 5m0s to 24h0m0s"},
		"a longer life":                       {store.PurposeReset, life(day + 1), "life"},
		"a longer life of a community's link": {"member-reset", life(day + 1), "life"},
		"a longer life of a setup link":       {store.PurposeSetup, life(day + 1), "life"},
		"the shortest life of an invitation":  {store.PurposeInvite, life(time.Hour), ""},
		"the longest life of an invitation":   {store.PurposeInvite, life(30 * day), ""},
		"a shorter life of an invitation":     {store.PurposeInvite, life(time.Hour - 1), "life"},
		"a longer life of an invitation":      {store.PurposeInvite, life(30*day + 1), "life"},
		"one request per account":             {store.PurposeReset, account(1), ""},
		"no request per account":              {store.PurposeReset, account(0), "per account"},
		"the most requests per account":       {store.PurposeReset, account(100), ""},
		"more requests per account":           {store.PurposeReset, account(101), "per account"},
		"no gap":                              {store.PurposeReset, gap(0), ""},
		"a negative gap":                      {store.PurposeReset, gap(-1), "gap"},
		"the longest gap":                     {store.PurposeReset, gap(time.Hour), ""},
		"a longer gap":                        {store.PurposeReset, gap(time.Hour + 1), "gap"},
		"one request per address":             {store.PurposeReset, address(1), ""},
		"no request per address":              {store.PurposeReset, address(0), "per IP address"},
		"the most requests per address":       {store.PurposeReset, address(1000), ""},
		"more requests per address":           {store.PurposeReset, address(1001), "per IP address"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := reset.DefaultPolicy()
			if test.purpose == store.PurposeInvite {
				p.Life = 7 * day
			}
			test.edit(&p)
			err := p.ValidateFor(test.purpose)
			if test.purpose == store.PurposeReset {
				require.Equal(t, err, p.Validate())
			}
			if test.says == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.says)
			}
		})
	}
}

func TestPolicyReportsEveryMistakeAtOnce(t *testing.T) {
	err := reset.Policy{Gap: -1}.Validate()
	for _, field := range []string{"life", "per account", "gap", "per IP address"} {
		require.ErrorContains(t, err, field)
	}
}

func TestBadPolicyLetsNothingPass(t *testing.T) {
	f := setup(t, func(c *reset.Config) { c.Policy = func() reset.Policy { return reset.Policy{} } })
	for call, err := range map[string]error{
		"Allow":   everyCall(f.Links)["Allow"],
		"Make":    everyCall(f.Links)["Make"],
		"Request": everyCall(f.Links)["Request"],
	} {
		require.ErrorContains(t, err, "must be from", call)
	}
	require.NotContains(t, f.spy.calls, "Commit []store.Write")
}

func TestMakingNeedsOnlyTheLife(t *testing.T) {
	f := setup(t, func(c *reset.Config) {
		c.Purpose = store.PurposeInvite
		c.Policy = func() reset.Policy { return reset.Policy{Life: 7 * 24 * time.Hour} }
	})
	_, put, err := f.Make("op1", "op0")
	require.NoError(t, err)
	require.Equal(t, start.Add(7*24*time.Hour), put.Token.ExpiresAt)
}

func TestChangedPolicyBindsAtOnce(t *testing.T) {
	p := reset.DefaultPolicy()
	p.Gap = 0
	f := setup(t, func(c *reset.Config) { c.Policy = func() reset.Policy { return p } })
	for range 3 {
		send, err := f.Allow(t.Context(), "ada", "192.0.2.1")
		require.NoError(t, err)
		require.True(t, send)
	}
	p.PerAccount = 3
	send, err := f.Allow(t.Context(), "ada", "192.0.2.1")
	require.NoError(t, err)
	require.False(t, send)

	p.PerIP = 4
	_, err = f.Allow(t.Context(), "bob", "192.0.2.1")
	require.ErrorAs(t, err, new(*reset.LimitedError))

	p.Life = time.Hour
	_, put, err := f.Make("m1", "")
	require.NoError(t, err)
	require.Equal(t, start.Add(time.Hour), put.Token.ExpiresAt)
}
