package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/postern-go/postern/store"
)

// condition is what an error says about the database. It decides whether the
// store tries again, on which connection, and what it tells the caller.
type condition int

const (
	// other is an error that says nothing about the database: the caller left, a
	// precondition failed, or something is wrong that waiting will not cure.
	other condition = iota
	// outdated means that a table or a column does not exist.
	outdated
	// busy means that others held what the call needed. What it did was undone, and
	// it is repeated for a while.
	busy
	// lost means that the connection broke or was ended. Another may work at once.
	lost
	// readOnly means that the connection takes no writes. Another may, after a
	// fail-over or once a file can be written again.
	readOnly
	// full means that the database has no space left.
	full
	// down means that the database could not be reached, or did not answer in time.
	down
)

// conditionOf returns what an error says about the database.
func (d *dialect) conditionOf(err error) condition {
	switch {
	case errors.Is(err, context.Canceled):
		return other
	case errors.Is(err, context.DeadlineExceeded):
		return down
	case errors.As(err, new(*awayError)):
		return other // although a table is missing
	}
	if c := d.condition(err); c != other {
		return c
	}
	var (
		dial    *net.OpError
		name    *net.DNSError
		network net.Error
		system  syscall.Errno
	)
	switch {
	case errors.As(err, &dial) && dial.Op == "dial", errors.As(err, &name):
		return down // a new connection would end the same way
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone), errors.Is(err, net.ErrClosed),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.As(err, &network), errors.As(err, &system):
		return lost
	}
	return other
}

// The drivers of SQLite share no error type, but all of them pass on its messages.
func conditionInSQLite(err error) condition {
	text := err.Error()
	for _, known := range []struct {
		text string
		condition
	}{
		{"is locked", busy}, // "database is locked", "database table is locked"
		{"locking protocol", busy},
		{"no such table", outdated},
		{"no such column", outdated},
		{"has no column named", outdated},
		{"readonly database", readOnly},
		{"database or disk is full", full},
		{"disk I/O error", down},
		{"unable to open database file", down}, // also if the process has too many open files
	} {
		if strings.Contains(text, known.text) {
			return known.condition
		}
	}
	return other
}

// conditionInPostgreSQL decides by the SQLSTATE,
// https://www.postgresql.org/docs/current/errcodes-appendix.html.
func conditionInPostgreSQL(err error) condition {
	state := stateOf(err)
	switch state {
	case "42P01", "42703": // undefined table, column
		return outdated
	case "40001", "40P01", "55P03": // serialization failure, deadlock, lock timeout
		return busy
	case "57P01", "57P02", "57P05", // ended by an administrator, by a crash, when idle
		"25P03", "25P04": // idle in a transaction, transaction too long
		return lost
	case "25006":
		return readOnly
	case "53100":
		return full
	case "57014", "57P03", "58030": // statement timeout, starting or stopping, I/O error
		return down
	}
	switch {
	// pgx says this for any reason, e.g. that none of the hosts accepts writes.
	case strings.Contains(err.Error(), "failed to connect to"):
		return down
	case strings.HasPrefix(state, "53"): // out of resources, such as connections
		return down
	case strings.HasPrefix(state, "08"): // connection exceptions
		return lost
	}
	return other
}

// stateOf returns the SQLSTATE of an error, or "".
func stateOf(err error) string {
	var e interface{ SQLState() string }
	if errors.As(err, &e) {
		return e.SQLState()
	}
	return ""
}

// wrap adds the operation to an error, the sentinel of a database that is busy,
// down or read-only, and a cure if the host has one.
func (s *Store) wrap(operation string, err error) error {
	if err == nil {
		return nil
	}
	if s.dialect.hush != nil {
		err = s.dialect.hush(err)
	}
	switch s.dialect.conditionOf(err) {
	case outdated:
		return fmt.Errorf("sqlstore: %s: %w: tables or columns are missing: if they are older than this program, call Migrate; "+
			"if a newer program migrated them, replace this one by it: %w", operation, store.ErrIncompatible, err)
	case busy, lost, down:
		return fmt.Errorf("sqlstore: %s: %w: %w", operation, store.ErrUnavailable, err)
	case readOnly, full:
		return fmt.Errorf("sqlstore: %s: %w: %w", operation, store.ErrReadOnly, err)
	}
	return fmt.Errorf("sqlstore: %s: %w", operation, err)
}
