package stores_test

import (
	"net/url"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"
)

func TestGrantGivesAnAccountWhatTheOfficeNeeds(t *testing.T) {
	owner := postgreSQL(t)
	owner.prefix = "garden_"
	admin := owner.open(t)
	exec := func(statement string) {
		_, err := admin.ExecContext(t.Context(), statement)
		require.NoError(t, err)
	}
	const account, quoted = `app"of";garden`, `"app""of"";garden"`
	exec("DROP ROLE IF EXISTS " + quoted) // accounts belong to the whole server
	exec("CREATE ROLE " + quoted + " LOGIN")
	st := owner.over(t, admin)
	require.ErrorContains(t, st.Grant(t.Context(), account), "garden_", "there are no tables yet")
	require.NoError(t, st.Migrate(t.Context()))
	app := owner
	dsn, err := url.Parse(owner.dsn)
	require.NoError(t, err)
	query := dsn.Query()
	query.Set("user", account)
	dsn.RawQuery = query.Encode()
	app.dsn = dsn.String()
	require.Error(t, app.over(t, app.open(t)).Migrate(t.Context()))

	for range 2 {
		require.NoError(t, st.Grant(t.Context(), account))
	}
	db := app.open(t)
	fill(t, app.over(t, db))
	for _, statement := range []string{"UPDATE garden_events SET reason = ''", "DELETE FROM garden_guards", "DROP TABLE garden_tokens", "CREATE TABLE mine (id int)"} {
		_, err := db.ExecContext(t.Context(), statement)
		require.Error(t, err, statement)
	}
	require.ErrorContains(t, st.Grant(t.Context(), "nobody"), "nobody")
	exec("DROP OWNED BY " + quoted)

	lite := plainSQLite(t)
	require.ErrorContains(t, lite.store(t).Grant(t.Context(), account), "sqlite")
}

func TestGrantGivesAnAccountOfMariaDBWhatTheOfficeNeeds(t *testing.T) {
	owner := mariaDB(t)
	owner.prefix = "garden_"
	admin := owner.open(t)
	const user = "app\"of`;'garden"
	account := map[string]string{"a host": user + "@localhost", "quotes": "`app\"of``;'garden`@'localhost'", "a backslash": `app\@localhost`}
	perform(t, admin, "CREATE OR REPLACE USER `app\"of``;'garden`@localhost", "CREATE OR REPLACE USER 'app\\\\'@localhost")
	// Without this mode, MariaDB makes an account that it does not find.
	st := owner.over(t, owner.with("sql_mode=%27STRICT_TRANS_TABLES%27").open(t))
	require.ErrorContains(t, st.Grant(t.Context(), user+"@localhost"), "garden_", "there are no tables yet")
	require.NoError(t, st.Migrate(t.Context()))
	for _, nobody := range []string{"nobody", "nobody@localhost", user, user + "@10.0.0.%"} {
		require.ErrorContains(t, st.Grant(t.Context(), nobody), "create it first", nobody)
	}
	for _, none := range []string{"", "@localhost", "app@", "''@localhost", "app\x00"} {
		require.ErrorContains(t, st.Grant(t.Context(), none), "is not an account", none)
	}

	for _, everybody := range []string{"public", "PUBLIC", "`Public`"} {
		require.ErrorContains(t, st.Grant(t.Context(), everybody), "every account", everybody)
	}

	for name, account := range account {
		require.NoError(t, st.Grant(t.Context(), account), name)
	}
	config, err := mysql.ParseDSN(owner.dsn)
	require.NoError(t, err)
	config.User = user
	app := owner
	app.dsn = config.FormatDSN()
	db := app.open(t)
	require.NoError(t, app.over(t, db).Check(t.Context()))
	fill(t, app.over(t, db))
	for _, statement := range []string{"UPDATE garden_events SET reason = ''", "DELETE FROM garden_guards", "DROP TABLE garden_tokens", "CREATE TABLE mine (id int)"} {
		_, err := db.ExecContext(t.Context(), statement)
		require.Error(t, err, statement)
	}
	perform(t, admin, "DROP USER `app\"of``;'garden`@localhost", "DROP USER 'app\\\\'@localhost")
}
