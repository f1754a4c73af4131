package galera_test

import (
	"cmp"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/galera"
	"github.com/postern-go/postern/tests/mariadb"
	"github.com/postern-go/postern/tests/need"
)

// TestANode is on a cluster of one node, which starts at once. What such a node is asked
// is what three are asked; "make faults" tries those.
func TestANode(t *testing.T) {
	if _, err := os.Stat(galera.Provider); err != nil {
		need.Missing(t, galera.Provider, "apt-get install galera-4")
	}
	need.Program(t, "mariadbd", "/usr/sbin/mariadbd")
	server, err := mariadb.Serve("--wsrep-on=ON", "--wsrep-provider="+galera.Provider, "--wsrep-cluster-address=gcomm://", "--wsrep-new-cluster",
		"--wsrep-node-address=127.0.0.1", "--wsrep-provider-options=gcache.size=8M;gmcast.listen_addr=tcp://127.0.0.1:0", "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2",
		"--innodb-flush-log-at-trx-commit=0")
	require.NoError(t, err)
	dsn, err := server.Create(t.Context(), "office")
	require.NoError(t, err)
	db, err := sql.Open(mariadb.Driver, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { db.Close() })
	s, err := sqlstore.New(db, sqlstore.MySQL(), sqlstore.Config{})
	require.NoError(t, err)
	require.NoError(t, s.Migrate(t.Context()))

	now := time.Now()
	commit := func(t *testing.T, writes ...store.Write) {
		t.Helper()
		require.NoError(t, s.Commit(t.Context(), writes...))
	}
	session := store.Session{Digest: store.DigestOf("session"), ID: "session", OperatorID: "ada", EndsAt: now.Add(time.Hour)}
	commit(t, store.PutOperator{Operator: store.Operator{ID: "ada", NameKey: "ada", EmailKey: "ada", State: store.OperatorActive}})
	commit(t, store.PutSession{Session: session}, store.PutRole{Role: store.Role{ID: "role", NameKey: "role"}})

	t.Run("whatever a decision rests on is written", func(t *testing.T) {
		const ada, operators, tokens = "operators ada", "guards operators", "guards tokens"
		for name, c := range map[string]struct {
			write   store.Write
			touches []string
		}{
			"an operator that is checked":         {store.CheckOperator{ID: "ada", Version: 1}, []string{ada}},
			"an operator that is changed":         {store.PutOperator{Operator: store.Operator{ID: "ada", Version: 1, NameKey: "ada", EmailKey: "ada", State: store.OperatorActive}}, []string{operators, ada}},
			"a role that is checked":              {store.CheckRole{ID: "role", Version: 1}, []string{operators}},
			"sessions that are counted":           {store.CheckSessions{OperatorID: "ada", Most: 9}, []string{ada}},
			"a new session":                       {store.PutSession{Session: store.Session{Digest: store.DigestOf("2"), ID: "2", OperatorID: "ada"}}, []string{ada}},
			"a link that revokes others":          {store.PutToken{Token: store.Token{Digest: store.DigestOf("t"), Subject: "ada"}}, []string{tokens, ada}},
			"values beside a session":             {store.PutSessionValues{SessionID: "session", Name: "n", Data: []byte("?'\\x00")}, []string{ada, "sessions session"}},
			"values that are taken from it":       {store.PutSessionValues{SessionID: "session", Name: "n"}, []string{ada, "sessions session"}},
			"a factor":                            {store.PutFactor{Factor: store.Factor{ID: "f", OperatorID: "ada", Label: "a 'label'?"}}, []string{ada}},
			"an event, which concerns nobody yet": {store.AppendEvent{Event: store.Event{ID: "e", Code: "c", At: now}}, nil},
		} {
			t.Run(name, func(t *testing.T) {
				before := touches(t, db)
				commit(t, c.write)
				var touched []string
				for row, n := range touches(t, db) {
					if n != before[row] && before[row] != "" {
						touched = append(touched, row)
					}
				}
				require.ElementsMatch(t, c.touches, touched)
				if w, ok := c.write.(store.PutOperator); ok { // back to the version of the other cases
					_, err := db.ExecContext(t.Context(), "UPDATE postern_operators SET version = ? WHERE id = 'ada'", cmp.Or(w.Operator.Version, 1))
					require.NoError(t, err)
				}
			})
		}
	})

	t.Run("every read waits", func(t *testing.T) {
		said := recorded(t, db, func() {
			_, err := s.FindSession(t.Context(), session.Digest)
			require.NoError(t, err)
			_, err = s.ParametersRevision(t.Context())
			require.NoError(t, err)
			_, err = s.FindSignIn(t.Context(), store.SignInQuery{Login: "ada"})
			require.NoError(t, err)
			_, err = s.ListRoles(t.Context())
			require.NoError(t, err)
			_, err = s.Pulse(t.Context())
			require.NoError(t, err)
		})
		require.Greater(t, len(said), 4)
		for _, statement := range said {
			if strings.Contains(statement, "postern_") {
				require.Regexp(t, `^\w+ SET STATEMENT wsrep_sync_wait = 1, wsrep_dirty_reads = OFF FOR `, statement)
			}
		}
	})

	t.Run("a commit waits, and prepares nothing", func(t *testing.T) {
		said := recorded(t, db, func() {
			commit(t, store.CheckOperator{ID: "ada", Version: 1}, store.EnqueueMail{Mail: store.Mail{ID: "m", State: store.MailQueued}})
		})
		require.Contains(t, strings.Join(said, "\n"), "FOR START TRANSACTION")
		for _, statement := range said {
			require.NotRegexp(t, `^(Prepare|Execute)`, statement)
		}
	})

	t.Run("text and bytes of every kind arrive as they are", func(t *testing.T) {
		name := "?'\"\\ ` -- /* \u00e9\U0001F600 %s ?"
		data := []byte{0, 1, '?', '\'', '\\', 255}
		commit(t, store.PutSessionValues{SessionID: "session", Name: name, Data: data})
		found, err := s.FindSessionValues(t.Context(), "session", name)
		require.NoError(t, err)
		require.Equal(t, data, found)
	})

	t.Run("a node that would make tables alone is refused", func(t *testing.T) {
		_, err := db.ExecContext(t.Context(), "SET GLOBAL wsrep_OSU_method = RSU")
		require.NoError(t, err)
		other, err := sql.Open(mariadb.Driver, dsn)
		require.NoError(t, err)
		defer other.Close()
		alone, err := sqlstore.New(other, sqlstore.MySQL(), sqlstore.Config{TablePrefix: "alone_"})
		require.NoError(t, err)
		require.ErrorContains(t, alone.Migrate(t.Context()), "wsrep_OSU_method is RSU")
	})
}

