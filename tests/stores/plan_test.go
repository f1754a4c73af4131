package stores_test

import (
	"database/sql"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/postgres"
)

func TestFindSessionIsOneQuery(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		fill(t, d.store(t))
		db, sent := d.record(t)
		view, err := d.over(t, db).FindSession(t.Context(), store.DigestOf("session"))
		require.NoError(t, err)
		require.Len(t, sent.take(), 1)

		require.Equal(t, "ada", view.Operator.ID)
		require.Equal(t, []string{"editors", store.RoleSuperAdministrator}, view.Operator.Roles)
		require.Len(t, view.Roles, 1)
		require.Equal(t, []string{"a,b", "pages.edit"}, view.Roles[0].Permissions)
		require.True(t, view.TwoFactor)
		require.EqualValues(t, 1, view.Revision)
	})
}

func TestPagesComeFromAnIndex(t *testing.T) {
	last := store.Mail{CreatedAt: noon, ID: "m"}
	pages := []struct {
		name, index string
		read        func(*testing.T, *sqlstore.Store) error
	}{
		{"operators", "operators", func(t *testing.T, s *sqlstore.Store) error {
			_, err := s.ListOperators(t.Context(), store.OperatorQuery{AfterNameKey: "ada", AfterID: "ada"})
			return err
		}},
		{"mails", "mails_page", func(t *testing.T, s *sqlstore.Store) error {
			_, err := s.ListMails(t.Context(), store.MailQuery{BeforeCreatedAt: last.CreatedAt, BeforeID: last.ID})
			return err
		}},
		{"mails in a state", "mails_state", func(t *testing.T, s *sqlstore.Store) error {
			_, err := s.ListMails(t.Context(), store.MailQuery{State: store.MailFailed, BeforeCreatedAt: last.CreatedAt, BeforeID: last.ID})
			return err
		}},
		{"mails of an operator", "mails_operator", func(t *testing.T, s *sqlstore.Store) error {
			_, err := s.ListMails(t.Context(), store.MailQuery{OperatorID: "ada", BeforeCreatedAt: last.CreatedAt, BeforeID: last.ID})
			return err
		}},
		{"events", "events", func(t *testing.T, s *sqlstore.Store) error {
			_, err := s.ListEvents(t.Context(), store.EventQuery{BeforeSeq: 1000})
			return err
		}},
		{"events of a code", "events_code", func(t *testing.T, s *sqlstore.Store) error {
			_, err := s.ListEvents(t.Context(), store.EventQuery{Code: "signin.failed", BeforeSeq: 1000})
			return err
		}},
		{"events of an actor", "events_actor", func(t *testing.T, s *sqlstore.Store) error {
			_, err := s.ListEvents(t.Context(), store.EventQuery{ActorID: "ada", BeforeSeq: 1000})
			return err
		}},
		{"events of a target", "events_target", func(t *testing.T, s *sqlstore.Store) error {
			_, err := s.ListEvents(t.Context(), store.EventQuery{TargetID: "ada", BeforeSeq: 1000})
			return err
		}},
	}
	onEach(t, func(t *testing.T, d database) {
		d.store(t)
		db, sent := d.record(t)
		s := d.over(t, db)
		for _, page := range pages {
			t.Run(page.name, func(t *testing.T) {
				require.NoError(t, page.read(t, s))
				statements := sent.take()
				require.Len(t, statements, 1)
				d.requireIndexOnly(t, "postern_"+page.index, statements[0])
			})
		}
	})
}

// requireIndexOnly requires that the database can read what a query asks for
// from indexes, this one among them, in their order.
func (d database) requireIndexOnly(t *testing.T, index string, s statement) {
	t.Helper()
	conn, err := d.open(t).Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	if d.driver != postgres.Driver {
		plan := explain(t, conn, "EXPLAIN QUERY PLAN "+s.query, s.args, 3)
		require.Contains(t, plan, "SEARCH")
		require.Contains(t, plan, index)
		require.NotContains(t, plan, "SCAN")
		require.NotContains(t, plan, "TEMP B-TREE")
		return
	}
	// Empty tables are read whole unless that is made to look expensive.
	for _, option := range []string{"enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_incremental_sort"} {
		_, err := conn.ExecContext(t.Context(), "SET "+option+" = off")
		require.NoError(t, err)
	}
	plan := explain(t, conn, "EXPLAIN "+s.query, s.args, 0)
	require.Contains(t, plan, "Index Scan")
	require.Contains(t, plan, " using "+index)
	require.NotContains(t, plan, "Seq Scan")
	require.NotContains(t, plan, "Sort")
}

// explain returns one column of a plan, a line each.
func explain(t *testing.T, conn *sql.Conn, query string, args []any, column int) string {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), query, args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var plan strings.Builder
	for rows.Next() {
		line := make([]any, len(columns))
		for i := range line {
			line[i] = new(any)
		}
		require.NoError(t, rows.Scan(line...))
		plan.WriteString((*line[column].(*any)).(string) + "\n")
	}
	require.NoError(t, rows.Err())
	return plan.String()
}
