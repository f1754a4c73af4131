package stores_test

import (
	"database/sql"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/backoffice/resource/resourcetest"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/postgres"
)

// plant is a row with a field of each kind, whose key is of type K.
type plant[K resource.Scalar] struct {
	id      K
	version int64
	name    string
	latin   string
	bed     string
	height  int32
	keeper  int64
	state   stage
	rare    bool
	seen    time.Time
	planted time.Time
	notes   string
	price   *string
}

type stage int8

// table is a table of plants in one kind of database.
type table struct {
	dialect sqlstore.Dialect
	times   resource.TimeFormat
	columns string
}

const sqliteColumns = `version INTEGER NOT NULL DEFAULT 0, name TEXT NOT NULL COLLATE NOCASE, latin TEXT, "the bed" TEXT NOT NULL,
	height INTEGER NOT NULL, keeper INTEGER, state INTEGER NOT NULL, rare BOOLEAN NOT NULL, notes TEXT, price TEXT, `

// Most texts have the character set of the server, which may lack letters.
const mysqlColumns = `version BIGINT NOT NULL DEFAULT 0, name VARCHAR(255) CHARACTER SET utf8mb4 NOT NULL, latin VARCHAR(255), ` + "`the bed`" + ` VARCHAR(255) NOT NULL,
	height INTEGER NOT NULL, keeper BIGINT, state SMALLINT NOT NULL, rare BOOLEAN NOT NULL, notes TEXT, price DECIMAL(10, 2), `

const postgresColumns = `version bigint NOT NULL DEFAULT 0, name text NOT NULL, latin varchar(255), "the bed" text NOT NULL,
	height integer NOT NULL, keeper bigint, state smallint NOT NULL, rare boolean NOT NULL, notes text, price numeric, `

var (
	sqliteSeconds = table{sqlstore.SQLite(), resource.UnixSeconds, sqliteColumns + `seen DATETIME NOT NULL, planted INTEGER`}
	sqliteTexts   = table{sqlstore.SQLite(), time.DateTime, sqliteColumns + `seen DATETIME NOT NULL, planted DATE`}
	pgTimes       = table{sqlstore.PostgreSQL(), "", postgresColumns + `seen timestamptz NOT NULL, planted date`}
	pgPlain       = table{sqlstore.PostgreSQL(), "", postgresColumns + `seen timestamp NOT NULL, planted timestamp`}
	myTimes       = table{sqlstore.MySQL(), "", mysqlColumns + `seen DATETIME(6) NOT NULL, planted DATE`}
	myStamps      = table{sqlstore.MySQL(), "", mysqlColumns + `seen TIMESTAMP NOT NULL, planted DATETIME(6)`}
	myNumbers     = table{sqlstore.MySQL(), resource.UnixMicros, mysqlColumns + `seen BIGINT NOT NULL, planted BIGINT`}
	myTexts       = table{sqlstore.MySQL(), time.DateTime, mysqlColumns + `seen DATETIME NOT NULL, planted DATE`}
	pgNumbers     = table{sqlstore.PostgreSQL(), resource.UnixMicros, postgresColumns + `seen bigint NOT NULL, planted bigint`}
)

func TestATableIsData(t *testing.T) {
	number := func(n int) int64 { return int64(n + 7) }
	text := func(n int) string { return fmt.Sprintf("plant-%c", 'a'+n) }
	uuid := func(n int) [16]byte { return [16]byte{15: byte(n + 1)} }
	uuidText := func(n int) string { return fmt.Sprintf("00000000-0000-0000-0000-%012x", n+1) }

	file := database{driver: "sqlite", dsn: ":memory:"}
	t.Run("SQLite, numbers", func(t *testing.T) { conforms(t, file.open(t), sqliteSeconds, "INTEGER", number, version[int64]()) })
	t.Run("SQLite, texts", func(t *testing.T) { conforms(t, file.open(t), sqliteTexts, "TEXT", text) })
	pg := database{driver: postgres.Driver, dsn: postgres.Start(t)}
	t.Run("pgx, numbers", func(t *testing.T) { conforms(t, pg.open(t), pgTimes, "bigint", number, version[int64]()) })
	t.Run("pgx, UUIDs", func(t *testing.T) { conforms(t, pg.open(t), pgPlain, "uuid", uuid) })
	pg.driver = "postgres"
	t.Run("lib/pq, UUIDs as texts", func(t *testing.T) { conforms(t, pg.open(t), pgNumbers, "uuid", uuidText) })
	my := mariaDB(t)
	t.Run("MariaDB, numbers", func(t *testing.T) {
		conforms(t, my.open(t), myTimes, "BIGINT AUTO_INCREMENT", number, version[int64]())
	})
	t.Run("MariaDB, no version", func(t *testing.T) {
		conforms(t, my.with("parseTime=true&loc=Asia%2FTokyo&clientFoundRows=true").open(t), myTimes, "BIGINT AUTO_INCREMENT", number)
	})
	t.Run("MariaDB, texts", func(t *testing.T) {
		conforms(t, my.with("parseTime=true&interpolateParams=true&loc=Asia%2FTokyo").open(t), myStamps, "VARCHAR(100)", text)
	})
	t.Run("MariaDB, UUIDs", func(t *testing.T) {
		conforms(t, my.with("interpolateParams=true&sql_mode=%27ANSI,TRADITIONAL,NO_BACKSLASH_ESCAPES%27").open(t), myNumbers, "CHAR(36)", uuid)
	})
	t.Run("MariaDB, UUIDs as texts", func(t *testing.T) { conforms(t, my.open(t), myTexts, "UUID", uuidText) })
}

