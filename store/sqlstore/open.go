package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"regexp"
	"strconv"
	"strings"
)

// poolSize is how many connections a pool of [Open] has at most: what
// docs/deployment.md recommends for one process.
const poolSize = 4

// Open returns a store over a pool of its own, of at most four connections that are
// kept open, to the database that [sql.Open] opens by these names. The host imports
// the driver.
//
// Like sql.Open, it does not connect. backoffice.New does, through [Store.Open], and
// returns why if the database cannot be reached or its tables cannot be brought up to
// date. Use [New] instead for a pool or a table prefix of your own, or if another
// program migrates the tables.
func Open(d Dialect, driverName, dataSourceName string) *Store {
	if d.kind == nil {
		panic(errNoDialect) // which no working program can have written
	}
	db, err := openPool(d.kind, driverName, dataSourceName)
	if err != nil {
		db = sql.OpenDB(broken{err})
	}
	size := poolSize
	if d.kind.oneWriter && strings.Contains(dataSourceName, ":memory:") {
		size = 1 // Each connection would have a database of its own.
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	s, err := New(db, d, Config{})
	if err != nil {
		panic(err) // There are a database, a dialect and the default prefix.
	}
	s.own, s.source = true, dataSourceName
	return s
}

// Open implements store.Opener. For a store of the function [Open] it is
// [Store.Migrate]; for one of [New] it does nothing.
func (s *Store) Open(ctx context.Context) error {
	if !s.own {
		return nil
	}
	return s.hushed(s.Migrate(ctx))
}

// hushed returns an error without the data source name, if that may hold a password.
func (s *Store) hushed(err error) error {
	if err == nil {
		return nil
	}
	var hide []string
	if mayHoldPassword(s.source) {
		// Some drivers quote a name that they cannot read, as they got it or as %q has it.
		hide = append(hide, s.source, "(data source name)", strings.Trim(strconv.Quote(s.source), `"`), "(data source name)")
	}
	if found := noNetwork.FindStringSubmatch(s.source); found != nil && s.dialect.name == "mysql" {
		hide = append(hide, found[1], "(data source name)")
	}
	if len(hide) == 0 {
		return err
	}
	return &hushed{err, strings.NewReplacer(hide...).Replace(err.Error())}
}

// noNetwork finds what the driver of MySQL takes for the name of a network, and quotes, although
// it is not: in "user:password/database", it is the account.
var noNetwork = regexp.MustCompile(`(?:^|@)([^@(]*:[^@(]*)(?:\([^()]*\))?/[^/]*$`)

// mayHoldPassword reports whether a data source name is not just that of a file.
func mayHoldPassword(source string) bool {
	return strings.Contains(source, "@") || strings.Contains(strings.ToLower(source), "password")
}

// hushed is an error in other words.
type hushed struct {
	err  error
	text string
}

func (h *hushed) Error() string { return h.text }
func (h *hushed) Unwrap() error { return h.err }

// Close closes the pool that the function [Open] made. For a store of [New] it does
// nothing: that pool is the host's.
func (s *Store) Close() error {
	if !s.own {
		return nil
	}
	return s.db.Close()
}

// broken is a database that sql.Open refused. Every use of it says why.
type broken struct{ err error }

func (b broken) Connect(context.Context) (driver.Conn, error) { return nil, b.err }

// Driver implements driver.Connector. Nothing asks for it.
func (broken) Driver() driver.Driver { return nil }
