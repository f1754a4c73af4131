package sqlstore

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/postern-go/postern/store"
)

// upsert is a row to insert or, if its key is taken, to change. It may be several, if it
// depends on nothing else.
type upsert struct {
	table string
	// columns are those of the row, those of its key first.
	columns []string
	keys    int
	values  []any
	// from is what else the row depends on: it is inserted for each row that this
	// returns.
	from     string
	fromArgs []any
	// changed are the columns that change, if not all but the key.
	changed []string
	// where is a condition on the row that there is, with the new one as excluded.
	where     string
	whereArgs []any
}

func (u upsert) insert() string {
	return `INSERT INTO ` + u.table + ` (` + strings.Join(u.columns, `, `) + `) `
}

// row is the source of the row.
func (u upsert) row() string {
	marks := repeated(`?`, `, `, len(u.columns))
	if u.from == "" {
		return `VALUES ` + repeated(`(`+marks+`)`, `, `, u.rows())
	}
	return `SELECT ` + marks + u.from
}

func (u upsert) rows() int { return len(u.values) / len(u.columns) }

func (u upsert) changes() []string {
	if u.changed != nil {
		return u.changed
	}
	return u.columns[u.keys:]
}

// standard is the syntax that SQLite and PostgreSQL share.
type standard struct{ json jsonWords }

func (standard) lockOperators(which string) string {
	return `SELECT o.id, o.version, h.seq, h.mac, h.latest_at, h.purged_seq, h.purged_mac, h.seal
		FROM postern_operators o LEFT JOIN postern_event_head h ON h.id = 1
		WHERE o.id` + which + ` ORDER BY o.id`
}

func (standard) ifAbsent(insert string) string { return insert + ` ON CONFLICT DO NOTHING` }

func (standard) upsert(u upsert) (query string, args []any) {
	query = u.insert() + u.row() + onConflict(u.columns[:u.keys], u.changes())
	if u.where != "" {
		query += ` WHERE ` + u.where
	}
	return query, slices.Concat(u.values, u.fromArgs, u.whereArgs)
}

func onConflict(key, changed []string) string {
	each := make([]string, len(changed))
	for i, column := range changed {
		each[i] = column + ` = excluded.` + column
	}
	return ` ON CONFLICT (` + strings.Join(key, `, `) + `) DO UPDATE SET ` + strings.Join(each, `, `)
}

func (standard) run(ctx context.Context, t *tx, s *step) (int64, error) {
	return t.execute(ctx, s.text(), s.args)
}

// lanesDue finds the lanes by stepping through the index, each step to the next one, so
// that neither long lanes nor long tables cost anything.
func (standard) lanesDue(state store.MailState, from, to string, now time.Time, most int) (string, []any) {
	return `WITH RECURSIVE lanes (lane) AS (
		SELECT min(lane) FROM postern_mails WHERE state = ? AND lane >= ? AND lane < ?
	UNION ALL
		SELECT (SELECT min(m.lane) FROM postern_mails m WHERE m.state = ? AND m.lane > lanes.lane AND m.lane < ?)
		FROM lanes WHERE lanes.lane IS NOT NULL
	)
	SELECT lane FROM (
		SELECT lane, (SELECT min(m.next_attempt_at) FROM postern_mails m WHERE m.state = ? AND m.lane = lanes.lane) AS due
		FROM lanes WHERE lane IS NOT NULL
	) AS heads WHERE due <= ? ORDER BY lane < 'urgent', due LIMIT ?`, []any{state, from, to, state, to, state, now, most}
}

// bySecondaryIndex has nothing to say: plans are made by what comes first.
func (standard) bySecondaryIndex(table string) string { return table }

func (standard) sealedMails() string { return `id > ? AND length(body) > 0 ORDER BY id` }

func (standard) unless(query string) string { return ` WHERE NOT EXISTS (` + query + `)` }

func (standard) joined(arg, text string) string { return `CAST(` + arg + ` AS TEXT) || ` + text }

func (standard) after(columns []string, op string, key []any) (string, []any) {
	if len(columns) == 1 {
		return columns[0] + ` ` + op + ` ?`, key
	}
	return `(` + strings.Join(columns, `, `) + `) ` + op + ` (` + repeated(`?`, `, `, len(columns)) + `)`, key
}

func (standard) rename(ctx context.Context, t *tx, from, to string) error {
	for _, one := range officeTables {
		if _, err := t.conn.ExecContext(ctx, `ALTER TABLE `+from+one.name+` RENAME TO `+to+one.name); err != nil {
			return err
		}
	}
	return nil
}
