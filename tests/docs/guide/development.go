package guide

// begin development
import (
	"context"
	"encoding/hex"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store/memstore"
)

func main() {
	ctx := context.Background()
	secret, err := hex.DecodeString(os.Getenv("OFFICE_SECRET")) // openssl rand -hex 32
	if err != nil {
		log.Fatal(err)
	}
	outbox, err := mail.NewOutbox("outbox", "Office <office@localhost.localdomain>")
	if err != nil {
		log.Fatal(err)
	}
	office, err := backoffice.New(ctx, backoffice.Config{
		Origin: "http://localhost:8080", InsecurePlainHTTP: true,
		Secret: secret, Store: memstore.New(), Mail: outbox,
	})
	if err != nil {
		log.Fatal(err)
	}
	setup, err := office.SetupURL(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Fprintln(os.Stdout, "setup:", setup)
	go office.Run(ctx)
	community := http.NotFoundHandler() // your own
	log.Fatal(http.ListenAndServe("localhost:8080", office.Wrap(community)))
}

// end development

var _ = main // In a program of its own, Go calls it.
