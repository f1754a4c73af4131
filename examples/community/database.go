package main

import (
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

// openDatabase opens a pool on the one file that the community and its back office
// share. A statement waits that long while others write.
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
