package sqlstore

import (
	"context"
	"strconv"
	"strings"
)

// PostgreSQL returns the dialect for PostgreSQL 12 or later, with a driver whose
// errors have a method SQLState() string, such as pgx and lib/pq.
func PostgreSQL() Dialect {
	return Dialect{&dialect{
		name:         "postgresql",
		probe:        "SELECT current_setting('server_version_num')",
		requirements: postgresqlRequirements,
		check:        checkPostgreSQL,
		writable:     "connect to the server that takes writes, with target_session_attrs=read-write in the data source name, or run ALTER DATABASE name RESET default_transaction_read_only",
		advice:       advicePostgreSQL,
		hasTable:     "SELECT 'there' WHERE to_regclass(CAST(? AS TEXT)) IS NOT NULL",
		now:          "(date_part('epoch', clock_timestamp()) * 1000000)::bigint",
		readOnly:     "current_setting('transaction_read_only') = 'on'",
		begin:        []string{beginPostgreSQL + boundsPostgreSQL},
		// No migration of ours holds the tables for longer than that.
		beginMigration: []string{beginPostgreSQL + `; SET LOCAL lock_timeout = '1s'` +
			`; SET LOCAL idle_in_transaction_session_timeout = '10s'; SET LOCAL statement_timeout = 0`},
		lockMigrations: "SELECT pg_advisory_xact_lock(hashtext('postern_migrations'))",
		combines:       true,
		returning:      true,
		undone: func(err error) bool {
			// A session that was ended because it was idle had not seen the COMMIT.
			return conditionInPostgreSQL(err) == busy || stateOf(err) == "25P03"
		},
		condition: conditionInPostgreSQL,
		syntax: postgresql{standard{jsonWords{
			aggregate: "json_agg", array: "json_build_array",
			columns: [...]string{
				bytesColumn: "encode(@, 'hex')", plainColumn: "@",
				flagColumn: "CASE WHEN @ THEN 1 ELSE 0 END", jsonColumn: "@::json",
			},
		}}},
	}}
}

const (
	// Set explicitly, because the database's default may differ: the queries
	// lock first, and then read what others have committed.
	beginPostgreSQL = "BEGIN ISOLATION LEVEL READ COMMITTED"
	// A process that freezes in a transaction loses it, and its locks, after two
	// seconds. A wait for a lock lasts longer than that, and a statement longer than
	// its wait. SET LOCAL works behind PgBouncer and in one message with BEGIN, as
	// drivers send statements without arguments as they are.
	boundsPostgreSQL = `; SET LOCAL idle_in_transaction_session_timeout = '2s'` +
		`; SET LOCAL lock_timeout = '4s'; SET LOCAL statement_timeout = '5s'`
)

type postgresql struct{ standard }

func (postgresql) placeholders(query string) string {
	var b strings.Builder
	for n := 1; ; n++ {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		b.WriteString("$" + strconv.Itoa(n))
		query = after
	}
}

func (postgresql) lock(query string) string     { return query + ` FOR UPDATE` }
func (postgresql) lockFree(query string) string { return query + ` FOR UPDATE SKIP LOCKED` }

func (p postgresql) lockOperators(which string) string {
	return p.standard.lockOperators(which) + ` FOR UPDATE OF o`
}

func (postgresql) countUnchanged(n int) string {
	const (
		// Looked up one by one, as in eachCounter.
		unchanged = `), held AS (SELECT found.id FROM given g CROSS JOIN LATERAL (SELECT c.id FROM postern_counters c WHERE c.id = g.id
			AND c.hits = g.was AND c.first_at = g.was_first_at AND c.last_at = g.was_last_at FOR UPDATE SKIP LOCKED) found), counted AS (`
		// Someone may create a counter between the two: then the statement fails, so that
		// it stores nothing.
		allOrNone = ` RETURNING id)
			SELECT CAST(CASE WHEN count(*) IN (0, ?) THEN CAST(count(*) AS TEXT) ELSE 'counters have changed meanwhile' END AS BIGINT)
			FROM counted`
	)
	return givenCounters + repeated(givenCounter, ", ", n) + unchanged + storeGiven + allOrNone
}

func (postgresql) has(list, element string) string {
	return list + `::jsonb @> to_jsonb(CAST(` + element + ` AS TEXT))`
}

func (postgresql) contains(column string) string { return `strpos(` + column + `, ?) > 0` }

// rename takes all locks first, so that a transaction that is in the way loses no work of ours.
func (p postgresql) rename(ctx context.Context, t *tx, from, to string) error {
	all := make([]string, len(officeTables))
	for i, one := range officeTables {
		all[i] = from + one.name
	}
	if _, err := t.conn.ExecContext(ctx, "LOCK TABLE "+strings.Join(all, ", ")+" IN ACCESS EXCLUSIVE MODE"); err != nil {
		return err
	}
	return p.standard.rename(ctx, t, from, to)
}
