package stores_test

import (
	"crypto/sha256"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/tests/postgres"
)

func TestEventsCannotBeChanged(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		fill(t, s)
		before, err := s.ListEvents(t.Context(), store.EventQuery{})
		require.NoError(t, err)
		require.Len(t, before.Rows, 2)

		statements := []string{
			`UPDATE postern_events SET reason = 'another'`,
			`UPDATE postern_events SET seq = seq + 1 WHERE seq = 2`,
			`DELETE FROM postern_events`,
			`DELETE FROM postern_events WHERE seq = 1`,
		}
		if d.driver == postgres.Driver {
			statements = append(statements, `TRUNCATE postern_events`)
		} else { // on MariaDB, TRUNCATE is of who may drop tables
			statements = append(statements, `REPLACE INTO postern_events (`+eventsOf+`) SELECT `+
				strings.Replace(eventsOf, "id", "'another'", 1)+` FROM postern_events`)
		}
		db := d.open(t)
		for _, statement := range statements {
			t.Run(statement, func(t *testing.T) {
				_, err := db.ExecContext(t.Context(), statement)
				require.ErrorContains(t, err, "events are append-only")
			})
		}
		after, err := s.ListEvents(t.Context(), store.EventQuery{})
		require.NoError(t, err)
		require.Equal(t, before, after)
	})
}

// TestWhatStandsBeforeTheHead has tables of the same name found before ours, where
// everything is purged.
func TestWhatStandsBeforeTheHead(t *testing.T) {
	for _, c := range []struct {
		name     string
		database func(*testing.T) database
		before   string
	}{
		{"a table in a schema that is earlier on the path", postgreSQL, `CREATE SCHEMA hostile; SET search_path = hostile, public;
			CREATE TABLE hostile.postern_event_head AS SELECT 1 AS id, 1000 AS seq, 1000 AS purged_seq;
			CREATE FUNCTION hostile.gt(BIGINT, BIGINT) RETURNS BOOLEAN LANGUAGE sql AS 'SELECT FALSE';
			CREATE OPERATOR hostile.> (LEFTARG = BIGINT, RIGHTARG = BIGINT, FUNCTION = hostile.gt);
			SET search_path = hostile, public, pg_catalog`},
		{"a temporary table", postgreSQL, `CREATE TEMPORARY TABLE postern_event_head AS SELECT 1 AS id, 1000 AS seq, 1000 AS purged_seq`},
		{"a temporary table in SQLite", plainSQLite, `CREATE TEMPORARY TABLE postern_event_head AS SELECT 1 AS id, 1000 AS seq, 1000 AS purged_seq`},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := c.database(t)
			s := d.store(t)
			fill(t, s)
			conn := d.outsider(t)
			exec := func(statement string) error {
				_, err := conn.ExecContext(t.Context(), statement)
				return err
			}
			require.NoError(t, exec(c.before))
			var purged int
			require.NoError(t, conn.QueryRowContext(t.Context(), `SELECT purged_seq FROM postern_event_head`).Scan(&purged))
			require.Equal(t, 1000, purged)
			require.ErrorContains(t, exec(`DELETE FROM postern_events WHERE seq = 1`), "events are append-only")
		})
	}

	t.Run("the tables are not on the path at all", func(t *testing.T) {
		d := postgreSQL(t)
		s := d.store(t)
		fill(t, s)
		conn := d.outsider(t)
		_, err := conn.ExecContext(t.Context(), `SET search_path = pg_catalog`)
		require.NoError(t, err)
		_, err = conn.ExecContext(t.Context(), `DELETE FROM public.postern_events WHERE seq = 1`)
		require.ErrorContains(t, err, "events are append-only")
		require.NoError(t, s.Commit(t.Context(), store.PurgeEvents{Through: 1}, event("third")))
		_, err = conn.ExecContext(t.Context(), `DELETE FROM public.postern_events WHERE seq <= 1`)
		require.NoError(t, err, "nothing to delete is nothing to refuse")
	})
}

// TestTheChainGoesOnFromWhatIsThere puts an older copy of the database back under a
// store that is in use: it does not go on from the event it remembers.
func TestTheChainGoesOnFromWhatIsThere(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		fill(t, s)
		_, err := d.open(t).ExecContext(t.Context(), `UPDATE postern_event_head SET mac = CAST('another' AS `+
			each(d, "BLOB", "BYTEA", "BINARY")+`)`)
		require.NoError(t, err)
		e := event("third")
		e.MAC = func(before store.AuditEnds, _ store.Event) (mac, seal []byte, err error) {
			return append(before.LastMAC, " and on"...), nil, nil
		}
		require.NoError(t, s.Commit(t.Context(), e))
		ends, err := s.AuditEnds(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, 3, ends.LastSeq)
		require.Equal(t, "another and on", string(ends.LastMAC))
	})
}

