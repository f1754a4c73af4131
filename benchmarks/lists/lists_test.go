// Package lists_test measures lists of a million rows of a host's against the query that
// somebody would write by hand for the same page, with the same indexes:
//
//	go test ./benchmarks/lists -bench . -run '^$' -benchtime 1x
//
// Each contender takes its turn after the other, on one connection pool, and the medians are
// compared: x/hand is how many times as long a page of package resource takes.
package lists_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/store/sqlstore"
	"github.com/postern-go/postern/tests/postgres"
)

const (
	rows  = 1_000_000
	limit = 51
	turns = 101
)

type post struct {
	ID, AuthorID, Edited   int64
	Title, Section, Hidden string
	Status                 string
	Published              time.Time
}

func posts(db *sql.DB, t resource.Table) *resource.Resource[post] {
	return &resource.Resource[post]{
		Path: "posts", One: "Post", Many: "Posts", Data: resource.SQL[post](db, t), Sort: "-published",
		Fields: []resource.Field[post]{
			resource.Key[post, int64]{Name: "id", At: func(p *post) *int64 { return &p.ID }},
			resource.Version[post]{Name: "edited", At: func(p *post) *int64 { return &p.Edited }},
			resource.Text[post]{Name: "title", Searched: true, At: func(p *post) *string { return &p.Title }},
			resource.Ref[post, int64]{Name: "author_id", Filtered: true, At: func(p *post) *int64 { return &p.AuthorID }},
			resource.Choice[post, string]{Name: "status", Filtered: true, Of: []resource.Option{{Value: "draft"}, {Value: "live"}},
				At: func(p *post) *string { return &p.Status }},
			resource.Text[post]{Name: "section", Filtered: true, At: func(p *post) *string { return &p.Section }},
			resource.Time[post]{Name: "published", Sorted: true, Filtered: true, At: func(p *post) *time.Time { return &p.Published }},
			resource.Text[post]{Name: "hidden", Optional: true, At: func(p *post) *string { return &p.Hidden }},
		},
	}
}

// One row in 100 is in each section, one in 10,000 of each author, and one in ten a draft.
// Titles begin with one of 1,000 words.
const (
	inSQLite = `
CREATE TABLE posts (id INTEGER PRIMARY KEY, edited INTEGER NOT NULL, title TEXT NOT NULL, author_id INTEGER NOT NULL, status TEXT NOT NULL,
	section TEXT NOT NULL, published INTEGER NOT NULL, hidden TEXT, body TEXT NOT NULL);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000)
INSERT INTO posts SELECT i, 0, 'word' || (i * 7919 % 1000) || ' in the garden ' || i, i * 31 % 10000, CASE WHEN i % 10 = 0 THEN 'draft' ELSE 'live' END,
	'section' || (i * 37 % 100), 1700000000 + i / 2, CASE WHEN i % 50 = 0 THEN 'spam' END, printf('%.200c', 'x') FROM n;
CREATE INDEX posts_published ON posts (published, id);
CREATE INDEX posts_section ON posts (section, published, id);
CREATE INDEX posts_author ON posts (author_id, published, id);
CREATE INDEX posts_status ON posts (status, published, id);
CREATE INDEX posts_title ON posts (title COLLATE NOCASE);
ANALYZE;`
	inPostgreSQL = `
CREATE TABLE posts (id bigint PRIMARY KEY, edited bigint NOT NULL, title text NOT NULL, author_id bigint NOT NULL, status text NOT NULL,
	section text NOT NULL, published timestamptz NOT NULL, hidden text, body text NOT NULL);
INSERT INTO posts SELECT i, 0, 'word' || (i::bigint * 7919 % 1000) || ' in the garden ' || i, i::bigint * 31 % 10000, CASE WHEN i % 10 = 0 THEN 'draft' ELSE 'live' END,
	'section' || (i::bigint * 37 % 100), to_timestamp(1700000000 + i / 2), CASE WHEN i % 50 = 0 THEN 'spam' END, repeat('x', 200) FROM generate_series(1, 1000000) i;
CREATE INDEX posts_published ON posts (published, id);
CREATE INDEX posts_section ON posts (section, published, id);
CREATE INDEX posts_author ON posts (author_id, published, id);
CREATE INDEX posts_status ON posts (status, published, id);
CREATE INDEX posts_title ON posts (lower(title) text_pattern_ops);
ANALYZE posts;`
)

// page is a page of the list, and the query by hand: what follows FROM posts, for PostgreSQL.
type page struct {
	name  string
	query resource.Query
	where string
	args  []any
}

func at(i int64) time.Time { return time.Unix(1700000000+i/2, 0).UTC() }

