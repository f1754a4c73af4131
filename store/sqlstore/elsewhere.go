package sqlstore

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/postern-go/postern/store"
)

// engine is a kind of database that a data source name can lead to.
type engine struct {
	dialect func() Dialect
	title   string
	// is reports whether a data source name has its form.
	is func(string) bool
	// drivers are names under which drivers register, and example is one to import.
	drivers []string
	example string
}

var engines = []engine{
	{PostgreSQL, "PostgreSQL", postgresqlName.MatchString, []string{"pgx", "postgres", "pgx/v5"}, "github.com/jackc/pgx/v5/stdlib"},
	{MySQL, "MySQL and MariaDB", mysqlName.MatchString, []string{"mysql"}, "github.com/go-sql-driver/mysql"},
	{SQLite, "SQLite", func(string) bool { return true }, []string{"sqlite", "sqlite3"}, "modernc.org/sqlite"},
}

var (
	// A URL, or words such as "host=db dbname=office".
	postgresqlName = regexp.MustCompile(`^(postgres|postgresql)://|(^|\s)(host|hostaddr|dbname|user|service)\s*=`)
	// "user:password@tcp(host:3306)/name", of which much can be left out. The password may
	// have any letters, also slashes.
	mysqlName = regexp.MustCompile(`@\w+\([^)]*\)/|^[^/]*@\w*/|^(tcp|tcp4|tcp6|unix)\([^)]*\)/`)
	// What was meant to be that: an account, or a network, and no file.
	nearlyMySQL = regexp.MustCompile(`^[^/:@]+:[^/\\].*@|@\w+\(|^(tcp|tcp4|tcp6|unix)\(`)
	scheme      = regexp.MustCompile(`^([a-z][a-z0-9+]*)://`)
)

// engineOf returns the kind of database that a data source name leads to. No error quotes it.
func engineOf(name string) (engine, error) {
	if strings.TrimSpace(name) == "" {
		return engine{}, errors.New("the data source name is empty")
	}
	for _, e := range engines {
		if e.title == "SQLite" {
			break
		}
		if e.is(name) {
			return e, nil
		}
	}
	if found := scheme.FindStringSubmatch(name); found != nil && found[1] != "file" {
		switch found[1] {
		case "mysql", "mariadb":
			return engine{}, errors.New("write the data source name as the driver takes it, without " + found[1] + "://: user:password@tcp(host:3306)/database")
		case "sqlite", "sqlite3":
			return engine{}, errors.New("name a file by its path, without " + found[1] + ":// in front")
		}
		return engine{}, errors.New("no store for databases of the kind " + found[1] + "://")
	}
	if nearlyMySQL.MatchString(name) && !strings.HasPrefix(name, "file:") {
		return engine{}, errors.New("the data source name has an account, and is of no database: for MySQL and MariaDB write user:password@tcp(host:3306)/database " +
			"or user:password@unix(/run/mysqld/mysqld.sock)/database, for PostgreSQL postgres://user:password@host/database; for a file with such a name put file: in front")
	}
	return engines[len(engines)-1], nil
}

// Elsewhere implements [store.Movable]. The data source name of PostgreSQL is a URL or words such
// as "host=db dbname=office", that of MySQL and MariaDB is like "user@tcp(host)/office", and
// everything else is the path of a SQLite file. The program must import a driver for it.
func (s *Store) Elsewhere(p store.Place) (store.Store, error) {
	e, err := engineOf(p.DataSourceName)
	if err != nil {
		return nil, fmt.Errorf("sqlstore: %w", err)
	}
	known, driver := sql.Drivers(), p.Driver
	if driver == "" {
		for _, name := range e.drivers {
			if driver == "" && slices.Contains(known, name) {
				driver = name
			}
		}
	}
	switch {
	case driver == "":
		return nil, fmt.Errorf("sqlstore: this program has no driver for %s: import one, such as _ %q, and build it again", e.title, e.example)
	case !slices.Contains(known, driver):
		return nil, fmt.Errorf("sqlstore: this program has no driver %q: it has %s", driver, strings.Join(known, ", "))
	}
	there := Open(e.dialect(), driver, p.DataSourceName)
	prefix := p.TablePrefix
	if prefix == "" {
		prefix = s.prefix
	}
	if err := checkPrefix(prefix); err != nil {
		return nil, errors.Join(err, there.Close())
	}
	moved := newStore(there.db, there.dialect, prefix)
	moved.own, moved.source = true, there.source
	return moved, nil
}
