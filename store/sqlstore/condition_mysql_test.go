package sqlstore_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// mysqlErrors are errors as go-sql-driver/mysql has them, and what they mean.
func mysqlErrors(system error) map[error]error {
	all := map[error]error{
		errors.New("invalid connection"):                                                             store.ErrUnavailable,
		errors.New("bad connection"):                                                                 store.ErrUnavailable,
		errors.New("commands out of sync. You can't run this command now"):                           store.ErrUnavailable,
		errors.New("packet for query is too large. Try adjusting the `Config.MaxAllowedPacket`"):     system,
		server(1030, "HY000", "Got error 28 \"No space left on device\" from storage engine InnoDB"): store.ErrReadOnly,
		server(1030, "HY000", "Got error 5 \"Input/output error\" from storage engine InnoDB"):       store.ErrUnavailable,
		server(3100, "HY000", "Error on observer while running replication hook 'before_commit'."):   system,
	}
	for number, state := range map[int]string{1062: "23000", 1064: "42000", 1142: "42000", 1153: "08S01", 1364: "HY000", 1406: "22001", 1449: "HY000"} {
		all[server(number, state, "something")] = system
	}
	for number, state := range map[int]string{1054: "42S22", 1146: "42S02"} {
		all[server(number, state, "something")] = store.ErrIncompatible
	}
	for _, number := range []int{1036, 1207, 1290, 1792, 1836, 1874, 3989, 1021, 1114} {
		all[server(number, "HY000", "something")] = store.ErrReadOnly
	}
	for number, state := range map[int]string{
		1053: "08S01", 1047: "08S01", 1152: "08S01", 1158: "08S01", 1927: "70100", 3169: "HY000", 4031: "HY000",
		1040: "08004", 1203: "42000", 1226: "42000", 1041: "HY000", 1317: "70100", 1969: "70100", 3024: "HY000", 1180: "HY000",
	} {
		all[server(number, state, "something")] = store.ErrUnavailable
	}
	return all
}

// mysqlBusy are those after which a call is repeated for a while.
func mysqlBusy() (all []error) {
	for number, state := range map[int]string{
		1213: "40001", 1205: "HY000", 3572: "HY000", 1020: "HY000", 1412: "HY000", 1615: "HY000", 3101: "40000", 1614: "40001",
	} {
		all = append(all, server(number, state, "something"))
	}
	return append(all, errors.New("Error 1213: Deadlock found when trying to get lock")) // of older drivers
}

func server(number int, state, message string) error {
	return fmt.Errorf("Error %d (%s): %s", number, state, message)
}

// TestWhatAFailedCommitOfMySQLMeans repeats what certainly did not happen, and nothing else.
func TestWhatAFailedCommitOfMySQLMeans(t *testing.T) {
	for name, c := range map[string]struct {
		cause  error
		repeat bool
	}{
		"a certification that failed":       {server(1213, "40001", "Deadlock found when trying to get lock; try restarting transaction"), true},
		"a group that refused":              {server(3101, "40000", "Plugin instructed the server to rollback the current transaction."), true},
		"a server that became read-only":    {server(1290, "HY000", "The MariaDB server is running with the --read-only option"), true},
		"a session that did nothing":        {server(4031, "HY000", "The client was disconnected by the server because of inactivity."), true},
		"a node without primary component":  {server(1047, "08S01", "WSREP has not yet prepared node for application use"), false},
		"a statement that somebody ended":   {server(1317, "70100", "Query execution was interrupted"), false},
		"a connection that somebody ended":  {server(1927, "70100", "Connection was killed"), false},
		"a server that stops":               {server(1053, "08S01", "Server shutdown in progress"), false},
		"a connection that broke":           {errors.New("invalid connection"), false},
		"an error of the storage engine":    {server(1180, "HY000", "Got error 5 during COMMIT"), false},
		"an error that nobody has heard of": {server(9999, "HY000", "something"), false},
	} {
		t.Run(name, func(t *testing.T) {
			sent := 0
			_, s := over(t, sqlstore.MySQL(), func(_ int, query string) error {
				if query != "COMMIT" {
					return nil
				}
				if sent++; sent > 1 {
					return nil
				}
				return c.cause
			})
			err := s.Commit(t.Context())
			if c.repeat {
				require.NoError(t, err)
				require.Equal(t, 2, sent)
				return
			}
			require.ErrorContains(t, err, "outcome unknown")
			require.ErrorIs(t, err, c.cause)
			require.Equal(t, 1, sent)
		})
	}
}

// TestErrorsOfMySQLQuoteNoValues has the server say what was to be written.
func TestErrorsOfMySQLQuoteNoValues(t *testing.T) {
	for _, c := range []struct{ cause, kept, gone string }{
		{"Error 1062 (23000): Duplicate entry 'ada@example.org' for key 'email_key'", "'email_key'", "ada@"},
		{"Error 1062 (23000): Duplicate entry 'o'hara' for key 'x' for key 'postern_operators.name_key'", "'postern_operators.name_key'", "hara"},
		{"Error 1062 (23000): Doppelter Eintrag 'ada@example.org' für Schlüssel 'email_key'", "'email_key'", "ada@"},
		{"Error 1062 (23000): Dublett «ada@example.org» för nyckel «email_key»", "(…)", "ada@"},
		{"Error 1366 (22007): Incorrect string value: '\\xF0\\x9F' for column `office`.`t`.`name` at row 1", "`name`", "xF0"},
		{"Error 1064 (42000): You have an error in your SQL syntax near ''ada@example.org')' at line 1", "SQL syntax", "ada@"},
		{"Error 1292 (22007): Truncated incorrect DOUBLE value: 'ada'\n'", "DOUBLE", "'ada"},
		{"Error 1142 (42000): INSERT command denied to user 'app'@'localhost' for table `office`.`postern_roles`", "'app'@'localhost'", "%!"},
	} {
		_, s := over(t, sqlstore.MySQL(), func(int, string) error { return errors.New(c.cause) })
		_, reading := s.HasOperators(t.Context())
		for _, err := range []error{reading, s.Commit(t.Context()), s.Migrate(t.Context())} {
			require.ErrorContains(t, err, c.kept)
			require.NotContains(t, err.Error(), c.gone)
		}
	}
}
