// Command nethttp is the smallest mount: a community of one page, and its back
// office.
//
//	go run ./examples/nethttp
package main

import (
	"context"
	"io"
	"log"
	"net/http"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/examples/internal/demo"
)

func main() {
	community := http.NewServeMux()
	community.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "Hello from the community.\n")
	})
	office, err := backoffice.New(context.Background(), demo.Config())
	if err != nil {
		log.Fatal(err)
	}
	demo.Serve(office, office.Wrap(community))
}