// touches returns the counts of all locks that are writes.
func touches(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for table, key := range map[string]string{"guards": "name", "operators": "id", "sessions": "id"} {
		rows, err := db.QueryContext(t.Context(), "SELECT "+key+", touch FROM postern_"+table)
		require.NoError(t, err)
		for rows.Next() {
			var name, n string
			require.NoError(t, rows.Scan(&name, &n))
			all[table+" "+name] = n
		}
		require.NoError(t, rows.Err())
	}
	return all
}

// recorded returns what the server is told while f runs: the command and its text.
func recorded(t *testing.T, db *sql.DB, f func()) (said []string) {
	t.Helper()
	exec := func(statements ...string) {
		for _, s := range statements {
			_, err := db.ExecContext(t.Context(), s)
			require.NoError(t, err, s)
		}
	}
	exec("SET GLOBAL log_output = 'TABLE'", "TRUNCATE mysql.general_log", "SET GLOBAL general_log = ON")
	f()
	exec("SET GLOBAL general_log = OFF")
	rows, err := db.QueryContext(t.Context(), "SELECT command_type, argument FROM mysql.general_log WHERE argument NOT LIKE 'SET GLOBAL%'")
	require.NoError(t, err)
	for rows.Next() {
		var command, text string
		require.NoError(t, rows.Scan(&command, &text))
		said = append(said, fmt.Sprintf("%s %s", command, text))
	}
	require.NoError(t, rows.Err())
	return said
}
