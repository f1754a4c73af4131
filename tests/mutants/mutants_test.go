package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/tests/need"
	"github.com/postern-go/postern/tests/requirements"
)

// Whether the mutations are killed takes "make mutants"; that they can be made, and
// that no row is left out, is checked each time.
func TestTheTableFitsTheDocumentAndTheCode(t *testing.T) {
	root := need.Root(t)
	rows, err := requirements.Read(root)
	require.NoError(t, err)
	require.Empty(t, mistakes(root, rows, table()))
}

func TestASubtestIsSelectedByItsPath(t *testing.T) {
	m := mutation{by: "tests/stores.TestStore/sqlite/a write (of one)"}
	require.Equal(t, "tests/stores.TestStore", m.test())
	require.Equal(t, "tests/stores", m.folder())
	require.Equal(t, `^TestStore$/^sqlite$/^a write \(of one\)$`, m.pattern())
	require.Equal(t, "^FuzzOpen$", mutation{by: "internal/vault.FuzzOpen"}.pattern())
}
