package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/mariadb"
)

// mariaDB starts a server of its own, which flushes every commit.
func mariaDB() (engine, error) {
	server, err := mariadb.Serve("--innodb-buffer-pool-size=512M", "--innodb-log-file-size=512M")
	if err != nil {
		return engine{}, fmt.Errorf("%w\nMariaDB is needed: scripts/install-test-tools installs it, or apt-get install mariadb-server-core", err)
	}
	pid, err := postmaster(filepath.Join(string(server), "pid"))
	return engine{
		name: "MariaDB", driver: mariadb.Driver, dialect: sqlstore.MySQL(), process: pid,
		// As docs/mysql.md says, it saves preparing each statement.
		create: func(ctx context.Context, name string) (string, error) {
			dsn, err := server.Create(ctx, name)
			return dsn + "?interpolateParams=true", err
		},
		version: `SELECT substring_index(version(), '-', 1)`,
		settle:  `ANALYZE TABLE %s`,
		sizes:   `SELECT table_name, data_length, index_length FROM information_schema.tables WHERE table_schema = database()`,
		whole: `SELECT CAST(coalesce(sum(file_size), 0) AS SIGNED) FROM information_schema.innodb_sys_tablespaces
			WHERE name LIKE concat(database(), '/%')`,
		log: `SELECT CAST(variable_value AS SIGNED) FROM information_schema.global_status WHERE variable_name = 'INNODB_LSN_CURRENT'`,
	}, err
}
