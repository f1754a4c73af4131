package stores_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// TestSettingsOfSessionsInMariaDB shows that a pool of the store's own bounds what it
// waits for, and what it holds up, and that sessions of the host's keep what they had.
func TestSettingsOfSessionsInMariaDB(t *testing.T) {
	d := mariaDB(t)
	host := d.open(t)
	hosted := d.over(t, host)
	own := sqlstore.Open(d.dialect, d.driver, d.dsn)
	require.NoError(t, own.Open(t.Context()))
	t.Cleanup(func() { require.NoError(t, own.Close()) })
	for _, statement := range []string{
		"CREATE TABLE seen (wait INT, idle INT)",
		"CREATE TRIGGER sees BEFORE INSERT ON postern_mails FOR EACH ROW INSERT INTO seen SELECT @@SESSION.innodb_lock_wait_timeout, @@SESSION.idle_transaction_timeout",
	} {
		_, err := host.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	for i, c := range []struct {
		name  string
		store *sqlstore.Store
		want  []string
	}{
		{"a pool of the store's own", own, []string{"4", "2"}},
		{"a pool of the host's", hosted, []string{"50", "0"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := host.ExecContext(t.Context(), "DELETE FROM seen")
			require.NoError(t, err)
			require.NoError(t, c.store.Commit(t.Context(), store.EnqueueMail{Mail: store.Mail{ID: string(rune('a' + i)), State: store.MailQueued}}))
			got := make([]string, 2)
			require.NoError(t, host.QueryRowContext(t.Context(), "SELECT wait, idle FROM seen").Scan(&got[0], &got[1]))
			require.Equal(t, c.want, got)
		})
	}
}
