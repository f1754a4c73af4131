package stores_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/sqlstore"
)

// tenantPrefixes are those of several offices in one database, one of them as long as a
// prefix can be.
var tenantPrefixes = []string{"t1_", "t2_", "t3_", "t" + strings.Repeat("x", 22) + "_"}

// Replicas of a host that start at once migrate the tables of all tenants at once, through
// pools that these share.
func TestManyOfficesShareADatabase(t *testing.T) {
	onEach(t, func(t *testing.T, d database) {
		const replicas = 2
		var all [replicas][]*sqlstore.Store
		var starting sync.WaitGroup
		errs := make(chan error, replicas*len(tenantPrefixes))
		for i := range all {
			db := d.open(t)
			for _, prefix := range tenantPrefixes {
				of := d
				of.prefix = prefix
				all[i] = append(all[i], of.over(t, db))
			}
			starting.Go(func() {
				for _, s := range all[i] {
					errs <- s.Migrate(t.Context())
				}
			})
		}
		starting.Wait()
		close(errs)
		for err := range errs {
			require.NoError(t, err)
		}
		for i, s := range all[0] {
			_, err := s.LoadParameters(t.Context())
			require.ErrorIs(t, err, store.ErrNotFound, "that of another office is not its own")
			require.NoError(t, s.Commit(t.Context(), store.PutParameters{Parameters: store.Parameters{Office: fmt.Sprint("office ", i), Alias: fmt.Sprint("alias", i)}}))
		}
		for i, s := range all[1] {
			p, err := s.LoadParameters(t.Context())
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint("office ", i), p.Office)
			require.NoError(t, s.Check(t.Context()))
		}
	})
}

// PostgreSQL cuts longer names off at 63 bytes, and MySQL refuses those of more than 64, so
// that with a long prefix two names could become one.
func TestNoNameIsTooLongWithTheLongestPrefix(t *testing.T) {
	names := regexp.MustCompile(sqlstore.DefaultTablePrefix + `\w+`)
	for _, dialect := range []sqlstore.Dialect{sqlstore.SQLite(), sqlstore.PostgreSQL(), sqlstore.MySQL()} {
		files := sqlstore.Migrations(dialect)
		list, err := fs.Glob(files, "*.sql")
		require.NoError(t, err)
		require.NotEmpty(t, list)
		for _, file := range list {
			text, err := fs.ReadFile(files, file)
			require.NoError(t, err)
			for _, name := range names.FindAllString(string(text), -1) {
				longest := len(name) - len(sqlstore.DefaultTablePrefix) + 24
				require.LessOrEqual(t, longest, 63, name)
			}
		}
	}
}

func TestAnOfficeInASchemaOfItsOwn(t *testing.T) {
	d := postgreSQL(t)
	admin := d.open(t)
	var stores []*sqlstore.Store
	for _, tenant := range []string{"garden", "pasture"} {
		_, err := admin.ExecContext(t.Context(), "CREATE SCHEMA "+tenant)
		require.NoError(t, err)
		of := d
		of.dsn += "&search_path=" + tenant
		stores = append(stores, of.store(t))
		require.NoError(t, stores[len(stores)-1].Check(t.Context()))
	}
	require.NoError(t, stores[0].Commit(t.Context(), store.PutParameters{Parameters: store.Parameters{Office: "garden", Alias: "alias"}}))
	_, err := stores[1].LoadParameters(t.Context())
	require.ErrorIs(t, err, store.ErrNotFound)
	_, err = admin.ExecContext(t.Context(), "DROP SCHEMA garden CASCADE")
	require.NoError(t, err)
	require.NoError(t, stores[1].Check(t.Context()))
}
