package sqlstore

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/internal/mysqlerror"
	"github.com/postern-go/postern/store"
)

// MySQL returns the dialect for MySQL 8.0.17 or later and MariaDB 10.6 or later, with
// github.com/go-sql-driver/mysql.
func MySQL() Dialect {
	begin := []string{"SET TRANSACTION ISOLATION LEVEL READ COMMITTED", "START TRANSACTION READ WRITE"}
	return Dialect{&dialect{
		name:         "mysql",
		probe:        "SELECT CONNECTION_ID()",
		requirements: mysqlRequirements,
		check:        checkMySQL,
		writable:     "connect to the server that takes writes, or run SET GLOBAL read_only = OFF on it",
		now:          "TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(6))",
		// Some versions say 1, some ON.
		readOnly: "@@GLOBAL.read_only NOT IN ('0', 'OFF')",
		// The level is that of the next transaction alone, so that the session, which
		// may be the host's, keeps its own.
		begin:          begin,
		beginMigration: begin,
		// A wait for a lock lasts longer than an idle transaction, as on PostgreSQL. Only
		// MariaDB has the second one.
		settings: []string{"SET SESSION innodb_lock_wait_timeout = 4", "SET SESSION idle_transaction_timeout = 2"},
		// Of the server, by a name of at most 64 characters.
		lockMigrations:   "SELECT GET_LOCK(SHA1(CONCAT('postern_migrations ', DATABASE())), 60)",
		unlockMigrations: "SELECT RELEASE_LOCK(SHA1(CONCAT('postern_migrations ', DATABASE())))",
		prepares:         true,
		nodes:            true,
		makesCounters:    true,
		readOnlySessions: true,
		undone:           undoneInMySQL,
		condition:        conditionInMySQL,
		hush:             mysqlerror.Hush,
		syntax: mysql{jsonWords{
			array:   "JSON_ARRAY",
			columns: [...]string{bytesColumn: "HEX(@)", plainColumn: "@", flagColumn: "IF(@, 1, 0)", jsonColumn: "JSON_EXTRACT(@, '$')"},
		}},
	}}
}

type mysql struct{ json jsonWords }

func (mysql) placeholders(query string) string { return query }

func (mysql) lock(query string) string     { return query + ` FOR UPDATE` }
func (mysql) lockFree(query string) string { return query + ` FOR UPDATE SKIP LOCKED` }

// lockOperators reads the head in subqueries, which lock nothing. MariaDB cannot say
// of which of several tables FOR UPDATE locks the rows.
func (m mysql) lockOperators(which string) string {
	query := `SELECT o.id, o.version`
	for _, column := range []string{"seq", "mac", "latest_at", "purged_seq", "purged_mac", "seal"} {
		query += `, (SELECT h.` + column + ` FROM postern_event_head h WHERE h.id = 1)`
	}
	return m.lock(query + ` FROM postern_operators o WHERE o.id` + which + ` ORDER BY o.id`)
}

// ifAbsent needs no words: an INSERT whose key is taken fails, which here does not end the
// transaction. INSERT IGNORE would pass over other errors too, and cut text.
func (mysql) ifAbsent(insert string) string { return insert }

// upsert is an INSERT, after which run sends an UPDATE if the key is taken: the count of
// rows of ON DUPLICATE KEY UPDATE does not tell whether a condition held. Without one, it
// need not.
func (mysql) upsert(u upsert) (query string, args []any) {
	query, args = u.insert()+u.row(), slices.Concat(u.values, u.fromArgs)
	if !u.always() {
		return query, args
	}
	each := make([]string, len(u.changes()))
	for i, column := range u.changes() {
		each[i] = column + ` = VALUES(` + column + `)`
	}
	return query + ` ON DUPLICATE KEY UPDATE ` + strings.Join(each, `, `), args
}

// always reports whether nothing can keep the rows from being stored.
func (u upsert) always() bool { return u.from == "" && u.where == "" }

var newColumn = regexp.MustCompile(`excluded\.(\w+)|\?`)

// update is the UPDATE of an upsert.
func (u upsert) update() (query string, args []any) {
	value := func(column string) any { return u.values[slices.Index(u.columns, column)] }
	var set, conditions []string
	for _, column := range u.changes() {
		set, args = append(set, column+` = ?`), append(args, value(column))
	}
	for _, column := range u.columns[:u.keys] {
		conditions, args = append(conditions, column+` = ?`), append(args, value(column))
	}
	if u.where != "" {
		given := u.whereArgs
		conditions = append(conditions, `(`+newColumn.ReplaceAllStringFunc(u.where, func(found string) string {
			if column, isNew := strings.CutPrefix(found, "excluded."); isNew {
				args = append(args, value(column))
			} else {
				args, given = append(args, given[0]), given[1:]
			}
			return `?`
		})+`)`)
	}
	return `UPDATE ` + u.table + ` SET ` + strings.Join(set, `, `) + ` WHERE ` + strings.Join(conditions, ` AND `), args
}

func (m mysql) run(ctx context.Context, t *tx, s *step) (int64, error) {
	n, err := m.send(ctx, t, s.text(), s.args)
	_, isTaken := mysqlerror.TakenKey(err)
	switch {
	case isTaken && s.ifAbsent && s.or == nil:
		return 0, nil
	case isTaken && s.ifAbsent:
		query, args := s.or.update()
		return m.run(ctx, t, &step{query: query, args: args, need: 1, ifAbsent: true})
	case err != nil:
		return 0, err
	case s.or != nil && s.or.always():
		return int64(s.or.rows()), nil
	case n == 0 && s.need > 0 && strings.HasPrefix(s.query, "UPDATE "):
		return m.matched(ctx, t, s)
	}
	return n, nil
}

