package backoffice_test

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/postern-go/postern/backoffice"
)

// Only from the network of the office. The address is the one that
// Config.TrustedProxies lets the office know; one that is not known is in no
// network, and refused.
func ExampleConfig_officeNetwork() {
	office := netip.MustParsePrefix("192.0.2.0/24")
	cfg := backoffice.Config{
		Decide: func(_ context.Context, a backoffice.Access) error {
			if !office.Contains(a.IP) {
				return backoffice.Refuse("Please use the network of the office, or the VPN.")
			}
			return nil
		},
	}

	// A rule is a function, so it can be tested by itself.
	for _, address := range []string{"192.0.2.17", "203.0.113.9"} {
		fmt.Println(cfg.Decide(context.Background(), backoffice.Access{IP: netip.MustParseAddr(address)}))
	}
	// Output:
	// <nil>
	// refused by the host: Please use the network of the office, or the VPN.
}

// Nobody signs in at night but super-administrators. Whoever is in may finish:
// only sign-ins are refused.
func ExampleConfig_workingHours() {
	now := func() time.Time { return time.Date(2026, time.March, 2, 22, 30, 0, 0, time.UTC) }
	decide := func(_ context.Context, a backoffice.Access) error {
		hour := now().Hour()
		if !a.SignIn || hour >= 7 && hour < 19 || a.Operator.HasRole(backoffice.SuperAdministrator) {
			return nil
		}
		return backoffice.Refuse("The back office opens at 7:00.")
	}

	fmt.Println(decide(context.Background(), backoffice.Access{SignIn: true}))
	fmt.Println(decide(context.Background(), backoffice.Access{SignIn: true, Operator: backoffice.Operator{Roles: []string{backoffice.SuperAdministrator}}}))
	fmt.Println(decide(context.Background(), backoffice.Access{Path: "/orders"}))
	// Output:
	// refused by the host: The back office opens at 7:00.
	// <nil>
	// <nil>
}

// Not from some countries, as a proxy tells them. Without the header the answer
// is no: then the request has not come through the proxy.
func ExampleConfig_countries() {
	decide := func(_ context.Context, a backoffice.Access) error {
		switch a.Header("CF-IPCountry") {
		case "AT", "DE", "CH":
			return nil
		}
		return backoffice.Refuse("The back office cannot be used from where you are.")
	}

	for _, country := range []string{"AT", "XX", ""} {
		header := http.Header{"Cf-Ipcountry": {country}}
		fmt.Println(country, decide(context.Background(), backoffice.Access{Header: header.Get}) == nil)
	}
	// Output:
	// AT true
	// XX false
	//  false
}

// What pays money out asks for a fresh proof of identity, on every page of it at
// once. Whoever gave one a moment ago goes on; others are led to the page that
// asks for it, and back.
func ExampleConfig_stepUp() {
	decide := func(_ context.Context, a backoffice.Access) error {
		if strings.HasPrefix(a.Path, "/payouts") {
			return backoffice.ErrStepUp
		}
		return nil
	}

	fmt.Println(decide(context.Background(), backoffice.Access{Path: "/payouts/17"}))
	fmt.Println(decide(context.Background(), backoffice.Access{Path: "/orders"}))
	// Output:
	// step-up needed
	// <nil>
}
