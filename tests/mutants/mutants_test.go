package main

import (
	"os"
	"os/exec"
	"path/filepath"
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

func TestWhatBecomesOfAMutation(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":     "module example.com/sum\n\ngo 1.26\n",
		"sum/sum.go": "package sum\n\nfunc Of(a, b int) int { return a + b }\n\nfunc Less(a, b int) int { return a - b }\n",
		"sum/sum_test.go": "package sum\n\nimport \"testing\"\n\n" +
			"func TestOf(t *testing.T) {\n\tif Of(1, 2) != 3 {\n\t\tt.Fatal()\n\t}\n}\n\n" +
			"func TestSkipped(t *testing.T) { t.Skip() }\n\nfunc TestRed(t *testing.T) { t.Fatal() }\n",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte(text), 0o644))
	}
	git := exec.CommandContext(t.Context(), "git", "init", "-q")
	git.Dir = root
	require.NoError(t, git.Run())

	for name, c := range map[string]struct {
		by, old, new string
		want         outcome
	}{
		"the test fails":             {"sum.TestOf", "a + b", "a * b", killed},
		"the test does not see it":   {"sum.TestOf", "a - b", "b - a", survived},
		"the test was skipped":       {"sum.TestSkipped", "a + b", "a * b", unknown},
		"the test fails in any case": {"sum.TestRed", "a + b", "a * b", broken},
		"there is no such test":      {"sum.TestGone", "a + b", "a * b", broken},
		"it does not compile":        {"sum.TestOf", "a + b", "a + c", broken},
		"its text is not there":      {"sum.TestOf", "a / b", "a * b", broken},
		"its text is there twice":    {"sum.TestOf", "a, b int", "b, a int", broken},
	} {
		t.Run(name, func(t *testing.T) {
			count, err := tryAll(t.Context(), root, t.TempDir(), []mutation{{"a row", c.by, "sum/sum.go", c.old, c.new}}, 1)
			require.NoError(t, err)
			require.Equal(t, map[outcome]int{c.want: 1}, count)
		})
	}
}
