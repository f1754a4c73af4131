package stores_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/mariadb"
	"github.com/postern-go/postern/tests/populate"
	"github.com/postern-go/postern/tests/postgres"
)

func TestFindSessionIsOneQuery(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		other := d.store(t)
		fill(t, other)
		db, sent := d.record(t)
		s := d.over(t, db)
		find := func(permissions []string, queries int) {
			view, err := s.FindSession(t.Context(), store.DigestOf("session"))
			require.NoError(t, err)
			require.Len(t, sent.take(), queries)

			require.Equal(t, "ada", view.Operator.ID)
			require.Equal(t, []string{"editors", store.RoleSuperAdministrator}, view.Operator.Roles)
			require.Len(t, view.Roles, 1)
			require.Equal(t, permissions, view.Roles[0].Permissions)
			require.True(t, view.TwoFactor)
			require.EqualValues(t, 1, view.Revision)
		}
		before := []string{"a,b", "pages.edit"}
		// Operators and roles that the process does not know, or that another one has
		// changed, take one more, once.
		find(before, 2)
		find(before, 1)
		role, err := other.FindRole(t.Context(), "editors")
		require.NoError(t, err)
		role.Permissions = []string{"pages.see"}
		require.NoError(t, other.Commit(t.Context(), store.PutRole{Role: role}))
		find(role.Permissions, 2)
		find(role.Permissions, 1)
	})
}

func TestAPageOfOperatorsIsOneQuery(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		fill(t, d.store(t))
		db, sent := d.record(t)
		page, err := d.over(t, db).ListOperators(t.Context(), store.OperatorQuery{
			Search: "ad example", Show: store.ShowActive, Now: noon, RoleID: "editors", TwoFactor: store.Yes, Member: store.No, Sort: store.ByLastActive,
		})
		require.NoError(t, err)
		require.Len(t, page.Rows, 1)
		require.Len(t, sent.take(), 1)
	})
}

// page is the query for a page, in the middle of a list where nothing else is
// said, and the index that it has to be read from.
type page struct {
	name, index string
	read        func(*testing.T, *sqlstore.Store) error
}

func mailPages() []page {
	var all []page
	for _, f := range []struct {
		name, index string
		q           store.MailQuery
	}{
		{"mails", "mails_page", store.MailQuery{}},
		{"mails in a state", "mails_state", store.MailQuery{State: store.MailFailed}},
		{"mails of a kind", "mails_kind", store.MailQuery{Kind: "reset"}},
		{"mails of an operator", "mails_operator", store.MailQuery{OperatorID: "ada"}},
	} {
		f.q.After = &store.MailCursor{CreatedAt: noon, ID: "m"}
		all = append(all, page{f.name, f.index, func(t *testing.T, s *sqlstore.Store) error {
			_, err := s.ListMails(t.Context(), f.q)
			return err
		}})
	}
	return all
}

func sealedPages() []page {
	var all []page
	for _, kind := range store.SealedKinds {
		index := map[store.SealedKind]string{store.SealedFactor: "factors", store.SealedMail: "mails_sealed", store.SealedValues: "session_values"}[kind]
		for _, after := range []*store.SealedCursor{nil, {ID: "m", Name: "n"}} {
			all = append(all, page{fmt.Sprintf("sealed values of kind %s, after %v", kind, after), index, func(t *testing.T, s *sqlstore.Store) error {
				_, err := s.ListSealed(t.Context(), store.SealedQuery{Kind: kind, After: after})
				return err
			}})
		}
	}
	return all
}

func tokenPages() []page {
	var all []page
	for _, others := range []bool{false, true} {
		for _, after := range []*store.Token{nil, {Home: "m", ExpiresAt: noon}} {
			all = append(all, page{fmt.Sprintf("links by address, others %v, after %v", others, after != nil), "tokens_home", func(t *testing.T, s *sqlstore.Store) error {
				_, err := s.ListTokens(t.Context(), store.TokenQuery{Purpose: store.PurposeReset, Home: "quiet-side-door", Others: others, After: after, Now: noon})
				return err
			}})
		}
	}
	return all
}

