package stores_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/tests/mariadb"
)

// accumulate makes a hundred thousand rows that are past their time: events with
// their times, sessions with a value each, mails and counters.
func (d database) accumulate(t *testing.T) store.Purged {
	t.Helper()
	digest := each(d, `CAST(printf('%032d', n) AS BLOB)`, `convert_to(lpad(n::text, 32, '0'), 'UTF8')`, `lpad(n, 32, '0')`)
	numbers := `WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 17000) `
	into := d
	if d.driver == mariadb.Driver {
		numbers = `WITH numbers AS (SELECT seq AS n FROM seq_1_to_17000) `
		into = d.with("sql_mode=%27PIPES_AS_CONCAT,STRICT_TRANS_TABLES%27")
	}
	db := into.open(t)
	for _, insert := range []string{
		`postern_events SELECT n, 'e', n, 'test', '', '', '', '', '', '', '', '', '', '', '', '', '{}', 'x', n`,
		`postern_event_times SELECT n, n`,
		`postern_sessions SELECT ` + digest + `, 's' || n, 'ada', 1, 1, CASE WHEN n % 2 = 0 THEN 1 ELSE 9000000000000000 END, 1, '', '', '', ''`,
		`postern_session_values SELECT 's' || n, 'name', 'x'`,
		`postern_mails SELECT 'm' || n, '', '', '', '', '', '', 'sent', 1, 1, 'notice x', '', n, 1, 1, 1`,
		`postern_counters SELECT 'c' || n, 1, 1, 1, 1`,
	} {
		into, from, _ := strings.Cut(insert, ` `)
		if into == `postern_events` {
			into += ` (seq, id, at, code, outcome, actor_id, actor_name, target_kind, target_id, target_name,
				ip, user_agent, route, request_id, session_id, reason, detail, mac, latest_at)`
		}
		if into == `postern_mails` {
			into += ` (id, kind, operator_id, recipient, subject, search_key, body, state, attempts, next_attempt_at, lane, reply, created_at, tried_at, sent_at, expires_at)`
		}
		if into == `postern_sessions` {
			into += ` (digest, id, operator_id, created_at, seen_at, ends_at, proved_at, ip, user_agent, method, provider)`
		}
		if d.driver == "sqlite" {
			from = strings.ReplaceAll(from, `'x'`, `x'01'`)
			from = strings.ReplaceAll(from, `'', 'sent'`, `x'', 'sent'`)
		}
		_, err := db.ExecContext(t.Context(), `INSERT INTO `+into+` `+numbers+from+` FROM numbers`)
		require.NoError(t, err, insert)
	}
	_, err := db.ExecContext(t.Context(), `UPDATE postern_event_head SET seq = 17000, latest_at = 17000`)
	require.NoError(t, err)
	return store.Purged{Events: 17000, Sessions: 17000, Mails: 17000, Counters: 17000}
}

// begins reports whether a statement begins a transaction that may write.
func begins(query string) bool {
	return strings.HasPrefix(query, "BEGIN") || strings.HasPrefix(query, "START TRANSACTION")
}

// transactions are the statements between BEGIN and COMMIT.
func transactions(sent []statement) (all [][]statement) {
	for _, s := range sent {
		switch {
		case begins(s.query):
			all = append(all, nil)
		case s.query != "COMMIT" && s.query != "ROLLBACK" && len(all) > 0:
			all[len(all)-1] = append(all[len(all)-1], s)
		}
	}
	return all
}

func TestAPurgeOfMuchHoldsNobodyUp(t *testing.T) {
	for _, d := range databases[1:] {
		t.Run(d.name, func(t *testing.T) {
			d := d.make(t)
			d.store(t)
			want := d.accumulate(t)
			db, sent := d.record(t)
			s := d.over(t, db)

			require.NoError(t, s.Commit(t.Context(), store.PurgeEvents{Through: 17000}))
			inside := transactions(sent.take())
			require.Len(t, inside, 1)
			for _, s := range inside[0] {
				require.LessOrEqual(t, s.rows, int64(1), "the head of the audit is held for single rows: %s", s.query)
			}
			gone, err := s.ListEvents(t.Context(), store.EventQuery{})
			require.NoError(t, err)
			require.Empty(t, gone.Rows, "before they are deleted")

			// The first call is ended in between, and the second continues.
			sent.take()
			ctx, end := context.WithCancel(t.Context())
			deletions := 0
			sent.after = func(s statement) {
				if deletions++; s.query == "COMMIT" && deletions > 300 {
					end()
				}
			}
			p := store.Purge{Now: noon, EventsThrough: 17000, IdleSince: noon, MailsBefore: noon, UsedTokensBefore: noon, DevicesBefore: noon, BrowsersBefore: noon}
			first, err := s.Purge(ctx, p)
			require.ErrorIs(t, err, context.Canceled)
			require.Positive(t, first.Sessions)
			require.Less(t, first.Events, want.Events)
			second, err := s.Purge(t.Context(), p)
			require.NoError(t, err)
			require.Equal(t, want, store.Purged{
				Events: first.Events + second.Events, Sessions: first.Sessions + second.Sessions,
				Mails: first.Mails + second.Mails, Counters: first.Counters + second.Counters,
			})

			batches := transactions(sent.take())
			require.GreaterOrEqual(t, len(batches), 3*17+2*17)
			planned := map[string]bool{}
			for _, batch := range batches {
				records, besides := int64(0), int64(0)
				for _, s := range batch {
					require.NotRegexp(t, `event_head.*FOR UPDATE|UPDATE postern_event_head`, s.query, "the audit is not held")
					if strings.Contains(s.query, "session_values") || strings.Contains(s.query, "event_times") {
						besides += s.rows
					} else {
						records += s.rows
					}
					if strings.HasPrefix(s.query, "SELECT") && !planned[s.query] {
						planned[s.query] = true
						d.requireIndexOnly(t, "", s)
					}
				}
				require.LessOrEqual(t, records, int64(1000))
				require.LessOrEqual(t, besides, int64(1000))
			}
			require.Len(t, planned, 10, "each kind is found by an index")
			for _, table := range []string{"events", "event_times", "sessions", "session_values", "mails", "counters"} {
				var left int
				require.NoError(t, db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM postern_`+table).Scan(&left))
				require.Zero(t, left, table)
			}
		})
	}
}