func version[K resource.Scalar]() resource.Field[plant[K]] {
	return resource.Version[plant[K]]{Name: "version", At: func(p *plant[K]) *int64 { return &p.version }}
}

// plants describes the table, with the type of the key.
func plants[K resource.Scalar](db *sql.DB, from table, more ...resource.Field[plant[K]]) *resource.Resource[plant[K]] {
	type row = plant[K]
	return &resource.Resource[row]{
		Path: "plants", One: "Plant", Many: "Plants", Sort: "-seen",
		Data: resource.SQL[row](db, resource.Table{
			Name: "plants", Dialect: from.dialect, Times: from.times, Columns: map[string]string{"bed": "the bed"},
		}),
		Fields: append([]resource.Field[row]{
			resource.Key[row, K]{Name: "id", At: func(p *row) *K { return &p.id }, In: resource.Read | resource.New},
			resource.Text[row]{Name: "name", Searched: true, Sorted: true, At: func(p *row) *string { return &p.name }, In: resource.Everywhere},
			resource.Text[row]{Name: "latin", Searched: true, Optional: true, At: func(p *row) *string { return &p.latin }, In: resource.Everywhere},
			resource.Text[row]{Name: "bed", Filtered: true, At: func(p *row) *string { return &p.bed }, In: resource.Everywhere},
			resource.Int[row, int32]{Name: "height", Filtered: true, Sorted: true, At: func(p *row) *int32 { return &p.height }, In: resource.Everywhere},
			resource.Ref[row, int64]{Name: "keeper", Filtered: true, Optional: true, At: func(p *row) *int64 { return &p.keeper }, In: resource.Everywhere},
			resource.Choice[row, stage]{Name: "state", Filtered: true, Of: []resource.Option{{Value: "1"}, {Value: "2"}},
				At: func(p *row) *stage { return &p.state }, In: resource.Everywhere},
			resource.Bool[row]{Name: "rare", Filtered: true, At: func(p *row) *bool { return &p.rare }, In: resource.Everywhere},
			resource.Time[row]{Name: "seen", Filtered: true, Sorted: true, At: func(p *row) *time.Time { return &p.seen }, In: resource.Everywhere},
			resource.Time[row]{Name: "planted", Filtered: true, Date: true, Optional: true, At: func(p *row) *time.Time { return &p.planted }, In: resource.Everywhere},
			resource.Text[row]{Name: "notes", Long: true, Optional: true, At: func(p *row) *string { return &p.notes }, In: resource.Detail | resource.Write},
			resource.Custom[row, *string]{Name: "price", At: func(p *row) **string { return &p.price },
				Format: func(s *string) string {
					if s == nil {
						return ""
					}
					return *s
				}},
		}, more...),
	}
}

// grow returns the n-th plant.
func grow[K resource.Scalar](key func(n int) K) func(n int) plant[K] {
	return func(n int) plant[K] {
		p := plant[K]{
			id: key(n), name: fmt.Sprintf("Rose %d, d'été", n), latin: "Rosa", bed: fmt.Sprintf("bed %d", n), height: int32(n),
			keeper: int64(n), state: stage(n%2 + 1), rare: n%2 == 0,
			seen: time.Date(2026, 3, 28, 23, n, 0, 0, time.UTC), planted: time.Date(2026, 3, n+1, 0, 0, 0, 0, time.UTC),
		}
		if n%3 == 0 {
			p.latin, p.keeper, p.planted = "", 0, time.Time{} // NULL
		} else {
			price := fmt.Sprintf("%d.50", n)
			p.price, p.notes = &price, "Two\nlines"
		}
		return p
	}
}

func perform(t *testing.T, db *sql.DB, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		_, err := db.ExecContext(t.Context(), statement)
		require.NoError(t, err, statement)
	}
}

