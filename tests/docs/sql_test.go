package docs_test

import (
	"database/sql"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

var (
	sqlBlock  = regexp.MustCompile(`(?m)^ +((?:DELETE|UPDATE) [^;]+);$`)
	sqlInline = regexp.MustCompile("`(UPDATE [^`]+)`")
)

// TestTheStatementsOfOperationsWork runs what people are told to type in an
// emergency, and looks at what became of an invitation.
func TestTheStatementsOfOperationsWork(t *testing.T) {
	ctx := t.Context()
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	st, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{})
	require.NoError(t, err)
	require.NoError(t, st.Migrate(ctx))
	put := func(id, email string, state store.OperatorState) {
		require.NoError(t, st.Commit(ctx, store.PutOperator{Operator: store.Operator{
			ID: id, Name: id, NameKey: id, Email: email, EmailKey: email, State: state, Roles: []string{"moderator"},
		}}))
	}
	put("grace", "grace@community.example", store.OperatorInvited)
	put("ada", "ada@community.example", store.OperatorActive)

	text := documents(t)["docs/operations.md"]
	statements := sqlBlock.FindAllStringSubmatch(text, -1)
	statements = append(statements, sqlInline.FindAllStringSubmatch(text, -1)...)
	require.GreaterOrEqual(t, len(statements), 7)
	for _, found := range statements {
		_, err := db.ExecContext(ctx, strings.TrimSpace(found[1]))
		require.NoError(t, err, found[1])
	}
	_, err = st.FindOperator(ctx, "grace")
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = st.FindOperator(ctx, "ada")
	require.NoError(t, err)
	put("grace", "grace@community.example", store.OperatorInvited)
}
