package kill_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"
	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/totp"
)

var (
	ctx  = context.Background()
	home = testoffice.Home
)

const (
	good   = testoffice.Good
	better = testoffice.Better
)

// office is an office over a file, as one process of a host has it.
type office struct {
	*testoffice.Office
	db *sql.DB
	// began is when the flow did. What people come to know meanwhile is kept in
	// the file notes.
	began time.Time
	notes string
}

// open starts an office on a file.
func open(t testing.TB, file string, now time.Time) *office {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?_pragma=journal_mode(WAL)&_pragma=busy_timeout(500)&_pragma=synchronous(NORMAL)")
	require.NoError(t, err)
	st, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{})
	require.NoError(t, err)
	require.NoError(t, st.Migrate(ctx))
	rig := testoffice.NewRig(t, st)
	rig.Clock.Set(now)
	o := &office{Office: testoffice.Open(rig), db: db}
	o.Store.Reset()
	return o
}

func (o *office) close() { require.NoError(o.T, o.db.Close()) }

// note keeps what somebody came to know.
func (o *office) note(v values, name, value string) {
	v[name] = value
	text, err := json.Marshal(v)
	require.NoError(o.T, err)
	require.NoError(o.T, os.WriteFile(o.notes, text, 0o600))
}

// named reads an operator by name; the zero one when there is none.
func (o *office) named(name string) store.Operator {
	op, err := o.Under.FindOperatorByLogin(ctx, desk.NameKey(name))
	if errors.Is(err, store.ErrNotFound) {
		return store.Operator{}
	}
	require.NoError(o.T, err)
	return op
}

// enrol gives somebody for whom a password is enough an authenticator, and
// returns its secret.
func (o *office) enrol(name string) totp.Secret {
	o.T.Helper()
	id := o.Identity(o.Enter(name))
	e, err := o.BeginEnrolment(id)
	require.NoError(o.T, err)
	_, _, err = o.ConfirmEnrolment(ctx, home, id, e.Sealed, o.Code(e.Key.Secret), "Phone")
	require.NoError(o.T, err)
	o.Clock.Add(totp.Period)
	return e.Key.Secret
}

// succeeded counts the rows of the audit log with a code that tell of a success.
func (o *office) succeeded(code string) int {
	page, err := o.Under.ListEvents(ctx, store.EventQuery{Code: code, Limit: 500})
	require.NoError(o.T, err)
	return len(slices.DeleteFunc(page.Rows, func(e store.Event) bool { return e.Outcome != desk.Success }))
}

// letters counts the mails of a kind.
func (o *office) letters(kind string) int {
	page, err := o.Under.ListMails(ctx, store.MailQuery{Kind: kind, Limit: 500})
	require.NoError(o.T, err)
	return len(page.Rows)
}

// copyFile copies what a closed office left.
func copyFile(t testing.TB, from string) string {
	t.Helper()
	b, err := os.ReadFile(from)
	require.NoError(t, err)
	to := filepath.Join(t.TempDir(), "office.db")
	require.NoError(t, os.WriteFile(to, b, 0o600))
	return to
}
