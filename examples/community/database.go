package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/postern-go/postern/store/sqlstore"
)

// officeDatabase is the environment variable with the data source name of a MySQL or
// MariaDB, if the office is to be there and not in the community's file. It is no flag,
// because it holds a password.
const officeDatabase = "OFFICE_DATABASE"

// openStore opens the office's store, with a pool of its own: no page of the community
// waits for the office, whose store tries again by itself.
func openStore(ctx context.Context, file string) (_ *sqlstore.Store, closePool func() error, err error) {
	if name := os.Getenv(officeDatabase); name != "" {
		st := sqlstore.Open(sqlstore.MySQL(), "mysql", name)
		if err := st.Open(ctx); err != nil {
			st.Close()
			return nil, nil, fmt.Errorf("%s: %w", officeDatabase, err)
		}
		return st, st.Close, nil
	}
	db, err := openDatabase(file, 500*time.Millisecond)
	if err != nil {
		return nil, nil, err
	}
	st, err := sqlstore.New(db, sqlstore.SQLite(), sqlstore.Config{})
	if err == nil {
		err = st.Migrate(ctx)
	}
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return st, db.Close, nil
}

// openDatabase opens a pool on the file that the community and its back office share. A statement waits that long while others write.
func openDatabase(name string, wait time.Duration) (*sql.DB, error) {
	// Made first, because SQLite would let everybody on the machine read it.
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	settings := url.Values{
		// Readers do not wait for the writer, writers wait for each other.
		"_pragma": {"journal_mode(WAL)", fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()), "foreign_keys(1)"},
		"_txlock": {"immediate"},
	}
	path := url.URL{Path: name}
	db, err := sql.Open("sqlite", "file:"+path.EscapedPath()+"?"+settings.Encode())
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	return db, nil
}
