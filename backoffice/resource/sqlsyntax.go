package resource

import (
	"strconv"
	"strings"

	"github.com/postern-go/postern/store/sqlstore"
)

// syntax is how a kind of database is asked.
type syntax int

const (
	sqlite syntax = iota
	postgres
	mysql
)

func syntaxOf(d sqlstore.Dialect) syntax {
	switch d.String() {
	case sqlstore.PostgreSQL().String():
		return postgres
	case sqlstore.MySQL().String():
		return mysql
	}
	return sqlite
}

// known says what is wrong with a dialect, or nothing.
func known(d sqlstore.Dialect) string {
	switch d.String() {
	case "":
		return "the dialect is missing: sqlstore.SQLite(), sqlstore.PostgreSQL() or sqlstore.MySQL()"
	case sqlstore.SQLite().String(), sqlstore.PostgreSQL().String(), sqlstore.MySQL().String():
		return ""
	}
	return "tables of " + d.String() + " are not known here: write the functions of resource.Data yourself"
}

// quote quotes a name. Names come from the host's code, and those of a query from Fields,
// so this is for words that SQL reserves, and the last line of defence.
func (x syntax) quote(name string) string {
	mark := `"`
	if x == mysql {
		mark = "`"
	}
	return mark + strings.ReplaceAll(name, mark, mark+mark) + mark
}

// quoteTable quotes a name that may have a schema.
func (x syntax) quoteTable(name string) string {
	schema, table, found := strings.Cut(name, ".")
	if !found {
		return x.quote(name)
	}
	return x.quote(schema) + "." + x.quote(table)
}

// text is the type of texts in a CAST.
func (x syntax) text() string {
	if x == mysql {
		return "CHAR"
	}
	return "TEXT"
}

// statement is one that is being written.
type statement struct {
	strings.Builder
	syntax
	args []any
}

func (x syntax) statement() *statement { return &statement{syntax: x} }

// add writes a piece of SQL, with a placeholder for each "?" in it. No value is ever part of
// the text.
func (s *statement) add(text string, args ...any) {
	s.args = append(s.args, args...)
	if s.syntax != postgres {
		s.WriteString(text)
		return
	}
	n := len(s.args) - len(args)
	for {
		before, after, found := strings.Cut(text, "?")
		s.WriteString(before)
		if !found {
			return
		}
		n++
		s.WriteString("$" + strconv.Itoa(n))
		text = after
	}
}

// name writes a quoted name, which may hold anything.
func (s *statement) name(quoted string) { s.WriteString(quoted) }

// exactly is how MySQL is given a value, or a column, to compare byte by byte. Its
// collations would take Rose, rosé and "rose " for one, and a number for each text that
// begins with it.
func exactly(value string) string { return "CAST(CONVERT(" + value + " USING utf8mb4) AS BINARY)" }

// equals writes the condition that a field has the value.
func (t *table[T]) equals(s *statement, c *spec, v any) {
	t.compare(s, c, "=", v)
	if t.inexact(c) {
		// The first one is for indexes.
		s.add(" AND ")
		s.name(exactly(t.columnOf(c)))
		s.add(" = "+exactly("?"), t.bind(c, v))
	}
}

// inexact reports that an equal sign may find other values of a field too. UUIDs may have
// letters of either case.
func (t *table[T]) inexact(c *spec) bool {
	return t.syntax == mysql && c.kind != customKind && c.values == texts && !c.uuid
}