func operatorCounts() []page {
	return []page{{"operators counted", "operators_end", func(t *testing.T, s *sqlstore.Store) error {
		_, err := s.CountOperators(t.Context(), noon, 50)
		return err
	}}}
}

func eventPages() []page {
	var all []page
	for _, f := range []struct {
		name, index string
		q           store.EventQuery
	}{
		{"events", "events", store.EventQuery{}},
		{"events of an area", "events_area", store.EventQuery{Area: "signin"}},
		{"events of a code", "events_code", store.EventQuery{Code: "signin.failed"}},
		{"events of an outcome", "events_outcome", store.EventQuery{Outcome: "failure"}},
		{"events of an actor", "events_actor", store.EventQuery{ActorID: "ada"}},
		{"events of a target", "events_target", store.EventQuery{TargetID: "ada"}},
		{"events of an IP address", "events_ip", store.EventQuery{IP: "192.0.2.1"}},
		{"events of a session", "events_session", store.EventQuery{SessionID: "s1"}},
		{"events from a time", "events_latest", store.EventQuery{From: noon}},
		{"events until a time", "event_times", store.EventQuery{Until: noon}},
	} {
		for _, f.q.OldestFirst = range []bool{false, true} {
			q := f.q
			q.BeforeSeq, q.AfterSeq = 1000, 1
			all = append(all, page{fmt.Sprintf("%s, oldest first %v", f.name, q.OldestFirst), f.index, func(t *testing.T, s *sqlstore.Store) error {
				_, err := s.ListEvents(t.Context(), q)
				return err
			}})
		}
		if f.q.From.IsZero() && f.q.Until.IsZero() {
			q, days := f.q, []time.Time{noon.Add(-48 * time.Hour), noon.Add(-24 * time.Hour), noon, noon.Add(24 * time.Hour)}
			all = append(all, page{f.name + ", counted", "", func(t *testing.T, s *sqlstore.Store) error {
				_, err := s.CountEvents(t.Context(), q, days, 100)
				return err
			}})
		}
	}
	return all
}

func TestPagesComeFromAnIndex(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		require.NoError(t, populate.Fill(t.Context(), s, populate.Size{Operators: 300, Events: 3000, Mails: 3000}))
		// MariaDB counts in the background, and would plan by what it has counted so far.
		_, err := d.open(t).ExecContext(t.Context(), each(d, "SELECT 1", "SELECT 1", "ANALYZE TABLE postern_operators, postern_events, postern_mails"))
		require.NoError(t, err)
		db, sent := d.record(t)
		s = d.over(t, db)
		for _, page := range slices.Concat(operatorCounts(), mailPages(), tokenPages(), sealedPages(), eventPages()) {
			t.Run(page.name, func(t *testing.T) {
				require.NoError(t, page.read(t, s))
				statements := sent.take()
				// The page comes last, after what is asked to plan it.
				d.requireIndexOnly(t, "postern_"+page.index, statements[len(statements)-1])
			})
		}
		t.Run("a search of mails, behind a filter too, ends where it may", func(t *testing.T) {
			for _, q := range []store.MailQuery{{Search: "nobody"}, {Search: "nobody", Kind: "reset"}} {
				q.After = &store.MailCursor{CreatedAt: noon.Add(24 * time.Hour)}
				_, err := s.ListMails(t.Context(), q)
				require.NoError(t, err)
				for _, statement := range sent.take() {
					d.requireIndexOnly(t, "", statement)
				}
			}
		})
		for _, page := range mixedPages() {
			t.Run(page.name, func(t *testing.T) {
				require.NoError(t, page.read(t, s))
				statements := sent.take()
				require.Greater(t, len(statements), 1, "it is counted which filter is the rarest")
				for _, statement := range statements {
					d.requireIndexOnly(t, "", statement)
				}
			})
		}
	})
}

