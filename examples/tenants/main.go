// Command tenants is a host of several communities, each with an office of its own: in one
// process, one database and, on this machine, at one port. Tenants come and go while it runs.
//
//	go run ./examples/tenants garden pasture
package main

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/store/sqlstore"
)

const addr = "localhost:8080"

func main() {
	if len(os.Args) < 2 {
		log.Fatal("name the tenants: tenants garden pasture")
	}
	secret := make([]byte, 32) // a real one is kept, outside the database
	rand.Read(secret)
	folder, err := os.MkdirTemp("", "tenants") // a real one is kept as well
	if err != nil {
		log.Fatal(err)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(folder, "host.db")+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(5000)")
	if err != nil {
		log.Fatal(err)
	}
	h := &host{db: db, secret: secret, sender: &mail.Outbox{Dir: "outbox"}}
	ctx := context.Background()
	for _, tenant := range os.Args[1:] {
		if err := h.open(ctx, tenant); err != nil {
			log.Fatal(err)
		}
		fmt.Printf("http://%s.%s/\n", tenant, addr)
	}
	go h.offices.Run(ctx) // for all, also for those that are opened later; prints the setup links
	server := &http.Server{Addr: addr, Handler: h.offices.Wrap(http.HandlerFunc(community)), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

// host has the offices of all tenants.
type host struct {
	db      *sql.DB
	secret  []byte
	sender  mail.Sender
	offices backoffice.Offices
}

// tenantName is a name that fits into a host name and, with an underscore after it, into the
// names of tables. Without one inside, no prefix begins with another.
var tenantName = regexp.MustCompile(`^[a-z][a-z0-9]{0,22}$`)

// open opens the office of a tenant. Its tables are made when it is opened first.
func (h *host) open(ctx context.Context, tenant string) error {
	if !tenantName.MatchString(tenant) {
		return fmt.Errorf("tenant %q: want a small letter and at most 22 small letters and digits", tenant)
	}
	st, err := sqlstore.New(h.db, sqlstore.SQLite(), sqlstore.Config{TablePrefix: tenant + "_"})
	if err != nil {
		return err
	}
	if err := st.Migrate(ctx); err != nil {
		return fmt.Errorf("make the tables of %s: %w", tenant, err)
	}
	// begin tenants
	office, err := backoffice.New(ctx, backoffice.Config{
		Origin: "http://" + tenant + "." + addr, InsecurePlainHTTP: true, // a real one is https
		Secret: backoffice.SecretFor(h.secret, tenant),
		Name:   "Office of " + tenant,
		Store:  st, Mail: h.sender, Console: os.Stdout,
	})
	if err != nil {
		return fmt.Errorf("open the office of %s: %w", tenant, err)
	}
	return h.offices.Add(tenant, office)
	// end tenants
}

// close closes the office of a tenant. Its tables stay.
func (h *host) close(tenant string) { h.offices.Remove(tenant) }

// community is what everyone sees, here alike for all tenants.
func community(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "The community at %s\n", r.Host)
}