// pages are those that are measured. Page 1,000 of all is behind the row 950,001, as the
// list begins with the last row.
func pages() []page {
	in := func(field string, values ...any) resource.Where { return resource.Where{Field: field, In: values} }
	q := func(where ...resource.Where) resource.Query { return resource.Query{Where: where} }
	behind := func(q resource.Query, id int64) resource.Query {
		q.After = &resource.Cursor{Value: at(id), Key: id}
		return q
	}
	search := func(text string, where ...resource.Where) resource.Query {
		return resource.Query{Search: text, Searched: []string{"title"}, Where: where}
	}
	const after = `(published, id) < ($1, $2)`
	return []page{
		{"first", q(), `true`, nil},
		{"page 1,000", behind(q(), 950_001), after, []any{at(950_001), int64(950_001)}},
		{"one of 100 sections", q(in("section", "section7")), `section = $1`, []any{"section7"}},
		{"its page 100", behind(q(in("section", "section7")), 500_000), after + ` AND section = $3`, []any{at(500_000), int64(500_000), "section7"}},
		{"an author", q(in("author_id", int64(7))), `author_id = $1`, []any{int64(7)}},
		{"drafts of a month", q(in("status", "draft"), resource.Where{Field: "published", From: at(300_000), Until: at(400_000)}),
			`status = $1 AND published >= $2 AND published < $3`, []any{"draft", at(300_000), at(400_000)}},
		{"three sections", q(in("section", "section7", "section8", "section9")), `section IN ($1, $2, $3)`, []any{"section7", "section8", "section9"}},
		{"eight sections, half way", behind(q(in("section", "section1", "section2", "section3", "section4", "section5", "section6", "section7", "section8")), 400_000),
			after + ` AND section IN ('section1','section2','section3','section4','section5','section6','section7','section8')`, []any{at(400_000), int64(400_000)}},
		{"eight authors", q(in("author_id", int64(1), int64(2), int64(3), int64(4), int64(5), int64(6), int64(7), int64(8))), `author_id IN (1,2,3,4,5,6,7,8)`, nil},
		{"a search with one find", search("word919 in the garden 1"), `(lower(title) LIKE $1 OR lower(title) LIKE $2 AND lower(title) LIKE $3 AND lower(title) LIKE $4 AND lower(title) LIKE $5 AND lower(title) LIKE $6)`,
			[]any{"word919 in the garden 1%", "word919%", "in%", "the%", "garden%", "1%"}},
		{"a word of 1,000", search("word777"), `lower(title) LIKE $1`, []any{"word777%"}},
		{"a word that all have", search("WORD"), `lower(title) LIKE $1`, []any{"word%"}},
		{"a word in a section", search("word777", in("section", "section7")), `lower(title) LIKE $1 AND section = $2`, []any{"word777%", "section7"}},
		{"nothing", search("nowhere"), `lower(title) LIKE $1`, []any{"nowhere%"}},
	}
}

func BenchmarkSQLite(b *testing.B) {
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "posts.db")+"?_pragma=journal_mode(off)&_pragma=synchronous(off)&_pragma=cache_size(-65536)")
	require.NoError(b, err)
	b.Cleanup(func() { db.Close() })
	db.SetMaxOpenConns(1)
	_, err = db.Exec(inSQLite)
	require.NoError(b, err)
	measure(b, db, resource.Table{Name: "posts", Dialect: sqlstore.SQLite(), Times: resource.UnixSeconds})
}

func BenchmarkPostgreSQL(b *testing.B) {
	db := postgres.Open(b)
	_, err := db.Exec(inPostgreSQL)
	require.NoError(b, err)
	_, err = db.Exec("VACUUM posts")
	require.NoError(b, err)
	measure(b, db, resource.Table{Name: "posts", Dialect: sqlstore.PostgreSQL()})
}

func measure(b *testing.B, db *sql.DB, t resource.Table) {
	r := posts(db, t)
	require.NoError(b, r.Check())
	lite := t.Times != ""
	for _, p := range pages() {
		b.Run(p.name, func(b *testing.B) {
			p.query.Sort, p.query.Desc, p.query.Limit = "published", true, limit
			p.query.Fields = []string{"id", "edited", "title", "author_id", "status", "section", "published", "hidden"}
			kit := func() []post {
				found, err := r.Data.List(b.Context(), p.query)
				require.NoError(b, err)
				return found
			}
			query := `SELECT id, edited, title, author_id, status, section, published, hidden FROM posts WHERE ` + p.where + ` ORDER BY published DESC, id DESC LIMIT 51`
			args := slices.Clone(p.args)
			if lite {
				query = strings.ReplaceAll(query, "lower(title)", "title")
				for i, v := range args {
					if moment, ok := v.(time.Time); ok {
						args[i] = moment.Unix()
					}
				}
			}
			hand := func() []post { return byHand(b, db, lite, query, args) }
			ids := func(rows []post) (ids []int64) {
				for _, p := range rows {
					ids = append(ids, p.ID)
				}
				return ids
			}
			require.Equal(b, ids(hand()), ids(kit()), "both read the same")
			var took [2][]time.Duration
			for range b.N {
				spent := time.Now()
				for n := 0; n < turns && time.Since(spent) < 5*time.Second; n++ {
					for i, read := range []func() []post{hand, kit} {
						begin := time.Now()
						read()
						took[i] = append(took[i], time.Since(begin))
					}
				}
			}
			hands, kits := median(took[0]), median(took[1])
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(float64(hands.Microseconds()), "µs/hand")
			b.ReportMetric(float64(kits.Microseconds()), "µs/kit")
			b.ReportMetric(float64(kits)/float64(hands), "x/hand")
		})
	}
}

func median(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}

func byHand(b *testing.B, db *sql.DB, lite bool, query string, args []any) (found []post) {
	ctx, cancel := context.WithTimeout(b.Context(), time.Minute)
	defer cancel()
	rows, err := db.QueryContext(ctx, query, args...)
	require.NoError(b, err)
	defer rows.Close()
	for rows.Next() {
		var p post
		var hidden sql.NullString
		var seconds int64
		published := any(&p.Published)
		if lite {
			published = &seconds
		}
		require.NoError(b, rows.Scan(&p.ID, &p.Edited, &p.Title, &p.AuthorID, &p.Status, &p.Section, published, &hidden))
		if lite {
			p.Published = time.Unix(seconds, 0)
		}
		p.Published, p.Hidden = p.Published.UTC(), hidden.String
		found = append(found, p)
	}
	require.NoError(b, rows.Err())
	return found
}
