package guide

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"os"

	"github.com/postern-go/postern/backoffice"
)

// ServeUnix serves on a Unix socket, for a proxy on this machine.
func ServeUnix(server *http.Server) error {
	// begin unix socket
	const socket = "/run/community/http.sock" // in a folder that only you and the proxy can enter
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	if err := os.Chmod(socket, 0o660); err != nil { // the proxy's group may connect
		return err
	}
	return server.Serve(listener)
	// end unix socket
}

// Vouched is an office behind a load balancer that ends TLS and shows itself nowhere.
func Vouched(cfg *backoffice.Config) {
	// begin vouch
	cfg.Client = func(_ *http.Request, found backoffice.Client) backoffice.Client {
		found.TLS = true // nothing but the load balancer's TLS listener can reach this server
		return found
	}
	// end vouch
}

// Adapted is an office behind an adapter that puts the platform's event into the context.
func Adapted(cfg *backoffice.Config, sourceIP func(*http.Request) (string, bool)) {
	// begin platform
	cfg.Client = func(r *http.Request, found backoffice.Client) backoffice.Client {
		text, ok := sourceIP(r) // see the table
		if !ok {
			return found // not through the adapter, such as on your own machine
		}
		ip, _ := netip.ParseAddr(text) // one that does not parse counts for nothing
		return backoffice.Client{IP: ip, TLS: true}
	}
	// end platform
}
