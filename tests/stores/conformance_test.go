package stores_test

import (
	"fmt"
	"testing"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/storetest"
	"github.com/postern-go/postern/tests/postgres"
)

func TestStore(t *testing.T) {
	for _, d := range databases {
		t.Run(d.name, func(t *testing.T) {
			empty := emptied(t, d.make)
			storetest.Run(t, func(t *testing.T) store.Store { return empty(t).store(t) })
		})
		t.Run(d.name+", from two processes", func(t *testing.T) {
			empty := emptied(t, d.make)
			storetest.RunShared(t, func(t *testing.T) (a, b store.Store) {
				shared := empty(t)
				return shared.store(t), shared.store(t)
			})
		})
	}
}

// emptied returns a function that gives each case an empty database: a new
// file, or, since a server takes its time to make a database, new tables.
func emptied(t *testing.T, make func(*testing.T) database) func(*testing.T) database {
	one := make(t)
	if one.driver != postgres.Driver {
		return make
	}
	cases := 0
	return func(*testing.T) database {
		cases++
		one.prefix = fmt.Sprintf("case%d_", cases)
		return one
	}
}
