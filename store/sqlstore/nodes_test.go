package sqlstore

import (
	"database/sql"
	"database/sql/driver"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatServersSayOfTheirCluster(t *testing.T) {
	for name, c := range map[string]struct {
		says    map[string]string
		touches bool
		waits   bool
		wrong   string
	}{
		"nothing at all":                 {touches: true, wrong: "cannot be told from a single server"},
		"MySQL":                          {says: map[string]string{"version": "8.4.2"}},
		"MariaDB without a cluster":      {says: map[string]string{"version": "10.11.19-MariaDB", "wsrep_on": "OFF", "wsrep_provider": "none"}},
		"Percona's, without a cluster":   {says: map[string]string{"version": "8.0.36-28.1", "wsrep_on": "ON", "wsrep_provider": "none"}},
		"a node of Galera":               {says: galera("10.11.19-MariaDB", "wsrep_osu_method", "TOI"), touches: true, waits: true},
		"a node that keeps what it gets": {says: galera("10.11.19-MariaDB", "wsrep_on", "OFF"), wrong: "wsrep_on is off"},
		"a node that makes tables alone": {says: galera("10.11.19-MariaDB", "wsrep_osu_method", "RSU"), touches: true, wrong: "set it to TOI"},
		"Percona's cluster":              {says: galera("8.0.36-28.1", "wsrep_sync_wait", "0"), touches: true, wrong: "add wsrep_sync_wait=1 to the data source name"},
		"Percona's, where updates wait":  {says: galera("8.0.36-28.1", "wsrep_sync_wait", "6"), touches: true, wrong: "add wsrep_sync_wait=1"},
		"Percona's, where reads wait":    {says: galera("8.0.36-28.1", "wsrep_sync_wait", "7"), touches: true},
		"a group with one primary":       {says: group("ON", "EVENTUAL"), touches: true, wrong: "group_replication_consistency is EVENTUAL"},
		"that waits after a fail-over":   {says: group("ON", "BEFORE_ON_PRIMARY_FAILOVER"), touches: true},
		"a group with many primaries":    {says: group("OFF", "BEFORE_ON_PRIMARY_FAILOVER"), touches: true, wrong: "group_replication_consistency is BEFORE_ON_PRIMARY_FAILOVER"},
		"whose reads wait":               {says: group("OFF", "BEFORE"), touches: true},
		"whose writes wait":              {says: group("OFF", "AFTER"), touches: true},
	} {
		t.Run(name, func(t *testing.T) {
			n := nodeOf(c.says)
			require.Equal(t, c.touches, n.touches)
			require.Equal(t, c.waits, n.waiting("SELECT 1") != "SELECT 1")
			if c.wrong == "" {
				require.Empty(t, n.wrong)
				return
			}
			require.Contains(t, n.wrong, c.wrong)
		})
	}
}

func galera(version string, more ...string) map[string]string {
	says := map[string]string{"version": version, "wsrep_on": "ON", "wsrep_provider": "/usr/lib/galera/libgalera_smm.so"}
	says[more[0]] = more[1]
	return says
}

func group(onePrimary, consistency string) map[string]string {
	return map[string]string{
		"version": "8.4.2", "group_replication_group_name": "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa",
		"group_replication_single_primary_mode": onePrimary, "group_replication_consistency": consistency,
	}
}

func TestAServerThatIsLostMayBeAnotherOne(t *testing.T) {
	s := newStore(sql.OpenDB(broken{driver.ErrBadConn}), MySQL().kind, DefaultTablePrefix)
	s.known.Store(&node{at: time.Since(began)})
	require.ErrorIs(t, s.retry(t.Context(), func() error { return driver.ErrBadConn }), driver.ErrBadConn)
	require.Nil(t, s.known.Load())
}