// conforms runs the suite over a table with keys of one type.
func conforms[K resource.Scalar](t *testing.T, db *sql.DB, from table, keyColumn string, key func(n int) K, more ...resource.Field[plant[K]]) {
	if from.dialect.String() == "sqlite" {
		db.SetMaxOpenConns(1) // or each connection would have a memory of its own
	}
	perform(t, db, `DROP TABLE IF EXISTS plants`, `CREATE TABLE plants (id `+keyColumn+` PRIMARY KEY, `+from.columns+`)`)
	resourcetest.Run(t, func(t *testing.T, rows []plant[K]) *resource.Resource[plant[K]] {
		_, err := db.Exec(`DELETE FROM plants`)
		require.NoError(t, err)
		r := plants(db, from, more...)
		require.NoError(t, r.Check())
		for _, row := range rows {
			_, err := r.Data.Create(t.Context(), row)
			require.NoError(t, err)
		}
		return r
	}, grow(key))
}

// TestATableUnderAttack tries what people put into addresses, filters and forms, on a table
// whose columns are narrower than the types of its fields.
func TestATableUnderAttack(t *testing.T) {
	for _, d := range []struct {
		name string
		db   *sql.DB
		from table
		key  string
	}{
		{"SQLite", database{driver: "sqlite", dsn: ":memory:"}.open(t), sqliteSeconds, "INTEGER"},
		{"PostgreSQL", database{driver: postgres.Driver, dsn: postgres.Start(t)}.open(t), pgTimes, "integer"},
		{"MariaDB", mariaDB(t).open(t), myTimes, "INTEGER"},
		{"MariaDB, with values in statements", mariaDB(t).with("interpolateParams=true&sql_mode=%27STRICT_TRANS_TABLES,NO_BACKSLASH_ESCAPES%27").open(t), myTexts, "INTEGER"},
	} {
		t.Run(d.name, func(t *testing.T) {
			d.db.SetMaxOpenConns(1)
			perform(t, d.db, `CREATE TABLE plants (id `+d.key+` PRIMARY KEY, `+d.from.columns+`, UNIQUE (name))`,
				`CREATE TABLE keepers (id `+d.key+` PRIMARY KEY, name TEXT)`, `INSERT INTO keepers VALUES (1, 'Mia'), (2, 'Mi_a'), (3, NULL), (0, 'Zoe')`)
			r := plants[int64](d.db, d.from)
			require.NoError(t, r.Check())
			row := grow(func(n int) int64 { return int64(n) })
			for n := range 5 {
				_, err := r.Data.Create(t.Context(), row(n+1))
				require.NoError(t, err)
			}
			list := func(q resource.Query) ([]plant[int64], error) {
				q.Sort, q.Limit, q.Fields = "id", 10, []string{"id", "name"}
				return r.Data.List(t.Context(), q)
			}

			t.Run("a key that is too large for its column", func(t *testing.T) {
				_, err := r.Data.Get(t.Context(), "1099511627776")
				require.ErrorIs(t, err, backoffice.ErrNotFound)
				found, err := list(resource.Query{Where: []resource.Where{{Field: "id", In: []any{int64(1) << 40}}}})
				require.NoError(t, err)
				require.Empty(t, found)
			})
			t.Run("a thousand values", func(t *testing.T) {
				var values []any
				for n := range resource.MostValues {
					values = append(values, int64(n))
				}
				found, err := list(resource.Query{Where: []resource.Where{{Field: "id", In: values}, {Field: "keeper", In: values}}})
				require.NoError(t, err)
				require.Len(t, found, 5)
			})
			t.Run("texts that are SQL", func(t *testing.T) {
				for _, text := range []string{`x' OR '1'='1`, `"; DROP TABLE plants; --`, `$1`, `?`, `\`, "\u202e", `%`} {
					found, err := list(resource.Query{Where: []resource.Where{{Field: "bed", In: []any{text, "another " + text}}}})
					require.NoError(t, err)
					require.Empty(t, found, text)
					p := row(0)
					p.id, p.name = 100, text
					_, err = r.Data.Create(t.Context(), p)
					require.NoError(t, err)
					got, err := r.Data.Get(t.Context(), "100")
					require.NoError(t, err)
					require.Equal(t, text, got.name)
					found, err = list(resource.Query{Search: text, Searched: []string{"name"}})
					require.NoError(t, err)
					require.Len(t, found, 1, "%q is found, and is no wildcard", text)
					require.NoError(t, r.Data.Delete(t.Context(), got))
				}
			})
			t.Run("a name that somebody else has", func(t *testing.T) {
				p := row(1)
				p.id = 200
				_, err := r.Data.Create(t.Context(), p)
				var invalid *backoffice.InvalidError
				require.ErrorAs(t, err, &invalid)
				require.Equal(t, "name", invalid.Problems[0].Field)
				was, err := r.Data.Get(t.Context(), "2")
				require.NoError(t, err)
				now := was
				now.name = p.name
				err = r.Data.Update(t.Context(), resource.Change[plant[int64]]{ID: "2", Was: was, Now: now, Fields: []string{"name"}})
				require.ErrorAs(t, err, &invalid)
				require.Equal(t, "name", invalid.Problems[0].Field)
			})
			t.Run("a field that is not in Fields, and a key", func(t *testing.T) {
				was, err := r.Data.Get(t.Context(), "2")
				require.NoError(t, err)
				now := was
				now.id, now.name = 900, "Renamed"
				require.NoError(t, r.Data.Update(t.Context(), resource.Change[plant[int64]]{ID: "2", Was: was, Now: now, Fields: []string{"id", "name", `bed"=''; --`}}))
				got, err := r.Data.Get(t.Context(), "2")
				require.NoError(t, err)
				require.Equal(t, "Renamed", got.name)
			})
			t.Run("what others are called", func(t *testing.T) {
				keepers := resource.Lookup(d.db, d.from.dialect, "keepers", "id", "name")
				labels, err := keepers.Labels(t.Context(), []string{"1", "3", "9"})
				require.NoError(t, err)
				require.Equal(t, map[string]string{"1": "Mia", "3": ""}, labels)
				for _, ids := range [][]string{nil, {"x"}, {"1) OR (1=1"}, {"99999999999999999999"}} {
					labels, err = keepers.Labels(t.Context(), ids)
					require.NoError(t, err)
					require.Empty(t, labels)
				}
				found, err := keepers.Find(t.Context(), "MI_", 20)
				require.NoError(t, err)
				require.Equal(t, []resource.Option{{Value: "2", Label: "Mi_a"}}, found)
				found, err = keepers.Find(t.Context(), "", 2)
				require.NoError(t, err)
				require.Len(t, found, 2)
			})
		})
	}
}

// TestAVersionThatIsNULLCounts, as those of rows that were there before their column was.
func TestAVersionThatIsNULLCounts(t *testing.T) {
	db := database{driver: "sqlite", dsn: ":memory:"}.open(t)
	db.SetMaxOpenConns(1)
	_, err := db.Exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY, version INTEGER, text TEXT); INSERT INTO notes (id) VALUES (1)`)
	require.NoError(t, err)
	type note struct {
		id, version int64
		text        string
	}
	r := &resource.Resource[note]{
		Path: "notes", One: "Note", Many: "Notes", Data: resource.SQL[note](db, resource.Table{Name: "notes", Dialect: sqlstore.SQLite()}),
		Fields: []resource.Field[note]{
			resource.Key[note, int64]{Name: "id", At: func(n *note) *int64 { return &n.id }},
			resource.Version[note]{Name: "version", At: func(n *note) *int64 { return &n.version }},
			resource.Text[note]{Name: "text", At: func(n *note) *string { return &n.text }, In: resource.Everywhere},
		},
	}
	require.NoError(t, r.Check())
	was, err := r.Data.Get(t.Context(), "1")
	require.NoError(t, err)
	now := was
	now.text = "new"
	c := resource.Change[note]{ID: "1", Was: was, Now: now, Fields: []string{"text"}}
	require.NoError(t, r.Data.Update(t.Context(), c))
	require.ErrorIs(t, r.Data.Update(t.Context(), c), backoffice.ErrChanged)
}

// TestTimesThatAreWrittenDifferentlyAreRefused: a page would leave such rows out, and nobody
// could change them.
func TestTimesThatAreWrittenDifferentlyAreRefused(t *testing.T) {
	db := database{driver: "sqlite", dsn: ":memory:"}.open(t)
	db.SetMaxOpenConns(1)
	_, err := db.Exec(`CREATE TABLE plants (id INTEGER PRIMARY KEY, ` + sqliteTexts.columns + `);
		INSERT INTO plants (id, name, "the bed", height, state, rare, seen) VALUES (1, 'Rose', '', 1, 1, 0, '2026-03-01 10:00:00.25'),
			(2, 'Rose', '', 1, 1, 0, '2026-03-01 10:00:00+00:00'), (3, 'Rose', '', 1, 1, 0, '2026-03-01T10:00:00Z'), (4, 'Rose', '', 1, 1, 0, '2026-03-01 10:00:00')`)
	require.NoError(t, err)
	r := plants[int64](db, sqliteTexts)
	require.NoError(t, r.Check())
	for _, id := range []string{"1", "2", "3"} {
		_, err = r.Data.Get(t.Context(), id)
		require.ErrorContains(t, err, "the field seen", id)
	}
	_, err = r.Data.Get(t.Context(), "4")
	require.NoError(t, err)
}
