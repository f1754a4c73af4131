package guide_test

import (
	"context"
	"database/sql"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/backoffice"
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

	m, err := d.FindMemberByLogin(ctx, "Ada@example.com")
	require.NoError(t, err)
	require.Equal(t, backoffice.Member{ID: "1", Name: "Ada", Email: "ada@example.com"}, m)
	_, err = d.FindMember(ctx, "2")
	require.ErrorIs(t, err, backoffice.ErrNoMember)
	_, err = d.FindMember(ctx, "")
	require.ErrorIs(t, err, backoffice.ErrNoMember)

	tests := []struct {
		name, id, password string
		right              bool
	}{
		{"the right password", "1", "plum-kettle-orbit-93-sail", true},
		{"a wrong password", "1", "something else", false},
		{"somebody without a password", "2", "", false},
		{"somebody unknown", "3", "plum-kettle-orbit-93-sail", false},
		{"nobody", "", "plum-kettle-orbit-93-sail", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := hasher.Runs()
			ok, err := d.CheckMemberPassword(ctx, tt.id, tt.password)
			require.NoError(t, err)
			require.Equal(t, tt.right, ok)
			require.Equal(t, before+1, hasher.Runs(), "slow hashes")
		})
	}
}

// begin test
func TestNobodySeesTheOffice(t *testing.T) {
	outbox, err := mail.NewOutbox(t.TempDir(), "office@community.example")
	require.NoError(t, err)
	office, err := backoffice.New(t.Context(), backoffice.Config{
		Origin: "https://community.example",
		Secret: []byte("\x9e\x01 32 bytes, as good as random \x7f"),
		Store:  memstore.New(),
		Mail:   outbox,
		Password: password.Config{ // quick hashes, for tests only
			Params: password.Params{MemoryKiB: 64, Time: 1, Threads: 1}, InsecureParams: true,
		},
	})
	require.NoError(t, err)
	handler := office.Wrap(http.NotFoundHandler())

	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest("GET", "/admin", nil))
	require.Equal(t, http.StatusNotFound, w.Code)

	r := httptest.NewRequest("GET", office.Address(), nil) // https, so TLS is set
	w = httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	require.Equal(t, http.StatusSeeOther, w.Code) // to the sign-in page
}

// end test

// orders is nothing but an answer to the pages of the guide.
type orders struct{}

func (orders) Open(context.Context) ([]string, error) { return nil, nil }
func (orders) Cancel(context.Context, string) error   { return nil }

func TestThePagesOfTheGuideAreAccepted(t *testing.T) {
	outbox, err := mail.NewOutbox(t.TempDir(), "office@community.example")
	require.NoError(t, err)
	secret := []byte("\x9e\x01 32 bytes, as good as random \x7f")
	_, err = guide.NewOfficeWithPages(t.Context(), secret, memstore.New(), outbox, orders{})
	require.NoError(t, err)
	_, err = guide.NewOffice(t.Context(), secret, memstore.New(), outbox)
	require.NoError(t, err)
}
