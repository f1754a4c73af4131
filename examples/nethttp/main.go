// Command nethttp is the smallest mount: a community of one page, and its back
// office. It is the program of the README.
//
//	go run ./examples/nethttp
package main

// begin mount
import (
	"context"
	"io"
	"log"
	"net/http"
	"os"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store/sqlstore"
)

func main() {
	community := http.NewServeMux() // or your own handler
	community.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "Hello from the community.\n")
	})

	// begin ten lines
	office, err := backoffice.New(context.Background(), backoffice.Config{
		Origin: "http://localhost:8080", InsecurePlainHTTP: true, Console: os.Stdout,
		SecretFile: "office.key", Mail: &mail.Outbox{Dir: "outbox"},
		Store: sqlstore.Open(sqlstore.SQLite(), "sqlite", "office.db"),
	})
	if err != nil {
		log.Fatal(err)
	}
	go office.Run(context.Background())
	log.Fatal(http.ListenAndServe("localhost:8080", office.Wrap(community)))
	// end ten lines
}

// end mount
