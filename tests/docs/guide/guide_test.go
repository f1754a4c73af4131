package guide_test

import (
	"context"
	"database/sql"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
	"github.com/postern-go/postern/backoffice/officetest/memberstest"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/tests/docs/guide"
	"github.com/postern-go/postern/tests/postgres"
)

const good = "plum-kettle-orbit-93-sail"

// members is a table of the community, with Ada and Mallory, who is banned.
func members(t *testing.T, db *sql.DB) guide.Directory {
	hasher, err := password.NewHasher(password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true})
	require.NoError(t, err)
	hash, err := hasher.Hash(t.Context(), good)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `CREATE TABLE members (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name TEXT, email TEXT, password TEXT, banned BOOLEAN)`)
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), `INSERT INTO members (name, email, password, banned) VALUES ('Ada', 'ada@example.com', $1, FALSE), ('Mallory', 'mallory@example.com', '', TRUE)`, hash)
	require.NoError(t, err)
	return guide.Directory{DB: db, Hasher: hasher}
}

func TestTheDirectoryOfTheGuide(t *testing.T) {
	d := members(t, postgres.Open(t))
	memberstest.Run(t, d, memberstest.Fixture{
		Members: []memberstest.Member{
			{Member: backoffice.Member{ID: "1", Name: "Ada", Email: "ada@example.com"}, Logins: []string{"Ada@example.com"}, Password: good},
		},
		Barred: []memberstest.Member{{Member: backoffice.Member{ID: "2"}, Logins: []string{"mallory@example.com"}}},
	})
	for _, id := range []string{"1", "2", "3", "", "one"} {
		before := d.Hasher.Runs()
		ok, err := d.CheckMemberPassword(t.Context(), id, "something else")
		require.NoError(t, err)
		require.False(t, ok)
		require.Equal(t, before+1, d.Hasher.Runs(), "slow hashes")
	}
}

// TestAMemberWithAnIntegerIDSignsIn is the guide's mount in chi, over PostgreSQL.
func TestAMemberWithAnIntegerIDSignsIn(t *testing.T) {
	dsn := postgres.Start(t)
	db, err := sql.Open(postgres.Driver, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	var handler http.Handler
	office := officetest.Mount(t, backoffice.Config{}, func(cfg backoffice.Config) (office *backoffice.Office, err error) {
		office, handler, err = guide.Shop(t.Context(), dsn, cfg.Secret, cfg.Mail, members(t, db))
		return office, err
	})
	office.Serve(handler)
	b := office.Browser(t)
	b.Get(officetest.Origin+"/").WantText(t, "Hello from the community.")
	setup, err := office.SetupURL(t.Context())
	require.NoError(t, err)
	b.Get(setup).Want(t, http.StatusOK).WantText(t, "Password again")

	_, err = office.CommandLine().SetParameters(t.Context(), map[string]string{"two_factor.who": "recommended"}) // a password does
	require.NoError(t, err)
	guide.MoveStaff(t.Context(), office.Office, []string{"1", "1"})
	require.NotContains(t, b.Get("/count").Body, "2 members")
	b.Submit("/login", "login", "ada@example.com", "password", good).Want(t, http.StatusOK)
	require.Equal(t, "2 members\n", b.Get("/count").Body)
}

// orders remembers what was cancelled.
type orders struct{ cancelled string }

func (*orders) Open(context.Context) ([]string, error) { return []string{"17"}, nil }

func (o *orders) Cancel(_ context.Context, id string) error {
	o.cancelled = id
	return nil
}

func newOffice(cfg backoffice.Config) (*backoffice.Office, error) {
	return guide.NewOfficeWithPages(context.Background(), cfg, &orders{})
}

// begin test
func TestModeratorsSeeNoOrders(t *testing.T) {
	office := officetest.Mount(t, backoffice.Config{}, newOffice)
	mia := office.SignIn(t, officetest.Operator{Roles: []string{backoffice.Moderator}})
	mia.Get("/orders").Want(t, http.StatusForbidden)
}

// end test

// begin test form
func TestCancellingAnOrder(t *testing.T) {
	shop := &orders{}
	office := officetest.Mount(t, backoffice.Config{}, func(cfg backoffice.Config) (*backoffice.Office, error) {
		return guide.NewOfficeWithPages(t.Context(), cfg, shop)
	})
	ben := office.SignIn(t, officetest.Operator{Name: "Ben", Permissions: []string{"orders.view", "orders.cancel"}})

	ben.Get("/orders/17/cancel").WantText(t, "Cancel this order?")
	office.Advance(10 * time.Minute) // longer than a step-up lasts
	ben.Submit("/orders/17/cancel").Want(t, http.StatusSeeOther)
	require.Empty(t, shop.cancelled)

	ben.StepUp()
	ben.Submit("/orders/17/cancel").Want(t, http.StatusOK)
	require.Equal(t, "17", shop.cancelled)

	office.SignIn(t, officetest.Operator{Permissions: []string{"orders.view"}}).Post("/orders/17/cancel").Want(t, http.StatusForbidden)
	office.Events("permission.denied").Want(t, "refused orders.cancel")
}

// end test form

func TestAHandlerOfTheGuideByItself(t *testing.T) {
	office := officetest.Mount(t, backoffice.Config{}, newOffice)
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		operator, _ := backoffice.OperatorFrom(r.Context())
		_, _ = io.WriteString(w, operator.Name)
	})
	// begin test handler
	r := office.Request(t, officetest.Operator{Name: "Mia", Permissions: []string{"orders.view"}}, "GET", "/orders", nil)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r) // finds Mia, the alias, a nonce and a form token in its context
	// end test handler
	require.Equal(t, "Mia", w.Body.String())

	office.Serve(guide.AccessLog(office.Office, http.NotFoundHandler()))
	office.SignIn(t, officetest.Operator{Permissions: []string{"orders.view"}}).Get("/orders").WantText(t, "17")
}

func TestTheOfficeOfTheGuideIsAccepted(t *testing.T) {
	st, err := guide.PooledStore(t.Context(), postgres.Open(t))
	require.NoError(t, err)
	_, err = guide.NewOffice(t.Context(), filepath.Join(t.TempDir(), "office.key"), st, &mail.Outbox{Dir: t.TempDir()})
	require.NoError(t, err)
}
