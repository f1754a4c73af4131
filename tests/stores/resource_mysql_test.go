package stores_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/backoffice"
	"github.com/postern-go/postern/backoffice/resource"
	"github.com/postern-go/postern/store/sqlstore"
)

type seed struct {
	id     int64
	name   string
	code   string
	amount int64
}

// TestMariaDBTakesNoTextForAnother whose collation says that they are one, and counts what
// has not changed.
func TestMariaDBTakesNoTextForAnother(t *testing.T) {
	d := mariaDB(t)
	db := d.open(t)
	perform(t, db, `CREATE TABLE seeds (id BIGINT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(100) NOT NULL DEFAULT 'Iris', code VARCHAR(100) UNIQUE, amount INTEGER NOT NULL DEFAULT 0)`,
		`CREATE TABLE words (id VARCHAR(100) PRIMARY KEY, name VARCHAR(100) NOT NULL)`,
		`INSERT INTO words VALUES ('rose', 'a'), ('iris', 'b')`)
	at := func(s *seed) *string { return &s.name }
	seeds := func(d database) *resource.Resource[seed] {
		r := &resource.Resource[seed]{
			Path: "seeds", One: "Seed", Many: "Seeds",
			Data: resource.SQL[seed](d.open(t), resource.Table{Name: "seeds", Dialect: sqlstore.MySQL()}),
			Fields: []resource.Field[seed]{
				resource.Key[seed, int64]{Name: "id", At: func(s *seed) *int64 { return &s.id }},
				resource.Text[seed]{Name: "name", Filtered: true, At: at, In: resource.Read | resource.Edit},
				resource.Text[seed]{Name: "code", Optional: true, At: func(s *seed) *string { return &s.code }, In: resource.Read | resource.Edit},
				resource.Int[seed, int64]{Name: "amount", At: func(s *seed) *int64 { return &s.amount }, In: resource.Read | resource.Edit},
			},
		}
		require.NoError(t, r.Check())
		return r
	}
	r := seeds(d)
	id, err := r.Data.Create(t.Context(), seed{})
	require.NoError(t, err)
	was, err := r.Data.Get(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, seed{id: 1, name: "Iris"}, was, "the defaults of its columns")

	others := []string{"iris", "\u00cdris", "Iris ", "Iris\x00"}
	for _, name := range others {
		found, err := r.Data.List(t.Context(), resource.Query{Sort: "id", Limit: 9, Where: []resource.Where{{Field: "name", In: []any{name}}}})
		require.NoError(t, err)
		require.Empty(t, found, "%q", name)
		found, err = r.Data.List(t.Context(), resource.Query{Sort: "id", Limit: 9, Where: []resource.Where{{Field: "name", In: []any{name, "another", "Iris"}}}})
		require.NoError(t, err)
		require.Len(t, found, 1, "%q", name)
		stale := was
		stale.name = name
		require.ErrorIs(t, r.Data.Update(t.Context(), resource.Change[seed]{ID: id, Was: stale, Now: seed{name: "Mine"}, Fields: []string{"name"}}), backoffice.ErrChanged, "%q", name)
		require.ErrorIs(t, r.Data.Delete(t.Context(), stale), backoffice.ErrChanged, "%q", name)
	}

	t.Run("a change to what is there", func(t *testing.T) {
		for _, d := range []database{d, d.with("clientFoundRows=true")} {
			r := seeds(d)
			require.NoError(t, r.Data.Update(t.Context(), resource.Change[seed]{ID: id, Was: was, Now: was, Fields: []string{"name", "amount"}}))
			stale := was
			stale.amount = 3
			err := r.Data.Update(t.Context(), resource.Change[seed]{ID: id, Was: stale, Now: was, Fields: []string{"name"}, Held: []string{"amount"}})
			require.ErrorIs(t, err, backoffice.ErrChanged)
		}
	})
	t.Run("a key", func(t *testing.T) {
		type word struct{ id, name string }
		words := &resource.Resource[word]{
			Path: "words", One: "Word", Many: "Words",
			Data: resource.SQL[word](db, resource.Table{Name: "words", Dialect: sqlstore.MySQL()}),
			Fields: []resource.Field[word]{
				resource.Key[word, string]{Name: "id", At: func(w *word) *string { return &w.id }},
				resource.Text[word]{Name: "name", At: func(w *word) *string { return &w.name }, In: resource.Everywhere},
			},
		}
		require.NoError(t, words.Check())
		for _, id := range []string{"ROSE", "ros\u00e9", "rose "} {
			_, err := words.Data.Get(t.Context(), id)
			require.ErrorIs(t, err, backoffice.ErrNotFound, id)
			err = words.Data.Update(t.Context(), resource.Change[word]{ID: id, Was: word{id, "a"}, Now: word{id, "c"}, Fields: []string{"name"}})
			require.ErrorIs(t, err, backoffice.ErrNotFound, id)
		}
		_, err := words.Data.Create(t.Context(), word{name: "c"})
		require.ErrorContains(t, err, "Resource.New", "it has no key")
		labels, err := resource.Lookup(db, sqlstore.MySQL(), "words", "id", "name").Labels(t.Context(), []string{"Rose", "iris"})
		require.NoError(t, err)
		require.Equal(t, map[string]string{"iris": "b"}, labels)
		labels, err = resource.Lookup(db, sqlstore.MySQL(), "seeds", "id", "name").Labels(t.Context(), []string{id + "x", "x"})
		require.NoError(t, err)
		require.Empty(t, labels)
	})
	t.Run("a value that another row has", func(t *testing.T) {
		perform(t, db, `INSERT INTO seeds (code) VALUES ('ada@example.org')`)
		c := resource.Change[seed]{ID: id, Was: was, Now: seed{code: "ada@example.org"}, Fields: []string{"code"}}
		var invalid *backoffice.InvalidError
		require.ErrorAs(t, r.Data.Update(t.Context(), c), &invalid)
		require.Equal(t, "code", invalid.Problems[0].Field)
		perform(t, db, `ALTER TABLE seeds RENAME INDEX code TO one_code`)
		err := r.Data.Update(t.Context(), c)
		require.ErrorContains(t, err, "one_code")
		require.NotContains(t, err.Error(), "ada@")
	})
	t.Run("a call that nobody waits for", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		require.Error(t, r.Data.Update(ctx, resource.Change[seed]{ID: id, Was: was, Now: was, Fields: []string{"name"}}))
	})
}