// TestClaimingStepsThroughLanes shows that neither a claim nor what tells how the
// queue stands looks at more emails than there are lanes.
func TestClaimingStepsThroughLanes(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		require.NoError(t, populate.Fill(t.Context(), s, populate.Size{Operators: 3, Mails: 3000}))
		require.NoError(t, s.Commit(t.Context(), store.EnqueueMail{Mail: store.Mail{ID: "due", State: store.MailQueued, NextAttemptAt: noon}}))
		db, sent := d.record(t)
		s = d.over(t, db)
		_, err := s.ClaimMail(t.Context(), store.MailClaim{Now: noon.Add(time.Hour), Until: noon.Add(2 * time.Hour), Urgent: true, Others: true})
		require.NoError(t, err)
		_, err = s.Pulse(t.Context())
		require.NoError(t, err)
		conn, err := d.open(t).Conn(t.Context())
		require.NoError(t, err)
		defer func() { require.NoError(t, conn.Close()) }()
		seen := 0
		for _, statement := range sent.take() {
			if !strings.Contains(statement.query, "postern_mails") {
				continue
			}
			seen++
			if d.driver == mariadb.Driver {
				for _, line := range planMariaDB(t, conn, statement) {
					byKey := strings.HasSuffix(statement.query, "WHERE id = ?") || line.table == "postern_parameters"
					require.True(t, byKey || strings.HasPrefix(line.index, "postern_mails_"), "%v: %s", line, statement.query)
				}
				continue
			}
			explaining, column := "EXPLAIN QUERY PLAN ", 3
			if d.driver == postgres.Driver {
				explaining, column = "EXPLAIN ", 0
				for _, option := range []string{"enable_seqscan", "enable_bitmapscan"} {
					_, err := conn.ExecContext(t.Context(), "SET "+option+" = off")
					require.NoError(t, err)
				}
			}
			plan := explain(t, conn, explaining+statement.query, statement.args, column)
			require.Contains(t, plan, "postern_mails_")
			require.NotContains(t, plan, "SCAN m\n")
			require.NotContains(t, plan, "SCAN postern_mails\n")
			require.NotContains(t, plan, "Seq Scan on postern_mails")
		}
		require.Equal(t, each(d, 3, 3, 4), seen, "the lanes, the claim, which MariaDB finds first, the queue")
	})
}

// mixedPages are those where filters come together: whichever leads, it leads
// by an index, and what is asked before is, too.
func mixedPages() []page {
	var all []page
	for _, oldest := range []bool{false, true} {
		all = append(all, page{fmt.Sprintf("events behind every filter, oldest first %v", oldest), "", func(t *testing.T, s *sqlstore.Store) error {
			_, err := s.ListEvents(t.Context(), store.EventQuery{
				Area: "signin", Code: "signin.failed", Outcome: "failure", ActorID: person(1), TargetID: person(2), IP: "192.0.0.1",
				From: noon, Until: noon.Add(time.Hour), OldestFirst: oldest, BeforeSeq: 1000, AfterSeq: 1, Limit: 5,
			})
			return err
		}}, page{fmt.Sprintf("events that were refused in an area, oldest first %v", oldest), "", func(t *testing.T, s *sqlstore.Store) error {
			_, err := s.ListEvents(t.Context(), store.EventQuery{Area: "signin", Outcome: "refused", OldestFirst: oldest, Limit: 5})
			return err
		}})
	}
	return append(all, page{"mails behind every filter", "", func(t *testing.T, s *sqlstore.Store) error {
		_, err := s.ListMails(t.Context(), store.MailQuery{State: store.MailFailed, Kind: "reset", OperatorID: person(1), After: &store.MailCursor{CreatedAt: noon.Add(time.Hour)}})
		return err
	}}, page{"mails of a kind that failed", "", func(t *testing.T, s *sqlstore.Store) error {
		_, err := s.ListMails(t.Context(), store.MailQuery{State: store.MailFailed, Kind: "reset", Limit: 5})
		return err
	}})
}

