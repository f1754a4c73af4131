package sqlstore

import (
	"context"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// limit is how much a column takes: characters of a text, or bytes.
type limit struct {
	most  int
	bytes bool
}

var (
	tableOf   = regexp.MustCompile(`(?:CREATE TABLE IF NOT EXISTS|ALTER TABLE) postern_(\w+)`)
	limitedBy = regexp.MustCompile(`(?m)^\s*(?:ADD COLUMN (?:IF NOT EXISTS )?)?(\w+)\s+VAR(CHAR|BINARY)\((\d+)\)`)
)

// limits are those of the columns of a dialect's tables, by table and column, as its migrations
// have them. Only MySQL has any.
func (d *dialect) limits() (map[string]limit, error) {
	found := map[string]limit{}
	migrations := Migrations(Dialect{d})
	files, err := fs.Glob(migrations, "*.sql")
	for _, file := range files {
		text, failed := fs.ReadFile(migrations, file)
		if failed != nil {
			return nil, failed
		}
		for statement := range strings.SplitSeq(string(text), "\n\n") {
			table := tableOf.FindStringSubmatch(statement)
			if table == nil {
				continue
			}
			for _, column := range limitedBy.FindAllStringSubmatch(statement, -1) {
				most, _ := strconv.Atoi(column[3])
				found[table[1]+"."+column[1]] = limit{most, column[2] == "BINARY"}
			}
		}
	}
	return found, err
}

// fits returns an error if a row of a table has a value that is too long.
func (r record) fits(t table, limits map[string]limit) error {
	for i, c := range t.columns {
		l, limited := limits[t.name+"."+c.name]
		if !limited {
			continue
		}
		n := 0
		switch v := r[i].(type) {
		case []byte:
			n = len(v)
		case string:
			if n = len(v); !l.bytes {
				n = utf8.RuneCountInString(v)
			}
		}
		if n > l.most {
			return fmt.Errorf("row %s: column %s has %d characters, and %d fit: shorten it by hand", nameOf(r.key(t)), c.name, n, l.most)
		}
	}
	return nil
}

// checkOwner reports whether the account may rename the tables, as far as the database says.
func (s *Store) checkOwner(ctx context.Context) error {
	if s.dialect.name != "postgresql" {
		return nil
	}
	var each []string
	for _, t := range officeTables {
		each = append(each, `SELECT '`+t.full()+`' WHERE NOT pg_has_role((SELECT relowner FROM pg_class WHERE oid = to_regclass('`+t.full()+`')), 'USAGE')`)
	}
	foreign, err := list(ctx, s, value[string], strings.Join(each, " UNION ALL "))
	if err == nil && len(foreign) > 0 {
		err = fmt.Errorf("this account does not own %s: run the move with the account that does, which is the one that migrates", strings.Join(foreign, ", "))
	}
	return err
}

// checkKnown reports whether this program knows every column of the tables: those of a newer
// program would stay behind.
func (s *Store) checkKnown(ctx context.Context) error {
	const query = `SELECT COALESCE(MAX(version), 0) FROM postern_migrations WHERE version < ?`
	version, err := find(ctx, s, value[int64], query, markVersion)
	if err == nil && version != s.schema {
		err = fmt.Errorf("its tables are at version %d, and this program has version %d: use the one that migrated them, or migrate them first", version, s.schema)
	}
	if err != nil && s.dialect.conditionOf(err) == outdated {
		err = fmt.Errorf("there is no office: tables are missing: %w", err)
	}
	return err
}
