package stores_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/internal/desk"
	"github.com/postern-go/postern/internal/testoffice"

	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/postgres"
)

// attack is what someone does who can write to the database but does not know the
// master secret. Its statements can use the tables old_head and old_events, which hold
// an earlier state, and bytes(text).
type attack struct {
	name       string
	statements []string
	// harmless says that nothing depends on what it changes, so it need not be noticed.
	harmless bool
	// replay says that it restores a complete earlier state, which only someone who
	// remembers a later one can notice. The database refuses it as long as it has its
	// triggers.
	replay bool
}

const (
	eventsOf = `seq, id, at, code, outcome, actor_id, actor_name, target_kind, target_id, target_name,
		ip, user_agent, route, request_id, session_id, reason, detail, mac, latest_at`
	headOf = `seq, mac, latest_at, purged_seq, purged_mac, seal`
	newest = `(SELECT MAX(seq) FROM postern_events)`
	middle = `(SELECT MAX(seq) - 2 FROM postern_events)`
	first  = `(SELECT MIN(seq) FROM postern_events)`
	// putBack puts the whole head back.
	putBack = `UPDATE postern_event_head SET seq = (SELECT seq FROM old_head), mac = (SELECT mac FROM old_head),
		latest_at = (SELECT latest_at FROM old_head), purged_seq = (SELECT purged_seq FROM old_head),
		purged_mac = (SELECT purged_mac FROM old_head), seal = (SELECT seal FROM old_head)`
	purgeAll = `UPDATE postern_event_head SET purged_seq = seq, purged_mac = mac`
)

func attacks() []attack {
	all := []attack{
		{name: "the newest row deleted", statements: []string{`DELETE FROM postern_events WHERE seq = ` + newest}},
		{name: "the newest rows marked as purged and deleted, and the head put back before them (issue 9, 1a)", statements: []string{
			purgeAll,
			`DELETE FROM postern_events WHERE seq > (SELECT seq FROM old_head) - 1`,
			`UPDATE postern_event_head SET seq = (SELECT seq FROM old_head) - 1, mac = (SELECT mac FROM postern_events WHERE seq = (SELECT seq FROM old_head) - 1),
				purged_seq = (SELECT purged_seq FROM old_head), purged_mac = (SELECT purged_mac FROM old_head)`,
		}},
		{name: "the same, to where there was a head that is remembered", replay: true, statements: []string{
			purgeAll, `DELETE FROM postern_events WHERE seq > (SELECT seq FROM old_head)`, putBack,
		}},
		{name: "the head alone put back", statements: []string{putBack}},
		{name: "the seal alone put back", statements: []string{`UPDATE postern_event_head SET seal = (SELECT seal FROM old_head)`}},
		{name: "everything passed off as purged", statements: []string{purgeAll, `DELETE FROM postern_events`}},
		{name: "the oldest rows passed off as purged", statements: []string{
			`UPDATE postern_event_head SET purged_mac = (SELECT mac FROM postern_events WHERE seq = purged_seq + 2), purged_seq = purged_seq + 2`,
			`DELETE FROM postern_events WHERE seq <= (SELECT purged_seq FROM postern_event_head)`,
		}},
		{name: "a purge taken back", statements: []string{`UPDATE postern_event_head SET purged_seq = purged_seq - 1`}},
		{name: "rows in the middle deleted", statements: []string{`DELETE FROM postern_events WHERE seq = ` + middle}},
		{name: "a row from before put in again", statements: []string{
			`INSERT INTO postern_events (` + eventsOf + `) SELECT ` + strings.Replace(eventsOf, "seq", "seq + 1000", 1) + ` FROM old_events WHERE seq = (SELECT seq FROM old_head)`,
		}},
		{name: "the log emptied as if there had been none", statements: []string{
			purgeAll, `DELETE FROM postern_events`,
			`UPDATE postern_event_head SET seq = 0, mac = bytes(''), purged_seq = 0, purged_mac = bytes(''), seal = bytes('')`,
		}},
		{name: "the head deleted", statements: []string{`DELETE FROM postern_event_head`}},
		{name: "times of all rows made old for lists (issue 9, 1b)", harmless: true, statements: []string{`UPDATE postern_events SET latest_at = 1`}},
		{name: "times of the head and of lists made old", harmless: true, statements: []string{
			`UPDATE postern_event_head SET latest_at = 1`, `DELETE FROM postern_event_times`,
		}},
		{name: "entries kept for the shortest time", harmless: true, statements: []string{
			`UPDATE postern_parameters SET settings = '{"audit.keep":"90d"}', revision = revision + 1`,
		}},
	}
	for _, column := range strings.Split(strings.Join(strings.Fields(eventsOf), ""), ",") {
		value := map[string]string{"seq": "seq + 1000", "at": "at + 1", "mac": "bytes('x')", "detail": `'{"n":"forged"}'`, "latest_at": ""}
		set, special := value[column]
		if !special {
			set = "'forged'"
		}
		if set != "" {
			all = append(all, attack{name: "events." + column + " changed", statements: []string{`UPDATE postern_events SET ` + column + ` = ` + set + ` WHERE seq = ` + middle}})
		}
	}
	for column, set := range map[string][]string{
		"seq": {"seq + 1", "seq - 1"}, "mac": {"bytes('x')"}, "purged_seq": {"purged_seq + 1"},
		"purged_mac": {"bytes('x')", "mac"}, "seal": {"bytes('')", "bytes('x')", "purged_mac"},
	} {
		for _, value := range set {
			all = append(all, attack{name: "event_head." + column + " = " + value, statements: []string{`UPDATE postern_event_head SET ` + column + ` = ` + value}})
		}
	}
	return all
}

