package storetest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/postern-go/postern/store"
	"github.com/postern-go/postern/store/memstore"
	"github.com/postern-go/postern/store/storetest"
)

// breakVariable names the environment variable that selects how the store of
// TestConforms is broken; see broken_test.go.
const breakVariable = "STORETEST_BREAK"

// TestConforms runs the suite over the reference. TestABrokenStoreFails runs it
// again in a separate process, over a broken store.
func TestConforms(t *testing.T) {
	open := func() store.Store { return memstore.New() }
	if how := os.Getenv(breakVariable); how != "" {
		whole, breakIt := open, breakages[how].breakIt
		require.NotNil(t, breakIt, "no such breakage: %q", how)
		open = func() store.Store { return breakIt(whole()) }
	}
	t.Run("alone", func(t *testing.T) {
		storetest.Run(t, func(*testing.T) store.Store { return open() })
	})
	t.Run("shared", func(t *testing.T) {
		storetest.RunContests(t, func(*testing.T) (a, b store.Store) {
			st := open()
			return st, st
		})
	})
}

func TestABrokenStoreFails(t *testing.T) {
	self, err := os.Executable()
	require.NoError(t, err)
	for how, b := range breakages {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			subject, _, _ := strings.Cut(b.fails, "/")
			run := exec.CommandContext(t.Context(), self, "-test.run=^TestConforms$/^alone$/^"+underscored(subject)+"$")
			run.Env = append(os.Environ(), breakVariable+"="+how)
			out, err := run.CombinedOutput()
			var exit *exec.ExitError
			require.ErrorAs(t, err, &exit, "the suite passed")
			require.Equal(t, 1, exit.ExitCode(), "%s", out)
			require.Contains(t, string(out), "--- FAIL: TestConforms/alone/"+underscored(b.fails)+" (", "another duty failed")
		})
	}
}

// underscored returns a case's name as the testing package prints it.
func underscored(name string) string { return strings.ReplaceAll(name, " ", "_") }

// TestEveryWriteIsTakenBack detects kinds of writes that were added to the
// contract but not to the steps of world.go.
func TestEveryWriteIsTakenBack(t *testing.T) {
	steps, err := os.ReadFile("world.go")
	require.NoError(t, err)
	sources, err := filepath.Glob("../*.go")
	require.NoError(t, err)
	found := 0
	for _, source := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), source, nil, 0)
		require.NoError(t, err)
		for _, d := range file.Decls {
			method, ok := d.(*ast.FuncDecl)
			if !ok || method.Name.Name != "isWrite" {
				continue
			}
			found++
			kind := method.Recv.List[0].Type.(*ast.Ident).Name
			switch kind {
			case "CheckNoOperators": // it is the write that fails
			case "PutSession":
				require.Contains(t, string(steps), "change(signIn(")
			case "ConsumeToken":
				require.Contains(t, string(steps), "change(consume(")
			default:
				require.Regexp(t, `(change\(|Write\{)store\.`+kind+`\{`, string(steps))
			}
		}
	}
	require.Greater(t, found, 25)
	require.Less(t, found, 40, "one write for each act")
}