// mac is a MAC good enough to see what it was given.
func mac(previous []byte, e store.Event) []byte {
	text, err := json.Marshal(e)
	if err != nil {
		panic(err)
	}
	sum := sha256.Sum256(append(previous, text...))
	return sum[:]
}

// chain is [store.AppendEvent].MAC with mac.
func chain(before store.AuditEnds, e store.Event) (_, seal []byte, err error) {
	return mac(before.LastMAC, e), nil, nil
}

func TestEventsGoByPurgeOnly(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		fill(t, s)
		db := d.open(t)
		refused := func(t *testing.T) {
			_, err := db.ExecContext(t.Context(), `DELETE FROM postern_events`)
			require.ErrorContains(t, err, "events are append-only")
		}
		late := event("late")
		late.Event.At = noon.Add(time.Hour)
		require.NoError(t, s.Commit(t.Context(), late, event("after it")))
		refused(t)
		require.NoError(t, s.Commit(t.Context(), store.PurgeEvents{Through: 2}))
		refused(t)
		left, err := s.ListEvents(t.Context(), store.EventQuery{})
		require.NoError(t, err)
		require.Len(t, left.Rows, 2)
		_, err = db.ExecContext(t.Context(), `UPDATE postern_event_head SET purged_seq = 5`)
		require.Error(t, err, "nothing is purged before it is there")
		require.NoError(t, s.Commit(t.Context(), store.PurgeEvents{Through: 4}, event("afterwards")))
		refused(t)
	})
}

func TestMACIsOfWhatIsRead(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		for _, garbage := range []string{"plain", "\xff\xfe", "a\x00b", strings.Repeat("\xc3", 300), "\xed\xa0\x80", "<&>\u2028"} {
			require.NoError(t, s.Commit(t.Context(), store.AppendEvent{MAC: chain, Event: store.Event{
				ID: garbage, At: noon.Add(1), Code: "signin.failed", ActorName: garbage, UserAgent: garbage, Route: "GET /" + garbage,
				Reason: garbage, Detail: map[string]string{"before": garbage, garbage: "after"},
			}}), "%q", garbage)
		}
		page, err := s.ListEvents(t.Context(), store.EventQuery{})
		require.NoError(t, err)
		events := page.Rows
		require.Len(t, events, 6)
		var previous []byte
		for i := len(events) - 1; i >= 0; i-- {
			e := events[i]
			stored := e.MAC
			e.MAC = nil
			require.Equal(t, mac(previous, e), stored, "event %d", e.Seq)
			previous = stored
		}
	})
}

func TestTextOfAnybody(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		s := d.store(t)
		fill(t, s)
		t.Run("does not keep a session from being stored", func(t *testing.T) {
			require.NoError(t, s.Commit(t.Context(), store.PutSession{Session: store.Session{
				Digest: store.DigestOf("odd"), ID: "odd", OperatorID: "ada", UserAgent: "a\xff\x00", EndsAt: noon,
			}}))
			view, err := s.FindSession(t.Context(), store.DigestOf("odd"))
			require.NoError(t, err)
			require.Equal(t, "a\uFFFD\uFFFD", view.Session.UserAgent)
		})
		t.Run("finds nobody, and is no failure", func(t *testing.T) {
			_, err := s.FindOperatorByLogin(t.Context(), "ada\x00\xff")
			require.ErrorIs(t, err, store.ErrNotFound)
			found, err := s.ListOperators(t.Context(), store.OperatorQuery{Search: "\x00ad\xff", RoleID: "\x00\xff"})
			require.NoError(t, err)
			require.Empty(t, found.Rows)
		})
		t.Run("is searched for as it is", func(t *testing.T) {
			for search, want := range map[string]int{"ad": 1, "\x00ad\xff": 0, "\x00\xff": 0, "a\x00d": 0, "A": 0, "%a": 0} {
				found, err := s.ListOperators(t.Context(), store.OperatorQuery{Search: search})
				require.NoError(t, err)
				require.Len(t, found.Rows, want, "%q", search)
			}
		})
	})
}