// TestMariaDBReadsNoMoreThanAPage counts the rows that the server reads for pages anywhere in
// a table.
func TestMariaDBReadsNoMoreThanAPage(t *testing.T) {
	db := mariaDB(t).open(t)
	db.SetMaxOpenConns(1) // whose counters these are
	perform(t, db, `CREATE TABLE plants (id BIGINT AUTO_INCREMENT PRIMARY KEY, `+myTimes.columns+`, INDEX (seen, id), INDEX (name, id), INDEX (`+"`the bed`"+`, seen, id))`,
		`INSERT INTO plants (name, `+"`the bed`"+`, height, state, rare, seen) SELECT CONCAT('Rose ', seq), CONCAT('bed ', seq % 50), 1, 1, 0,
			'2026-03-01' + INTERVAL seq SECOND FROM seq_1_to_5000`, `ANALYZE TABLE plants`)
	r := plants[int64](db, myTimes)
	require.NoError(t, r.Check())
	middle, err := r.Data.Get(t.Context(), "2500")
	require.NoError(t, err)
	bed := resource.Where{Field: "bed", In: []any{"bed 1"}}
	beds := resource.Where{Field: "bed", In: []any{"bed 1", "bed 2", "bed 3"}}
	for name, q := range map[string]resource.Query{
		"the first":               {Sort: "seen", Desc: true},
		"half way":                {Sort: "seen", Desc: true, After: &resource.Cursor{Value: middle.seen, Key: middle.id}},
		"half way, by name":       {Sort: "name", After: &resource.Cursor{Value: middle.name, Key: middle.id}},
		"a bed":                   {Sort: "seen", Where: []resource.Where{bed}},
		"a bed, half way":         {Sort: "seen", Where: []resource.Where{bed}, After: &resource.Cursor{Value: middle.seen, Key: middle.id}},
		"three beds":              {Sort: "seen", Where: []resource.Where{beds}},
		"three beds, half way":    {Sort: "seen", Desc: true, Where: []resource.Where{beds}, After: &resource.Cursor{Value: middle.seen, Key: middle.id}},
		"what begins with a word": {Sort: "name", Search: "rose 4999", Searched: []string{"name"}},
	} {
		t.Run(name, func(t *testing.T) {
			q.Limit, q.Fields = 20, []string{"id", "name"}
			perform(t, db, `FLUSH STATUS`)
			found, err := r.Data.List(t.Context(), q)
			require.NoError(t, err)
			require.NotEmpty(t, found)
			var read int
			require.NoError(t, db.QueryRowContext(t.Context(), `SELECT SUM(variable_value) FROM information_schema.session_status WHERE variable_name LIKE 'Handler_read%'`).Scan(&read))
			require.Less(t, read, 250)
		})
	}
}
