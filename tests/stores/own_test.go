package stores_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store/sqlstore"
)

func TestAStoreOpensItsDatabaseItself(t *testing.T) {
	tests := []struct {
		name, driver, dsn, says string
		dialect                 sqlstore.Dialect
	}{
		{"a new file", "sqlite", t.TempDir() + "/office.db", "", sqlstore.SQLite()},
		{"memory, which is one connection's", "sqlite", ":memory:", "", sqlstore.SQLite()},
		{"a driver that was not imported", "sqlite9", "office.db", `unknown driver "sqlite9"`, sqlstore.SQLite()},
		{"a folder that does not exist", "sqlite", t.TempDir() + "/none/office.db", "create the folder", sqlstore.SQLite()},
		{"another database", "sqlite", ":memory:", "it is not postgresql", sqlstore.PostgreSQL()},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			st := sqlstore.Open(tt.dialect, tt.driver, tt.dsn)
			t.Cleanup(func() { require.NoError(t, st.Close()) })
			if tt.says != "" {
				require.ErrorContains(t, st.Open(t.Context()), tt.says)
				_, err := st.HasOperators(t.Context())
				require.Error(t, err)
				return
			}
			require.NoError(t, st.Open(t.Context()))
			require.NoError(t, st.Open(t.Context()), "again, as each replica does")
			require.NoError(t, st.Check(t.Context()))
		})
	}
}

func TestThePoolOfTheHostStaysTheHosts(t *testing.T) {
	db := plainSQLite(t).open(t)
	st, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{})
	require.NoError(t, err)
	require.NoError(t, st.Open(t.Context()))
	require.ErrorContains(t, st.Check(t.Context()), "call Migrate", "nobody asked for tables")
	require.NoError(t, st.Close())
	require.NoError(t, db.PingContext(t.Context()))
}
