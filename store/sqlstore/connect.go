package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
)

// openPool is sql.Open, for a pool that is the store's own: each connection begins with
// the statements of the dialect. A setting that the server does not know is left out.
func openPool(d *dialect, driverName, dataSourceName string) (*sql.DB, error) {
	db, err := sql.Open(driverName, dataSourceName)
	if err != nil || len(d.settings) == 0 {
		return db, err
	}
	opener, ok := db.Driver().(driver.DriverContext)
	if !ok {
		return db, nil
	}
	connector, err := opener.OpenConnector(dataSourceName)
	if err != nil {
		return nil, err
	}
	_ = db.Close() // It has no connections.
	return sql.OpenDB(&settling{connector, d.settings}), nil
}

// settling is a connector whose connections begin with statements.
type settling struct {
	driver.Connector
	settings []string
}

func (s *settling) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := s.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	executor, ok := conn.(driver.ExecerContext)
	if !ok {
		return conn, nil
	}
	for _, statement := range s.settings {
		_, err := executor.ExecContext(ctx, statement, nil)
		if err != nil && numberOf(err) != unknownVariable {
			_ = conn.Close()
			return nil, err
		}
	}
	return conn, nil
}

// unknownVariable is what MySQL says of a setting that only MariaDB has.
const unknownVariable = 1193
