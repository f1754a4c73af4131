package docs_test

import (
	"database/sql"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

var (
	sqlBlock  = regexp.MustCompile(`(?m)^ +((?:DELETE|UPDATE) [^;]+);$`)
	sqlInline = regexp.MustCompile("`(UPDATE [^`]+)`")
)

// TestTheStatementsOfOperationsWork runs what people are told to type after a
// restore, and looks at what became of sessions, links and mails.
func TestTheStatementsOfOperationsWork(t *testing.T) {
	ctx := t.Context()
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { db.Close() })
	st, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{})
	require.NoError(t, err)
	require.NoError(t, st.Migrate(ctx))
	now := time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC)
	session := store.Session{Digest: store.DigestOf("session"), ID: "s", OperatorID: "ada", CreatedAt: now, EndsAt: now.Add(time.Hour)}
	link := store.Token{Digest: store.DigestOf("link"), Purpose: store.PurposeReset, Subject: "ada", CreatedAt: now, ExpiresAt: now.Add(time.Hour)}
	require.NoError(t, st.Commit(ctx,
		store.PutOperator{Operator: store.Operator{
			ID: "ada", Name: "Ada", NameKey: "ada", Email: "ada@community.example", EmailKey: "ada@community.example",
			State: store.OperatorActive, Roles: []string{"moderator"},
		}},
		store.PutSession{Session: session}, store.PutToken{Token: link},
		store.EnqueueMail{Mail: store.Mail{ID: "m", Kind: "reset", To: "ada@community.example", State: store.MailQueued, Body: []byte("x"), CreatedAt: now}},
	))

	text := documents(t)["docs/operations.md"]
	statements := sqlBlock.FindAllStringSubmatch(text, -1)
	statements = append(statements, sqlInline.FindAllStringSubmatch(text, -1)...)
	require.GreaterOrEqual(t, len(statements), 4)
	for _, found := range statements {
		_, err := db.ExecContext(ctx, strings.TrimSpace(found[1]))
		require.NoError(t, err, found[1])
	}
	_, err = st.FindOperator(ctx, "ada")
	require.NoError(t, err)
	_, err = st.FindSession(ctx, session.Digest)
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = st.FindToken(ctx, link.Digest, link.Purpose)
	require.ErrorIs(t, err, store.ErrNotFound)
	mail, err := st.FindMail(ctx, "m")
	require.NoError(t, err)
	require.Equal(t, store.MailCancelled, mail.State)
	require.Empty(t, mail.Body)
}