// battlefield is an office over a database of which an attacker remembers an
// earlier state.
type battlefield struct {
	t *testing.T
	database
	owner, attacker *sql.DB
	rig             *testoffice.Rig
	office          *testoffice.Office
	triggers        []string // of SQLite and MariaDB: the statements that make them
}

func (b *battlefield) sql(statement string) string {
	bytes := each(b.database, `CAST($1 AS BLOB)`, `convert_to($1, 'UTF8')`, `CAST($1 AS BINARY)`)
	for {
		from, rest, found := strings.Cut(statement, "bytes(")
		if !found {
			break
		}
		text, rest, _ := strings.Cut(rest, ")")
		statement = from + strings.Replace(bytes, "$1", text, 1) + rest
	}
	return strings.ReplaceAll(statement, sqlstore.DefaultTablePrefix, b.prefixOr())
}

func (b *battlefield) prefixOr() string {
	if b.prefix == "" {
		return sqlstore.DefaultTablePrefix
	}
	return b.prefix
}

func (b *battlefield) own(statements ...string) {
	b.t.Helper()
	for _, s := range statements {
		_, err := b.owner.ExecContext(b.t.Context(), b.sql(s))
		require.NoError(b.t, err, s)
	}
}

// newBattlefield makes an office with purged entries, entries since then, an earlier
// state that the attacker remembers, and later entries.
func newBattlefield(t *testing.T, owner, app database) *battlefield {
	b := &battlefield{t: t, database: app, owner: owner.open(t), attacker: app.open(t)}
	b.rig = testoffice.NewRig(t, app.over(t, app.open(t)))
	b.office = testoffice.Open(b.rig)
	b.fill(3)
	b.rig.Clock.Add(400 * 24 * time.Hour)
	b.fill(3)
	require.NoError(t, b.office.PurgeAt(t.Context(), b.rig.Clock.Now()))
	b.own(`CREATE TABLE old_head AS SELECT * FROM postern_event_head`, `CREATE TABLE old_events AS SELECT `+eventsOf+` FROM postern_events`)
	b.fill(3)
	b.rig.Clock.Add(100 * 24 * time.Hour)
	b.fill(3)
	b.own(`CREATE TABLE kept_head AS SELECT * FROM postern_event_head`, `CREATE TABLE kept_events AS SELECT `+eventsOf+` FROM postern_events`,
		`CREATE TABLE kept_times AS SELECT * FROM postern_event_times`, `CREATE TABLE kept_parameters AS SELECT * FROM postern_parameters`)
	for _, grant := range each(b.database, nil, []string{`GRANT SELECT ON old_head, old_events TO PUBLIC`},
		[]string{`GRANT SELECT ON old_head TO postern_app`, `GRANT SELECT ON old_events TO postern_app`}) {
		_, err := b.owner.ExecContext(t.Context(), grant)
		require.NoError(t, err)
	}
	if list := each(b.database, `SELECT sql FROM sqlite_master WHERE type = 'trigger'`, ``,
		`SELECT CONCAT('CREATE TRIGGER ', trigger_name, ' ', action_timing, ' ', event_manipulation, ' ON ', event_object_table, ' FOR EACH ROW ', action_statement)
			FROM information_schema.triggers WHERE trigger_schema = DATABASE()`); list != `` {
		rows, err := b.owner.QueryContext(t.Context(), list)
		require.NoError(t, err)
		for rows.Next() {
			var text string
			require.NoError(t, rows.Scan(&text))
			b.triggers = append(b.triggers, text)
		}
		require.NoError(t, errorsOf(rows))
		require.Len(t, b.triggers, each(b.database, 6, 0, 4))
	}
	return b
}

