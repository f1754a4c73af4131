package browser_test

import (
	"database/sql"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/mariadb"
)

// TestTheExamplesOfficeIsInMariaDB has its office there, and the community in its file.
func TestTheExamplesOfficeIsInMariaDB(t *testing.T) {
	dsn := mariadb.Start(t)
	t.Setenv("OFFICE_DATABASE", dsn)
	e := startExample(t, "-addr", "localhost:0")
	e.command("invite", "ada@example.com", "-role", "super-administrator")
	require.Contains(t, e.command("audit", "verify"), "chain")
	answer, err := http.Get(e.office() + "/login")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)

	db, err := sql.Open(mariadb.Driver, dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var email string
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT email FROM postern_operators`).Scan(&email))
	require.Equal(t, "ada@example.com", email)
}