// requireIndexOnly requires that the database can read what a query asks for
// from indexes, this one among them, in their order.
func (d database) requireIndexOnly(t *testing.T, index string, s statement) {
	t.Helper()
	conn, err := d.open(t).Conn(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	if d.driver == mariadb.Driver {
		requireIndexOnlyMariaDB(t, conn, index, s)
		return
	}
	if d.driver != postgres.Driver {
		// What SQLite calls the keys of tables that are their own index.
		index = strings.ReplaceAll(index, "postern_event_times", "t USING INTEGER PRIMARY KEY")
		plan := explain(t, conn, "EXPLAIN QUERY PLAN "+s.query, s.args, 3)
		require.Contains(t, plan, "SEARCH")
		require.Contains(t, plan, index)
		require.NotContains(t, strings.NewReplacer("SCAN counted", "", "SCAN CONSTANT ROW", "").Replace(plan), "SCAN")
		require.NotContains(t, plan, "TEMP B-TREE")
		return
	}
	// Empty tables are read whole unless that is made to look expensive.
	for _, option := range []string{"enable_seqscan", "enable_bitmapscan", "enable_sort", "enable_incremental_sort"} {
		_, err := conn.ExecContext(t.Context(), "SET "+option+" = off")
		require.NoError(t, err)
	}
	plan := explain(t, conn, "EXPLAIN "+s.query, s.args, 0)
	require.Regexp(t, "Index (Only )?Scan", plan)
	require.Contains(t, plan, " using "+index)
	require.NotContains(t, plan, "Seq Scan")
	require.NotContains(t, plan, "Sort")
}

// planned is a line of a plan of MariaDB.
type planned struct{ table, access, index, extra string }

// planMariaDB returns the plan of a query, but for what other lines of it make.
func planMariaDB(t *testing.T, conn *sql.Conn, s statement) (plan []planned) {
	t.Helper()
	rows, err := conn.QueryContext(t.Context(), "EXPLAIN "+s.query, s.args...)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var id, kind, table, access, possible, key, length, ref, count, extra sql.NullString
		require.NoError(t, rows.Scan(&id, &kind, &table, &access, &possible, &key, &length, &ref, &count, &extra))
		if table.String != "" && !strings.HasPrefix(table.String, "<") {
			// It reads few operators whole if it takes most of them for a match; the count ends at its limit.
			if access.String == "ALL" && table.String == "o" && strings.Contains(s.query, "AS counted") {
				continue
			}
			require.NotEqual(t, "ALL", access.String, "%s is read whole: %s", table.String, s.query)
			require.NotEmpty(t, key.String, s.query)
			plan = append(plan, planned{table.String, access.String, key.String, extra.String})
		}
	}
	require.NoError(t, rows.Err())
	return plan
}

// requireIndexOnlyMariaDB is requireIndexOnly there.
func requireIndexOnlyMariaDB(t *testing.T, conn *sql.Conn, index string, s statement) {
	t.Helper()
	// What it calls the keys by which tables are kept.
	known := map[string]string{
		"postern_events": "PRIMARY", "postern_event_times": "PRIMARY", "postern_factors": "PRIMARY", "postern_session_values": "PRIMARY",
	}
	if key, primary := known[index]; primary {
		index = key
	}
	if strings.HasPrefix(index, "postern_mails") { // what is read in the order of one may be the shorter way
		index = "postern_mails_"
	}
	var used []string
	for _, line := range planMariaDB(t, conn, s) {
		used = append(used, line.index)
		if line.index != "postern_tokens_home" { // of few rows, which are faster sorted than looked up
			require.NotContains(t, line.extra, "filesort", s.query)
		}
		require.NotContains(t, line.extra, "temporary", s.query)
		require.NotContains(t, line.access, "merge", s.query)
	}
	require.Contains(t, strings.Join(used, " "), index, s.query)
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
		text := *line[column].(*any)
		if bytes, ok := text.([]byte); ok {
			text = string(bytes)
		}
		plan.WriteString(text.(string) + "\n")
	}
	require.NoError(t, rows.Err())
	return plan.String()
}