func (b *battlefield) fill(n int) {
	for range n {
		b.office.Audit(testoffice.Home, "mail.tested", desk.Success).System().Record(b.t.Context())
	}
}

// drop drops the triggers, or creates them again.
func (b *battlefield) drop(drop bool) {
	if b.driver == postgres.Driver {
		how := map[bool]string{true: "DISABLE", false: "ENABLE"}[drop]
		b.own(`ALTER TABLE postern_events `+how+` TRIGGER USER`, `ALTER TABLE postern_event_head `+how+` TRIGGER USER`)
		return
	}
	for _, text := range b.triggers {
		if drop {
			text = `DROP TRIGGER IF EXISTS ` + strings.Fields(text)[2]
		} else {
			text = strings.Replace(text, `CREATE TRIGGER`, `CREATE TRIGGER IF NOT EXISTS`, 1)
		}
		b.own(text)
	}
}

// restore undoes an attack, and what the office has written since.
func (b *battlefield) restore() {
	b.drop(true)
	b.own(`DELETE FROM postern_events`, `INSERT INTO postern_events (`+eventsOf+`) SELECT `+eventsOf+` FROM kept_events`,
		`DELETE FROM postern_event_times`, `INSERT INTO postern_event_times SELECT * FROM kept_times`,
		`DELETE FROM postern_event_head`, `INSERT INTO postern_event_head SELECT * FROM kept_head`,
		`DELETE FROM postern_parameters`, `INSERT INTO postern_parameters SELECT * FROM kept_parameters`)
	b.drop(false)
}

// state is everything that an attack may change of the audit log.
func (b *battlefield) state() (all []string) {
	for _, query := range []string{`SELECT ` + eventsOf + ` FROM postern_events ORDER BY seq`, `SELECT ` + headOf + ` FROM postern_event_head`} {
		rows, err := b.owner.QueryContext(b.t.Context(), b.sql(query))
		require.NoError(b.t, err)
		columns, err := rows.Columns()
		require.NoError(b.t, err)
		for rows.Next() {
			values, into := make([]any, len(columns)), make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			require.NoError(b.t, rows.Scan(into...))
			all = append(all, fmt.Sprintf("%v", values))
		}
		require.NoError(b.t, errorsOf(rows))
	}
	return all
}

func errorsOf(rows *sql.Rows) error {
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}

// seqs are the numbers of the rows that exist.
func (b *battlefield) seqs() (all []int64) {
	rows, err := b.owner.QueryContext(b.t.Context(), b.sql(`SELECT seq FROM postern_events ORDER BY seq`))
	require.NoError(b.t, err)
	for rows.Next() {
		var seq int64
		require.NoError(b.t, rows.Scan(&seq))
		all = append(all, seq)
	}
	require.NoError(b.t, errorsOf(rows))
	return all
}

// verify is what a process finds: one that has just started, or one that was running
// all the time.
func (b *battlefield) verify(d *desk.Desk) desk.Verdict {
	b.rig.Clock.Add(time.Minute)
	v, err := d.VerifyAudit(b.t.Context(), desk.CommandLine(), testoffice.Home, "")
	if err != nil { // the database has no head at all
		require.ErrorContains(b.t, err, "the head of the audit is missing")
		return desk.Verdict{Broken: 1}
	}
	return v
}