func (mysql) send(ctx context.Context, t *tx, query string, args []any) (int64, error) {
	statement, args, err := t.statement(query, args)
	if err != nil {
		return 0, err
	}
	done, err := t.conn.ExecContext(ctx, statement, args...)
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}

// matched returns how many rows an UPDATE matched that changed none. Unless the data source
// name has clientFoundRows=true, MySQL counts only rows in which something changes. A row
// that now matches may have come since, so it is locked, and the UPDATE sent again.
func (m mysql) matched(ctx context.Context, t *tx, s *step) (int64, error) {
	head, condition := splitUpdate(s.query)
	table := strings.Fields(head)[1]
	args := s.args[strings.Count(head, "?"):]
	found, err := list(ctx, t, value[int64], m.lock(`SELECT 1 FROM `+table+` WHERE `+condition), args...)
	if err != nil || len(found) == 0 {
		return 0, err
	}
	n, err := m.send(ctx, t, s.query, s.args)
	return max(n, int64(len(found))), err
}

// splitUpdate splits an UPDATE at its own WHERE.
func splitUpdate(query string) (head, condition string) {
	depth := 0
	for i, r := range query {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case depth == 0 && r == 'W' && strings.HasPrefix(query[i:], "WHERE "):
			return query[:i], query[i+len("WHERE "):]
		}
	}
	return query, "TRUE"
}

// Only counters that are new are stored by one statement.
func (mysql) countUnchanged(int) string { return "" }

// lanesDue skips from one lane to the next in the index, as the aggregate needs only the
// first row of each group, which must be named by the first columns of the index. A
// recursive query would look at every email.
func (mysql) lanesDue(state store.MailState, from, to string, now time.Time, most int) (string, []any) {
	return `SELECT heads.lane FROM (SELECT lane, MIN(next_attempt_at) AS due FROM postern_mails
		WHERE state = ? AND lane >= ? AND lane < ? GROUP BY state, lane) heads
		WHERE heads.due <= ? ORDER BY heads.lane < 'urgent', heads.due LIMIT ?`, []any{state, from, to, now, most}
}

// sealedMails uses a column of its own, as an index cannot leave rows out.
func (mysql) sealedMails() string { return `sealed_id > ? ORDER BY sealed_id` }

// nest returns a row for each row of an array, because an aggregate would be cut at the
// server's group_concat_max_len.
func (m mysql) nest(v view) (query string, args []any) {
	var b strings.Builder
	fmt.Fprintf(&b, `WITH o AS (SELECT o.* FROM %s WHERE %s) SELECT 0, NULL, %s FROM o`, v.from, v.where, v.columns)
	args = append(args, v.args...)
	for i, a := range v.arrays {
		for _, where := range a.where {
			fmt.Fprintf(&b, ` UNION ALL (SELECT %d, %s%s FROM o JOIN %s %s ON %s%s)`,
				i+1, m.json.row(a), strings.Repeat(`, NULL`, v.width), a.table, a.name, where, a.order)
		}
		args = append(args, a.args...)
	}
	return b.String(), args
}

func (mysql) readNested(ctx context.Context, r reader, v view, scan func(row) error, query string, args []any) error {
	return r.retry(ctx, func() error {
		rows, err := r.rows(ctx, query, args)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		return scan(nestedRows{rows, v})
	})
}

// nestedRows are the rows of a view as the one that they stand for.
type nestedRows struct {
	rows *sql.Rows
	view view
}

func (n nestedRows) Scan(into ...any) error {
	ignored := make([]any, n.view.width)
	for i := range ignored {
		ignored[i] = scanFunc(func(any) error { return nil })
	}
	arrays, found := make([][]json.RawMessage, len(n.view.arrays)), false
	for n.rows.Next() {
		var which int
		var row []byte
		if err := n.rows.Scan(append([]any{&which, &row}, ignored...)...); err != nil {
			return err
		}
		if which > 0 {
			arrays[which-1] = append(arrays[which-1], row)
			continue
		}
		found = true
		if err := n.rows.Scan(append([]any{&which, &row}, into[:n.view.width]...)...); err != nil {
			return err
		}
	}
	if err := n.rows.Err(); err != nil {
		return err
	}
	if !found {
		return store.ErrNotFound
	}
	for i, rows := range arrays {
		all, err := json.Marshal(rows)
		if err == nil {
			err = into[n.view.width+i].(sql.Scanner).Scan(all)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// after spells out what a comparison of rows means, for which no index would be used.
// The first condition follows from the second, and bounds what is read of the index.
func (m mysql) after(columns []string, op string, key []any) (string, []any) {
	first, k := columns[0], key[0]
	if len(columns) == 1 {
		return first + ` ` + op + ` ?`, key
	}
	beyond := op[:1]
	rest, args := m.after(columns[1:], op, key[1:])
	return first + ` ` + beyond + `= ? AND (` + first + ` ` + beyond + ` ? OR ` + first + ` = ? AND ` + rest + `)`, append([]any{k, k, k}, args...)
}

// bySecondaryIndex keeps the primary key out of the plan. If that seems the best for what
// bounds the page, the index of a filter is read without the bound, from its end.
func (mysql) bySecondaryIndex(table string) string { return table + ` IGNORE INDEX (PRIMARY)` }

func (mysql) has(list, element string) string {
	return `JSON_CONTAINS(` + list + `, JSON_QUOTE(` + element + `))`
}

func (mysql) unless(query string) string { return ` FROM DUAL WHERE NOT EXISTS (` + query + `)` }

func (mysql) joined(arg, text string) string { return `CONCAT(` + arg + `, ` + text + `)` }

func (mysql) contains(column string) string { return `INSTR(` + column + `, ?) > 0` }
