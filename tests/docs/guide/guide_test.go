package guide_test

import (
	"context"
	"database/sql"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/officetest"
	"github.com/postern-go/postern/backoffice/officetest/memberstest"
	"github.com/postern-go/postern/mail"
	"github.com/postern-go/postern/password"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/tests/docs/guide"
)

func TestTheDirectoryOfTheGuide(t *testing.T) {
	ctx := context.Background()
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	hasher, err := password.NewHasher(password.Config{Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true})
	require.NoError(t, err)
	hash, err := hasher.Hash(ctx, "plum-kettle-orbit-93-sail")
	require.NoError(t, err)
	_, err = db.ExecContext(ctx, `CREATE TABLE members (id TEXT, name TEXT, email TEXT, password TEXT, banned BOOLEAN)`)
	require.NoError(t, err)
	_, err = db.ExecContext(ctx, `INSERT INTO members VALUES ('1', 'Ada', 'ada@example.com', ?, FALSE), ('2', 'Mallory', 'mallory@example.com', '', TRUE)`, hash)
	require.NoError(t, err)
	d := guide.Directory{DB: db, Hasher: hasher}
	memberstest.Run(t, d, memberstest.Fixture{
		Members: []memberstest.Member{
			{Member: backoffice.Member{ID: "1", Name: "Ada", Email: "ada@example.com"}, Logins: []string{"Ada@example.com"}, Password: "plum-kettle-orbit-93-sail"},
		},
		Barred: []memberstest.Member{{Member: backoffice.Member{ID: "2"}, Logins: []string{"mallory@example.com"}}},
	})
	for _, id := range []string{"1", "2", "3", ""} {
		before := hasher.Runs()
		_, err := d.CheckMemberPassword(ctx, id, "something else")
		require.NoError(t, err)
		require.Equal(t, before+1, hasher.Runs(), "slow hashes")
	}
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
	r := office.Request(t, officetest.Operator{Name: "Mia"}, "GET", "/greeting", nil)
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r) // finds Mia, the alias, a nonce and a form token in its context
	// end test handler
	require.Equal(t, "Mia", w.Body.String())

	office.Serve(guide.AccessLog(office.Office, http.NotFoundHandler()))
	office.SignIn(t, officetest.Operator{Permissions: []string{"orders.view"}}).Get("/orders").WantText(t, "17")
}

func TestTheOfficeOfTheGuideIsAccepted(t *testing.T) {
	outbox, err := mail.NewOutbox(t.TempDir(), "office@community.example")
	require.NoError(t, err)
	_, err = guide.NewOffice(t.Context(), []byte("\x9e\x01 32 bytes, as good as random \x7f"), memstore.New(), outbox)
	require.NoError(t, err)
}
