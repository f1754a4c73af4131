package memstore_test

import (
	"testing"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return memstore.New() })
}

func TestTwoHandlesToOneStore(t *testing.T) {
	storetest.RunShared(t, func(*testing.T) (a, b store.Store) {
		st := memstore.New()
		return st, st
	})
}