// run runs an attack, with an account that may or may not be allowed to, and requires
// that it is refused or noticed, and that the office's own purge deletes nothing because
// of it.
func (b *battlefield) run(a attack, by *sql.DB, mayRefuse bool) {
	t := b.t
	before := b.state()
	remembers, witness := b.office.Another(), testoffice.Witness{}
	if a.replay {
		mark := b.verify(remembers).Head
		require.NoError(t, witness.Keep(t.Context(), mark))
	}
	var refused error
	for _, s := range a.statements {
		if _, err := by.ExecContext(t.Context(), b.sql(s)); err != nil {
			refused = err
			break
		}
	}
	if !mayRefuse {
		require.NoError(t, refused, a.name)
	}
	changed := !slices.Equal(before, b.state())
	if a.replay {
		require.Equal(t, mayRefuse, refused != nil, "%s: %v", a.name, refused)
	}
	left := b.seqs()
	fresh := b.office.Over(b.database.over(t, b.database.open(t)))
	_ = fresh.PurgeAt(t.Context(), b.rig.Clock.Now())
	require.Subset(t, b.seqs(), left, "%s: the purge deletes nothing", a.name)

	v := b.verify(fresh)
	switch {
	case a.harmless || !changed:
		require.Zero(t, v.Broken, "%s: %s", a.name, v.Problem)
	case a.replay && refused == nil:
		require.Zero(t, v.Broken, "%s: %s", a.name, v.Problem)
		require.NotZero(t, b.verify(remembers).Broken, "%s: who remembers", a.name)
		require.NotZero(t, b.verify(b.witnessed(&witness)).Broken, "%s: the witness", a.name)
	default:
		require.NotZero(t, v.Broken, "%s: refused: %v", a.name, refused)
	}
	if v.Broken != 0 { // for ever
		fresh.Audit(testoffice.Home, "mail.tested", desk.Success).System().Record(t.Context())
		require.NotZero(t, b.verify(b.office.Over(b.database.over(t, b.attacker))).Broken, "%s: later", a.name)
	}
	b.restore()
	require.Equal(t, before, b.state())
}

// witnessed is a process with a witness.
func (b *battlefield) witnessed(w desk.Witness) *desk.Desk {
	cfg := b.office.Cfg
	cfg.Witness, cfg.Store = w, b.database.over(b.t, b.attacker)
	d, err := desk.New(cfg)
	require.NoError(b.t, err)
	require.NoError(b.t, d.Open(b.t.Context()))
	return d
}

// TestWhoWritesToTheDatabaseIsRefusedOrFoundOut has the office's own account do all that
// grants.sql allows, and the owner of a database without triggers do the same, so that
// verification proves itself without the database's help. The two may do different things:
// what the triggers refuse is tried where there are none.
func TestWhoWritesToTheDatabaseIsRefusedOrFoundOut(t *testing.T) {
	for _, kind := range []struct {
		name string
		make func(t *testing.T) (owner, app database)
	}{
		{"SQLite", func(t *testing.T) (owner, app database) {
			d := tunedSQLite(t)
			d.store(t)
			return d, d
		}},
		{"PostgreSQL", func(t *testing.T) (owner, app database) {
			app = restrictedPostgreSQL(t)(t)
			owner = app
			owner.dsn = strings.Replace(owner.dsn, "user=postern_app", "user=postgres", 1)
			return owner, app
		}},
		{"MariaDB", func(t *testing.T) (owner, app database) {
			app = restrictedMariaDB(t)(t)
			owner = app
			owner.dsn = strings.Replace(owner.dsn, "postern_app@", "root@", 1)
			return owner, app
		}},
	} {
		t.Run(kind.name, func(t *testing.T) {
			owner, app := kind.make(t)
			b := newBattlefield(t, owner, app)
			require.Zero(t, b.verify(b.office.Desk).Broken)
			b.restore()
			for _, a := range attacks() {
				b.run(a, b.attacker, true)
			}
			if b.driver != "sqlite" {
				return // verification does not depend on the database
			}
			for _, a := range attacks() {
				b.drop(true)
				b.run(a, b.owner, false)
			}
		})
	}
}
