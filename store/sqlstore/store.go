package sqlstore

import (
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/postern-go/postern/store"
)

var (
	_ store.Store  = (*Store)(nil)
	_ store.Opener = (*Store)(nil)
	_ store.Pooled = (*Store)(nil)
)

// DefaultTablePrefix begins the names of all tables, indexes and triggers.
const DefaultTablePrefix = "postern_"

var tablePrefix = regexp.MustCompile(`^[a-z][a-z0-9_]{0,23}$`)

// partsOfNames are what some names of tables have in front of the names of others: for a while, or
// always. With one of them at its end, a prefix could lead to the tables of another office.
var partsOfNames = [...]string{"pre_", "new_", asidePart}

// Config configures a store. The zero value is valid.
type Config struct {
	// TablePrefix replaces "postern_" in the names of tables, so that several
	// offices can share a database: a lower-case letter, followed by at most 23
	// lower-case letters, digits and underscores. End it with an underscore: then no two
	// offices have a table in common. If empty, it is [DefaultTablePrefix].
	TablePrefix string
}

// Store is a store in a database. Create it with [Open] or [New]. All methods may be
// called concurrently, and by many processes on one database.
type Store struct {
	db      *sql.DB
	dialect *dialect
	prefix  string
	// own means that Open made db, and source is its data source name.
	own    bool
	source string
	// schema is how many migrations this program has: the version of the tables that they make.
	schema int64
	// rewritten holds queries in the dialect, by the original.
	rewritten sync.Map
	// session and revision are what requests read.
	session, revision hot
	operators         knownOperators
	// writer has room for the one transaction that may write; it is nil if the
	// database accepts many.
	writer chan struct{}
	// known is what is known of the server, if it may be one of several nodes.
	known atomic.Pointer[node]
	// head is where the audit log was last seen to end.
	head atomic.Pointer[head]
	// still is this store over tables that are set aside; of that one, home is this one.
	still atomic.Pointer[Store]
	home  *Store
}

var errNoDialect = errors.New("sqlstore: no dialect: use SQLite, PostgreSQL or MySQL")

// New returns a store over the host's database. It does not query the database:
// call [Store.Migrate] before the first use, and close db after the last. The
// error names every invalid argument.
func New(db *sql.DB, d Dialect, cfg Config) (*Store, error) {
	if cfg.TablePrefix == "" {
		cfg.TablePrefix = DefaultTablePrefix
	}
	var wrong []error
	if db == nil {
		wrong = append(wrong, errors.New("sqlstore: the database is nil"))
	}
	if d.kind == nil {
		wrong = append(wrong, errNoDialect)
	}
	if err := checkPrefix(cfg.TablePrefix); err != nil {
		wrong = append(wrong, err)
	}
	if err := errors.Join(wrong...); err != nil {
		return nil, err
	}
	return newStore(db, d.kind, cfg.TablePrefix), nil
}

func checkPrefix(prefix string) error {
	if !tablePrefix.MatchString(prefix) {
		return fmt.Errorf("sqlstore: TablePrefix %q: want a small letter and at most 23 small letters, digits and underscores", prefix)
	}
	for _, part := range partsOfNames {
		if strings.HasSuffix(prefix, "_"+part) {
			return fmt.Errorf("sqlstore: TablePrefix %q: must not end in %q: an office with the prefix %q has tables of such names", prefix, "_"+part, strings.TrimSuffix(prefix, part))
		}
	}
	return nil
}

func newStore(db *sql.DB, d *dialect, prefix string) *Store {
	s := &Store{db: db, dialect: d, prefix: prefix}
	files, err := s.files()
	if err != nil {
		panic(err) // the folder is embedded
	}
	s.schema = int64(len(files))
	s.session.query = s.sql(s.selectSession())
	s.revision.query = s.sql(s.selectReading())
	if d.oneWriter {
		s.writer = make(chan struct{}, 1)
	}
	return s
}

// Pool implements [store.Pooled].
func (s *Store) Pool() store.Pool {
	p := s.db.Stats()
	return store.Pool{MaxOpen: p.MaxOpenConnections, Open: p.OpenConnections, InUse: p.InUse, Waits: p.WaitCount, Waited: p.WaitDuration}
}

// sql returns a query in the dialect. Queries are constants, or composed of a few
// of them, so rewritten stays small.
func (s *Store) sql(query string) string {
	if known, ok := s.rewritten.Load(query); ok {
		return known.(string)
	}
	rewritten := s.dialect.rewrite(query, s.prefix)
	s.rewritten.Store(query, rewritten)
	return rewritten
}
