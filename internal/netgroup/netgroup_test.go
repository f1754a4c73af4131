package netgroup_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/netgroup"
)

func TestNetworksOfAClient(t *testing.T) {
	for text, want := range map[string][]string{
		"192.0.2.1":                {"192.0.2.1"},
		"192.0.2.1:443":            {"192.0.2.1"},
		"::ffff:192.0.2.1":         {"192.0.2.1"},
		"64:ff9b::192.0.2.1":       {"192.0.2.1"},
		"[64:ff9b::c000:201]:8080": {"192.0.2.1"},
		"2001:db8:1:2345:6::7":     {"2001:db8:1:2345::/64", "2001:db8:1:2300::/56", "2001:db8:1::/48"},
		"fe80::1%eth0":             {"fe80::/64", "fe80::/56", "fe80::/48"},
		"64:ff9b:1::1":             {"64:ff9b:1::/64", "64:ff9b:1::/56", "64:ff9b:1::/48"},
		"unknown":                  {"unknown"},
		"":                         {""},
	} {
		require.Equal(t, want, netgroup.Of(text), text)
		require.Equal(t, want[0], netgroup.Smallest(text))
	}
}
