// Command proxy has another tool inside the office, behind httputil.ReverseProxy: one with
// a policy, cookies, redirects, a WebSocket and an API of its own, as Grafana has. Nothing is
// kept: it begins anew at each start.
//
//	go run ./examples/proxy
package main

import (
	"context"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/demo"
)

const toolAddr = "localhost:8081" // nobody but this program may reach it

func main() {
	go func() { log.Fatal(http.ListenAndServe(toolAddr, board())) }()
	office, err := newOffice(demo.Config(), &url.URL{Scheme: "http", Host: toolAddr})
	if err != nil {
		log.Fatal(err)
	}
	demo.Serve(office, office.Wrap(http.NotFoundHandler())) // your community
}

func newOffice(cfg backoffice.Config, tool *url.URL) (*backoffice.Office, error) {
	admin := http.NewServeMux()
	cfg.Handler = admin
	cfg.Permissions = []backoffice.Permission{
		{Key: "board.use", Label: "Use the board", Group: "Community", Roles: []string{backoffice.Moderator}},
	}
	cfg.Menu = []backoffice.MenuItem{{Group: "Community", Label: "Board", Path: "/board/", Permission: "board.use"}}
	cfg.Tokenless = []string{"/board/"} // its pages do not know our form token
	office, err := backoffice.New(context.Background(), cfg)
	if err != nil {
		return nil, err
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		operator, _ := backoffice.OperatorFrom(r.In.Context())
		r.SetURL(tool)
		r.SetXForwarded()
		r.Out.Host = r.In.Host // the tool compares it with the Origin of a WebSocket
		// This tells the tool the office's address, so it must be one that you trust.
		r.Out.Header.Set("X-Forwarded-Prefix", backoffice.URL(r.In.Context(), "/board"))
		r.Out.Header.Set("X-Webauth-User", operator.Email) // in place of what a browser may have sent
	}, ErrorHandler: office.Fail} // or a tool that is down is a white page
	admin.Handle("/board/", http.StripPrefix("/board", proxy)) // the menu guards it
	admin.HandleFunc("/", office.NotFound)
	return office, nil
}
